/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Narrow strings and memory: what the C library has, and what Microsoft's has beside it. */
#ifndef WHITHER_WDM_NARROW_H
#define WHITHER_WDM_NARROW_H

#include <crt_types.h>

#ifndef _ERRCODE_DEFINED
#define _ERRCODE_DEFINED
typedef int errno_t;
#endif

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

/* As libc declares them; a driver need not include <string.h>. */
void *memcpy(void *__restrict to, const void *__restrict from, size_t count) WHITHER_NOTHROW;
void *memmove(void *to, const void *from, size_t count) WHITHER_NOTHROW;
void *memset(void *to, int byte, size_t count) WHITHER_NOTHROW;
int memcmp(const void *one, const void *other, size_t count) WHITHER_NOTHROW;
size_t strlen(const char *text) WHITHER_NOTHROW;
int strcmp(const char *one, const char *other) WHITHER_NOTHROW;
int strncmp(const char *one, const char *other, size_t count) WHITHER_NOTHROW;
char *strcpy(char *__restrict to, const char *__restrict from) WHITHER_NOTHROW;
char *strncpy(char *__restrict to, const char *__restrict from, size_t count) WHITHER_NOTHROW;
char *strcat(char *__restrict to, const char *__restrict from) WHITHER_NOTHROW;
size_t strnlen(const char *text, size_t count) WHITHER_NOTHROW;
#ifndef __cplusplus
char *strchr(const char *text, int character) WHITHER_NOTHROW;
char *strrchr(const char *text, int character) WHITHER_NOTHROW;
char *strstr(const char *text, const char *part) WHITHER_NOTHROW;
#endif

/*
 * 0, EINVAL (22) or ERANGE (34); no handler is called. Of `count`, _TRUNCATE copies what fits and
 * gives STRUNCATE (80).
 */
errno_t strcpy_s(char *to, size_t size, const char *from) WHITHER_NOTHROW;
errno_t strncpy_s(char *to, size_t size, const char *from, size_t count) WHITHER_NOTHROW;
errno_t strcat_s(char *to, size_t size, const char *from) WHITHER_NOTHROW;
errno_t strncat_s(char *to, size_t size, const char *from, size_t count) WHITHER_NOTHROW;
errno_t memcpy_s(void *to, size_t size, const void *from, size_t count) WHITHER_NOTHROW;
errno_t memmove_s(void *to, size_t size, const void *from, size_t count) WHITHER_NOTHROW;

/* Case is ASCII's. */
int _stricmp(const char *one, const char *other) WHITHER_NOTHROW;
int _strnicmp(const char *one, const char *other, size_t count) WHITHER_NOTHROW;
char *_strlwr(char *text) WHITHER_NOTHROW;
char *_strupr(char *text) WHITHER_NOTHROW;
char *_strdup(const char *text) WHITHER_NOTHROW;

WHITHER_END_C
#pragma GCC visibility pop

#endif
