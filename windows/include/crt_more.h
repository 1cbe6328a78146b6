/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What Microsoft's C library has beside the standard: numbers to text, bounded forms, files by descriptor.
 * Where the C library of the host has the same under another name, that is what is called. errno_t is
 * 0, EINVAL (22) or ERANGE (34); no handler is called.
 */
#ifndef WHITHER_CRT_MORE_H
#define WHITHER_CRT_MORE_H

#include <wdm_narrow.h>
#include <wdm_stdio.h>

struct _IO_FILE;
struct tm;

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

#ifndef _COUNTOF_DEFINED
#define _COUNTOF_DEFINED
#ifdef __cplusplus
extern "C++" {
template <class whither_item, size_t count> char (*whither_countof(whither_item (&)[count]))[count];
}
#define _countof(array) (sizeof(*whither_countof(array)))
#else
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif
#endif
#ifndef _alloca
#define _alloca(size) __builtin_alloca(size)
#endif
#define _malloca(size) malloc(size)
#define _freea(block) free(block)

/* The digits of an int or a long of 32 bits, of a 64-bit integer; radix 2 to 36. */
char *_itoa(int value, char *to, int radix) WHITHER_NOTHROW;
char *_ltoa(int value, char *to, int radix) WHITHER_NOTHROW;
char *_ultoa(unsigned int value, char *to, int radix) WHITHER_NOTHROW;
char *_i64toa(__INT64_TYPE__ value, char *to, int radix) WHITHER_NOTHROW;
char *_ui64toa(__UINT64_TYPE__ value, char *to, int radix) WHITHER_NOTHROW;
errno_t _itoa_s(int value, char *to, size_t size, int radix) WHITHER_NOTHROW;
errno_t _ltoa_s(int value, char *to, size_t size, int radix) WHITHER_NOTHROW;
errno_t _ultoa_s(unsigned int value, char *to, size_t size, int radix) WHITHER_NOTHROW;
errno_t _i64toa_s(__INT64_TYPE__ value, char *to, size_t size, int radix) WHITHER_NOTHROW;
errno_t _ui64toa_s(__UINT64_TYPE__ value, char *to, size_t size, int radix) WHITHER_NOTHROW;
whither_wchar *_itow(int value, whither_wchar *to, int radix) WHITHER_NOTHROW;
whither_wchar *_i64tow(__INT64_TYPE__ value, whither_wchar *to, int radix) WHITHER_NOTHROW;
errno_t _itow_s(int value, whither_wchar *to, size_t size, int radix) WHITHER_NOTHROW;
errno_t _ultow_s(unsigned int value, whither_wchar *to, size_t size, int radix) WHITHER_NOTHROW;
errno_t _i64tow_s(__INT64_TYPE__ value, whither_wchar *to, size_t size, int radix) WHITHER_NOTHROW;
errno_t _ui64tow_s(__UINT64_TYPE__ value, whither_wchar *to, size_t size,
		   int radix) WHITHER_NOTHROW;

char *_strrev(char *text) WHITHER_NOTHROW;
errno_t _strlwr_s(char *text, size_t size) WHITHER_NOTHROW;
errno_t _strupr_s(char *text, size_t size) WHITHER_NOTHROW;
errno_t _wcslwr_s(whither_wchar *text, size_t size) WHITHER_NOTHROW;
errno_t _wcsupr_s(whither_wchar *text, size_t size) WHITHER_NOTHROW;
errno_t mbstowcs_s(size_t *ret_count, whither_wchar *to, size_t size, const char *from,
		   size_t count) WHITHER_NOTHROW;
errno_t wcstombs_s(size_t *ret_count, char *to, size_t size, const whither_wchar *from,
		   size_t count) WHITHER_NOTHROW;
char *strtok_s(char *text, const char *set, char **context) __asm__("strtok_r");
__INT64_TYPE__ _strtoi64(const char *text, char **end, int base) __asm__("strtoll");
__UINT64_TYPE__ _strtoui64(const char *text, char **end, int base) __asm__("strtoull");
__INT64_TYPE__ _atoi64(const char *text) __asm__("atoll");
#define strnlen_s(text, size) ((text) ? strnlen((text), (size)) : 0)
#define _memicmp _strnicmp

/* As libc declares them; a driver need not include <ctype.h> or <stdlib.h>. */
int isalnum(int character) WHITHER_NOTHROW;
int isalpha(int character) WHITHER_NOTHROW;
int isdigit(int character) WHITHER_NOTHROW;
int islower(int character) WHITHER_NOTHROW;
int isprint(int character) WHITHER_NOTHROW;
int isspace(int character) WHITHER_NOTHROW;
int isupper(int character) WHITHER_NOTHROW;
int isxdigit(int character) WHITHER_NOTHROW;
int tolower(int character) WHITHER_NOTHROW;
int toupper(int character) WHITHER_NOTHROW;
int atoi(const char *text) WHITHER_NOTHROW;

void *_aligned_malloc(size_t size, size_t alignment);
void _aligned_free(void *block);

#ifndef _KERNEL_MODE
errno_t localtime_s(struct tm *ret_time, const __INT64_TYPE__ *time) WHITHER_NOTHROW;
errno_t gmtime_s(struct tm *ret_time, const __INT64_TYPE__ *time) WHITHER_NOTHROW;
errno_t asctime_s(char *to, size_t size, const struct tm *time) WHITHER_NOTHROW;
errno_t ctime_s(char *to, size_t size, const __INT64_TYPE__ *time) WHITHER_NOTHROW;
#define _localtime64_s localtime_s
#define _gmtime64_s gmtime_s
#define _ctime64_s ctime_s
__INT64_TYPE__ _time64(__INT64_TYPE__ *ret_time) __asm__("time");
__INT64_TYPE__ _mktime64(struct tm *time) __asm__("mktime");
typedef __INT64_TYPE__ __time64_t;
errno_t strerror_s(char *to, size_t size, int error) WHITHER_NOTHROW;

/* Paths are the host's; a backslash is taken for a slash. */
errno_t fopen_s(struct _IO_FILE **ret_stream, const char *path, const char *mode);
errno_t freopen_s(struct _IO_FILE **ret_stream, const char *path, const char *mode,
		  struct _IO_FILE *stream);
struct _IO_FILE *_wfopen(const whither_wchar *path, const whither_wchar *mode);
errno_t _wfopen_s(struct _IO_FILE **ret_stream, const whither_wchar *path,
		  const whither_wchar *mode);
struct _IO_FILE *_fsopen(const char *path, const char *mode, int sharing);
errno_t getenv_s(size_t *ret_size, char *to, size_t size, const char *name);
errno_t _dupenv_s(char **ret_value, size_t *ret_size, const char *name);
errno_t _putenv_s(const char *name, const char *value);
int _putenv(char *text) __asm__("putenv");

int _fileno(struct _IO_FILE *stream) __asm__("fileno");
int _fseeki64(struct _IO_FILE *stream, __INT64_TYPE__ offset, int from) __asm__("fseeko");
__INT64_TYPE__ _ftelli64(struct _IO_FILE *stream) __asm__("ftello");
struct _IO_FILE *_fdopen(int descriptor, const char *mode) __asm__("fdopen");
struct _IO_FILE *_popen(const char *command, const char *mode) __asm__("popen");
int _pclose(struct _IO_FILE *stream) __asm__("pclose");
#define _set_fmode(mode) ((void)(mode), 0)
#endif

WHITHER_END_C
#pragma GCC visibility pop

#ifdef __cplusplus
#include <crt_overloads.h>
#endif

#endif
