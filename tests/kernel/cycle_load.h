/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What the load generator (cycle_load.c) and its proxies (cycle_proxy.c) say to each other. */
#ifndef WH_CYCLE_LOAD_H
#define WH_CYCLE_LOAD_H

#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

enum cycle_kind {
	CYCLE_OK,            /* 192.0.2.0/24, 2001:db8:1::/48: served by the first proxy */
	CYCLE_CHAINED,       /* 198.51.100.0/25: the first sets records, the second serves */
	CYCLE_BY_PROCESS,    /* 198.51.100.128/25: the first sets none, the second serves */
	CYCLE_REFUSED,       /* 203.0.113.0/26: nobody listens */
	CYCLE_REFUSED_LATER, /* the same, non-blocking */
	CYCLE_BLACK_HOLE,    /* 203.0.113.64/26: its SYN is dropped; closed soon after */
	CYCLE_NARROW,        /* 203.0.113.128/26: a listener of backlog 4 that hardly accepts */
	CYCLE_UNROUTED,      /* 203.0.113.192/26: the listener has no route: no SYN at all */
	CYCLE_KILLED,        /* a process with some of each is killed */
	CYCLE_KINDS,
};

static const char *const cycle_names[CYCLE_KINDS] = {
	"ok",         "chained", "by_process", "refused", "refused_later",
	"black_hole", "narrow",  "unrouted",   "killed",
};

/* What a client sends first: where it connected to, for comparison with the records. */
struct cycle_message {
	uint32_t kind;
	uint32_t pid;
	struct sockaddr_storage destination;
};

static inline uint32_t cycle_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*state >> 33);
}

static inline void cycle_reset_on_close(int fd)
{
	const struct linger now = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

static inline socklen_t cycle_address_size(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET ? sizeof(struct sockaddr_in) :
					       sizeof(struct sockaddr_in6);
}

#endif /* WH_CYCLE_LOAD_H */
