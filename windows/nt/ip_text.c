/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "ip_text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

size_t nt_ip4_print(const unsigned char address[4], uint16_t port, char text[NT_IP_TEXT_MOST])
{
	int length = snprintf(text, NT_IP_TEXT_MOST, "%u.%u.%u.%u", address[0], address[1],
			      address[2], address[3]);

	if (port)
		length += snprintf(text + length, NT_IP_TEXT_MOST - (size_t)length, ":%u", port);
	return (size_t)length;
}

size_t nt_ip6_print(const unsigned char address[16], uint32_t scope, uint16_t port,
		    char text[NT_IP_TEXT_MOST])
{
	char bare[INET6_ADDRSTRLEN], scoped[16] = "";

	inet_ntop(AF_INET6, address, bare, sizeof(bare));
	if (scope)
		snprintf(scoped, sizeof(scoped), "%%%u", scope);
	if (port)
		return (size_t)snprintf(text, NT_IP_TEXT_MOST, "[%s%s]:%u", bare, scoped, port);
	return (size_t)snprintf(text, NT_IP_TEXT_MOST, "%s%s", bare, scoped);
}

static unsigned int digit_of(char byte)
{
	if (byte >= '0' && byte <= '9')
		return (unsigned int)(byte - '0');
	byte = (char)(byte | 0x20);
	return byte >= 'a' && byte <= 'f' ? (unsigned int)(byte - 'a') + 10 : 99;
}

/* A number up to `most`, decimal or, if that may be, with a prefix of C. */
static bool read_number(const char *text, bool prefixes, uint64_t most, size_t *at,
			uint64_t *ret_value)
{
	unsigned int base = 10;
	uint64_t value = 0;
	size_t start;

	if (prefixes && text[*at] == '0' && (text[*at + 1] | 0x20) == 'x') {
		base = 16;
		*at += 2;
	} else if (prefixes && text[*at] == '0') {
		base = 8;
	} else if (text[*at] == '0' && digit_of(text[*at + 1]) < 10) {
		return false;
	}
	start = *at;
	for (; digit_of(text[*at]) < base; (*at)++) {
		value = value * base + digit_of(text[*at]);
		if (value > most)
			return false;
	}
	*ret_value = value;
	return *at > start;
}

bool nt_ip4_read(const char *text, bool strict, unsigned char ret_address[4], size_t *ret_end)
{
	uint64_t parts[4], last;
	unsigned int count = 0;
	uint32_t address = 0;

	*ret_end = 0;
	for (;;) {
		if (!read_number(text, !strict, strict ? 255 : UINT32_MAX, ret_end, &parts[count]))
			return false;
		count++;
		if (text[*ret_end] != '.')
			break;
		if (count == 4)
			return false;
		(*ret_end)++;
	}
	if (strict && count != 4)
		return false;
	last = parts[count - 1];
	if (last > UINT32_MAX >> 8 * (count - 1))
		return false;
	for (unsigned int i = 0; i + 1 < count; i++) {
		if (parts[i] > 255)
			return false;
		address |= (uint32_t)parts[i] << (24 - 8 * i);
	}
	address = htonl(address | (uint32_t)last);
	memcpy(ret_address, &address, 4);
	return true;
}

bool nt_ip6_read(const char *text, unsigned char ret_address[16], size_t *ret_end)
{
	char bare[INET6_ADDRSTRLEN];

	*ret_end = strspn(text, "0123456789abcdefABCDEF:.");
	if (*ret_end >= sizeof(bare))
		return false;
	memcpy(bare, text, *ret_end);
	bare[*ret_end] = 0;
	return inet_pton(AF_INET6, bare, ret_address) == 1;
}

/* What is left is nothing, or a colon and a port that is not 0. */
static bool read_port(const char *text, size_t at, uint16_t *ret_port)
{
	uint64_t port = 0;

	if (text[at]) {
		if (text[at++] != ':' || !read_number(text, true, 65535, &at, &port) || !port ||
		    text[at])
			return false;
	}
	*ret_port = (uint16_t)port;
	return true;
}

bool nt_ip4_read_all(const char *text, bool strict, unsigned char ret_address[4],
		     uint16_t *ret_port)
{
	unsigned char address[4];
	size_t end;

	if (!nt_ip4_read(text, strict, address, &end) || !read_port(text, end, ret_port))
		return false;
	memcpy(ret_address, address, sizeof(address));
	return true;
}

bool nt_ip6_read_all(const char *text, unsigned char ret_address[16], uint32_t *ret_scope,
		     uint16_t *ret_port)
{
	bool bracket = text[0] == '[';
	unsigned char address[16];
	uint64_t scope = 0;
	uint16_t port = 0;
	size_t at;

	text += bracket;
	if (!nt_ip6_read(text, address, &at))
		return false;
	if (text[at] == '%') {
		at++;
		if (!read_number(text, false, UINT32_MAX, &at, &scope))
			return false;
	}
	if (bracket && text[at++] != ']')
		return false;
	if (bracket ? !read_port(text, at, &port) : text[at] != 0)
		return false;
	memcpy(ret_address, address, sizeof(address));
	*ret_scope = (uint32_t)scope;
	*ret_port = port;
	return true;
}
