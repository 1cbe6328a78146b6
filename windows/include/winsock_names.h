/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Included by winsock2.h: byte order, addresses as text, the older name functions. */
#ifndef WHITHER_WINSOCK_NAMES_H
#define WHITHER_WINSOCK_NAMES_H

#ifndef WHITHER_WINSOCK2_H
#error "Include winsock2.h."
#endif

typedef struct hostent {
	char *h_name;
	char **h_aliases;
	short h_addrtype;
	short h_length;
	char **h_addr_list;
#define h_addr h_addr_list[0]
} HOSTENT, *PHOSTENT, *LPHOSTENT;

/* The protocol comes before the port. */
typedef struct servent {
	char *s_name;
	char **s_aliases;
	char *s_proto;
	short s_port;
} SERVENT, *PSERVENT, *LPSERVENT;

typedef struct protoent {
	char *p_name;
	char **p_aliases;
	short p_proto;
} PROTOENT, *PPROTOENT, *LPPROTOENT;

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

u_long WSAAPI htonl(u_long hostlong) WHITHER_WINSOCK(htonl);
u_long WSAAPI ntohl(u_long netlong) WHITHER_WINSOCK(ntohl);
u_short WSAAPI htons(u_short hostshort) WHITHER_WINSOCK(htons);
u_short WSAAPI ntohs(u_short netshort) WHITHER_WINSOCK(ntohs);
ULONG WSAAPI inet_addr(const char *cp) WHITHER_WINSOCK(inet_addr);
/* The text lives in the thread until its next call. */
char *WSAAPI inet_ntoa(struct in_addr in) WHITHER_WINSOCK(inet_ntoa);

/* The answers live in the thread until its next call. */
struct hostent *WSAAPI gethostbyname(const char *name) WHITHER_WINSOCK(gethostbyname);
struct hostent *WSAAPI gethostbyaddr(const char *addr, int len, int type)
	WHITHER_WINSOCK(gethostbyaddr);
/* The length has the type that <unistd.h> gives it, and is taken as Windows' int. */
int WSAAPI gethostname(char *name, size_t namelen) WHITHER_NOEXCEPT WHITHER_WINSOCK(gethostname);

WHITHER_END_C
#pragma GCC visibility pop

static __inline__ __attribute__((__unused__)) ULONGLONG htonll(ULONGLONG value)
{
	return __builtin_bswap64(value);
}

static __inline__ __attribute__((__unused__)) ULONGLONG ntohll(ULONGLONG value)
{
	return __builtin_bswap64(value);
}

#endif
