/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What a compiler for Windows knows without a header. whither-cc includes it into every source first. */
#ifndef WHITHER_MSVC_WORDS_H
#define WHITHER_MSVC_WORDS_H

#include <declspec.h>

#ifndef __int64
#define __int64 __INT64_TYPE__
#endif
#ifndef __int32
#define __int32 int
#endif
#ifndef __int16
#define __int16 short
#endif
#ifndef __int8
#define __int8 char
#endif
#ifndef __stdcall
#define __stdcall
#endif
#ifndef __cdecl
#define __cdecl
#endif
#ifndef __fastcall
#define __fastcall
#endif
#ifndef __vectorcall
#define __vectorcall
#endif
#ifndef __unaligned
#define __unaligned
#endif
#ifndef __ptr64
#define __ptr64
#endif
#ifndef __ptr32
#define __ptr32
#endif
#ifndef __forceinline
#define __forceinline __inline__ __attribute__((__always_inline__))
#endif
#ifndef __thiscall
#define __thiscall
#endif
#ifndef __clrcall
#define __clrcall
#endif
#ifndef __w64
#define __w64
#endif
#ifndef _cdecl
#define _cdecl
#endif
#ifndef _stdcall
#define _stdcall
#endif
#ifndef _inline
#define _inline __inline
#endif
#ifndef _int64
#define _int64 __INT64_TYPE__
#endif
#ifndef __sptr
#define __sptr
#define __uptr
#endif
#ifndef __alignof
#define __alignof __alignof__
#endif
#ifndef __pragma
#define __pragma(...)
#endif

/* Clang's <immintrin.h> calls these, where _WIN32 is defined. */
#ifdef __cplusplus
extern "C" {
#endif
__attribute__((__visibility__("default"))) void *_aligned_malloc(__SIZE_TYPE__ size,
								 __SIZE_TYPE__ alignment);
__attribute__((__visibility__("default"))) void _aligned_free(void *block);
#ifdef __cplusplus
}
#endif

#endif
