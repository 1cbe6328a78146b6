/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What Microsoft's compiler knows by itself: bits, rotations, wide products, hints. Macros, so that they
 * take what a pointer to Windows' 32-bit long has become here, ULONG * as well as unsigned long *. The
 * vector intrinsics are the compiler's own, of <immintrin.h>; names that it has
 * are not here but in <intrin.h>.
 */
#ifndef WHITHER_COMPILER_WORDS_H
#define WHITHER_COMPILER_WORDS_H

#include <basetsd.h>

/* The number of the lowest, or highest, bit that is set; 0: none is, and *index stays. */
#define WHITHER_SCAN(index, mask, bits, found)                      \
	__extension__({                                             \
		const UINT##bits whither_mask = (UINT##bits)(mask); \
		if (whither_mask)                                   \
			*(index) = (__typeof__(*(index)))(found);   \
		(UCHAR)(whither_mask != 0);                         \
	})
#define _BitScanForward(index, mask) WHITHER_SCAN(index, mask, 32, __builtin_ctz(whither_mask))
#define _BitScanReverse(index, mask) WHITHER_SCAN(index, mask, 32, 31 - __builtin_clz(whither_mask))
#define _BitScanForward64(index, mask) WHITHER_SCAN(index, mask, 64, __builtin_ctzll(whither_mask))
#define _BitScanReverse64(index, mask) \
	WHITHER_SCAN(index, mask, 64, 63 - __builtin_clzll(whither_mask))
#define BitScanForward _BitScanForward
#define BitScanReverse _BitScanReverse
#define BitScanForward64 _BitScanForward64
#define BitScanReverse64 _BitScanReverse64

/* A bit of an array of LONG or LONG64; what it was. */
#define WHITHER_BIT(base, bit, bits, change)                                           \
	__extension__({                                                                \
		UINT##bits *const whither_word = (UINT##bits *)(base) + (bit) / bits;  \
		const UINT##bits whither_mask = (UINT##bits)1 << ((bit) & (bits - 1)); \
		const UCHAR whither_was = (*whither_word & whither_mask) != 0;         \
		change;                                                                \
		whither_was;                                                           \
	})
#define _bittest(base, bit) WHITHER_BIT(base, bit, 32, )
#define _bittestandset(base, bit) WHITHER_BIT(base, bit, 32, *whither_word |= whither_mask)
#define _bittestandreset(base, bit) WHITHER_BIT(base, bit, 32, *whither_word &= ~whither_mask)
#define _bittestandcomplement(base, bit) WHITHER_BIT(base, bit, 32, *whither_word ^= whither_mask)
#define _bittest64(base, bit) WHITHER_BIT(base, bit, 64, )
#define _bittestandset64(base, bit) WHITHER_BIT(base, bit, 64, *whither_word |= whither_mask)
#define _bittestandreset64(base, bit) WHITHER_BIT(base, bit, 64, *whither_word &= ~whither_mask)
#define _bittestandcomplement64(base, bit) WHITHER_BIT(base, bit, 64, *whither_word ^= whither_mask)
#define BitTest _bittest
#define BitTestAndSet _bittestandset
#define BitTestAndReset _bittestandreset
#define BitTestAndComplement _bittestandcomplement
#define BitTest64 _bittest64
#define BitTestAndSet64 _bittestandset64
#define BitTestAndReset64 _bittestandreset64

WHITHER_INLINE UINT8 whither_rotate8(UINT8 value, int by)
{
	return (UINT8)(value << (by & 7) | value >> (-by & 7));
}
WHITHER_INLINE UINT16 whither_rotate16(UINT16 value, int by)
{
	return (UINT16)(value << (by & 15) | value >> (-by & 15));
}
WHITHER_INLINE UINT32 whither_rotate32(UINT32 value, int by)
{
	return value << (by & 31) | value >> (-by & 31);
}
WHITHER_INLINE UINT64 whither_rotate64(UINT64 value, int by)
{
	return value << (by & 63) | value >> (-by & 63);
}
#define RotateLeft8 _rotl8
#define RotateLeft16 _rotl16
#define RotateLeft32 _rotl
#define RotateLeft64 _rotl64
#define RotateRight8 _rotr8
#define RotateRight16 _rotr16
#define RotateRight32 _rotr
#define RotateRight64 _rotr64

#define __popcnt16(value) ((USHORT)__builtin_popcount((USHORT)(value)))
#define __popcnt(value) ((UINT)__builtin_popcount((UINT)(value)))
#define __popcnt64(value) ((ULONGLONG)__builtin_popcountll(value))
#define PopulationCount64 __popcnt64
#define _abs64(value) __builtin_llabs(value)
#define __emul(a, b) ((LONGLONG)(INT)(a) * (INT)(b))
#define __emulu(a, b) ((ULONGLONG)(UINT)(a) * (UINT)(b))
#define __umulh(a, b) ((ULONGLONG)((unsigned __int128)(ULONGLONG)(a) * (ULONGLONG)(b) >> 64))
#define __mulh(a, b) ((LONGLONG)((__int128)(LONGLONG)(a) * (LONGLONG)(b) >> 64))
#define _umul128(a, b, high)                                                \
	__extension__({                                                     \
		const unsigned __int128 whither_product =                   \
			(unsigned __int128)(ULONGLONG)(a) * (ULONGLONG)(b); \
		*(high) = (ULONGLONG)(whither_product >> 64);               \
		(ULONGLONG) whither_product;                                \
	})
#define UnsignedMultiply128 _umul128
#define UnsignedMultiplyHigh __umulh
#define MultiplyHigh __mulh
#define __ll_lshift(value, by) ((ULONGLONG)(value) << ((by)&63))
#define __ll_rshift(value, by) ((LONGLONG)(value) >> ((by)&63))
#define __ull_rshift(value, by) ((ULONGLONG)(value) >> ((by)&63))
#define __shiftleft128(low, high, by)                                                 \
	((ULONGLONG)((((unsigned __int128)(ULONGLONG)(high) << 64 | (ULONGLONG)(low)) \
		      << ((by)&63)) >>                                                \
		     64))
#define __shiftright128(low, high, by) \
	((ULONGLONG)(((unsigned __int128)(ULONGLONG)(high) << 64 | (ULONGLONG)(low)) >> ((by)&63)))

#define __assume(condition)                      \
	do {                                     \
		if (!(condition))                \
			__builtin_unreachable(); \
	} while (0)
/* Its arguments are not evaluated. */
#define __noop(...) ((void)0)
#define __nop() __asm__ volatile("nop")
#define __int2c() __builtin_trap()
#define __ud2() __builtin_trap()
#define __fastfail(code) ((void)(code), __builtin_trap())
#define FAST_FAIL_CORRUPT_LIST_ENTRY 3
#define FAST_FAIL_INVALID_ARG 5
#define FAST_FAIL_FATAL_APP_EXIT 7
#define _ReturnAddress() __builtin_return_address(0)
#define _AddressOfReturnAddress() ((void *)((char *)__builtin_frame_address(0) + sizeof(void *)))
#define __stosb(to, byte, count) ((void)__builtin_memset((to), (byte), (count)))
#define __movsb(to, from, count) ((void)__builtin_memcpy((to), (from), (count)))
#define __faststorefence() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#if defined(__x86_64__) || defined(__i386__)
#define ReadTimeStampCounter() __builtin_ia32_rdtsc()
#endif
#define PreFetchCacheLine(level, address) __builtin_prefetch(address)
#define PF_TEMPORAL_LEVEL_1 1
#define PF_TEMPORAL_LEVEL_2 2
#define PF_TEMPORAL_LEVEL_3 3
#define PF_NON_TEMPORAL_LEVEL_ALL 0
#define PrefetchForWrite(address) ((void)(address))
#define ReadForWriteAccess(address) (*(address))

#endif

/* Outside the guard: the compiler's headers have macros of these names. */
#undef _rotl
#undef _rotr
#undef _lrotl
#undef _lrotr
#undef _rotl64
#undef _rotr64
#define _rotl8(value, by) whither_rotate8((value), (by))
#define _rotr8(value, by) whither_rotate8((value), -(int)(by))
#define _rotl16(value, by) whither_rotate16((value), (by))
#define _rotr16(value, by) whither_rotate16((value), -(int)(by))
#define _rotl(value, by) whither_rotate32((value), (by))
#define _rotr(value, by) whither_rotate32((value), -(int)(by))
#define _lrotl(value, by) whither_rotate32((value), (by))
#define _lrotr(value, by) whither_rotate32((value), -(int)(by))
#define _rotl64(value, by) whither_rotate64((value), (by))
#define _rotr64(value, by) whither_rotate64((value), -(int)(by))
