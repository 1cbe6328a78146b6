/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What Microsoft's compiler knows by itself: the vector intrinsics and all else. */
#ifndef WHITHER_INTRIN_H
#define WHITHER_INTRIN_H

#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>
#endif
#include <compiler_words.h>
#include <wdm_interlocked.h>

#define __lzcnt(value) ((UINT)((UINT)(value) ? __builtin_clz((UINT)(value)) : 32))

#if defined(__x86_64__) || defined(__i386__)
WHITHER_INLINE void whither_cpuid(int info[4], int leaf, int part)
{
	__asm__ volatile("cpuid"
			 : "=a"(info[0]), "=b"(info[1]), "=c"(info[2]), "=d"(info[3])
			 : "a"(leaf), "c"(part));
}
#undef __cpuid
#undef __cpuidex
#define __cpuid(info, leaf) whither_cpuid((info), (leaf), 0)
#define __cpuidex(info, leaf, part) whither_cpuid((info), (leaf), (part))
#endif

#endif
