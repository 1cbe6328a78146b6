/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "address_parse.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config.h"

static const char bad_address[] =
	"expected an address or prefix such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32";

/* The first length bytes of text, which must be an IPv4 or IPv6 address in digits. */
static int parse_address(const char *text, size_t length, int family, struct wh_address *ret)
{
	char address[INET6_ADDRSTRLEN];
	struct in6_addr inet6;
	struct in_addr inet4;

	if (length >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, length);
	address[length] = '\0';
	if (family == AF_INET) {
		if (inet_pton(AF_INET, address, &inet4) != 1)
			return -EINVAL;
		wh_address_from_v4(ret, inet4.s_addr);
		return 0;
	}
	if (inet_pton(AF_INET6, address, &inet6) != 1)
		return -EINVAL;
	memcpy(ret->word, &inet6, sizeof(inet6));
	return 0;
}

static void clear_host_bits(struct wh_address *address, unsigned int bits)
{
	struct wh_address mask;

	wh_address_mask(&mask, bits);
	for (unsigned int i = 0; i < 4; i++)
		address->word[i] &= mask.word[i];
}

/* "ADDRESS/BITS" as it would be right; family is that in which it was written. */
static void print_prefix(const struct wh_address *address, int family, unsigned int bits,
			 char text[INET6_ADDRSTRLEN + 8])
{
	const void *bytes = family == AF_INET ? &address->word[3] : &address->word[0];

	if (!inet_ntop(family, bytes, text, INET6_ADDRSTRLEN))
		*text = '\0';
	snprintf(text + strlen(text), 8, "/%u", bits);
}

int wh_parse_prefix(const char *text, struct wh_address *ret, uint8_t *ret_bits,
		    struct wh_parse_fault *fault)
{
	const char *slash = strchrnul(text, '/');
	size_t length = (size_t)(slash - text);
	int family = memchr(text, ':', length) ? AF_INET6 : AF_INET;
	unsigned int most = family == AF_INET6 ? 128 : 32;
	char right[INET6_ADDRSTRLEN + 8];
	struct wh_address address, prefix;
	uint64_t bits = most;

	if (parse_address(text, length, family, &address))
		return wh_parse_fault(fault, "%s", bad_address);
	if (*slash && wh_parse_number(slash + 1, most, &bits))
		return wh_parse_fault(fault, "expected 0 to %u behind the slash", most);
	prefix = address;
	clear_host_bits(&prefix, (unsigned int)bits + 128 - most);
	if (!wh_address_equal(&prefix, &address)) {
		print_prefix(&prefix, family, (unsigned int)bits, right);
		return wh_parse_fault(fault, "it has bits beyond its length; expected %s", right);
	}
	*ret = address;
	*ret_bits = (uint8_t)(bits + 128 - most);
	return 0;
}

static int parse_port(const char *text, size_t length, uint16_t *ret)
{
	char digits[8];
	uint64_t port;

	if (length >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, length);
	digits[length] = '\0';
	if (wh_parse_number(digits, 65535, &port) || !port)
		return -EINVAL;
	*ret = (uint16_t)port;
	return 0;
}

int wh_parse_port_range(const char *text, uint16_t *ret_low, uint16_t *ret_high,
			struct wh_parse_fault *fault)
{
	const char *dash = strchrnul(text, '-');
	uint16_t low, high;

	if (parse_port(text, (size_t)(dash - text), &low) ||
	    parse_port(*dash ? dash + 1 : text, strlen(*dash ? dash + 1 : text), &high))
		return wh_parse_fault(fault, "expected a port from 1 to 65535, or a range such as "
					     "8000-8080");
	if (high < low)
		return wh_parse_fault(fault, "expected the lower port first: %u-%u", high, low);
	*ret_low = low;
	*ret_high = high;
	return 0;
}

/* Whether a connection can be sent to the address. */
static int check_target(const struct wh_address *address, struct wh_parse_fault *fault)
{
	const unsigned char *byte = (const unsigned char *)address->word;
	int is_v4 = wh_address_is_v4(address);

	if (wh_address_is_any(address))
		return wh_parse_fault(fault,
				      "expected one address: a proxy bound to %s is reached at %s",
				      is_v4 ? "0.0.0.0" : "::", is_v4 ? "127.0.0.1" : "::1");
	if (!is_v4 && byte[0] == 0xfe && (byte[1] & 0xc0) == 0x80)
		return wh_parse_fault(fault, "expected an address that is complete without an "
					     "interface; link-local ones are not");
	if (is_v4 ? byte[12] >= 224 : byte[0] == 0xff)
		return wh_parse_fault(fault, "expected the address of one host, not of many");
	return 0;
}

int wh_parse_listen(const char *text, struct wh_endpoint *ret, struct wh_parse_fault *fault)
{
	static const char wrong[] = "expected ADDRESS:PORT such as 127.0.0.1:12345 or [::1]:12345";
	struct wh_endpoint endpoint = {0};
	const char *colon = strrchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : 0;
	uint16_t port;
	int result;

	if (!length)
		return wh_parse_fault(fault, "%s", wrong);
	if (memchr(text, '%', length))
		return wh_parse_fault(fault, "expected an address without an interface");
	if (text[0] == '[' && text[length - 1] == ']' && length > 2)
		result = parse_address(text + 1, length - 2, AF_INET6, &endpoint.address);
	else
		result = parse_address(text, length, AF_INET, &endpoint.address);
	if (result)
		return wh_parse_fault(fault, "%s", wrong);
	if (parse_port(colon + 1, strlen(colon + 1), &port))
		return wh_parse_fault(fault, "expected a port from 1 to 65535 behind the address");
	result = check_target(&endpoint.address, fault);
	if (result)
		return result;
	endpoint.port = WH_BE16(port);
	*ret = endpoint;
	return 0;
}

int wh_config_parse_endpoint(const char *text, struct wh_endpoint *ret)
{
	struct wh_parse_fault fault;

	return wh_parse_listen(text, ret, &fault);
}
