/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * __declspec(word), by table: clang knows the keyword itself. A word that is not in the table is an
 * attribute that nobody knows, and ignored. In "__declspec(align(16)) struct x {...};" gcc drops
 * the alignment; "struct __declspec(align(16)) x" keeps it.
 */
#ifndef WHITHER_DECLSPEC_H
#define WHITHER_DECLSPEC_H

#ifndef __clang__
#define __declspec(word) __attribute__((WHITHER_DECLSPEC_##word))
#define WHITHER_DECLSPEC_align(bytes) __aligned__(bytes)
#define WHITHER_DECLSPEC_allocate(section)
#define WHITHER_DECLSPEC_code_seg(section)
#define WHITHER_DECLSPEC_deprecated __deprecated__
#define WHITHER_DECLSPEC_dllexport
#define WHITHER_DECLSPEC_dllimport
#define WHITHER_DECLSPEC_guard(word)
#define WHITHER_DECLSPEC_naked __naked__
#define WHITHER_DECLSPEC_noinline __noinline__
#define WHITHER_DECLSPEC_noreturn __noreturn__
#define WHITHER_DECLSPEC_nothrow __nothrow__
#define WHITHER_DECLSPEC_restrict __malloc__
#define WHITHER_DECLSPEC_selectany __weak__
#define WHITHER_DECLSPEC_spectre(word)
/* A storage class: the attributes before and behind it are empty. */
#define WHITHER_DECLSPEC_thread )) __thread __attribute__((
#define WHITHER_DECLSPEC_uuid(text)
#endif

#endif /* WHITHER_DECLSPEC_H */
