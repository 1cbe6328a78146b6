/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * printf for user-mode Windows source: the C library's streams, this library's conversions. Wide text
 * is written as UTF-8, whatever the stream's orientation.
 */
#ifndef WHITHER_WDM_STREAM_H
#define WHITHER_WDM_STREAM_H

#include <wdm_stdio.h>

struct _IO_FILE;

#pragma GCC visibility push(default)
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wincompatible-library-redeclaration"
#endif
WHITHER_BEGIN_C

int printf(const char *format, ...) WHITHER_RENAMED(printf);
int vprintf(const char *format, va_list arguments) WHITHER_RENAMED(vprintf);
int fprintf(struct _IO_FILE *stream, const char *format, ...) WHITHER_RENAMED(fprintf);
int vfprintf(struct _IO_FILE *stream, const char *format, va_list arguments)
	WHITHER_RENAMED(vfprintf);
int wprintf(const WCHAR *format, ...) WHITHER_RENAMED(wprintf);
int vwprintf(const WCHAR *format, va_list arguments) WHITHER_RENAMED(vwprintf);
int fwprintf(struct _IO_FILE *stream, const WCHAR *format, ...) WHITHER_RENAMED(fwprintf);
int vfwprintf(struct _IO_FILE *stream, const WCHAR *format, va_list arguments)
	WHITHER_RENAMED(vfwprintf);
int fputws(const WCHAR *text, struct _IO_FILE *stream) WHITHER_RENAMED(fputws);
int _putws(const WCHAR *text);
int printf_s(const char *format, ...) WHITHER_RENAMED(printf);
int wprintf_s(const WCHAR *format, ...) WHITHER_RENAMED(wprintf);
int fprintf_s(struct _IO_FILE *stream, const char *format, ...) WHITHER_RENAMED(fprintf);
int fwprintf_s(struct _IO_FILE *stream, const WCHAR *format, ...) WHITHER_RENAMED(fwprintf);

WHITHER_END_C
#ifdef __clang__
#pragma clang diagnostic pop
#endif
#pragma GCC visibility pop

#endif
