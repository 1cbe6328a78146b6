/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* TCP/IP's control codes, the three redirect codes among them, and the INETADDR_* family. */
#ifndef WHITHER_MSTCPIP_H
#define WHITHER_MSTCPIP_H

#include <ws2def.h>
#include <ws2ipdef.h>

/* Ask an accepted socket; no input. The direction in the two codes is IN all the same. */
#define SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS _WSAIOW(IOC_VENDOR, 220)
#define SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT _WSAIOW(IOC_VENDOR, 221)
/* Tell an outbound socket, before it connects; no output. */
#define SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS _WSAIOW(IOC_VENDOR, 222)

#define SIO_RCVALL _WSAIOW(IOC_VENDOR, 1)
#define SIO_RCVALL_MCAST _WSAIOW(IOC_VENDOR, 2)
#define SIO_RCVALL_IGMPMCAST _WSAIOW(IOC_VENDOR, 3)
#define SIO_KEEPALIVE_VALS _WSAIOW(IOC_VENDOR, 4)
#define SIO_ABSORB_RTRALERT _WSAIOW(IOC_VENDOR, 5)
#define SIO_UCAST_IF _WSAIOW(IOC_VENDOR, 6)
#define SIO_LIMIT_BROADCASTS _WSAIOW(IOC_VENDOR, 7)
#define SIO_INDEX_BIND _WSAIOW(IOC_VENDOR, 8)
#define SIO_INDEX_MCASTIF _WSAIOW(IOC_VENDOR, 9)
#define SIO_INDEX_ADD_MCAST _WSAIOW(IOC_VENDOR, 10)
#define SIO_INDEX_DEL_MCAST _WSAIOW(IOC_VENDOR, 11)
#define SIO_UDP_CONNRESET _WSAIOW(IOC_VENDOR, 12)
#define SIO_RCVALL_MCAST_IF _WSAIOW(IOC_VENDOR, 13)
#define SIO_RCVALL_IF _WSAIOW(IOC_VENDOR, 14)
#define SIO_LOOPBACK_FAST_PATH _WSAIOW(IOC_VENDOR, 16)
#define SIO_TCP_INITIAL_RTO _WSAIOW(IOC_VENDOR, 17)
#define SIO_APPLY_TRANSPORT_SETTING _WSAIOW(IOC_VENDOR, 19)
#define SIO_QUERY_TRANSPORT_SETTING _WSAIOW(IOC_VENDOR, 20)
#define SIO_CPU_AFFINITY _WSAIOW(IOC_VENDOR, 21)
#define SIO_TCP_SET_ICW _WSAIOW(IOC_VENDOR, 22)
#define SIO_TCP_SET_ACK_FREQUENCY _WSAIOW(IOC_VENDOR, 23)
#define SIO_SET_PRIORITY_HINT _WSAIOW(IOC_VENDOR, 24)
#define SIO_TCP_INFO _WSAIORW(IOC_VENDOR, 39)
#define SIO_ACQUIRE_PORT_RESERVATION _WSAIOW(IOC_VENDOR, 100)
#define SIO_RELEASE_PORT_RESERVATION _WSAIOW(IOC_VENDOR, 101)
#define SIO_ASSOCIATE_PORT_RESERVATION _WSAIOW(IOC_VENDOR, 102)
#define SIO_SET_SECURITY _WSAIOW(IOC_VENDOR, 200)
#define SIO_QUERY_SECURITY _WSAIORW(IOC_VENDOR, 201)
#define SIO_SET_PEER_TARGET_NAME _WSAIOW(IOC_VENDOR, 202)
#define SIO_DELETE_PEER_TARGET_NAME _WSAIOW(IOC_VENDOR, 203)
#define SIO_SOCKET_USAGE_NOTIFICATION _WSAIOW(IOC_VENDOR, 204)
#define SIO_QUERY_WFP_ALE_ENDPOINT_HANDLE _WSAIOR(IOC_VENDOR, 205)

#define RCVALL_OFF 0
#define RCVALL_ON 1
#define RCVALL_SOCKETLEVELONLY 2
#define RCVALL_IPLEVEL 3

/* Of SIO_KEEPALIVE_VALS; both times in milliseconds. */
struct tcp_keepalive {
	ULONG onoff;
	ULONG keepalivetime;
	ULONG keepaliveinterval;
};

#define INADDR_ANY_INIT           \
	{                         \
		{                 \
			{         \
				0 \
			}         \
		}                 \
	}
#define IN6ADDR_ANY_INIT                                                       \
	{                                                                      \
		{                                                              \
			{                                                      \
				0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
			}                                                      \
		}                                                              \
	}
#define IN6ADDR_LOOPBACK_INIT                                                  \
	{                                                                      \
		{                                                              \
			{                                                      \
				0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 \
			}                                                      \
		}                                                              \
	}

#define WHITHER_INET static __inline__ __attribute__((__unused__))

WHITHER_INET BOOLEAN IN4_IS_ADDR_UNSPECIFIED(const IN_ADDR *a)
{
	return a->s_addr == 0;
}

WHITHER_INET BOOLEAN IN4_IS_ADDR_LOOPBACK(const IN_ADDR *a)
{
	return a->S_un.S_un_b.s_b1 == 127;
}

WHITHER_INET BOOLEAN IN4_IS_ADDR_BROADCAST(const IN_ADDR *a)
{
	return a->s_addr == INADDR_BROADCAST;
}

WHITHER_INET BOOLEAN IN4_IS_ADDR_MULTICAST(const IN_ADDR *a)
{
	return (a->S_un.S_un_b.s_b1 & 0xf0) == 0xe0;
}

WHITHER_INET BOOLEAN IN4_IS_ADDR_LINKLOCAL(const IN_ADDR *a)
{
	return a->S_un.S_un_b.s_b1 == 169 && a->S_un.S_un_b.s_b2 == 254;
}

WHITHER_INET BOOLEAN IN4_ADDR_EQUAL(const IN_ADDR *a, const IN_ADDR *b)
{
	return a->s_addr == b->s_addr;
}

WHITHER_INET BOOLEAN IN6_ADDR_EQUAL(const IN6_ADDR *a, const IN6_ADDR *b)
{
	return __builtin_memcmp(a, b, sizeof(*a)) == 0;
}

WHITHER_INET BOOLEAN IN6_IS_ADDR_UNSPECIFIED(const IN6_ADDR *a)
{
	const IN6_ADDR any = IN6ADDR_ANY_INIT;

	return IN6_ADDR_EQUAL(a, &any);
}

WHITHER_INET BOOLEAN IN6_IS_ADDR_LOOPBACK(const IN6_ADDR *a)
{
	const IN6_ADDR loopback = IN6ADDR_LOOPBACK_INIT;

	return IN6_ADDR_EQUAL(a, &loopback);
}

WHITHER_INET BOOLEAN IN6_IS_ADDR_MULTICAST(const IN6_ADDR *a)
{
	return a->u.Byte[0] == 0xff;
}

WHITHER_INET BOOLEAN IN6_IS_ADDR_LINKLOCAL(const IN6_ADDR *a)
{
	return a->u.Byte[0] == 0xfe && (a->u.Byte[1] & 0xc0) == 0x80;
}

WHITHER_INET BOOLEAN IN6_IS_ADDR_SITELOCAL(const IN6_ADDR *a)
{
	return a->u.Byte[0] == 0xfe && (a->u.Byte[1] & 0xc0) == 0xc0;
}

WHITHER_INET BOOLEAN IN6_IS_ADDR_V4MAPPED(const IN6_ADDR *a)
{
	static const UCHAR prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	return __builtin_memcmp(a, prefix, sizeof(prefix)) == 0;
}

WHITHER_INET BOOLEAN IN6_IS_ADDR_V4COMPAT(const IN6_ADDR *a)
{
	static const UCHAR prefix[12] = {0};

	return __builtin_memcmp(a, prefix, sizeof(prefix)) == 0 &&
	       (a->u.Word[6] != 0 || (a->u.Byte[14] | (a->u.Byte[15] & 0xfe)) != 0);
}

WHITHER_INET IN_ADDR *IN6_GET_ADDR_V4MAPPED(const IN6_ADDR *a)
{
	return (IN_ADDR *)(ULONG_PTR)&a->u.Byte[12];
}

WHITHER_INET void IN6_SET_ADDR_V4MAPPED(IN6_ADDR *a6, const IN_ADDR *a4)
{
	__builtin_memset(a6, 0, 10);
	a6->u.Word[5] = 0xffff;
	__builtin_memcpy(&a6->u.Byte[12], a4, sizeof(*a4));
}

#include <inetaddr.h>

WHITHER_STATIC_ASSERT(SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS == 0x980000dcu);
WHITHER_STATIC_ASSERT(SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT == 0x980000ddu);
WHITHER_STATIC_ASSERT(SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS == 0x980000deu);
WHITHER_STATIC_ASSERT(SIO_QUERY_WFP_ALE_ENDPOINT_HANDLE == 0x580000cdu);
WHITHER_STATIC_ASSERT(SIO_KEEPALIVE_VALS == 0x98000004u && sizeof(struct tcp_keepalive) == 12);

#endif
