/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The Windows names of ip_text.c, for either width. */
#include <ip2string.h>
#include <ntstatus.h>
#include <stdbool.h>
#include <string.h>

#include "ip_text.h"
#include "utf_units.h"

/* Wide text as narrow: what is not ASCII is in no address. */
static const char *narrowed(PCWSTR text, char bytes[128])
{
	size_t length = nt_utf16_length(text, 127);

	for (size_t i = 0; i < length; i++)
		bytes[i] = (char)(text[i] < 0x80 ? text[i] : 0x7f);
	bytes[length] = 0;
	return bytes;
}

static PWSTR widened(const char *bytes, size_t length, PWSTR text)
{
	for (size_t i = 0; i <= length; i++)
		text[i] = (UCHAR)bytes[i];
	return text + length;
}

static LONG answer(bool good)
{
	return good ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* Where there is room for it; what is needed is said anyway. */
static LONG deliver(const char *bytes, size_t length, PSTR narrow, PWSTR wide, PULONG size)
{
	ULONG room;

	if (!size)
		return STATUS_INVALID_PARAMETER;
	room = *size;
	*size = (ULONG)length + 1;
	if (room <= length || (!narrow && !wide))
		return STATUS_INVALID_PARAMETER;
	if (narrow)
		memcpy(narrow, bytes, length + 1);
	else
		widened(bytes, length, wide);
	return STATUS_SUCCESS;
}

static LONG deliver4(const struct in_addr *address, USHORT port, PSTR narrow, PWSTR wide,
		     PULONG size)
{
	char text[NT_IP_TEXT_MOST];
	size_t length;

	if (!address)
		return STATUS_INVALID_PARAMETER;
	length = nt_ip4_print((const UCHAR *)address, __builtin_bswap16(port), text);
	return deliver(text, length, narrow, wide, size);
}

static LONG deliver6(const struct in6_addr *address, ULONG scope, USHORT port, PSTR narrow,
		     PWSTR wide, PULONG size)
{
	char text[NT_IP_TEXT_MOST];
	size_t length;

	if (!address)
		return STATUS_INVALID_PARAMETER;
	length = nt_ip6_print(address->u.Byte, scope, __builtin_bswap16(port), text);
	return deliver(text, length, narrow, wide, size);
}

PSTR RtlIpv4AddressToStringA(const struct in_addr *Addr, PSTR S)
{
	char text[NT_IP_TEXT_MOST];
	size_t length = nt_ip4_print((const UCHAR *)Addr, 0, text);

	memcpy(S, text, length + 1);
	return S + length;
}

PWSTR RtlIpv4AddressToStringW(const struct in_addr *Addr, PWSTR S)
{
	char text[NT_IP_TEXT_MOST];

	return widened(text, nt_ip4_print((const UCHAR *)Addr, 0, text), S);
}

PSTR RtlIpv6AddressToStringA(const struct in6_addr *Addr, PSTR S)
{
	char text[NT_IP_TEXT_MOST];
	size_t length = nt_ip6_print(Addr->u.Byte, 0, 0, text);

	memcpy(S, text, length + 1);
	return S + length;
}

PWSTR RtlIpv6AddressToStringW(const struct in6_addr *Addr, PWSTR S)
{
	char text[NT_IP_TEXT_MOST];

	return widened(text, nt_ip6_print(Addr->u.Byte, 0, 0, text), S);
}

LONG RtlIpv4AddressToStringExA(const struct in_addr *Address, USHORT Port, PSTR AddressString,
			       PULONG AddressStringLength)
{
	return deliver4(Address, Port, AddressString, NULL, AddressStringLength);
}

LONG RtlIpv4AddressToStringExW(const struct in_addr *Address, USHORT Port, PWSTR AddressString,
			       PULONG AddressStringLength)
{
	return deliver4(Address, Port, NULL, AddressString, AddressStringLength);
}

LONG RtlIpv6AddressToStringExA(const struct in6_addr *Address, ULONG ScopeId, USHORT Port,
			       PSTR AddressString, PULONG AddressStringLength)
{
	return deliver6(Address, ScopeId, Port, AddressString, NULL, AddressStringLength);
}

LONG RtlIpv6AddressToStringExW(const struct in6_addr *Address, ULONG ScopeId, USHORT Port,
			       PWSTR AddressString, PULONG AddressStringLength)
{
	return deliver6(Address, ScopeId, Port, NULL, AddressString, AddressStringLength);
}

LONG RtlIpv4StringToAddressA(PCSTR S, BOOLEAN Strict, PCSTR *Terminator, struct in_addr *Addr)
{
	size_t end;
	bool good = nt_ip4_read(S, Strict, (UCHAR *)Addr, &end);

	*Terminator = S + end;
	return answer(good);
}

LONG RtlIpv4StringToAddressW(PCWSTR S, BOOLEAN Strict, PCWSTR *Terminator, struct in_addr *Addr)
{
	char text[128];
	size_t end;
	bool good = nt_ip4_read(narrowed(S, text), Strict, (UCHAR *)Addr, &end);

	*Terminator = S + end;
	return answer(good);
}

LONG RtlIpv6StringToAddressA(PCSTR S, PCSTR *Terminator, struct in6_addr *Addr)
{
	size_t end;
	bool good = nt_ip6_read(S, Addr->u.Byte, &end);

	*Terminator = S + end;
	return answer(good);
}

LONG RtlIpv6StringToAddressW(PCWSTR S, PCWSTR *Terminator, struct in6_addr *Addr)
{
	char text[128];
	size_t end;
	bool good = nt_ip6_read(narrowed(S, text), Addr->u.Byte, &end);

	*Terminator = S + end;
	return answer(good);
}

static LONG read_ip4(const char *text, BOOLEAN strict, struct in_addr *address, PUSHORT port)
{
	uint16_t number;

	if (!nt_ip4_read_all(text, strict, (UCHAR *)address, &number))
		return STATUS_INVALID_PARAMETER;
	*port = __builtin_bswap16(number);
	return STATUS_SUCCESS;
}

static LONG read_ip6(const char *text, struct in6_addr *address, PULONG scope, PUSHORT port)
{
	uint16_t number;

	if (!nt_ip6_read_all(text, address->u.Byte, scope, &number))
		return STATUS_INVALID_PARAMETER;
	*port = __builtin_bswap16(number);
	return STATUS_SUCCESS;
}

LONG RtlIpv4StringToAddressExA(PCSTR AddressString, BOOLEAN Strict, struct in_addr *Address,
			       PUSHORT Port)
{
	if (!AddressString || !Address || !Port)
		return STATUS_INVALID_PARAMETER;
	return read_ip4(AddressString, Strict, Address, Port);
}

LONG RtlIpv4StringToAddressExW(PCWSTR AddressString, BOOLEAN Strict, struct in_addr *Address,
			       PUSHORT Port)
{
	char text[128];

	if (!AddressString || !Address || !Port)
		return STATUS_INVALID_PARAMETER;
	return read_ip4(narrowed(AddressString, text), Strict, Address, Port);
}

LONG RtlIpv6StringToAddressExA(PCSTR AddressString, struct in6_addr *Address, PULONG ScopeId,
			       PUSHORT Port)
{
	if (!AddressString || !Address || !ScopeId || !Port)
		return STATUS_INVALID_PARAMETER;
	return read_ip6(AddressString, Address, ScopeId, Port);
}

LONG RtlIpv6StringToAddressExW(PCWSTR AddressString, struct in6_addr *Address, PULONG ScopeId,
			       PUSHORT Port)
{
	char text[128];

	if (!AddressString || !Address || !ScopeId || !Port)
		return STATUS_INVALID_PARAMETER;
	return read_ip6(narrowed(AddressString, text), Address, ScopeId, Port);
}
