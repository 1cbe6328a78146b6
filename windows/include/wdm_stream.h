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

int WHITHER_LIBC(printf)(const char *format, ...) WHITHER_RENAMED(printf);
int WHITHER_LIBC(vprintf)(const char *format, va_list arguments) WHITHER_RENAMED(vprintf);
int WHITHER_LIBC(fprintf)(struct _IO_FILE *stream, const char *format, ...)
	WHITHER_RENAMED(fprintf);
int WHITHER_LIBC(vfprintf)(struct _IO_FILE *stream, const char *format, va_list arguments)
	WHITHER_RENAMED(vfprintf);
int WHITHER_LIBC(wprintf)(const whither_wchar *format, ...) WHITHER_RENAMED(wprintf);
int WHITHER_LIBC(vwprintf)(const whither_wchar *format, va_list arguments)
	WHITHER_RENAMED(vwprintf);
int WHITHER_LIBC(fwprintf)(struct _IO_FILE *stream, const whither_wchar *format, ...)
	WHITHER_RENAMED(fwprintf);
int WHITHER_LIBC(vfwprintf)(struct _IO_FILE *stream, const whither_wchar *format, va_list arguments)
	WHITHER_RENAMED(vfwprintf);
int WHITHER_LIBC(fputws)(const whither_wchar *text, struct _IO_FILE *stream)
	WHITHER_RENAMED(fputws);
int _putws(const whither_wchar *text);
int printf_s(const char *format, ...) __asm__("whither_win_printf");
int wprintf_s(const whither_wchar *format, ...) __asm__("whither_win_wprintf");
int fprintf_s(struct _IO_FILE *stream, const char *format, ...) __asm__("whither_win_fprintf");
int fwprintf_s(struct _IO_FILE *stream, const whither_wchar *format,
	       ...) __asm__("whither_win_fwprintf");

WHITHER_END_C
#ifdef __clang__
#pragma clang diagnostic pop
#endif
#pragma GCC visibility pop

#ifdef WHITHER_RENAMES_BY_MACRO
#undef printf
#define printf whither_win_printf
#undef vprintf
#define vprintf whither_win_vprintf
#undef fprintf
#define fprintf whither_win_fprintf
#undef vfprintf
#define vfprintf whither_win_vfprintf
#undef wprintf
#define wprintf whither_win_wprintf
#undef vwprintf
#define vwprintf whither_win_vwprintf
#undef fwprintf
#define fwprintf whither_win_fwprintf
#undef vfwprintf
#define vfwprintf whither_win_vfwprintf
#undef fputws
#define fputws whither_win_fputws
namespace std {
using ::fprintf;
using ::fputws;
using ::fwprintf;
using ::printf;
using ::vfprintf;
using ::vfwprintf;
using ::vprintf;
using ::vwprintf;
using ::wprintf;
} // namespace std
#endif

#endif
