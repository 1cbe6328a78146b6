/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Checked arithmetic for <ntintsafe.h> and <intsafe.h>, which define WHITHER_INT(name) (what a function
 * is called), WHITHER_INT_STATUS, WHITHER_INT_GOOD and WHITHER_INT_BAD. A result that does not fit is
 * all ones, as the *_ERROR values say. No include guard: both may be included.
 */
#include <ntdef.h>

#ifndef WHITHER_INTSAFE_TYPES_H
#define WHITHER_INTSAFE_TYPES_H

#define INT8_ERROR ((INT8)-1)
#define UINT8_ERROR 0xff
#define BYTE_ERROR 0xff
#define UCHAR_ERROR 0xff
#define SHORT_ERROR ((SHORT)-1)
#define INT16_ERROR ((SHORT)-1)
#define USHORT_ERROR 0xffff
#define UINT16_ERROR 0xffff
#define WORD_ERROR 0xffff
#define INT_ERROR (-1)
#define INT32_ERROR (-1)
#define UINT_ERROR 0xffffffffu
#define UINT32_ERROR 0xffffffffu
#define LONG_ERROR (-1)
#define ULONG_ERROR 0xffffffffu
#define DWORD_ERROR 0xffffffffu
#define LONGLONG_ERROR (-1LL)
#define LONG64_ERROR (-1LL)
#define INT64_ERROR (-1LL)
#define ULONGLONG_ERROR MAXULONGLONG
#define ULONG64_ERROR MAXULONGLONG
#define UINT64_ERROR MAXULONGLONG
#define DWORDLONG_ERROR MAXULONGLONG
#define DWORD64_ERROR MAXULONGLONG
#define INT_PTR_ERROR ((INT_PTR)-1)
#define UINT_PTR_ERROR MAXUINT_PTR
#define LONG_PTR_ERROR ((LONG_PTR)-1)
#define ULONG_PTR_ERROR MAXULONG_PTR
#define DWORD_PTR_ERROR MAXULONG_PTR
#define PTRDIFF_T_ERROR ((LONG_PTR)-1)
#define SIZE_T_ERROR MAXSIZE_T
#define SSIZE_T_ERROR ((SSIZE_T)-1)

#define WHITHER_INT_INLINE static __inline__ __attribute__((__unused__))
#define WHITHER_INT_BINARY(function, type, checked)                                           \
	WHITHER_INT_INLINE WHITHER_INT_STATUS function(type one, type other, type *ret_value) \
	{                                                                                     \
		type value;                                                                   \
		int bad = checked(one, other, &value);                                        \
                                                                                              \
		*ret_value = bad ? (type)-1 : value;                                          \
		return bad ? WHITHER_INT_BAD : WHITHER_INT_GOOD;                              \
	}
#define WHITHER_INT_ARITHMETIC(name, type)                                       \
	WHITHER_INT_BINARY(WHITHER_INT(name##Add), type, __builtin_add_overflow) \
	WHITHER_INT_BINARY(WHITHER_INT(name##Sub), type, __builtin_sub_overflow) \
	WHITHER_INT_BINARY(WHITHER_INT(name##Mult), type, __builtin_mul_overflow)

/* Adding 0 in the target's type tells whether the value fits. */
#define WHITHER_INT_CONVERT(from, from_type, to, to_type)                                    \
	WHITHER_INT_INLINE WHITHER_INT_STATUS WHITHER_INT(from##To##to)(from_type operand,   \
									to_type * ret_value) \
	{                                                                                    \
		to_type value;                                                               \
		int bad = __builtin_add_overflow(operand, 0, &value);                        \
                                                                                             \
		*ret_value = bad ? (to_type)-1 : value;                                      \
		return bad ? WHITHER_INT_BAD : WHITHER_INT_GOOD;                             \
	}
#define WHITHER_INT_FROM(name, type)                          \
	WHITHER_INT_CONVERT(name, type, Int8, INT8)           \
	WHITHER_INT_CONVERT(name, type, UInt8, UINT8)         \
	WHITHER_INT_CONVERT(name, type, UChar, UCHAR)         \
	WHITHER_INT_CONVERT(name, type, Byte, BYTE)           \
	WHITHER_INT_CONVERT(name, type, Char, CHAR)           \
	WHITHER_INT_CONVERT(name, type, Short, SHORT)         \
	WHITHER_INT_CONVERT(name, type, UShort, USHORT)       \
	WHITHER_INT_CONVERT(name, type, Word, WORD)           \
	WHITHER_INT_CONVERT(name, type, Int, INT)             \
	WHITHER_INT_CONVERT(name, type, UInt, UINT)           \
	WHITHER_INT_CONVERT(name, type, Long, LONG)           \
	WHITHER_INT_CONVERT(name, type, ULong, ULONG)         \
	WHITHER_INT_CONVERT(name, type, DWord, DWORD)         \
	WHITHER_INT_CONVERT(name, type, LongLong, LONGLONG)   \
	WHITHER_INT_CONVERT(name, type, ULongLong, ULONGLONG) \
	WHITHER_INT_CONVERT(name, type, IntPtr, INT_PTR)      \
	WHITHER_INT_CONVERT(name, type, UIntPtr, UINT_PTR)    \
	WHITHER_INT_CONVERT(name, type, LongPtr, LONG_PTR)    \
	WHITHER_INT_CONVERT(name, type, ULongPtr, ULONG_PTR)  \
	WHITHER_INT_CONVERT(name, type, DWordPtr, DWORD_PTR)  \
	WHITHER_INT_CONVERT(name, type, PtrdiffT, LONG_PTR)   \
	WHITHER_INT_CONVERT(name, type, SizeT, SIZE_T)        \
	WHITHER_INT_CONVERT(name, type, SIZET, SIZE_T)        \
	WHITHER_INT_CONVERT(name, type, SSIZET, SSIZE_T)
#define WHITHER_INT_TYPE(name, type)       \
	WHITHER_INT_ARITHMETIC(name, type) \
	WHITHER_INT_FROM(name, type)
#endif

WHITHER_INT_TYPE(Int8, INT8)
WHITHER_INT_TYPE(UInt8, UINT8)
WHITHER_INT_TYPE(UChar, UCHAR)
WHITHER_INT_TYPE(Byte, BYTE)
WHITHER_INT_TYPE(Char, CHAR)
WHITHER_INT_TYPE(Short, SHORT)
WHITHER_INT_TYPE(UShort, USHORT)
WHITHER_INT_TYPE(Word, WORD)
WHITHER_INT_TYPE(Int, INT)
WHITHER_INT_TYPE(UInt, UINT)
WHITHER_INT_TYPE(Long, LONG)
WHITHER_INT_TYPE(ULong, ULONG)
WHITHER_INT_TYPE(DWord, DWORD)
WHITHER_INT_TYPE(LongLong, LONGLONG)
WHITHER_INT_TYPE(ULongLong, ULONGLONG)
WHITHER_INT_TYPE(DWordLong, DWORDLONG)
WHITHER_INT_TYPE(IntPtr, INT_PTR)
WHITHER_INT_TYPE(UIntPtr, UINT_PTR)
WHITHER_INT_TYPE(LongPtr, LONG_PTR)
WHITHER_INT_TYPE(ULongPtr, ULONG_PTR)
WHITHER_INT_TYPE(DWordPtr, DWORD_PTR)
WHITHER_INT_TYPE(PtrdiffT, LONG_PTR)
WHITHER_INT_TYPE(SizeT, SIZE_T)
WHITHER_INT_TYPE(SIZET, SIZE_T)
WHITHER_INT_TYPE(SSIZET, SSIZE_T)

#undef WHITHER_INT
#undef WHITHER_INT_STATUS
#undef WHITHER_INT_GOOD
#undef WHITHER_INT_BAD
