/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "via_upstream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHEME_END "://"

static const struct {
	const char *name;
	enum wh_relay_protocol protocol;
} schemes[] = {
	{"socks5", WH_RELAY_SOCKS5},
	{"http", WH_RELAY_HTTP},
	{"proxy-protocol", WH_RELAY_PROXY_HEADER},
};

__attribute__((format(printf, 2, 3))) static int refuse(char problem[WH_VIA_PROBLEM],
							const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(problem, WH_VIA_PROBLEM, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

static int refuse_form(char problem[WH_VIA_PROBLEM])
{
	return refuse(problem, "expected socks5://HOST:PORT, http://HOST:PORT or "
			       "proxy-protocol://HOST:PORT");
}

static bool starts_with(const char *text, const char *word)
{
	return !strncasecmp(text, word, strlen(word));
}

static int take_scheme(const char **text, struct wh_via *via, char problem[WH_VIA_PROBLEM])
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t length = strlen(schemes[i].name);

		if (!starts_with(*text, schemes[i].name) ||
		    !starts_with(*text + length, SCHEME_END))
			continue;
		via->protocol = schemes[i].protocol;
		*text += length + strlen(SCHEME_END);
		return 0;
	}
	if (starts_with(*text, "socks5h" SCHEME_END))
		return refuse(problem, "socks5h:// hands names over, but a connect carries an "
				       "address, not a name: use socks5://");
	if (starts_with(*text, "https" SCHEME_END))
		return refuse(problem, "a proxy that is spoken to over TLS is not supported: use "
				       "http:// (CONNECT carries TLS as it is)");
	if (starts_with(*text, "socks4"))
		return refuse(problem, "version 4 of SOCKS is not supported: use socks5://");
	return refuse_form(problem);
}

static bool is_host(const char *text, size_t size)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";

	return size && size < WH_VIA_HOST && *text != '-' && strspn(text, allowed) >= size;
}

/* Up to the colon before the port. */
static int take_host(const char **text, struct wh_via *via, char problem[WH_VIA_PROBLEM])
{
	bool bracket = **text == '[';
	const char *begin = *text + bracket;
	size_t size = strcspn(begin, bracket ? "]" : ":/");
	const char *end = begin + size + (bracket && begin[size] ? 1 : 0);
	unsigned char address[16];

	if (*end != ':' || size >= WH_VIA_HOST)
		return refuse_form(problem);
	memcpy(via->host, begin, size);
	via->host[size] = '\0';
	if (bracket ? inet_pton(AF_INET6, via->host, address) != 1 : !is_host(begin, size))
		return refuse_form(problem);
	*text = end + 1;
	return 0;
}

int wh_via_parse(const char *text, struct wh_via *ret, char problem[WH_VIA_PROBLEM])
{
	struct wh_via via = {0};
	size_t digits;
	int error;

	if (strchr(text, '@'))
		return refuse(problem,
			      "a user and a password do not belong here, where everybody on this "
			      "machine sees them: use --via-credentials FILE, or the variables "
			      "%s and %s",
			      WH_VIA_USER_VARIABLE, WH_VIA_PASSWORD_VARIABLE);
	error = take_scheme(&text, &via, problem);
	if (!error)
		error = take_host(&text, &via, problem);
	if (error)
		return error;
	digits = strspn(text, "0123456789");
	if (!digits || digits > 5 || (text[digits] && strcmp(text + digits, "/") != 0))
		return refuse_form(problem);
	via.port = (unsigned int)strtoul(text, NULL, 10);
	if (!via.port || via.port > 65535)
		return refuse(problem, "the port is a number from 1 to 65535");
	*ret = via;
	return 0;
}

int wh_via_resolve(const struct wh_via *via, struct wh_relay_upstream *upstream,
		   char problem[WH_VIA_PROBLEM])
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	struct addrinfo *found = NULL;
	char port[8];
	int error;

	snprintf(port, sizeof(port), "%u", via->port);
	error = getaddrinfo(via->host, port, &hints, &found);
	/* Loopback addresses do not count as configured. */
	if (error) {
		const struct addrinfo any = {.ai_socktype = SOCK_STREAM};

		error = getaddrinfo(via->host, port, &any, &found);
	}
	if (error) {
		refuse(problem, "'%s' is not found: %s", via->host, gai_strerror(error));
		return -ENOENT;
	}
	upstream->protocol = via->protocol;
	upstream->address_count = 0;
	for (const struct addrinfo *one = found; one; one = one->ai_next) {
		union whither_address *address = &upstream->addresses[upstream->address_count];

		if (one->ai_family != AF_INET && one->ai_family != AF_INET6)
			continue;
		memset(address, 0, sizeof(*address));
		memcpy(address, one->ai_addr, one->ai_addrlen);
		if (++upstream->address_count == WH_RELAY_UPSTREAM_ADDRESSES)
			break;
	}
	freeaddrinfo(found);
	if (upstream->address_count)
		return 0;
	refuse(problem, "'%s' has no address", via->host);
	return -ENOENT;
}
