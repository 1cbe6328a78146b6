/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* --via: the proxy behind the relay, and who we are to it. */
#ifndef WH_VIA_UPSTREAM_H
#define WH_VIA_UPSTREAM_H

#include <stddef.h>

#include "relay.h"

#define WH_VIA_HOST 256 /* with its end */
#define WH_VIA_PROBLEM 512

/* For users; both or none, and a file goes before them. */
#define WH_VIA_USER_VARIABLE "WHITHER_VIA_USER"
#define WH_VIA_PASSWORD_VARIABLE "WHITHER_VIA_PASSWORD"

struct wh_via {
	enum wh_relay_protocol protocol;
	char host[WH_VIA_HOST]; /* a name or an address, without brackets */
	unsigned int port;      /* 0: there is no --via */
};

/* Reads "socks5://HOST:PORT". Returns 0, or -EINVAL with a sentence in problem, which never has
 * what may be a password in it. */
int wh_via_parse(const char *text, struct wh_via *ret, char problem[WH_VIA_PROBLEM]);

/* Looks the host up. Returns 0, or a negative errno with problem. */
int wh_via_resolve(const struct wh_via *via, struct wh_relay_upstream *upstream,
		   char problem[WH_VIA_PROBLEM]);

/* Reads "USER:PASSWORD", one line with or without its end. The same errors. */
int wh_via_credentials_parse(const char *text, size_t size, struct wh_relay_upstream *upstream,
			     char problem[WH_VIA_PROBLEM]);

/* Reads them from a file that nobody else can read; path NULL: from the environment, if they are
 * there. The same errors. */
int wh_via_credentials_read(const char *path, struct wh_relay_upstream *upstream,
			    char problem[WH_VIA_PROBLEM]);

/* Takes them out of the environment, for those who inherit it. */
void wh_via_credentials_hide(void);

#endif /* WH_VIA_UPSTREAM_H */
