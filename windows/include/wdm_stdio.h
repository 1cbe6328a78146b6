/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Formatted output with the meaning it has on Windows, for kernel and user mode. Wide text is UTF-16
 * and narrow text UTF-8. %n is refused: the call fails. The names that the C library has too are bound
 * to this library's functions, whichever header is included first; compile with -fno-builtin for
 * these names, or the compiler reckons with the C library's conversions.
 */
#ifndef WHITHER_WDM_STDIO_H
#define WHITHER_WDM_STDIO_H

#include <crt_types.h>

#if defined(__cplusplus) && !defined(_KERNEL_MODE)
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <cwctype>
#endif

#ifndef _VA_LIST_DEFINED
#define _VA_LIST_DEFINED
typedef __builtin_va_list va_list;
#endif
#ifndef va_start
#define va_start(v, l) __builtin_va_start(v, l)
#define va_end(v) __builtin_va_end(v)
#define va_arg(v, l) __builtin_va_arg(v, l)
#define va_copy(d, s) __builtin_va_copy(d, s)
#endif

/* In C, the C library's wide header is taken as read: its functions count in other units. */
#if !defined(__cplusplus) && __SIZEOF_WCHAR_T__ == 2
#ifndef _WCHAR_H
#define _WCHAR_H 1
#endif
typedef __WINT_TYPE__ wint_t;
#endif

#ifndef _TRUNCATE
#define _TRUNCATE ((size_t)-1)
#endif

/*
 * Whose the names are. In Windows source, which has 16-bit wchar_t, ours: the symbol is given with the
 * declaration, and it does not matter which header comes first; but where the C++ library has been
 * seen, its headers have used the names already, and there they become macros. In other source the
 * names stay the C library's, and ours are called whither_win_*.
 */
#if __SIZEOF_WCHAR_T__ == 2 || defined(WHITHER_WINDOWS_NAMES)
#if defined(__cplusplus) && (defined(_STDIO_H) || defined(_WCHAR_H))
#define WHITHER_RENAMES_BY_MACRO
#else
#define WHITHER_RENAMES_BY_SYMBOL
#endif
#endif
#ifdef WHITHER_RENAMES_BY_SYMBOL
#define WHITHER_LIBC(name) name
#define WHITHER_RENAMED(name) __asm__("whither_win_" #name)
#else
#define WHITHER_LIBC(name) whither_win_##name
#define WHITHER_RENAMED(name)
#endif

#pragma GCC visibility push(default)
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wincompatible-library-redeclaration"
#endif
WHITHER_BEGIN_C

/* No bound: the text and its terminator must fit. */
int WHITHER_LIBC(sprintf)(char *buffer, const char *format, ...) WHITHER_NOEXCEPT
	WHITHER_RENAMED(sprintf);
int WHITHER_LIBC(vsprintf)(char *buffer, const char *format, va_list arguments) WHITHER_NOEXCEPT
	WHITHER_RENAMED(vsprintf);
int _swprintf(whither_wchar *buffer, const whither_wchar *format, ...) WHITHER_NOTHROW;
int _vswprintf(whither_wchar *buffer, const whither_wchar *format,
	       va_list arguments) WHITHER_NOTHROW;

/* Always terminated when `size` is not 0; the result is the length of the whole text. */
int WHITHER_LIBC(snprintf)(char *buffer, size_t size, const char *format, ...) WHITHER_NOEXCEPT
	WHITHER_RENAMED(snprintf);
int WHITHER_LIBC(vsnprintf)(char *buffer, size_t size, const char *format,
			    va_list arguments) WHITHER_NOEXCEPT WHITHER_RENAMED(vsnprintf);

/* Terminated when the text is shorter than `count`; negative when it is longer. */
int _snprintf(char *buffer, size_t count, const char *format, ...) WHITHER_NOTHROW;
int _vsnprintf(char *buffer, size_t count, const char *format, va_list arguments) WHITHER_NOTHROW;
int _snwprintf(whither_wchar *buffer, size_t count, const whither_wchar *format,
	       ...) WHITHER_NOTHROW;
int _vsnwprintf(whither_wchar *buffer, size_t count, const whither_wchar *format,
		va_list arguments) WHITHER_NOTHROW;

/* Always terminated; negative when the text was cut. */
int WHITHER_LIBC(swprintf)(whither_wchar *buffer, size_t size, const whither_wchar *format,
			   ...) WHITHER_NOEXCEPT WHITHER_RENAMED(swprintf);
int WHITHER_LIBC(vswprintf)(whither_wchar *buffer, size_t size, const whither_wchar *format,
			    va_list arguments) WHITHER_NOEXCEPT WHITHER_RENAMED(vswprintf);

/* A text that does not fit leaves an empty string and gives -1; no handler is called. */
int sprintf_s(char *buffer, size_t size, const char *format, ...) WHITHER_NOTHROW;
int vsprintf_s(char *buffer, size_t size, const char *format, va_list arguments) WHITHER_NOTHROW;
int swprintf_s(whither_wchar *buffer, size_t size, const whither_wchar *format,
	       ...) WHITHER_NOTHROW;
int vswprintf_s(whither_wchar *buffer, size_t size, const whither_wchar *format,
		va_list arguments) WHITHER_NOTHROW;

/* The same, but for `count`: a text cut there, or anywhere by _TRUNCATE, stays and gives -1. */
int _snprintf_s(char *buffer, size_t size, size_t count, const char *format, ...) WHITHER_NOTHROW;
int _vsnprintf_s(char *buffer, size_t size, size_t count, const char *format,
		 va_list arguments) WHITHER_NOTHROW;
int _snwprintf_s(whither_wchar *buffer, size_t size, size_t count, const whither_wchar *format,
		 ...) WHITHER_NOTHROW;
int _vsnwprintf_s(whither_wchar *buffer, size_t size, size_t count, const whither_wchar *format,
		  va_list arguments) WHITHER_NOTHROW;

int _scprintf(const char *format, ...) WHITHER_NOTHROW;
int _vscprintf(const char *format, va_list arguments) WHITHER_NOTHROW;
int _scwprintf(const whither_wchar *format, ...) WHITHER_NOTHROW;
int _vscwprintf(const whither_wchar *format, va_list arguments) WHITHER_NOTHROW;

WHITHER_END_C
#ifdef __clang__
#pragma clang diagnostic pop
#endif
#pragma GCC visibility pop

#ifdef WHITHER_RENAMES_BY_MACRO
#undef sprintf
#define sprintf whither_win_sprintf
#undef vsprintf
#define vsprintf whither_win_vsprintf
#undef snprintf
#define snprintf whither_win_snprintf
#undef vsnprintf
#define vsnprintf whither_win_vsnprintf
#undef swprintf
#define swprintf whither_win_swprintf
#undef vswprintf
#define vswprintf whither_win_vswprintf
namespace std {
using ::snprintf;
using ::sprintf;
using ::swprintf;
using ::vsnprintf;
using ::vsprintf;
using ::vswprintf;
} // namespace std
#endif

/* swprintf is written with and without a size; which one is seen by the second argument. */
#ifdef __cplusplus
extern "C++" {
inline int WHITHER_LIBC(swprintf)(whither_wchar *buffer, const whither_wchar *format,
				  ...) WHITHER_NOTHROW
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = _vswprintf(buffer, format, arguments);
	va_end(arguments);
	return length;
}

/* clang-format off */
#define WHITHER_SIZED_PRINT(name, base, unit)                       \
	template <size_t size>                                      \
	inline int name(unit (&buffer)[size], const unit *format, ...) \
	{                                                           \
		va_list arguments;                                  \
		int length;                                         \
                                                                    \
		va_start(arguments, format);                        \
		length = base(buffer, size, format, arguments);     \
		va_end(arguments);                                  \
		return length;                                      \
	}
/* clang-format on */
WHITHER_SIZED_PRINT(sprintf_s, vsprintf_s, char)
WHITHER_SIZED_PRINT(swprintf_s, vswprintf_s, whither_wchar)
#undef WHITHER_SIZED_PRINT
}
#elif defined(WHITHER_RENAMES_BY_SYMBOL)
#define swprintf(buffer, second, ...) \
	_Generic((second), whither_wchar * : _swprintf, const whither_wchar * : _swprintf, default : swprintf)( \
		buffer, second, ##__VA_ARGS__)
#endif

#endif
