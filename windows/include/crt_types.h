/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What the headers of the C run-time build on. No name of Windows: a source may include these alone. */
#ifndef WHITHER_CRT_TYPES_H
#define WHITHER_CRT_TYPES_H

#include <msvc_words.h>

#ifdef __cplusplus
#define WHITHER_STATIC_ASSERT(condition) static_assert(condition, #condition)
#define WHITHER_NOTHROW noexcept
#define WHITHER_NOEXCEPT noexcept
#define WHITHER_EXTERN_C extern "C"
#define WHITHER_BEGIN_C extern "C" {
#define WHITHER_END_C }
#else
#define WHITHER_STATIC_ASSERT(condition) _Static_assert(condition, #condition)
#define WHITHER_NOTHROW __attribute__((__nothrow__))
#define WHITHER_NOEXCEPT
#define WHITHER_EXTERN_C extern
#define WHITHER_BEGIN_C
#define WHITHER_END_C
#endif

/* Of these headers' own functions, which no source may be said to have defined. */
#define WHITHER_INLINE static __inline__ __attribute__((__always_inline__, __unused__))

typedef __SIZE_TYPE__ size_t;

/* 16 bits whether or not the file is compiled with -fshort-wchar. */
#if __SIZEOF_WCHAR_T__ == 2
#ifndef __cplusplus
typedef __WCHAR_TYPE__ wchar_t;
#endif
typedef wchar_t whither_wchar;
#else
typedef unsigned short whither_wchar;
#endif

#endif
