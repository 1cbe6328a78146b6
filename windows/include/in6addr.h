/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* An IPv6 address, in network byte order. Aligned as two-byte words, where Linux' is as four. */
#ifndef WHITHER_IN6ADDR_H
#define WHITHER_IN6ADDR_H

#include <inaddr.h>

typedef struct in6_addr {
	union {
		UCHAR Byte[16];
		USHORT Word[8];
	} u;
} IN6_ADDR, *PIN6_ADDR, *LPIN6_ADDR;

#define in_addr6 in6_addr
#define _S6_un u
#define _S6_u8 Byte
#define s6_addr u.Byte
#define s6_bytes u.Byte
#define s6_words u.Word

WHITHER_STATIC_ASSERT(sizeof(IN6_ADDR) == 16);

#endif
