/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Wide strings of 16-bit units, and what Microsoft's library adds for narrow ones. The names that the
 * C library has too are bound to this library's functions: the C library's count in 32-bit units.
 * Case is folded as Windows does for file names, without regard to a locale.
 */
#ifndef WHITHER_WDM_WIDE_H
#define WHITHER_WDM_WIDE_H

#include <wdm_stdio.h>

#ifndef _ERRCODE_DEFINED
#define _ERRCODE_DEFINED
typedef int errno_t;
#endif

#pragma GCC visibility push(default)
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wincompatible-library-redeclaration"
#endif
WHITHER_BEGIN_C

size_t wcslen(const WCHAR *text) WHITHER_NOTHROW WHITHER_RENAMED(wcslen);
size_t wcsnlen(const WCHAR *text, size_t most) WHITHER_NOTHROW WHITHER_RENAMED(wcsnlen);
WCHAR *wcscpy(WCHAR *to, const WCHAR *from) WHITHER_NOTHROW WHITHER_RENAMED(wcscpy);
WCHAR *wcsncpy(WCHAR *to, const WCHAR *from, size_t count) WHITHER_NOTHROW WHITHER_RENAMED(wcsncpy);
WCHAR *wcscat(WCHAR *to, const WCHAR *from) WHITHER_NOTHROW WHITHER_RENAMED(wcscat);
WCHAR *wcsncat(WCHAR *to, const WCHAR *from, size_t count) WHITHER_NOTHROW WHITHER_RENAMED(wcsncat);
int wcscmp(const WCHAR *one, const WCHAR *other) WHITHER_NOTHROW WHITHER_RENAMED(wcscmp);
int wcsncmp(const WCHAR *one, const WCHAR *other, size_t count) WHITHER_NOTHROW
	WHITHER_RENAMED(wcsncmp);
int _wcsicmp(const WCHAR *one, const WCHAR *other) WHITHER_NOTHROW;
int _wcsnicmp(const WCHAR *one, const WCHAR *other, size_t count) WHITHER_NOTHROW;
size_t wcsspn(const WCHAR *text, const WCHAR *set) WHITHER_NOTHROW WHITHER_RENAMED(wcsspn);
size_t wcscspn(const WCHAR *text, const WCHAR *set) WHITHER_NOTHROW WHITHER_RENAMED(wcscspn);
WCHAR *_wcslwr(WCHAR *text) WHITHER_NOTHROW;
WCHAR *_wcsupr(WCHAR *text) WHITHER_NOTHROW;
WCHAR *_wcsrev(WCHAR *text) WHITHER_NOTHROW;

/* Clamped to 32 bits, as Windows' long has. */
long wcstol(const WCHAR *text, WCHAR **end, int base) WHITHER_NOTHROW WHITHER_RENAMED(wcstol);
unsigned long wcstoul(const WCHAR *text, WCHAR **end, int base) WHITHER_NOTHROW
	WHITHER_RENAMED(wcstoul);
LONGLONG _wcstoi64(const WCHAR *text, WCHAR **end, int base) WHITHER_NOTHROW;
ULONGLONG _wcstoui64(const WCHAR *text, WCHAR **end, int base) WHITHER_NOTHROW;
int _wtoi(const WCHAR *text) WHITHER_NOTHROW;
LONGLONG _wtoi64(const WCHAR *text) WHITHER_NOTHROW;

unsigned int towupper(unsigned int unit) WHITHER_NOTHROW WHITHER_RENAMED(towupper);
unsigned int towlower(unsigned int unit) WHITHER_NOTHROW WHITHER_RENAMED(towlower);

/* Narrow text is UTF-8; (size_t)-1 where it, or the wide text, is none. */
size_t mbstowcs(WCHAR *to, const char *from, size_t count) WHITHER_NOTHROW
	WHITHER_RENAMED(mbstowcs);
size_t wcstombs(char *to, const WCHAR *from, size_t count) WHITHER_NOTHROW
	WHITHER_RENAMED(wcstombs);

/*
 * 0, EINVAL (22) or ERANGE (34); no handler is called. Of `count`, _TRUNCATE copies what fits and
 * gives STRUNCATE (80).
 */
errno_t wcscpy_s(WCHAR *to, size_t size, const WCHAR *from) WHITHER_NOTHROW;
errno_t wcsncpy_s(WCHAR *to, size_t size, const WCHAR *from, size_t count) WHITHER_NOTHROW;
errno_t wcscat_s(WCHAR *to, size_t size, const WCHAR *from) WHITHER_NOTHROW;
errno_t wcsncat_s(WCHAR *to, size_t size, const WCHAR *from, size_t count) WHITHER_NOTHROW;
errno_t strcpy_s(char *to, size_t size, const char *from) WHITHER_NOTHROW;
errno_t strncpy_s(char *to, size_t size, const char *from, size_t count) WHITHER_NOTHROW;
errno_t strcat_s(char *to, size_t size, const char *from) WHITHER_NOTHROW;
errno_t strncat_s(char *to, size_t size, const char *from, size_t count) WHITHER_NOTHROW;

int _stricmp(const char *one, const char *other) WHITHER_NOTHROW;
int _strnicmp(const char *one, const char *other, size_t count) WHITHER_NOTHROW;
char *_strlwr(char *text) WHITHER_NOTHROW;
char *_strupr(char *text) WHITHER_NOTHROW;
char *_strdup(const char *text) WHITHER_NOTHROW;
WCHAR *_wcsdup(const WCHAR *text) WHITHER_NOTHROW;

/* The five that C++ has in two forms. */
WCHAR *whither_win_wcschr(const WCHAR *text, WCHAR unit) WHITHER_NOTHROW;
WCHAR *whither_win_wcsrchr(const WCHAR *text, WCHAR unit) WHITHER_NOTHROW;
WCHAR *whither_win_wcsstr(const WCHAR *text, const WCHAR *part) WHITHER_NOTHROW;
WCHAR *whither_win_wcspbrk(const WCHAR *text, const WCHAR *set) WHITHER_NOTHROW;
WCHAR *whither_win_wmemchr(const WCHAR *text, WCHAR unit, size_t count) WHITHER_NOTHROW;
#ifndef __cplusplus
WCHAR *wcschr(const WCHAR *text, WCHAR unit) WHITHER_RENAMED(wcschr);
WCHAR *wcsrchr(const WCHAR *text, WCHAR unit) WHITHER_RENAMED(wcsrchr);
WCHAR *wcsstr(const WCHAR *text, const WCHAR *part) WHITHER_RENAMED(wcsstr);
WCHAR *wcspbrk(const WCHAR *text, const WCHAR *set) WHITHER_RENAMED(wcspbrk);
WCHAR *wmemchr(const WCHAR *text, WCHAR unit, size_t count) WHITHER_RENAMED(wmemchr);
#endif

WHITHER_END_C
#ifdef __clang__
#pragma clang diagnostic pop
#endif
#pragma GCC visibility pop

#ifdef __cplusplus
#define wcschr whither_wcschr
#define wcsrchr whither_wcsrchr
#define wcsstr whither_wcsstr
#define wcspbrk whither_wcspbrk
extern "C++" {
/* clang-format off */
#define WHITHER_BOTH_FORMS(name, type)                                     \
	inline const WCHAR *whither_##name(const WCHAR *text, type what)   \
	{                                                                  \
		return whither_win_##name(text, what);                     \
	}                                                                  \
	inline WCHAR *whither_##name(WCHAR *text, type what)               \
	{                                                                  \
		return whither_win_##name(text, what);                     \
	}
#define WHITHER_SIZED_COPY(name, unit)                                     \
	template <size_t size>                                             \
	inline errno_t name(unit (&to)[size], const unit *from)            \
	{                                                                  \
		return name(to, size, from);                               \
	}
#define WHITHER_SIZED_PART(name, unit)                                     \
	template <size_t size>                                             \
	inline errno_t name(unit (&to)[size], const unit *from, size_t count) \
	{                                                                  \
		return name(to, size, from, count);                        \
	}
/* clang-format on */
WHITHER_BOTH_FORMS(wcschr, WCHAR)
WHITHER_BOTH_FORMS(wcsrchr, WCHAR)
WHITHER_BOTH_FORMS(wcsstr, const WCHAR *)
WHITHER_BOTH_FORMS(wcspbrk, const WCHAR *)
WHITHER_SIZED_COPY(wcscpy_s, WCHAR)
WHITHER_SIZED_COPY(wcscat_s, WCHAR)
WHITHER_SIZED_COPY(strcpy_s, char)
WHITHER_SIZED_COPY(strcat_s, char)
WHITHER_SIZED_PART(wcsncpy_s, WCHAR)
WHITHER_SIZED_PART(wcsncat_s, WCHAR)
WHITHER_SIZED_PART(strncpy_s, char)
WHITHER_SIZED_PART(strncat_s, char)
#undef WHITHER_BOTH_FORMS
#undef WHITHER_SIZED_COPY
#undef WHITHER_SIZED_PART
}
#endif

#endif
