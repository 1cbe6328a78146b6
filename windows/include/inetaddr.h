/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Included by mstcpip.h: questions about an address of either family, by its sa_family. An address
 * of another family is none of the things asked for.
 */
#ifndef WHITHER_INETADDR_H
#define WHITHER_INETADDR_H

#ifndef WHITHER_MSTCPIP_H
#error "Include mstcpip.h."
#endif

#define WHITHER_V4(a) (&((const SOCKADDR_IN *)(const void *)(a))->sin_addr)
#define WHITHER_V6(a) (&((const SOCKADDR_IN6 *)(const void *)(a))->sin6_addr)
#define WHITHER_INET_ASK(a, name)                                         \
	((a)->sa_family == AF_INET  ? IN4_IS_ADDR_##name(WHITHER_V4(a)) : \
	 (a)->sa_family == AF_INET6 ? IN6_IS_ADDR_##name(WHITHER_V6(a)) : \
				      (BOOLEAN)0)

WHITHER_INET BOOLEAN INETADDR_ISANY(const SOCKADDR *a)
{
	return WHITHER_INET_ASK(a, UNSPECIFIED);
}

WHITHER_INET BOOLEAN INETADDR_ISLOOPBACK(const SOCKADDR *a)
{
	return WHITHER_INET_ASK(a, LOOPBACK);
}

WHITHER_INET BOOLEAN INETADDR_ISMULTICAST(const SOCKADDR *a)
{
	return WHITHER_INET_ASK(a, MULTICAST);
}

WHITHER_INET BOOLEAN INETADDR_ISLINKLOCAL(const SOCKADDR *a)
{
	return WHITHER_INET_ASK(a, LINKLOCAL);
}

WHITHER_INET BOOLEAN INETADDR_ISV4MAPPED(const SOCKADDR *a)
{
	return a->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(WHITHER_V6(a));
}

/* Not inline: of an IPv4 address, gcc would warn of what the other branch reads. */
static __attribute__((__unused__, __noinline__)) BOOLEAN INETADDR_ISEQUAL(const SOCKADDR *a,
									  const SOCKADDR *b)
{
	const SOCKADDR_IN6 *x = (const SOCKADDR_IN6 *)(const void *)a;
	const SOCKADDR_IN6 *y = (const SOCKADDR_IN6 *)(const void *)b;

	/* The port is in the same place in both. */
	if (a->sa_family != b->sa_family ||
	    ((const SOCKADDR_IN *)(const void *)a)->sin_port !=
		    ((const SOCKADDR_IN *)(const void *)b)->sin_port)
		return 0;
	if (a->sa_family == AF_INET)
		return IN4_ADDR_EQUAL(WHITHER_V4(a), WHITHER_V4(b));
	return a->sa_family == AF_INET6 && x->sin6_scope_id == y->sin6_scope_id &&
	       IN6_ADDR_EQUAL(WHITHER_V6(a), WHITHER_V6(b));
}

WHITHER_INET UCHAR *INETADDR_ADDRESS(const SOCKADDR *a)
{
	const void *address = a->sa_family == AF_INET6 ? (const void *)WHITHER_V6(a) :
							 (const void *)WHITHER_V4(a);

	return (UCHAR *)(ULONG_PTR)address;
}

WHITHER_INET void INETADDR_SET_ADDRESS(SOCKADDR *a, const UCHAR *address)
{
	if (a->sa_family == AF_INET)
		__builtin_memcpy(INETADDR_ADDRESS(a), address, sizeof(IN_ADDR));
	else if (a->sa_family == AF_INET6)
		__builtin_memcpy(INETADDR_ADDRESS(a), address, sizeof(IN6_ADDR));
}

/* In network byte order, as is the port that INETADDR_SET_PORT() takes. */
WHITHER_INET USHORT INETADDR_PORT(const SOCKADDR *a)
{
	return ((const SOCKADDR_IN *)(const void *)a)->sin_port;
}

WHITHER_INET void INETADDR_SET_PORT(SOCKADDR *a, USHORT port)
{
	((SOCKADDR_IN *)(void *)a)->sin_port = port;
}

WHITHER_INET void INETADDR_SETSOCKADDR(ADDRESS_FAMILY family, SOCKADDR *a, const UCHAR *address,
				       SCOPE_ID scope, USHORT port)
{
	SOCKADDR_IN6 *v6 = (SOCKADDR_IN6 *)(void *)a;

	__builtin_memset(a, 0, family == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN));
	a->sa_family = family;
	if (family == AF_INET6)
		v6->sin6_scope_id = scope.Value;
	INETADDR_SET_PORT(a, port);
	INETADDR_SET_ADDRESS(a, address);
}

WHITHER_INET void INETADDR_SETANY(SOCKADDR *a)
{
	static const UCHAR any[16] = {0};
	SCOPE_ID none;

	none.Value = 0;
	INETADDR_SETSOCKADDR(a->sa_family, a, any, none, 0);
}

WHITHER_INET void INETADDR_SETLOOPBACK(SOCKADDR *a)
{
	static const UCHAR v4[4] = {127, 0, 0, 1};
	static const UCHAR v6[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
	SCOPE_ID none;

	none.Value = 0;
	INETADDR_SETSOCKADDR(a->sa_family, a, a->sa_family == AF_INET6 ? v6 : v4, none, 0);
}

WHITHER_INET SCOPE_ID INETADDR_SCOPE_ID(const SOCKADDR *a)
{
	SCOPE_ID none;

	none.Value = 0;
	if (a->sa_family != AF_INET6)
		return none;
	return ((const SOCKADDR_IN6 *)(const void *)a)->sin6_scope_struct;
}

#endif
