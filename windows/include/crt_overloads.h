/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* C++: the bounded functions for arrays, whose size they see; wdm_wide.h has those that copy. */
#ifndef WHITHER_CRT_OVERLOADS_H
#define WHITHER_CRT_OVERLOADS_H

#include <wdm_wide.h>

#ifdef __cplusplus

/* clang-format off */
#define WHITHER_SIZED_CUT(name, base, unit)                                            \
	template <size_t size>                                                         \
	inline int name(unit (&to)[size], size_t count, const unit *format, ...)       \
	{                                                                              \
		va_list arguments;                                                     \
		int length;                                                            \
                                                                                       \
		va_start(arguments, format);                                           \
		length = base(to, size, count, format, arguments);                     \
		va_end(arguments);                                                     \
		return length;                                                         \
	}
#define WHITHER_SIZED_LIST(name, unit)                                                 \
	template <size_t size>                                                         \
	inline int name(unit (&to)[size], const unit *format, va_list arguments)       \
	{                                                                              \
		return name(to, size, format, arguments);                              \
	}
#define WHITHER_SIZED_NUMBER(name, number, unit)                                       \
	template <size_t size>                                                         \
	inline errno_t name(number value, unit (&to)[size], int radix)                 \
	{                                                                              \
		return name(value, to, size, radix);                                   \
	}
/* clang-format on */
extern "C++" {
WHITHER_SIZED_CUT(_snprintf_s, _vsnprintf_s, char)
WHITHER_SIZED_CUT(_snwprintf_s, _vsnwprintf_s, whither_wchar)
WHITHER_SIZED_LIST(vsprintf_s, char)
WHITHER_SIZED_LIST(vswprintf_s, whither_wchar)
WHITHER_SIZED_NUMBER(_itoa_s, int, char)
WHITHER_SIZED_NUMBER(_ultoa_s, unsigned int, char)
WHITHER_SIZED_NUMBER(_i64toa_s, __INT64_TYPE__, char)
WHITHER_SIZED_NUMBER(_ui64toa_s, __UINT64_TYPE__, char)
WHITHER_SIZED_NUMBER(_itow_s, int, whither_wchar)
}
#undef WHITHER_SIZED_CUT
#undef WHITHER_SIZED_LIST
#undef WHITHER_SIZED_NUMBER

#endif
#endif
