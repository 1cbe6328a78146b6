/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* HTTP CONNECT (RFC 9110 section 9.3.6), with Basic credentials (RFC 7617). */
#include "relay_handshake.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define INTERIM_MAX 8 /* answers of the kind "100 Continue" */
#define SHOWN 40      /* bytes of an answer that are shown */

static void put_text(struct wh_handshake *handshake, const char *text)
{
	wh_handshake_put(handshake, text, strlen(text));
}

static void put_base64(struct wh_handshake *handshake, const unsigned char *bytes, size_t size)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		unsigned int group = (unsigned int)bytes[i] << 16;
		char four[4];

		if (left > 1)
			group |= (unsigned int)bytes[i + 1] << 8;
		if (left > 2)
			group |= bytes[i + 2];
		for (int k = 0; k < 4; k++)
			four[k] = digits[group >> (18 - 6 * k) & 63];
		if (left < 3)
			four[3] = '=';
		if (left < 2)
			four[2] = '=';
		wh_handshake_put(handshake, four, sizeof(four));
	}
}

static void put_credentials(struct wh_handshake *handshake,
			    const struct wh_relay_upstream *upstream)
{
	char pair[sizeof(upstream->user) + sizeof(upstream->password)];
	int size = snprintf(pair, sizeof(pair), "%s:%s", upstream->user, upstream->password);

	put_text(handshake, "Proxy-Authorization: Basic ");
	put_base64(handshake, (const unsigned char *)pair, (size_t)size);
	put_text(handshake, "\r\n");
	explicit_bzero(pair, sizeof(pair));
}

int wh_http_begin(struct wh_handshake *handshake, const struct wh_relay_upstream *upstream)
{
	const union whither_address *to = &handshake->destination;
	char address[INET6_ADDRSTRLEN], authority[INET6_ADDRSTRLEN + 16], head[256];

	if (to->sa.sa_family == AF_INET)
		snprintf(authority, sizeof(authority), "%s:%u",
			 inet_ntop(AF_INET, &to->in.sin_addr, address, sizeof(address)),
			 ntohs(to->in.sin_port));
	else
		snprintf(authority, sizeof(authority), "[%s]:%u",
			 inet_ntop(AF_INET6, &to->in6.sin6_addr, address, sizeof(address)),
			 ntohs(to->in6.sin6_port));
	snprintf(head, sizeof(head), "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", authority, authority);
	put_text(handshake, head);
	if (upstream->has_credentials)
		put_credentials(handshake, upstream);
	put_text(handshake, "\r\n");
	return WH_HANDSHAKE_SEND;
}

/* The size of the head with its empty line; 0: that has not come yet. */
static size_t head_size(struct wh_handshake *handshake)
{
	const unsigned char *in = handshake->in;

	/* An end may have begun in what was looked at before. */
	for (size_t i = handshake->scanned; i < handshake->in_size; i++) {
		if (in[i] != '\n' || i == 0)
			continue;
		if (in[i - 1] == '\n' || (i > 1 && in[i - 1] == '\r' && in[i - 2] == '\n'))
			return i + 1;
	}
	handshake->scanned = handshake->in_size;
	return 0;
}

/* Its first line, as far as it is there and worth to be shown. */
static int first_line(const struct wh_handshake *handshake)
{
	size_t size = 0;

	while (size < handshake->in_size && size < SHOWN && handshake->in[size] != '\r' &&
	       handshake->in[size] != '\n')
		size++;
	return (int)size;
}

/* "HTTP/1.x NNN", as far as it has come. */
static bool is_possible(const struct wh_handshake *handshake)
{
	static const char form[] = "HTTP/1.d ddd";

	for (size_t i = 0; i < sizeof(form) - 1 && i < handshake->in_size; i++) {
		unsigned char found = handshake->in[i];

		if (form[i] == 'd' ? found < '0' || found > '9' : found != (unsigned char)form[i])
			return false;
	}
	if (handshake->in_size < sizeof(form))
		return true;
	return strchr(" \r\n", handshake->in[sizeof(form) - 1]) && handshake->in[sizeof(form) - 1];
}

static int refuse(struct wh_handshake *handshake, unsigned int status,
		  const struct wh_relay_upstream *upstream)
{
	const unsigned char *line = handshake->in;
	int size = first_line(handshake);

	if (status == 407)
		return wh_handshake_fail(
			handshake, -EACCES,
			upstream->has_credentials ?
				"it does not accept this user and password: '%.*s'" :
				"it wants to know who asks, and no user was given: "
				"'%.*s'",
			size, line);
	return wh_handshake_fail(handshake, status == 504 ? -ETIMEDOUT : -ECONNREFUSED,
				 "it says: '%.*s'", size, line);
}

int wh_http_advance(struct wh_handshake *handshake, const struct wh_relay_upstream *upstream)
{
	for (;;) {
		const unsigned char *in = handshake->in;
		unsigned int status;
		size_t size;

		if (!is_possible(handshake))
			return wh_handshake_fail(handshake, -EPROTO,
						 "malformed HTTP answer: it begins with '%.*s'",
						 first_line(handshake), in);
		size = head_size(handshake);
		if (!size)
			return WH_HANDSHAKE_READ;
		/* Long enough: is_possible() saw the whole form, or the end of a line in it. */
		if (memchr(in, '\0', size))
			return wh_handshake_fail(handshake, -EPROTO,
						 "malformed HTTP answer: a NUL in its head");
		status = (in[9] - '0') * 100u + (in[10] - '0') * 10u + (in[11] - '0');
		if (status < 100 || status > 599 || status == 101)
			return wh_handshake_fail(handshake, -EPROTO,
						 "malformed HTTP answer: status %u", status);
		if (status >= 300)
			return refuse(handshake, status, upstream);
		wh_handshake_consume(handshake, size);
		/* What the head says of a body does not count after CONNECT. */
		if (status >= 200)
			return WH_HANDSHAKE_DONE;
		if (++handshake->step > INTERIM_MAX)
			return wh_handshake_fail(handshake, -EPROTO,
						 "malformed HTTP answer: no end of interim ones");
	}
}
