/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* SOCKS version 5 (RFC 1928), with or without user and password (RFC 1929). */
#include "relay_handshake.h"

#include <errno.h>
#include <string.h>

#define VERSION 5
#define COMMAND_CONNECT 1
#define PASSWORD_VERSION 1

enum method {
	METHOD_NONE = 0,
	METHOD_PASSWORD = 2,
	METHOD_NOT_ACCEPTABLE = 0xff,
};

enum address_type {
	ADDRESS_V4 = 1,
	ADDRESS_NAME = 3,
	ADDRESS_V6 = 4,
};

/* What has been asked. */
enum step {
	STEP_METHOD,
	STEP_PASSWORD,
	STEP_CONNECT,
};

static void put_byte(struct wh_handshake *handshake, size_t value)
{
	const unsigned char byte = (unsigned char)value;

	wh_handshake_put(handshake, &byte, 1);
}

int wh_socks_begin(struct wh_handshake *handshake, const struct wh_relay_upstream *upstream)
{
	put_byte(handshake, VERSION);
	put_byte(handshake, upstream->has_credentials ? 2 : 1);
	put_byte(handshake, METHOD_NONE);
	if (upstream->has_credentials)
		put_byte(handshake, METHOD_PASSWORD);
	handshake->step = STEP_METHOD;
	return WH_HANDSHAKE_SEND;
}

static int ask_password(struct wh_handshake *handshake, const struct wh_relay_upstream *upstream)
{
	size_t user = strlen(upstream->user), password = strlen(upstream->password);

	put_byte(handshake, PASSWORD_VERSION);
	put_byte(handshake, user);
	wh_handshake_put(handshake, upstream->user, user);
	put_byte(handshake, password);
	wh_handshake_put(handshake, upstream->password, password);
	handshake->step = STEP_PASSWORD;
	return WH_HANDSHAKE_SEND;
}

static int ask_connect(struct wh_handshake *handshake)
{
	const union whither_address *to = &handshake->destination;

	put_byte(handshake, VERSION);
	put_byte(handshake, COMMAND_CONNECT);
	put_byte(handshake, 0);
	if (to->sa.sa_family == AF_INET) {
		put_byte(handshake, ADDRESS_V4);
		wh_handshake_put(handshake, &to->in.sin_addr, sizeof(to->in.sin_addr));
		wh_handshake_put(handshake, &to->in.sin_port, sizeof(to->in.sin_port));
	} else {
		put_byte(handshake, ADDRESS_V6);
		wh_handshake_put(handshake, &to->in6.sin6_addr, sizeof(to->in6.sin6_addr));
		wh_handshake_put(handshake, &to->in6.sin6_port, sizeof(to->in6.sin6_port));
	}
	handshake->step = STEP_CONNECT;
	return WH_HANDSHAKE_SEND;
}

/* Every answer begins with a version, and nothing that is not SOCKS does. */
static int check_version(struct wh_handshake *handshake, unsigned char expected)
{
	if (handshake->in[0] == expected)
		return 0;
	return wh_handshake_fail(handshake, -EPROTO,
				 "malformed SOCKS answer: it begins with byte 0x%02x, not 0x%02x",
				 handshake->in[0], expected);
}

static int take_method(struct wh_handshake *handshake, const struct wh_relay_upstream *upstream)
{
	enum method method = handshake->in[1];

	wh_handshake_consume(handshake, 2);
	if (method == METHOD_NONE)
		return ask_connect(handshake);
	if (method == METHOD_PASSWORD && upstream->has_credentials)
		return ask_password(handshake, upstream);
	if (method != METHOD_NOT_ACCEPTABLE)
		return wh_handshake_fail(handshake, -EPROTO,
					 "malformed SOCKS answer: it chose the method %u, which "
					 "was not offered",
					 method);
	return wh_handshake_fail(handshake, -EACCES,
				 upstream->has_credentials ?
					 "it accepts neither user and password nor nobody's" :
					 "it wants to know who asks, and no user was given");
}

static int take_password(struct wh_handshake *handshake)
{
	unsigned char status = handshake->in[1];

	wh_handshake_consume(handshake, 2);
	if (status)
		return wh_handshake_fail(handshake, -EACCES,
					 "it does not accept this user and password (status %u)",
					 status);
	return ask_connect(handshake);
}

static int refuse(struct wh_handshake *handshake, unsigned char code)
{
	static const struct {
		int error;
		const char *text;
	} reasons[] = {
		[1] = {-ECONNREFUSED, "general failure"},
		[2] = {-EACCES, "not allowed by its rules"},
		[3] = {-ENETUNREACH, "network unreachable"},
		[4] = {-EHOSTUNREACH, "host unreachable"},
		[5] = {-ECONNREFUSED, "connection refused"},
		[6] = {-ETIMEDOUT, "time to live expired"},
		[7] = {-EOPNOTSUPP, "command not supported"},
		[8] = {-EAFNOSUPPORT, "address type not supported"},
	};
	bool known = code < sizeof(reasons) / sizeof(reasons[0]);

	return wh_handshake_fail(handshake, known ? reasons[code].error : -ECONNREFUSED,
				 "it says: %s (SOCKS reply %u)",
				 known ? reasons[code].text : "a reason that is not known", code);
}

/* Where the proxy's own socket is, is of no use here; but where it ends is. */
static int take_reply(struct wh_handshake *handshake)
{
	const unsigned char *in = handshake->in;
	size_t size = 4;

	if (in[1])
		return refuse(handshake, in[1]);
	if (handshake->in_size < 4)
		return WH_HANDSHAKE_READ;
	switch (in[3]) {
	case ADDRESS_V4:
		size += 4 + 2;
		break;
	case ADDRESS_V6:
		size += 16 + 2;
		break;
	case ADDRESS_NAME:
		if (handshake->in_size < 5)
			return WH_HANDSHAKE_READ;
		size += 1 + in[4] + (size_t)2;
		break;
	default:
		return wh_handshake_fail(handshake, -EPROTO,
					 "malformed SOCKS answer: there is no address type %u",
					 in[3]);
	}
	if (handshake->in_size < size)
		return WH_HANDSHAKE_READ;
	wh_handshake_consume(handshake, size);
	return WH_HANDSHAKE_DONE;
}

int wh_socks_advance(struct wh_handshake *handshake, const struct wh_relay_upstream *upstream)
{
	enum step step = handshake->step;
	int error;

	if (!handshake->in_size)
		return WH_HANDSHAKE_READ;
	error = check_version(handshake, step == STEP_PASSWORD ? PASSWORD_VERSION : VERSION);
	if (error)
		return error;
	if (handshake->in_size < 2)
		return WH_HANDSHAKE_READ;
	switch (step) {
	case STEP_METHOD:
		return take_method(handshake, upstream);
	case STEP_PASSWORD:
		return take_password(handshake);
	default:
		return take_reply(handshake);
	}
}
