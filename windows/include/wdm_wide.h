/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Wide strings of 16-bit units. The names that the C library has too are bound to this library's functions: the C library's count in 32-bit units.
 * Case is folded as Windows does for file names, without regard to a locale.
 */
#ifndef WHITHER_WDM_WIDE_H
#define WHITHER_WDM_WIDE_H

#include <wdm_narrow.h>
#include <wdm_stdio.h>

#pragma GCC visibility push(default)
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wincompatible-library-redeclaration"
#endif
WHITHER_BEGIN_C

size_t WHITHER_LIBC(wcslen)(const whither_wchar *text) WHITHER_NOEXCEPT WHITHER_RENAMED(wcslen);
size_t WHITHER_LIBC(wcsnlen)(const whither_wchar *text, size_t most) WHITHER_NOEXCEPT
	WHITHER_RENAMED(wcsnlen);
whither_wchar *WHITHER_LIBC(wcscpy)(whither_wchar *to, const whither_wchar *from) WHITHER_NOEXCEPT
	WHITHER_RENAMED(wcscpy);
whither_wchar *WHITHER_LIBC(wcsncpy)(whither_wchar *to, const whither_wchar *from,
				     size_t count) WHITHER_NOEXCEPT WHITHER_RENAMED(wcsncpy);
whither_wchar *WHITHER_LIBC(wcscat)(whither_wchar *to, const whither_wchar *from) WHITHER_NOEXCEPT
	WHITHER_RENAMED(wcscat);
whither_wchar *WHITHER_LIBC(wcsncat)(whither_wchar *to, const whither_wchar *from,
				     size_t count) WHITHER_NOEXCEPT WHITHER_RENAMED(wcsncat);
int WHITHER_LIBC(wcscmp)(const whither_wchar *one, const whither_wchar *other) WHITHER_NOEXCEPT
	WHITHER_RENAMED(wcscmp);
int WHITHER_LIBC(wcsncmp)(const whither_wchar *one, const whither_wchar *other,
			  size_t count) WHITHER_NOEXCEPT WHITHER_RENAMED(wcsncmp);
int _wcsicmp(const whither_wchar *one, const whither_wchar *other) WHITHER_NOTHROW;
int _wcsnicmp(const whither_wchar *one, const whither_wchar *other, size_t count) WHITHER_NOTHROW;
size_t WHITHER_LIBC(wcsspn)(const whither_wchar *text, const whither_wchar *set) WHITHER_NOEXCEPT
	WHITHER_RENAMED(wcsspn);
size_t WHITHER_LIBC(wcscspn)(const whither_wchar *text, const whither_wchar *set) WHITHER_NOEXCEPT
	WHITHER_RENAMED(wcscspn);
whither_wchar *_wcslwr(whither_wchar *text) WHITHER_NOTHROW;
whither_wchar *_wcsupr(whither_wchar *text) WHITHER_NOTHROW;
whither_wchar *_wcsrev(whither_wchar *text) WHITHER_NOTHROW;

/* Clamped to 32 bits, as Windows' long has. */
long WHITHER_LIBC(wcstol)(const whither_wchar *text, whither_wchar **end, int base) WHITHER_NOEXCEPT
	WHITHER_RENAMED(wcstol);
unsigned long WHITHER_LIBC(wcstoul)(const whither_wchar *text, whither_wchar **end,
				    int base) WHITHER_NOEXCEPT WHITHER_RENAMED(wcstoul);
__INT64_TYPE__ _wcstoi64(const whither_wchar *text, whither_wchar **end, int base) WHITHER_NOTHROW;
__UINT64_TYPE__ _wcstoui64(const whither_wchar *text, whither_wchar **end,
			   int base) WHITHER_NOTHROW;
int _wtoi(const whither_wchar *text) WHITHER_NOTHROW;
__INT64_TYPE__ _wtoi64(const whither_wchar *text) WHITHER_NOTHROW;

unsigned int WHITHER_LIBC(towupper)(unsigned int unit) WHITHER_NOEXCEPT WHITHER_RENAMED(towupper);
unsigned int WHITHER_LIBC(towlower)(unsigned int unit) WHITHER_NOEXCEPT WHITHER_RENAMED(towlower);

/* Narrow text is UTF-8; (size_t)-1 where it, or the wide text, is none. */
size_t WHITHER_LIBC(mbstowcs)(whither_wchar *to, const char *from, size_t count) WHITHER_NOEXCEPT
	WHITHER_RENAMED(mbstowcs);
size_t WHITHER_LIBC(wcstombs)(char *to, const whither_wchar *from, size_t count) WHITHER_NOEXCEPT
	WHITHER_RENAMED(wcstombs);

/* As strcpy_s and its like. */
errno_t wcscpy_s(whither_wchar *to, size_t size, const whither_wchar *from) WHITHER_NOTHROW;
errno_t wcsncpy_s(whither_wchar *to, size_t size, const whither_wchar *from,
		  size_t count) WHITHER_NOTHROW;
errno_t wcscat_s(whither_wchar *to, size_t size, const whither_wchar *from) WHITHER_NOTHROW;
errno_t wcsncat_s(whither_wchar *to, size_t size, const whither_wchar *from,
		  size_t count) WHITHER_NOTHROW;

whither_wchar *_wcsdup(const whither_wchar *text) WHITHER_NOTHROW;

/* The five that C++ has in two forms. */
whither_wchar *whither_win_wcschr(const whither_wchar *text, whither_wchar unit) WHITHER_NOEXCEPT;
whither_wchar *whither_win_wcsrchr(const whither_wchar *text, whither_wchar unit) WHITHER_NOEXCEPT;
whither_wchar *whither_win_wcsstr(const whither_wchar *text,
				  const whither_wchar *part) WHITHER_NOEXCEPT;
whither_wchar *whither_win_wcspbrk(const whither_wchar *text,
				   const whither_wchar *set) WHITHER_NOEXCEPT;
whither_wchar *whither_win_wmemchr(const whither_wchar *text, whither_wchar unit,
				   size_t count) WHITHER_NOEXCEPT;
#if !defined(__cplusplus) && defined(WHITHER_RENAMES_BY_SYMBOL)
whither_wchar *wcschr(const whither_wchar *text, whither_wchar unit) WHITHER_RENAMED(wcschr);
whither_wchar *wcsrchr(const whither_wchar *text, whither_wchar unit) WHITHER_RENAMED(wcsrchr);
whither_wchar *wcsstr(const whither_wchar *text, const whither_wchar *part) WHITHER_RENAMED(wcsstr);
whither_wchar *wcspbrk(const whither_wchar *text, const whither_wchar *set)
	WHITHER_RENAMED(wcspbrk);
whither_wchar *wmemchr(const whither_wchar *text, whither_wchar unit, size_t count)
	WHITHER_RENAMED(wmemchr);
#endif

WHITHER_END_C
#ifdef __clang__
#pragma clang diagnostic pop
#endif
#pragma GCC visibility pop

#ifdef WHITHER_RENAMES_BY_MACRO
#undef wcslen
#define wcslen whither_win_wcslen
#undef wcsnlen
#define wcsnlen whither_win_wcsnlen
#undef wcscpy
#define wcscpy whither_win_wcscpy
#undef wcsncpy
#define wcsncpy whither_win_wcsncpy
#undef wcscat
#define wcscat whither_win_wcscat
#undef wcsncat
#define wcsncat whither_win_wcsncat
#undef wcscmp
#define wcscmp whither_win_wcscmp
#undef wcsncmp
#define wcsncmp whither_win_wcsncmp
#undef wcsspn
#define wcsspn whither_win_wcsspn
#undef wcscspn
#define wcscspn whither_win_wcscspn
#undef wcstol
#define wcstol whither_win_wcstol
#undef wcstoul
#define wcstoul whither_win_wcstoul
#undef towupper
#define towupper whither_win_towupper
#undef towlower
#define towlower whither_win_towlower
#undef mbstowcs
#define mbstowcs whither_win_mbstowcs
#undef wcstombs
#define wcstombs whither_win_wcstombs
namespace std {
using ::mbstowcs;
using ::wcscat;
using ::wcscmp;
using ::wcscpy;
using ::wcscspn;
using ::wcslen;
using ::wcsncat;
using ::wcsncmp;
using ::wcsncpy;
using ::wcsspn;
using ::wcstol;
using ::wcstombs;
using ::wcstoul;
} // namespace std
#endif

#ifdef __cplusplus
#if defined(WHITHER_RENAMES_BY_MACRO) || defined(WHITHER_RENAMES_BY_SYMBOL)
#undef wcschr
#undef wcsrchr
#undef wcsstr
#undef wcspbrk
#define wcschr whither_wcschr
#define wcsrchr whither_wcsrchr
#define wcsstr whither_wcsstr
#define wcspbrk whither_wcspbrk
#endif
extern "C++" {
/* clang-format off */
#define WHITHER_BOTH_FORMS(name, type)                                     \
	inline const whither_wchar *whither_##name(const whither_wchar *text, type what)   \
	{                                                                  \
		return whither_win_##name(text, what);                     \
	}                                                                  \
	inline whither_wchar *whither_##name(whither_wchar *text, type what)               \
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
WHITHER_BOTH_FORMS(wcschr, whither_wchar)
WHITHER_BOTH_FORMS(wcsrchr, whither_wchar)
WHITHER_BOTH_FORMS(wcsstr, const whither_wchar *)
WHITHER_BOTH_FORMS(wcspbrk, const whither_wchar *)
WHITHER_SIZED_COPY(wcscpy_s, whither_wchar)
WHITHER_SIZED_COPY(wcscat_s, whither_wchar)
WHITHER_SIZED_COPY(strcpy_s, char)
WHITHER_SIZED_COPY(strcat_s, char)
WHITHER_SIZED_PART(wcsncpy_s, whither_wchar)
WHITHER_SIZED_PART(wcsncat_s, whither_wchar)
WHITHER_SIZED_PART(strncpy_s, char)
WHITHER_SIZED_PART(strncat_s, char)
#undef WHITHER_BOTH_FORMS
#undef WHITHER_SIZED_COPY
#undef WHITHER_SIZED_PART
}
#endif

#endif
