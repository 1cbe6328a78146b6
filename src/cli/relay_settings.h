/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The options that "whither relay" and the relay of "whither run" have in common. */
#ifndef WH_RELAY_SETTINGS_H
#define WH_RELAY_SETTINGS_H

#include <stdbool.h>

#include "cli_arguments.h"
#include "relay.h"
#include "via_upstream.h"

struct wh_relay_settings {
	struct wh_via via; /* port 0: to the destinations themselves */
	const char *credentials;
	struct wh_relay_options options;
	const char *first; /* of these options, that was given; NULL: none */
};

enum {
	WH_OPTION_VIA = 512,
	WH_OPTION_VIA_CREDENTIALS,
	WH_OPTION_CONNECT_TIMEOUT,
	WH_OPTION_HANDSHAKE_TIMEOUT,
	WH_OPTION_IDLE_TIMEOUT,
	WH_OPTION_MAX_CONNECTIONS,
	WH_OPTION_MAX_PER_USER,
};

/* For a verb's table of options. */
#define WH_RELAY_SETTINGS_OPTIONS                                                   \
	{WH_OPTION_VIA, "via", "URL",                                               \
	 "by way of a proxy: socks5://, http:// or proxy-protocol://HOST:PORT"},    \
		{WH_OPTION_VIA_CREDENTIALS, "via-credentials", "FILE",              \
		 "USER:PASSWORD for it, in a file that only its owner can read"},   \
		{WH_OPTION_CONNECT_TIMEOUT, "connect-timeout", "SECONDS",           \
		 "give up connecting to an address (30; 0: when the kernel does)"}, \
		{WH_OPTION_HANDSHAKE_TIMEOUT, "handshake-timeout", "SECONDS",       \
		 "give up waiting for the --via proxy's answer (60; 0: never)"},    \
		{WH_OPTION_IDLE_TIMEOUT, "idle-timeout", "SECONDS",                 \
		 "reset a connection on which nothing moves (0: never)"},           \
		{WH_OPTION_MAX_CONNECTIONS, "max-connections", "N",                 \
		 "at once; more wait (default: as descriptors allow)"},             \
	{                                                                           \
		WH_OPTION_MAX_PER_USER, "max-per-user", "N",                        \
			"at once of one user; more are reset (default: any number)" \
	}

void wh_relay_settings_default(struct wh_relay_settings *settings);

/* Takes one of these options: 0, a negative errno after saying why, or WH_SETTING_OTHER. */
#define WH_SETTING_OTHER 1
int wh_relay_settings_take(const char *verb, int id, const char *value,
			   struct wh_relay_settings *settings);

/* Looks the upstream up and reads the credentials: address_count 0 when there is no --via. Says
 * why it fails. May take as long as a name server does. */
int wh_relay_settings_upstream(const struct wh_relay_settings *settings,
			       struct wh_relay_upstream *ret);

#endif /* WH_RELAY_SETTINGS_H */
