/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Internet addresses as text. Ports are in network byte order. */
#ifndef WHITHER_IP2STRING_H
#define WHITHER_IP2STRING_H

#include <in6addr.h>
#include <ntdef.h>

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

/* To a buffer of 16 or 46 units; the result is where the terminator stands. */
PSTR NTAPI RtlIpv4AddressToStringA(const struct in_addr *Addr, PSTR S);
PWSTR NTAPI RtlIpv4AddressToStringW(const struct in_addr *Addr, PWSTR S);
PSTR NTAPI RtlIpv6AddressToStringA(const struct in6_addr *Addr, PSTR S);
PWSTR NTAPI RtlIpv6AddressToStringW(const struct in6_addr *Addr, PWSTR S);

/*
 * With scope and port where they are not 0. The length counts units and the terminator; where it does
 * not do, it becomes what is needed, with STATUS_INVALID_PARAMETER.
 */
LONG NTAPI RtlIpv4AddressToStringExA(const struct in_addr *Address, USHORT Port, PSTR AddressString,
				     PULONG AddressStringLength);
LONG NTAPI RtlIpv4AddressToStringExW(const struct in_addr *Address, USHORT Port,
				     PWSTR AddressString, PULONG AddressStringLength);
LONG NTAPI RtlIpv6AddressToStringExA(const struct in6_addr *Address, ULONG ScopeId, USHORT Port,
				     PSTR AddressString, PULONG AddressStringLength);
LONG NTAPI RtlIpv6AddressToStringExW(const struct in6_addr *Address, ULONG ScopeId, USHORT Port,
				     PWSTR AddressString, PULONG AddressStringLength);

/*
 * `Terminator` is set to what stopped the reading, also on failure. Strict is four decimal numbers;
 * otherwise each may be octal or hexadecimal, and the last one fills what is left.
 */
LONG NTAPI RtlIpv4StringToAddressA(PCSTR S, BOOLEAN Strict, PCSTR *Terminator,
				   struct in_addr *Addr);
LONG NTAPI RtlIpv4StringToAddressW(PCWSTR S, BOOLEAN Strict, PCWSTR *Terminator,
				   struct in_addr *Addr);
LONG NTAPI RtlIpv6StringToAddressA(PCSTR S, PCSTR *Terminator, struct in6_addr *Addr);
LONG NTAPI RtlIpv6StringToAddressW(PCWSTR S, PCWSTR *Terminator, struct in6_addr *Addr);

/* 1.2.3.4:80 and [fe80::1%2]:80; the whole text must be one. */
LONG NTAPI RtlIpv4StringToAddressExA(PCSTR AddressString, BOOLEAN Strict, struct in_addr *Address,
				     PUSHORT Port);
LONG NTAPI RtlIpv4StringToAddressExW(PCWSTR AddressString, BOOLEAN Strict, struct in_addr *Address,
				     PUSHORT Port);
LONG NTAPI RtlIpv6StringToAddressExA(PCSTR AddressString, struct in6_addr *Address, PULONG ScopeId,
				     PUSHORT Port);
LONG NTAPI RtlIpv6StringToAddressExW(PCWSTR AddressString, struct in6_addr *Address, PULONG ScopeId,
				     PUSHORT Port);

WHITHER_END_C
#pragma GCC visibility pop

#ifdef UNICODE
#define RtlIpv4AddressToString RtlIpv4AddressToStringW
#define RtlIpv6AddressToString RtlIpv6AddressToStringW
#define RtlIpv4AddressToStringEx RtlIpv4AddressToStringExW
#define RtlIpv6AddressToStringEx RtlIpv6AddressToStringExW
#define RtlIpv4StringToAddress RtlIpv4StringToAddressW
#define RtlIpv6StringToAddress RtlIpv6StringToAddressW
#define RtlIpv4StringToAddressEx RtlIpv4StringToAddressExW
#define RtlIpv6StringToAddressEx RtlIpv6StringToAddressExW
#else
#define RtlIpv4AddressToString RtlIpv4AddressToStringA
#define RtlIpv6AddressToString RtlIpv6AddressToStringA
#define RtlIpv4AddressToStringEx RtlIpv4AddressToStringExA
#define RtlIpv6AddressToStringEx RtlIpv6AddressToStringExA
#define RtlIpv4StringToAddress RtlIpv4StringToAddressA
#define RtlIpv6StringToAddress RtlIpv6StringToAddressA
#define RtlIpv4StringToAddressEx RtlIpv4StringToAddressExA
#define RtlIpv6StringToAddressEx RtlIpv6StringToAddressExA
#endif

#endif
