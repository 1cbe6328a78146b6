/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Included by ntdef.h: small macros that kernel and user mode share. */
#ifndef WHITHER_NTMACROS_H
#define WHITHER_NTMACROS_H

#include <basetsd.h>

/* The annotations of before SAL. */
#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif

#define ALLOC_PRAGMA 1
#define ALLOC_DATA_PRAGMA 1
#define POINTER_32
#define POINTER_64
#define FIRMWARE_PTR
#define PROBE_ALIGNMENT(structure) 1
#define TYPE_ALIGNMENT(type) ((LONG) __alignof__(type))
#define DECLSPEC_RESTRICT
#define DECLSPEC_NOTHROW
#define DECLSPEC_NOVTABLE
#define DECLSPEC_UUID(text)
#define DECLSPEC_ADDRSAFE
#define DECLSPEC_NOINITALL
#define DECLSPEC_GUARDNOCF
#define DECLSPEC_GUARD_SUPPRESS
#define DECLSPEC_CHPE_GUEST
#define DECLSPEC_CHPE_PATCHABLE
#define DUMMYUNIONNAME
#define DUMMYUNIONNAME2
#define DUMMYUNIONNAME3
#define DUMMYUNIONNAME4
#define DUMMYUNIONNAME5
#define DUMMYSTRUCTNAME
#define DUMMYSTRUCTNAME2
#define DUMMYSTRUCTNAME3

#define ARGUMENT_PRESENT(argument) ((CHAR *)(ULONG_PTR)(argument) != (CHAR *)NULL)

#ifndef FlagOn
#define FlagOn(flags, one) ((flags) & (one))
#endif
#ifndef BooleanFlagOn
#define BooleanFlagOn(flags, one) ((BOOLEAN)(((flags) & (one)) != 0))
#endif
#ifndef SetFlag
#define SetFlag(flags, one) ((flags) |= (one))
#endif
#ifndef ClearFlag
#define ClearFlag(flags, one) ((flags) &= ~(one))
#endif
#ifndef Add2Ptr
#define Add2Ptr(pointer, bytes) ((PVOID)((PUCHAR)(pointer) + (bytes)))
#endif
#ifndef PtrOffset
#define PtrOffset(base, pointer) ((ULONG)((ULONG_PTR)(pointer) - (ULONG_PTR)(base)))
#endif

#define ALIGN_DOWN_POINTER(value, type) ALIGN_DOWN_POINTER_BY(value, sizeof(type))
#define ALIGN_UP_POINTER(value, type) ALIGN_UP_POINTER_BY(value, sizeof(type))
#define RTL_FIELD_TYPE(type, field) (((type *)0)->field)
#define RTL_NUMBER_OF_FIELD(type, field) RTL_NUMBER_OF(RTL_FIELD_TYPE(type, field))
#define RTL_PADDING_BETWEEN_FIELDS(type, one, other)                                           \
	((FIELD_OFFSET(type, other) > FIELD_OFFSET(type, one)) ?                               \
		 FIELD_OFFSET(type, other) - FIELD_OFFSET(type, one) - FIELD_SIZE(type, one) : \
		 FIELD_OFFSET(type, one) - FIELD_OFFSET(type, other) - FIELD_SIZE(type, other))
#define RTL_CONST_CAST(type) (type)
#define RTL_IS_POWER_OF_TWO(value) ((value) != 0 && !((value) & ((value)-1)))
#define RTL_IS_CLEAR_OR_SINGLE_FLAG(flags, mask) \
	(((flags) & (mask)) == 0 || !(((flags) & (mask)) & (((flags) & (mask)) - 1)))
#define RTL_CONSTANT_OBJECT_ATTRIBUTES(name, attributes)                                           \
	{                                                                                          \
		sizeof(OBJECT_ATTRIBUTES), NULL, (PUNICODE_STRING)(name), (attributes), NULL, NULL \
	}
#define RTL_INIT_OBJECT_ATTRIBUTES RTL_CONSTANT_OBJECT_ATTRIBUTES

#define Int32x32To64(a, b) ((LONGLONG)(LONG)(a) * (LONGLONG)(LONG)(b))
#define UInt32x32To64(a, b) ((ULONGLONG)(ULONG)(a) * (ULONGLONG)(ULONG)(b))
#define Int64ShllMod32(value, by) ((ULONGLONG)(value) << ((by)&31))
#define Int64ShraMod32(value, by) ((LONGLONG)(value) >> ((by)&31))
#define Int64ShrlMod32(value, by) ((ULONGLONG)(value) >> ((by)&31))
#define RtlLargeIntegerEqualTo(a, b) ((a).QuadPart == (b).QuadPart)
#define RtlEqualLuid(a, b) ((a)->LowPart == (b)->LowPart && (a)->HighPart == (b)->HighPart)
#define RtlIsZeroLuid(a) ((a)->LowPart == 0 && (a)->HighPart == 0)

#define MAXULONG32 0xffffffffu
#define MAXULONG64 MAXULONGLONG
#define MAXLONG32 0x7fffffff
#define MAXLONG64 MAXLONGLONG
#define MAXINT MAXLONG
#define MAXUINT MAXULONG
#define MAXDWORD32 MAXULONG32
#define MAXDWORD64 MAXULONG64
#define MAXDWORDLONG MAXULONGLONG
#define MININT ((INT)0x80000000)
#define MININT32 MININT
#define MINLONGLONG ((LONGLONG)(-MAXLONGLONG - 1))
#define MININT64 MINLONGLONG
#define MAXHANDLE (~(HANDLE_PTR)0)

typedef ULONG_PTR HANDLE_PTR;
typedef CHAR *PZPSTR, *PNZCH;
typedef signed char SCHAR, *PSCHAR;
typedef ULONG CLONG, *PCLONG;
typedef USHORT LANGID, *PLANGID;
typedef LONGLONG USN;
typedef double DOUBLE;
typedef UCHAR FCHAR;
typedef USHORT FSHORT;
typedef ULONG FLONG;

#endif
