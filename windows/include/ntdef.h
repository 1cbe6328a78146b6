/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What kernel and user mode share above the scalar types: NTSTATUS, strings, large integers, lists. */
#ifndef WHITHER_NTDEF_H
#define WHITHER_NTDEF_H

#include <basetsd.h>
#include <guiddef.h>
#include <sal.h>

#define NTAPI
#define FASTCALL
#define NTSYSAPI
#define NTSYSCALLAPI
#define NTKERNELAPI
#define NTHALAPI
#define DECLSPEC_IMPORT
#define DECLSPEC_EXPORT
#define DECLSPEC_NORETURN __attribute__((__noreturn__))
#define DECLSPEC_NOINLINE __attribute__((__noinline__))
#define DECLSPEC_ALIGN(bytes) __attribute__((__aligned__(bytes)))
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(64)
#define DECLSPEC_SELECTANY __attribute__((__weak__))
#define DECLSPEC_DEPRECATED
#define DECLSPEC_DEPRECATED_DDK
#define NOTHING
#define CRITICAL
#define RESTRICTED_POINTER
#define UNALIGNED
#define FORCEINLINE __forceinline
#define CFORCEINLINE FORCEINLINE
#define EXTERN_C WHITHER_EXTERN_C
#define EXTERN_C_START WHITHER_BEGIN_C
#define EXTERN_C_END WHITHER_END_C
#define ANYSIZE_ARRAY 1
#define MEMORY_ALLOCATION_ALIGNMENT 16
#define SYSTEM_CACHE_ALIGNMENT_SIZE 64

#define UNREFERENCED_PARAMETER(parameter) ((void)(parameter))
#define UNREFERENCED_LOCAL_VARIABLE(variable) ((void)(variable))
#define DBG_UNREFERENCED_PARAMETER(parameter) ((void)(parameter))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(variable) ((void)(variable))
#define DEFAULT_UNREACHABLE \
	default:            \
		__builtin_unreachable()

#define FIELD_OFFSET(type, field) ((LONG) __builtin_offsetof(type, field))
#define UFIELD_OFFSET(type, field) ((ULONG) __builtin_offsetof(type, field))
#define RTL_FIELD_SIZE(type, field) (sizeof(((type *)0)->field))
#define FIELD_SIZE(type, field) RTL_FIELD_SIZE(type, field)
#define RTL_SIZEOF_THROUGH_FIELD(type, field) \
	(__builtin_offsetof(type, field) + RTL_FIELD_SIZE(type, field))
#define RTL_CONTAINS_FIELD(pointer, size, field) \
	(((PCHAR)(&(pointer)->field)) + sizeof((pointer)->field) <= ((PCHAR)(pointer)) + (size))
#define CONTAINING_RECORD(address, type, field) \
	((type *)((PCHAR)(address) - (ULONG_PTR) __builtin_offsetof(type, field)))
#define RTL_NUMBER_OF(array) (sizeof(array) / sizeof((array)[0]))
#define RTL_NUMBER_OF_V1(array) RTL_NUMBER_OF(array)
#define RTL_NUMBER_OF_V2(array) RTL_NUMBER_OF(array)
#define ARRAYSIZE(array) RTL_NUMBER_OF(array)
#define _ARRAYSIZE(array) RTL_NUMBER_OF(array)
#define RTL_BITS_OF(object) (sizeof(object) * 8)
#define C_ASSERT(condition) WHITHER_STATIC_ASSERT(condition)
#define ALIGN_DOWN_BY(value, by) ((ULONG_PTR)(value) & ~((ULONG_PTR)(by)-1))
#define ALIGN_UP_BY(value, by) ALIGN_DOWN_BY((ULONG_PTR)(value) + (by)-1, by)
#define ALIGN_DOWN(value, type) ALIGN_DOWN_BY(value, sizeof(type))
#define ALIGN_UP(value, type) ALIGN_UP_BY(value, sizeof(type))
#define ALIGN_DOWN_POINTER_BY(value, by) ((PVOID)ALIGN_DOWN_BY(value, by))
#define ALIGN_UP_POINTER_BY(value, by) ((PVOID)ALIGN_UP_BY(value, by))
#define LOWORD(value) ((WORD)((ULONG_PTR)(value)&0xffff))
#define HIWORD(value) ((WORD)(((ULONG_PTR)(value) >> 16) & 0xffff))
#define LOBYTE(value) ((BYTE)((ULONG_PTR)(value)&0xff))
#define HIBYTE(value) ((BYTE)(((ULONG_PTR)(value) >> 8) & 0xff))
#define MAKEWORD(low, high) ((WORD)(((BYTE)(low)) | ((WORD)((BYTE)(high))) << 8))
#define MAKELONG(low, high) ((LONG)(((WORD)(low)) | ((DWORD)((WORD)(high))) << 16))

#ifdef __cplusplus
#define DEFINE_ENUM_FLAG_OPERATORS(type)                  \
	extern "C++" {                                    \
	inline constexpr type operator|(type a, type b)   \
	{                                                 \
		return (type)((unsigned)a | (unsigned)b); \
	}                                                 \
	inline constexpr type operator&(type a, type b)   \
	{                                                 \
		return (type)((unsigned)a & (unsigned)b); \
	}                                                 \
	inline constexpr type operator^(type a, type b)   \
	{                                                 \
		return (type)((unsigned)a ^ (unsigned)b); \
	}                                                 \
	inline constexpr type operator~(type a)           \
	{                                                 \
		return (type)(~(unsigned)a);              \
	}                                                 \
	inline type &operator|=(type &a, type b)          \
	{                                                 \
		return a = a | b;                         \
	}                                                 \
	inline type &operator&=(type &a, type b)          \
	{                                                 \
		return a = a & b;                         \
	}                                                 \
	}
#else
#define DEFINE_ENUM_FLAG_OPERATORS(type)
#endif

typedef LONG NTSTATUS, *PNTSTATUS;
typedef LONG HRESULT;
typedef DWORD LCID, *PLCID;
typedef UCHAR KIRQL, *PKIRQL;
typedef CHAR KPROCESSOR_MODE;
typedef LONG KPRIORITY;
typedef ULONG ACCESS_MASK, *PACCESS_MASK;
typedef ULONG LOGICAL, *PLOGICAL;
typedef PVOID PSECURITY_DESCRIPTOR, PSID;

#define NT_SUCCESS(status) (((NTSTATUS)(status)) >= 0)
#define NT_INFORMATION(status) ((((ULONG)(status)) >> 30) == 1)
#define NT_WARNING(status) ((((ULONG)(status)) >> 30) == 2)
#define NT_ERROR(status) ((((ULONG)(status)) >> 30) == 3)

/* Halves named both ways: value.LowPart and value.u.LowPart. */
typedef union _LARGE_INTEGER {
	struct {
		DWORD LowPart;
		LONG HighPart;
	};
	struct {
		DWORD LowPart;
		LONG HighPart;
	} u;
	LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
	struct {
		DWORD LowPart;
		DWORD HighPart;
	};
	struct {
		DWORD LowPart;
		DWORD HighPart;
	} u;
	ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef LARGE_INTEGER PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;

typedef struct _LUID {
	DWORD LowPart;
	LONG HighPart;
} LUID, *PLUID;

/* Length and MaximumLength count bytes, and the text need not end in a null. */
typedef struct _UNICODE_STRING {
	USHORT Length;
	USHORT MaximumLength;
	PWCH Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

typedef struct _STRING {
	USHORT Length;
	USHORT MaximumLength;
	PCHAR Buffer;
} STRING, *PSTRING, ANSI_STRING, *PANSI_STRING, OEM_STRING, *POEM_STRING, UTF8_STRING,
	*PUTF8_STRING, CANSI_STRING;
typedef const STRING *PCSTRING, *PCANSI_STRING, *PCOEM_STRING, *PCUTF8_STRING;

#define UNICODE_NULL ((WCHAR)0)
#define ANSI_NULL ((CHAR)0)
#define UNICODE_STRING_MAX_BYTES ((USHORT)65534)
#define UNICODE_STRING_MAX_CHARS (32767)

/* C++ wants to be told that a literal may stand where its type says it may be written to. */
#ifdef __cplusplus
extern "C++" {
constexpr PWCH whither_text(const WCHAR *text)
{
	return const_cast<PWCH>(text);
}
constexpr PCHAR whither_text(const CHAR *text)
{
	return const_cast<PCHAR>(text);
}
}
#define WHITHER_TEXT(text) whither_text(text)
#else
#define WHITHER_TEXT(text) (text)
#endif
#define RTL_CONSTANT_STRING(text)                                                  \
	{                                                                          \
		sizeof(text) - sizeof((text)[0]), sizeof(text), WHITHER_TEXT(text) \
	}
#define DECLARE_CONST_UNICODE_STRING(variable, text)                                 \
	const WCHAR variable##_buffer[] = text;                                      \
	const UNICODE_STRING variable = {sizeof(text) - sizeof(WCHAR), sizeof(text), \
					 (PWCH)variable##_buffer}
#define DECLARE_GLOBAL_CONST_UNICODE_STRING(variable, text) \
	DECLARE_CONST_UNICODE_STRING(variable, text)
#define DECLARE_UNICODE_STRING_SIZE(variable, size) \
	WCHAR variable##_buffer[size];              \
	UNICODE_STRING variable = {0, (size) * sizeof(WCHAR), variable##_buffer}

typedef struct _LIST_ENTRY {
	struct _LIST_ENTRY *Flink;
	struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY, *PRLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY {
	struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

typedef struct _OBJECT_ATTRIBUTES {
	ULONG Length;
	HANDLE RootDirectory;
	PUNICODE_STRING ObjectName;
	ULONG Attributes;
	PVOID SecurityDescriptor;
	PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;

#define OBJ_INHERIT 0x2
#define OBJ_PERMANENT 0x10
#define OBJ_EXCLUSIVE 0x20
#define OBJ_CASE_INSENSITIVE 0x40
#define OBJ_OPENIF 0x80
#define OBJ_OPENLINK 0x100
#define OBJ_KERNEL_HANDLE 0x200
#define OBJ_FORCE_ACCESS_CHECK 0x400
#define InitializeObjectAttributes(p, n, a, r, s)            \
	do {                                                 \
		(p)->Length = sizeof(OBJECT_ATTRIBUTES);     \
		(p)->RootDirectory = (r);                    \
		(p)->Attributes = (a);                       \
		(p)->ObjectName = (n);                       \
		(p)->SecurityDescriptor = (s);               \
		(p)->SecurityQualityOfService = (PVOID)NULL; \
	} while (0)

typedef struct _PROCESSOR_NUMBER {
	USHORT Group;
	UCHAR Number;
	UCHAR Reserved;
} PROCESSOR_NUMBER, *PPROCESSOR_NUMBER;

typedef enum _EVENT_TYPE {
	NotificationEvent,
	SynchronizationEvent
} EVENT_TYPE;
typedef enum _TIMER_TYPE {
	NotificationTimer,
	SynchronizationTimer
} TIMER_TYPE;
typedef enum _WAIT_TYPE {
	WaitAll,
	WaitAny
} WAIT_TYPE;

#define MINCHAR 0x80
#define MINSHORT 0x8000
#define DELETE 0x00010000u
#define READ_CONTROL 0x00020000u
#define WRITE_DAC 0x00040000u
#define WRITE_OWNER 0x00080000u
#define SYNCHRONIZE 0x00100000u
#define STANDARD_RIGHTS_REQUIRED 0x000f0000u
#define STANDARD_RIGHTS_READ READ_CONTROL
#define STANDARD_RIGHTS_WRITE READ_CONTROL
#define STANDARD_RIGHTS_ALL 0x001f0000u
#define MAXIMUM_ALLOWED 0x02000000u
#define GENERIC_READ 0x80000000u
#define GENERIC_WRITE 0x40000000u
#define GENERIC_EXECUTE 0x20000000u
#define GENERIC_ALL 0x10000000u

WHITHER_STATIC_ASSERT(sizeof(NTSTATUS) == 4 && sizeof(KIRQL) == 1 && sizeof(ACCESS_MASK) == 4);
WHITHER_STATIC_ASSERT(sizeof(LARGE_INTEGER) == 8 && sizeof(ULARGE_INTEGER) == 8);
WHITHER_STATIC_ASSERT(sizeof(LIST_ENTRY) == 16 && sizeof(UNICODE_STRING) == 16);
WHITHER_STATIC_ASSERT(__builtin_offsetof(UNICODE_STRING, Buffer) == 8);
WHITHER_STATIC_ASSERT(sizeof(OBJECT_ATTRIBUTES) == 48);

#include <compiler_words.h>
#include <ntmacros.h>

#endif
