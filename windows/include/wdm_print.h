/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The debugger's output and what drivers use of the C library; formats mean what Windows means. */
#ifndef WHITHER_WDM_PRINT_H
#define WHITHER_WDM_PRINT_H

#include <ntstatus.h>

#ifndef _VA_LIST_DEFINED
#define _VA_LIST_DEFINED
typedef __builtin_va_list va_list;
#endif
#ifndef va_start
#define va_start(list, last) __builtin_va_start(list, last)
#define va_end(list) __builtin_va_end(list)
#define va_arg(list, type) __builtin_va_arg(list, type)
#define va_copy(to, from) __builtin_va_copy(to, from)
#endif

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

#define DPFLTR_ERROR_LEVEL 0
#define DPFLTR_WARNING_LEVEL 1
#define DPFLTR_TRACE_LEVEL 2
#define DPFLTR_INFO_LEVEL 3
#define DPFLTR_MASK 0x80000000u
enum {
	DPFLTR_SYSTEM_ID = 0,
	DPFLTR_IHVNETWORK_ID = 80,
	DPFLTR_IHVDRIVER_ID = 77,
	DPFLTR_DEFAULT_ID = 101
};

/* Everything goes to standard error, whatever component and level. */
ULONG DbgPrint(PCSTR Format, ...);
ULONG DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...);
ULONG vDbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, va_list List);
ULONG vDbgPrintExWithPrefix(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format, va_list List);

#ifndef DBG
#define DBG 0
#endif
#if DBG
#define KdPrint(arguments) DbgPrint arguments
#define KdPrintEx(arguments) DbgPrintEx arguments
#else
#define KdPrint(arguments) ((void)0)
#define KdPrintEx(arguments) ((void)0)
#endif

int _snprintf(char *buffer, size_t count, const char *format, ...);
int _vsnprintf(char *buffer, size_t count, const char *format, va_list list);
int _snwprintf(WCHAR *buffer, size_t count, const WCHAR *format, ...);
int _vsnwprintf(WCHAR *buffer, size_t count, const WCHAR *format, va_list list);
int _scprintf(const char *format, ...);
int _vscprintf(const char *format, va_list list);
int _scwprintf(const WCHAR *format, ...);
int _vscwprintf(const WCHAR *format, va_list list);
int sprintf_s(char *buffer, size_t size, const char *format, ...);
int vsprintf_s(char *buffer, size_t size, const char *format, va_list list);
int swprintf_s(WCHAR *buffer, size_t size, const WCHAR *format, ...);
int vswprintf_s(WCHAR *buffer, size_t size, const WCHAR *format, va_list list);
int _snprintf_s(char *buffer, size_t size, size_t count, const char *format, ...);
int _vsnprintf_s(char *buffer, size_t size, size_t count, const char *format, va_list list);
int _snwprintf_s(WCHAR *buffer, size_t size, size_t count, const WCHAR *format, ...);
int _vsnwprintf_s(WCHAR *buffer, size_t size, size_t count, const WCHAR *format, va_list list);
int strcpy_s(char *to, size_t size, const char *from);
int strncpy_s(char *to, size_t size, const char *from, size_t count);
int strcat_s(char *to, size_t size, const char *from);
int wcscpy_s(WCHAR *to, size_t size, const WCHAR *from);
int wcsncpy_s(WCHAR *to, size_t size, const WCHAR *from, size_t count);
int wcscat_s(WCHAR *to, size_t size, const WCHAR *from);
int memcpy_s(void *to, size_t size, const void *from, size_t count);
int memmove_s(void *to, size_t size, const void *from, size_t count);
int _stricmp(const char *one, const char *other);
int _strnicmp(const char *one, const char *other, size_t count);
int _wcsicmp(const WCHAR *one, const WCHAR *other);
int _wcsnicmp(const WCHAR *one, const WCHAR *other, size_t count);
char *_strupr(char *text);
char *_strlwr(char *text);
WCHAR *_wcsupr(WCHAR *text);
WCHAR *_wcslwr(WCHAR *text);
#define _TRUNCATE ((size_t)-1)

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

/* libc's functions of these names have characters of 32 bits. */
#if __SIZEOF_WCHAR_T__ == 2
size_t wcslen(const wchar_t *text) WHITHER_NOEXCEPT __asm__("whither_win_wcslen");
size_t wcsnlen(const wchar_t *text, size_t count) WHITHER_NOEXCEPT __asm__("whither_win_wcsnlen");
int wcscmp(const wchar_t *one, const wchar_t *other) WHITHER_NOEXCEPT __asm__("whither_win_wcscmp");
int wcsncmp(const wchar_t *one, const wchar_t *other, size_t count) WHITHER_NOEXCEPT
	__asm__("whither_win_wcsncmp");
wchar_t *wcscpy(wchar_t *__restrict to, const wchar_t *__restrict from) WHITHER_NOEXCEPT
	__asm__("whither_win_wcscpy");
wchar_t *wcsncpy(wchar_t *__restrict to, const wchar_t *__restrict from,
		 size_t count) WHITHER_NOEXCEPT __asm__("whither_win_wcsncpy");
wchar_t *wcscat(wchar_t *__restrict to, const wchar_t *__restrict from) WHITHER_NOEXCEPT
	__asm__("whither_win_wcscat");
wchar_t *wcsncat(wchar_t *__restrict to, const wchar_t *__restrict from,
		 size_t count) WHITHER_NOEXCEPT __asm__("whither_win_wcsncat");
#ifndef __cplusplus
wchar_t *wcschr(const wchar_t *text, wchar_t character) WHITHER_NOEXCEPT
	__asm__("whither_win_wcschr");
wchar_t *wcsrchr(const wchar_t *text, wchar_t character) WHITHER_NOEXCEPT
	__asm__("whither_win_wcsrchr");
wchar_t *wcsstr(const wchar_t *text, const wchar_t *part) WHITHER_NOEXCEPT
	__asm__("whither_win_wcsstr");
#endif
#endif

WHITHER_END_C
#pragma GCC visibility pop

#endif
