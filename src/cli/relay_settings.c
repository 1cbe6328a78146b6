/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "relay_settings.h"

#include <errno.h>
#include <string.h>

#define CONNECT_SECONDS 30
#define HANDSHAKE_SECONDS 60
#define SECONDS_MAX 604800 /* a week; in milliseconds, it still is an unsigned int */
#define CONNECTIONS_MAX (1u << 30)

void wh_relay_settings_default(struct wh_relay_settings *settings)
{
	*settings = (struct wh_relay_settings){
		.options = {.connect_ms = CONNECT_SECONDS * 1000,
			    .handshake_ms = HANDSHAKE_SECONDS * 1000},
	};
}

static int take_via(const char *verb, const char *value, struct wh_relay_settings *settings)
{
	char problem[WH_VIA_PROBLEM];

	if (!wh_via_parse(value, &settings->via, problem))
		return 0;
	wh_say("%s: --via: %s", verb, problem);
	return -EINVAL;
}

static int take_seconds(const char *option, const char *value, unsigned int *ret_ms)
{
	uint64_t seconds;
	int error = wh_argument_number(option, value, 0, SECONDS_MAX, &seconds);

	if (!error)
		*ret_ms = (unsigned int)seconds * 1000;
	return error;
}

static int take_count(const char *option, const char *value, size_t *ret)
{
	uint64_t count;
	int error = wh_argument_number(option, value, 1, CONNECTIONS_MAX, &count);

	if (!error)
		*ret = count;
	return error;
}

int wh_relay_settings_take(const char *verb, int id, const char *value,
			   struct wh_relay_settings *settings)
{
	static const char *const names[] = {
		"--via",          "--via-credentials", "--connect-timeout", "--handshake-timeout",
		"--idle-timeout", "--max-connections", "--max-per-user",
	};
	struct wh_relay_options *options = &settings->options;
	const char *name;

	if (id < WH_OPTION_VIA || id > WH_OPTION_MAX_PER_USER)
		return WH_SETTING_OTHER;
	name = names[id - WH_OPTION_VIA];
	if (!settings->first)
		settings->first = name;
	switch (id) {
	case WH_OPTION_VIA:
		return take_via(verb, value, settings);
	case WH_OPTION_VIA_CREDENTIALS:
		settings->credentials = value;
		return 0;
	case WH_OPTION_CONNECT_TIMEOUT:
		return take_seconds(name, value, &options->connect_ms);
	case WH_OPTION_HANDSHAKE_TIMEOUT:
		return take_seconds(name, value, &options->handshake_ms);
	case WH_OPTION_IDLE_TIMEOUT:
		return take_seconds(name, value, &options->idle_ms);
	case WH_OPTION_MAX_CONNECTIONS:
		return take_count(name, value, &options->max_connections);
	default:
		return take_count(name, value, &options->max_per_user);
	}
}

static int read_credentials(const struct wh_relay_settings *settings,
			    struct wh_relay_upstream *upstream)
{
	char problem[WH_VIA_PROBLEM];
	int error;

	/* Variables may be meant for another run. */
	if (settings->via.protocol == WH_RELAY_PROXY_HEADER) {
		if (!settings->credentials)
			return 0;
		wh_say("--via-credentials: proxy-protocol:// knows no user and no password");
		return -EINVAL;
	}
	error = wh_via_credentials_read(settings->credentials, upstream, problem);
	if (error)
		wh_say("--via-credentials: %s", problem);
	return error;
}

int wh_relay_settings_upstream(const struct wh_relay_settings *settings,
			       struct wh_relay_upstream *ret)
{
	char problem[WH_VIA_PROBLEM];
	int error;

	*ret = (struct wh_relay_upstream){0};
	if (!settings->via.port) {
		if (!settings->credentials)
			return 0;
		wh_say("--via-credentials: there is no --via");
		return -EINVAL;
	}
	error = wh_via_resolve(&settings->via, ret, problem);
	if (error)
		wh_say("--via: %s", problem);
	return error ? error : read_credentials(settings, ret);
}
