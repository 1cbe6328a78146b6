/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The scalar types, in the sizes they have on Windows: LONG has 32 bits although C's long has 64
 * here. Every 64-bit type is the one type that size_t is, as on Windows, where they are all __int64.
 */
#ifndef WHITHER_BASETSD_H
#define WHITHER_BASETSD_H

#include <crt_types.h>

#ifndef CONST
#define CONST const
#endif
#ifndef VOID
#define VOID void
#endif
#ifndef FAR
#define FAR
#endif
#ifndef NEAR
#define NEAR
#endif

typedef char CHAR, CCHAR, *PCHAR, *PSZ, *PSTR, *LPSTR, *NPSTR, *PCCHAR;
typedef const char *PCSZ, *PCSTR, *LPCSTR, *LPCCH, *PCCH;
typedef signed char INT8, *PINT8;
typedef unsigned char UCHAR, *PUCHAR, BYTE, *PBYTE, *LPBYTE, BOOLEAN, *PBOOLEAN, UINT8, *PUINT8;
typedef short SHORT, *PSHORT, CSHORT, *PCSHORT, INT16, *PINT16;
typedef unsigned short USHORT, *PUSHORT, WORD, *PWORD, *LPWORD, UINT16, *PUINT16;
typedef int INT, *PINT, *LPINT, BOOL, *PBOOL, *LPBOOL;
typedef int LONG, *PLONG, *LPLONG, INT32, *PINT32, LONG32, *PLONG32;
typedef unsigned int UINT, *PUINT, ULONG, *PULONG, DWORD, *PDWORD, *LPDWORD;
typedef unsigned int UINT32, *PUINT32, ULONG32, *PULONG32, DWORD32, *PDWORD32;
typedef __INT64_TYPE__ LONGLONG, *PLONGLONG, INT64, *PINT64, LONG64, *PLONG64;
typedef __UINT64_TYPE__ ULONGLONG, *PULONGLONG, UINT64, *PUINT64, ULONG64, *PULONG64;
typedef __UINT64_TYPE__ DWORDLONG, *PDWORDLONG, DWORD64, *PDWORD64;
typedef __INTPTR_TYPE__ INT_PTR, *PINT_PTR, LONG_PTR, *PLONG_PTR, SSIZE_T, *PSSIZE_T;
typedef __UINTPTR_TYPE__ UINT_PTR, *PUINT_PTR, ULONG_PTR, *PULONG_PTR, DWORD_PTR, *PDWORD_PTR;
typedef __SIZE_TYPE__ SIZE_T, *PSIZE_T;
typedef ULONG_PTR KAFFINITY, *PKAFFINITY;
typedef float FLOAT, *PFLOAT;
typedef void *PVOID, *LPVOID, *PVOID64;
typedef const void *PCVOID, *LPCVOID;

typedef whither_wchar WCHAR;
typedef WCHAR *PWCHAR, *LPWCH, *PWCH, *PWSTR, *LPWSTR, *NWPSTR;
typedef const WCHAR *PCWSTR, *LPCWSTR, *PCWCH, *LPCWCH, *LCPWSTR;

typedef void *HANDLE, **PHANDLE, **LPHANDLE;
#define DECLARE_HANDLE(name) \
	struct name##__ {    \
		int unused;  \
	};                   \
	typedef struct name##__ *name

#ifndef NULL
#ifdef __cplusplus
#define NULL __null
#else
#define NULL ((void *)0)
#endif
#endif
#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

#define MAXUCHAR 0xff
#define MAXUSHORT 0xffff
#define MAXULONG 0xffffffffu
#define MAXLONG 0x7fffffff
#define MINLONG ((LONG)0x80000000)
#define MAXLONGLONG 0x7fffffffffffffffL
#define MAXULONGLONG 0xffffffffffffffffUL
#define MAXULONG_PTR (~(ULONG_PTR)0)
#define MAXLONG_PTR ((LONG_PTR)(MAXULONG_PTR >> 1))
#define MAXSIZE_T (~(SIZE_T)0)
#define MAXUINT_PTR (~(UINT_PTR)0)
#define MAXUINT8 0xff
#define MAXUINT16 0xffff
#define MAXUINT32 0xffffffffu
#define MAXUINT64 MAXULONGLONG
#define MAXINT32 0x7fffffff
#define MAXINT64 MAXLONGLONG
#define MAXDWORD 0xffffffffu
#define MAXWORD 0xffff
#define MAXBYTE 0xff
#define MAXCHAR 0x7f
#define MAXSHORT 0x7fff

#define PtrToUlong(p) ((ULONG)(ULONG_PTR)(p))
#define PtrToLong(p) ((LONG)(LONG_PTR)(p))
#define PtrToUint(p) ((UINT)(UINT_PTR)(p))
#define PtrToInt(p) ((INT)(INT_PTR)(p))
#define PtrToUshort(p) ((USHORT)(ULONG_PTR)(p))
#define ULongToPtr(value) ((VOID *)(ULONG_PTR)(ULONG)(value))
#define UlongToPtr(value) ULongToPtr(value)
#define LongToPtr(value) ((VOID *)(LONG_PTR)(LONG)(value))
#define UIntToPtr(value) ((VOID *)(UINT_PTR)(UINT)(value))
#define UintToPtr(value) UIntToPtr(value)
#define IntToPtr(value) ((VOID *)(INT_PTR)(INT)(value))
#define HandleToULong(handle) ((ULONG)(ULONG_PTR)(handle))
#define HandleToUlong(handle) HandleToULong(handle)
#define HandleToLong(handle) ((LONG)(LONG_PTR)(handle))
#define ULongToHandle(value) ((HANDLE)(ULONG_PTR)(ULONG)(value))
#define UlongToHandle(value) ULongToHandle(value)
#define LongToHandle(value) ((HANDLE)(LONG_PTR)(LONG)(value))

WHITHER_STATIC_ASSERT(sizeof(CHAR) == 1 && sizeof(UCHAR) == 1 && sizeof(BOOLEAN) == 1);
WHITHER_STATIC_ASSERT(sizeof(SHORT) == 2 && sizeof(USHORT) == 2 && sizeof(WCHAR) == 2);
WHITHER_STATIC_ASSERT(sizeof(LONG) == 4 && sizeof(ULONG) == 4 && sizeof(DWORD) == 4);
WHITHER_STATIC_ASSERT(sizeof(LONGLONG) == 8 && sizeof(ULONGLONG) == 8 && sizeof(DWORD64) == 8);
WHITHER_STATIC_ASSERT(sizeof(BOOL) == 4 && sizeof(INT) == 4 && sizeof(unsigned __int64) == 8);
WHITHER_STATIC_ASSERT(sizeof(ULONG_PTR) == sizeof(void *) && sizeof(SIZE_T) == sizeof(void *));

#endif
