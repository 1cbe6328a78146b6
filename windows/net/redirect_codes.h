/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The three redirect codes over libwhither: one table for Winsock and for Winsock Kernel. */
#ifndef WHITHER_REDIRECT_CODES_H
#define WHITHER_REDIRECT_CODES_H

#include <basetsd.h>
#include <stdbool.h>

struct net_redirect_code {
	ULONG code;
	bool sets; /* takes input and gives none; the others the other way round */
	/* 0 or a negative errno, of libwhither. */
	int (*call)(int fd, void *buffer, size_t size, size_t *needed);
	const char *name;
};

/* NULL when code is none of the three. */
const struct net_redirect_code *net_redirect_code(ULONG code);

/*
 * Of a code that queries. ret_needed: the size, on success and on -ENOBUFS. 0 or a negative errno of
 * whither_query_records(); -ENODATA: redirected, but without a context.
 */
int net_redirect_query(const struct net_redirect_code *code, int fd, void *buffer, size_t size,
		       size_t *ret_needed);

/* 0 or a negative errno of whither_set_records(), -ENOMEM for -ENOBUFS; -EOVERFLOW for 4 GiB or more. */
int net_redirect_set(int fd, const void *records, size_t size);

#endif
