/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The ground that the core stands on: fixed-width types, byte order, attributes. The core is
 * compiled into the kernel programs, the tools and the tests, so it knows no libc.
 */
#ifndef WH_BASE_TYPES_H
#define WH_BASE_TYPES_H

#include <linux/types.h>

#ifndef NULL
#define NULL ((void *)0)
#endif

/* Small rules are always inlined: the verifier then sees each call with its own facts. */
#define WH_RULE static inline __attribute__((always_inline, unused))

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define WH_BE16(x) ((__be16)__builtin_bswap16((__u16)(x)))
#define WH_BE32(x) ((__be32)__builtin_bswap32((__u32)(x)))
#else
#define WH_BE16(x) ((__be16)(x))
#define WH_BE32(x) ((__be32)(x))
#endif
#define WH_HOST16(x) ((__u16)WH_BE16(x))
#define WH_HOST32(x) ((__u32)WH_BE32(x))

/* Keeps the compiler from computing pointer anew elsewhere: what the kernel's verifier has seen of
 * it, a bound or that it is not NULL, holds for one register only. */
#define WH_SAME_POINTER(pointer) asm volatile("" : "+r"(pointer))

/* Numbers of the operating system's ABI that the core answers with. */
#define WH_AF_UNSPEC 0
#define WH_AF_INET 2
#define WH_AF_INET6 10

#define WH_EPERM 1
#define WH_ENOENT 2
#define WH_EACCES 13
#define WH_EFAULT 14
#define WH_EINVAL 22
#define WH_ELOOP 40
#define WH_EBADMSG 74
#define WH_EOVERFLOW 75
#define WH_EOPNOTSUPP 95
#define WH_ENOBUFS 105
#define WH_EISCONN 106
#define WH_ENOTCONN 107
#define WH_ECONNREFUSED 111
#define WH_ESTALE 116

#endif /* WH_BASE_TYPES_H */
