/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What <ntstrsafe.h> and <strsafe.h> share: one set of functions, made four times for bytes or
 * characters, narrow or wide, and the workers behind them. A destination of some size always ends in a
 * terminator afterwards.
 */
#ifndef WHITHER_STRSAFE_FAMILY_H
#define WHITHER_STRSAFE_FAMILY_H

#include <ntdef.h>
#include <wdm_stdio.h>

#define STRSAFE_MAX_CCH 2147483647
#define STRSAFE_FILL_BYTE(byte) ((ULONG)(((byte)&0xff) | STRSAFE_FILL_BEHIND_NULL))
#define STRSAFE_FAILURE_BYTE(byte) ((ULONG)(((byte)&0xff) | STRSAFE_FILL_ON_FAILURE))
#define STRSAFE_IGNORE_NULLS 0x100
#define STRSAFE_FILL_BEHIND_NULL 0x200
#define STRSAFE_FILL_ON_FAILURE 0x400
#define STRSAFE_NULL_ON_FAILURE 0x800
#define STRSAFE_NO_TRUNCATION 0x1000
#define STRSAFE_GET_STATUS(status) (status)

/* What a worker is asked to do. Sizes are bytes; `unit` is 1 or 2. */
struct whither_safe_call {
	void *to;
	SIZE_T size;
	UCHAR unit;
	UCHAR appends;
	UCHAR extended;
	ULONG flags;
	void **ret_end;
	SIZE_T *ret_left;
};

#pragma GCC visibility push(default)
WHITHER_BEGIN_C
/* 0: done; 1: cut; 2: an invalid parameter. `most` counts units. */
int whither_safe_put(const struct whither_safe_call *call, const void *from,
		     SIZE_T most) WHITHER_NOTHROW;
int whither_safe_print(const struct whither_safe_call *call, const void *format,
		       va_list arguments) WHITHER_NOTHROW;
int whither_safe_length(const void *text, SIZE_T most, UCHAR unit,
			SIZE_T *ret_units) WHITHER_NOTHROW;
WHITHER_END_C
#pragma GCC visibility pop

#define WHITHER_SAFE_INLINE static __inline__ __attribute__((__unused__))
/* Too much stays too much when it is turned into bytes. */
#define WHITHER_SAFE_BYTES(count, scale) \
	((count) > STRSAFE_MAX_CCH && (scale) > 1 ? MAXSIZE_T : (count) * (scale))

/* A size times `scale` is bytes; a count by `part` is units; `left` counts what is left as sizes are. */
/* clang-format off */
#define WHITHER_SAFE_COPIES(result, status, name, letter, unit, scale, part)                    \
	WHITHER_SAFE_INLINE result name##Copy##letter(unit *to, SIZE_T size, const unit *from)  \
	{                                                                                       \
		struct whither_safe_call call = {to, WHITHER_SAFE_BYTES(size, scale),           \
						 sizeof(unit), 0, 0, 0, NULL, NULL};            \
		return status(whither_safe_put(&call, from, STRSAFE_MAX_CCH));                  \
	}                                                                                       \
	WHITHER_SAFE_INLINE result name##CopyN##letter(unit *to, SIZE_T size, const unit *from, \
						       SIZE_T count)                            \
	{                                                                                       \
		struct whither_safe_call call = {to, WHITHER_SAFE_BYTES(size, scale),           \
						 sizeof(unit), 0, 0, 0, NULL, NULL};            \
		return status(whither_safe_put(&call, from, count / (part)));                   \
	}                                                                                       \
	WHITHER_SAFE_INLINE result name##Cat##letter(unit *to, SIZE_T size, const unit *from)   \
	{                                                                                       \
		struct whither_safe_call call = {to, WHITHER_SAFE_BYTES(size, scale),           \
						 sizeof(unit), 1, 0, 0, NULL, NULL};            \
		return status(whither_safe_put(&call, from, STRSAFE_MAX_CCH));                  \
	}                                                                                       \
	WHITHER_SAFE_INLINE result name##CatN##letter(unit *to, SIZE_T size, const unit *from,  \
						      SIZE_T count)                             \
	{                                                                                       \
		struct whither_safe_call call = {to, WHITHER_SAFE_BYTES(size, scale),           \
						 sizeof(unit), 1, 0, 0, NULL, NULL};            \
		return status(whither_safe_put(&call, from, count / (part)));                   \
	}
#define WHITHER_SAFE_EXTENDED(result, status, name, letter, unit, scale, part, left)            \
	WHITHER_SAFE_INLINE result name##CopyEx##letter(unit *to, SIZE_T size, const unit *from, \
							unit **end, SIZE_T *room, ULONG flags)  \
	{                                                                                       \
		struct whither_safe_call call = {to, WHITHER_SAFE_BYTES(size, scale),           \
						 sizeof(unit), 0, 1, flags, (void **)end, room}; \
		return status(left(whither_safe_put(&call, from, STRSAFE_MAX_CCH), room,        \
				   sizeof(unit)));                                              \
	}                                                                                       \
	WHITHER_SAFE_INLINE result name##CopyNEx##letter(unit *to, SIZE_T size,                 \
							 const unit *from, SIZE_T count,        \
							 unit **end, SIZE_T *room, ULONG flags) \
	{                                                                                       \
		struct whither_safe_call call = {to, WHITHER_SAFE_BYTES(size, scale),           \
						 sizeof(unit), 0, 1, flags, (void **)end, room}; \
		return status(left(whither_safe_put(&call, from, count / (part)), room,         \
				   sizeof(unit)));                                              \
	}                                                                                       \
	WHITHER_SAFE_INLINE result name##CatEx##letter(unit *to, SIZE_T size, const unit *from, \
						       unit **end, SIZE_T *room, ULONG flags)   \
	{                                                                                       \
		struct whither_safe_call call = {to, WHITHER_SAFE_BYTES(size, scale),           \
						 sizeof(unit), 1, 1, flags, (void **)end, room}; \
		return status(left(whither_safe_put(&call, from, STRSAFE_MAX_CCH), room,        \
				   sizeof(unit)));                                              \
	}                                                                                       \
	WHITHER_SAFE_INLINE result name##CatNEx##letter(unit *to, SIZE_T size, const unit *from, \
							SIZE_T count, unit **end, SIZE_T *room, \
							ULONG flags)                            \
	{                                                                                       \
		struct whither_safe_call call = {to, WHITHER_SAFE_BYTES(size, scale),           \
						 sizeof(unit), 1, 1, flags, (void **)end, room}; \
		return status(left(whither_safe_put(&call, from, count / (part)), room,         \
				   sizeof(unit)));                                              \
	}
#define WHITHER_SAFE_PRINTS(result, status, name, letter, unit, scale, left)                    \
	WHITHER_SAFE_INLINE result name##VPrintf##letter(unit *to, SIZE_T size,                 \
							 const unit *format, va_list arguments) \
	{                                                                                       \
		struct whither_safe_call call = {to, WHITHER_SAFE_BYTES(size, scale),           \
						 sizeof(unit), 0, 0, 0, NULL, NULL};            \
		return status(whither_safe_print(&call, format, arguments));                    \
	}                                                                                       \
	WHITHER_SAFE_INLINE result name##VPrintfEx##letter(                                     \
		unit *to, SIZE_T size, unit **end, SIZE_T *room, ULONG flags,                   \
		const unit *format, va_list arguments)                                          \
	{                                                                                       \
		struct whither_safe_call call = {to, WHITHER_SAFE_BYTES(size, scale),           \
						 sizeof(unit), 0, 1, flags, (void **)end, room}; \
		return status(left(whither_safe_print(&call, format, arguments), room,          \
				   sizeof(unit)));                                              \
	}                                                                                       \
	WHITHER_SAFE_INLINE result name##Printf##letter(unit *to, SIZE_T size,                  \
							const unit *format, ...)                \
	{                                                                                       \
		va_list arguments;                                                              \
		result code;                                                                    \
												\
		va_start(arguments, format);                                                    \
		code = name##VPrintf##letter(to, size, format, arguments);                      \
		va_end(arguments);                                                              \
		return code;                                                                    \
	}                                                                                       \
	WHITHER_SAFE_INLINE result name##PrintfEx##letter(unit *to, SIZE_T size, unit **end,    \
							  SIZE_T *room, ULONG flags,            \
							  const unit *format, ...)              \
	{                                                                                       \
		va_list arguments;                                                              \
		result code;                                                                    \
												\
		va_start(arguments, format);                                                    \
		code = name##VPrintfEx##letter(to, size, end, room, flags, format, arguments);  \
		va_end(arguments);                                                              \
		return code;                                                                    \
	}
#define WHITHER_SAFE_LENGTH(result, status, name, letter, unit, part)                           \
	WHITHER_SAFE_INLINE result name##Length##letter(const unit *text, SIZE_T most,          \
							SIZE_T *length)                         \
	{                                                                                       \
		int code = whither_safe_length(text, most / (part), sizeof(unit), length);      \
												\
		if (length)                                                                     \
			*length *= (part);                                                      \
		return status(code);                                                            \
	}
#define WHITHER_SAFE_FAMILY(result, status, name, letter, unit, scale, part, left)              \
	WHITHER_SAFE_COPIES(result, status, name, letter, unit, scale, part)                    \
	WHITHER_SAFE_EXTENDED(result, status, name, letter, unit, scale, part, left)            \
	WHITHER_SAFE_PRINTS(result, status, name, letter, unit, scale, left)                    \
	WHITHER_SAFE_LENGTH(result, status, name, letter, unit, part)
/* clang-format on */

/* What is left, in bytes as the workers give it, or in units. */
WHITHER_SAFE_INLINE int whither_safe_left_bytes(int code, SIZE_T *room, SIZE_T unit)
{
	(void)room;
	(void)unit;
	return code;
}

WHITHER_SAFE_INLINE int whither_safe_left_units(int code, SIZE_T *room, SIZE_T unit)
{
	if (room && code != 2)
		*room /= unit;
	return code;
}

#endif
