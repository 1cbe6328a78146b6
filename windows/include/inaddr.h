/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* An IPv4 address, in network byte order, seen as bytes, words or a number. */
#ifndef WHITHER_INADDR_H
#define WHITHER_INADDR_H

#include <basetsd.h>

#if defined(_SYS_SOCKET_H) || defined(_NETINET_IN_H) || defined(_ARPA_INET_H) || defined(_NETDB_H)
#error "One file cannot see both Windows' and Linux' sockets: move what needs <sys/socket.h>, <netinet/in.h>, <arpa/inet.h> or <netdb.h> to a file of its own and pass it descriptors and addresses, which are the same in both."
#endif

typedef struct in_addr {
	union {
		struct {
			UCHAR s_b1, s_b2, s_b3, s_b4;
		} S_un_b;
		struct {
			USHORT s_w1, s_w2;
		} S_un_w;
		ULONG S_addr;
	} S_un;
} IN_ADDR, *PIN_ADDR, *LPIN_ADDR;

#define s_addr S_un.S_addr
#define s_host S_un.S_un_b.s_b2
#define s_net S_un.S_un_b.s_b1
#define s_imp S_un.S_un_w.s_w2
#define s_impno S_un.S_un_b.s_b4
#define s_lh S_un.S_un_b.s_b3

WHITHER_STATIC_ASSERT(sizeof(IN_ADDR) == 4);

#endif
