/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Atomic operations, all of them full barriers. A pointer to an operand of another size than the
 * name says (a C long, say, that has 64 bits here) does not compile.
 */
#ifndef WHITHER_WDM_INTERLOCKED_H
#define WHITHER_WDM_INTERLOCKED_H

#include <ntdef.h>

/* The pointer, or no program when what it points to has another size. */
#define WHITHER_OPERAND(pointer, type) \
	((volatile type *)((pointer) + \
			   0 * sizeof(char[sizeof(*(pointer)) == sizeof(type) ? 1 : -1])))

#define InterlockedIncrement(p) __atomic_add_fetch(WHITHER_OPERAND(p, LONG), 1, __ATOMIC_SEQ_CST)
#define InterlockedIncrementAcquire InterlockedIncrement
#define InterlockedIncrementRelease InterlockedIncrement
#define InterlockedIncrementNoFence InterlockedIncrement
#define InterlockedDecrement(p) __atomic_sub_fetch(WHITHER_OPERAND(p, LONG), 1, __ATOMIC_SEQ_CST)
#define InterlockedDecrementAcquire InterlockedDecrement
#define InterlockedDecrementRelease InterlockedDecrement
#define InterlockedDecrementNoFence InterlockedDecrement
#define InterlockedExchange(p, value) \
	__atomic_exchange_n(WHITHER_OPERAND(p, LONG), (LONG)(value), __ATOMIC_SEQ_CST)
#define InterlockedExchangeAcquire InterlockedExchange
#define InterlockedExchangeRelease InterlockedExchange
#define InterlockedExchangeNoFence InterlockedExchange
#define InterlockedCompareExchange(p, value, comparand) \
	__sync_val_compare_and_swap(WHITHER_OPERAND(p, LONG), (LONG)(comparand), (LONG)(value))
#define InterlockedCompareExchangeAcquire InterlockedCompareExchange
#define InterlockedCompareExchangeRelease InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence InterlockedCompareExchange
#define InterlockedExchangeAdd(p, value) \
	__atomic_fetch_add(WHITHER_OPERAND(p, LONG), (LONG)(value), __ATOMIC_SEQ_CST)
#define InterlockedExchangeAddAcquire InterlockedExchangeAdd
#define InterlockedExchangeAddRelease InterlockedExchangeAdd
#define InterlockedExchangeAddNoFence InterlockedExchangeAdd
#define InterlockedAdd(p, value) \
	__atomic_add_fetch(WHITHER_OPERAND(p, LONG), (LONG)(value), __ATOMIC_SEQ_CST)
#define InterlockedAddAcquire InterlockedAdd
#define InterlockedAddRelease InterlockedAdd
#define InterlockedAddNoFence InterlockedAdd
#define InterlockedExchangeSubtract(p, value) InterlockedExchangeAdd(p, -(LONG)(value))
#define InterlockedAnd(p, value) \
	__atomic_fetch_and(WHITHER_OPERAND(p, LONG), (LONG)(value), __ATOMIC_SEQ_CST)
#define InterlockedAndAcquire InterlockedAnd
#define InterlockedAndRelease InterlockedAnd
#define InterlockedAndNoFence InterlockedAnd
#define InterlockedOr(p, value) \
	__atomic_fetch_or(WHITHER_OPERAND(p, LONG), (LONG)(value), __ATOMIC_SEQ_CST)
#define InterlockedOrAcquire InterlockedOr
#define InterlockedOrRelease InterlockedOr
#define InterlockedOrNoFence InterlockedOr
#define InterlockedXor(p, value) \
	__atomic_fetch_xor(WHITHER_OPERAND(p, LONG), (LONG)(value), __ATOMIC_SEQ_CST)
#define InterlockedXorAcquire InterlockedXor
#define InterlockedXorRelease InterlockedXor
#define InterlockedXorNoFence InterlockedXor

#define InterlockedIncrement16(p) __atomic_add_fetch(WHITHER_OPERAND(p, SHORT), 1, __ATOMIC_SEQ_CST)
#define InterlockedIncrement16Acquire InterlockedIncrement16
#define InterlockedIncrement16Release InterlockedIncrement16
#define InterlockedIncrement16NoFence InterlockedIncrement16
#define InterlockedDecrement16(p) __atomic_sub_fetch(WHITHER_OPERAND(p, SHORT), 1, __ATOMIC_SEQ_CST)
#define InterlockedDecrement16Acquire InterlockedDecrement16
#define InterlockedDecrement16Release InterlockedDecrement16
#define InterlockedDecrement16NoFence InterlockedDecrement16
#define InterlockedExchange16(p, value) \
	__atomic_exchange_n(WHITHER_OPERAND(p, SHORT), (SHORT)(value), __ATOMIC_SEQ_CST)
#define InterlockedExchange16Acquire InterlockedExchange16
#define InterlockedExchange16Release InterlockedExchange16
#define InterlockedExchange16NoFence InterlockedExchange16
#define InterlockedCompareExchange16(p, value, comparand) \
	__sync_val_compare_and_swap(WHITHER_OPERAND(p, SHORT), (SHORT)(comparand), (SHORT)(value))
#define InterlockedCompareExchange16Acquire InterlockedCompareExchange16
#define InterlockedCompareExchange16Release InterlockedCompareExchange16
#define InterlockedCompareExchange16NoFence InterlockedCompareExchange16
#define InterlockedAnd16(p, value) \
	__atomic_fetch_and(WHITHER_OPERAND(p, SHORT), (SHORT)(value), __ATOMIC_SEQ_CST)
#define InterlockedAnd16Acquire InterlockedAnd16
#define InterlockedAnd16Release InterlockedAnd16
#define InterlockedAnd16NoFence InterlockedAnd16
#define InterlockedOr16(p, value) \
	__atomic_fetch_or(WHITHER_OPERAND(p, SHORT), (SHORT)(value), __ATOMIC_SEQ_CST)
#define InterlockedOr16Acquire InterlockedOr16
#define InterlockedOr16Release InterlockedOr16
#define InterlockedOr16NoFence InterlockedOr16
#define InterlockedXor16(p, value) \
	__atomic_fetch_xor(WHITHER_OPERAND(p, SHORT), (SHORT)(value), __ATOMIC_SEQ_CST)
#define InterlockedXor16Acquire InterlockedXor16
#define InterlockedXor16Release InterlockedXor16
#define InterlockedXor16NoFence InterlockedXor16

#define InterlockedIncrement64(p) \
	__atomic_add_fetch(WHITHER_OPERAND(p, LONGLONG), 1, __ATOMIC_SEQ_CST)
#define InterlockedIncrement64Acquire InterlockedIncrement64
#define InterlockedIncrement64Release InterlockedIncrement64
#define InterlockedIncrement64NoFence InterlockedIncrement64
#define InterlockedDecrement64(p) \
	__atomic_sub_fetch(WHITHER_OPERAND(p, LONGLONG), 1, __ATOMIC_SEQ_CST)
#define InterlockedDecrement64Acquire InterlockedDecrement64
#define InterlockedDecrement64Release InterlockedDecrement64
#define InterlockedDecrement64NoFence InterlockedDecrement64
#define InterlockedExchange64(p, value) \
	__atomic_exchange_n(WHITHER_OPERAND(p, LONGLONG), (LONGLONG)(value), __ATOMIC_SEQ_CST)
#define InterlockedExchange64Acquire InterlockedExchange64
#define InterlockedExchange64Release InterlockedExchange64
#define InterlockedExchange64NoFence InterlockedExchange64
#define InterlockedCompareExchange64(p, value, comparand)                                \
	__sync_val_compare_and_swap(WHITHER_OPERAND(p, LONGLONG), (LONGLONG)(comparand), \
				    (LONGLONG)(value))
#define InterlockedCompareExchange64Acquire InterlockedCompareExchange64
#define InterlockedCompareExchange64Release InterlockedCompareExchange64
#define InterlockedCompareExchange64NoFence InterlockedCompareExchange64
#define InterlockedExchangeAdd64(p, value) \
	__atomic_fetch_add(WHITHER_OPERAND(p, LONGLONG), (LONGLONG)(value), __ATOMIC_SEQ_CST)
#define InterlockedExchangeAdd64Acquire InterlockedExchangeAdd64
#define InterlockedExchangeAdd64Release InterlockedExchangeAdd64
#define InterlockedExchangeAdd64NoFence InterlockedExchangeAdd64
#define InterlockedAdd64(p, value) \
	__atomic_add_fetch(WHITHER_OPERAND(p, LONGLONG), (LONGLONG)(value), __ATOMIC_SEQ_CST)
#define InterlockedAdd64Acquire InterlockedAdd64
#define InterlockedAdd64Release InterlockedAdd64
#define InterlockedAdd64NoFence InterlockedAdd64
#define InterlockedExchangeSubtract64(p, value) InterlockedExchangeAdd64(p, -(LONGLONG)(value))
#define InterlockedAnd64(p, value) \
	__atomic_fetch_and(WHITHER_OPERAND(p, LONGLONG), (LONGLONG)(value), __ATOMIC_SEQ_CST)
#define InterlockedAnd64Acquire InterlockedAnd64
#define InterlockedAnd64Release InterlockedAnd64
#define InterlockedAnd64NoFence InterlockedAnd64
#define InterlockedOr64(p, value) \
	__atomic_fetch_or(WHITHER_OPERAND(p, LONGLONG), (LONGLONG)(value), __ATOMIC_SEQ_CST)
#define InterlockedOr64Acquire InterlockedOr64
#define InterlockedOr64Release InterlockedOr64
#define InterlockedOr64NoFence InterlockedOr64
#define InterlockedXor64(p, value) \
	__atomic_fetch_xor(WHITHER_OPERAND(p, LONGLONG), (LONGLONG)(value), __ATOMIC_SEQ_CST)
#define InterlockedXor64Acquire InterlockedXor64
#define InterlockedXor64Release InterlockedXor64
#define InterlockedXor64NoFence InterlockedXor64

#define InterlockedExchange8(p, value) \
	__atomic_exchange_n(WHITHER_OPERAND(p, CHAR), (CHAR)(value), __ATOMIC_SEQ_CST)
#define InterlockedExchange8Acquire InterlockedExchange8
#define InterlockedExchange8Release InterlockedExchange8
#define InterlockedExchange8NoFence InterlockedExchange8
#define InterlockedExchangeAdd8(p, value) \
	__atomic_fetch_add(WHITHER_OPERAND(p, CHAR), (CHAR)(value), __ATOMIC_SEQ_CST)
#define InterlockedExchangeAdd8Acquire InterlockedExchangeAdd8
#define InterlockedExchangeAdd8Release InterlockedExchangeAdd8
#define InterlockedExchangeAdd8NoFence InterlockedExchangeAdd8
#define InterlockedAnd8(p, value) \
	__atomic_fetch_and(WHITHER_OPERAND(p, CHAR), (CHAR)(value), __ATOMIC_SEQ_CST)
#define InterlockedAnd8Acquire InterlockedAnd8
#define InterlockedAnd8Release InterlockedAnd8
#define InterlockedAnd8NoFence InterlockedAnd8
#define InterlockedOr8(p, value) \
	__atomic_fetch_or(WHITHER_OPERAND(p, CHAR), (CHAR)(value), __ATOMIC_SEQ_CST)
#define InterlockedOr8Acquire InterlockedOr8
#define InterlockedOr8Release InterlockedOr8
#define InterlockedOr8NoFence InterlockedOr8
#define InterlockedXor8(p, value) \
	__atomic_fetch_xor(WHITHER_OPERAND(p, CHAR), (CHAR)(value), __ATOMIC_SEQ_CST)
#define InterlockedXor8Acquire InterlockedXor8
#define InterlockedXor8Release InterlockedXor8
#define InterlockedXor8NoFence InterlockedXor8

#define InterlockedExchangePointer(p, value) \
	__extension__(                       \
		{ __atomic_exchange_n((PVOID volatile *)(p), (PVOID)(value), __ATOMIC_SEQ_CST); })
#define InterlockedCompareExchangePointer(p, value, comparand)                         \
	((PVOID)__sync_val_compare_and_swap((PVOID volatile *)(p), (PVOID)(comparand), \
					    (PVOID)(value)))
#define InterlockedExchangePointerNoFence InterlockedExchangePointer
#define InterlockedExchangePointerAcquire InterlockedExchangePointer
#define InterlockedExchangePointerRelease InterlockedExchangePointer
#define InterlockedCompareExchangePointerAcquire InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerRelease InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerNoFence InterlockedCompareExchangePointer

#define InterlockedIncrementSizeT(p) \
	__atomic_add_fetch(WHITHER_OPERAND(p, SIZE_T), 1, __ATOMIC_SEQ_CST)
#define InterlockedDecrementSizeT(p) \
	__atomic_sub_fetch(WHITHER_OPERAND(p, SIZE_T), 1, __ATOMIC_SEQ_CST)
#define InterlockedExchangeAddSizeT(p, value) \
	__atomic_fetch_add(WHITHER_OPERAND(p, SIZE_T), (SIZE_T)(value), __ATOMIC_SEQ_CST)
#define InterlockedAddSizeT(p, value) \
	__atomic_add_fetch(WHITHER_OPERAND(p, SIZE_T), (SIZE_T)(value), __ATOMIC_SEQ_CST)

#define InterlockedBitTestAndSet(p, bit)                                                \
	__extension__({                                                                 \
		const ULONG whither_mask = 1u << ((bit)&31);                            \
		const LONG whither_old = InterlockedOr((p) + (bit) / 32, whither_mask); \
		(BOOLEAN)(((ULONG)whither_old & whither_mask) != 0);                    \
	})
#define InterlockedBitTestAndReset(p, bit)                                                \
	__extension__({                                                                   \
		const ULONG whither_mask = 1u << ((bit)&31);                              \
		const LONG whither_old = InterlockedAnd((p) + (bit) / 32, ~whither_mask); \
		(BOOLEAN)(((ULONG)whither_old & whither_mask) != 0);                      \
	})
#define InterlockedBitTestAndComplement(p, bit)                                          \
	__extension__({                                                                  \
		const ULONG whither_mask = 1u << ((bit)&31);                             \
		const LONG whither_old = InterlockedXor((p) + (bit) / 32, whither_mask); \
		(BOOLEAN)(((ULONG)whither_old & whither_mask) != 0);                     \
	})
#define InterlockedBitTestAndSet64(p, bit)                                                  \
	__extension__({                                                                     \
		const ULONG64 whither_mask = (ULONG64)1 << ((bit)&63);                      \
		const LONG64 whither_old = InterlockedOr64((p) + (bit) / 64, whither_mask); \
		(BOOLEAN)(((ULONG64)whither_old & whither_mask) != 0);                      \
	})
#define InterlockedBitTestAndReset64(p, bit)                                                  \
	__extension__({                                                                       \
		const ULONG64 whither_mask = (ULONG64)1 << ((bit)&63);                        \
		const LONG64 whither_old = InterlockedAnd64((p) + (bit) / 64, ~whither_mask); \
		(BOOLEAN)(((ULONG64)whither_old & whither_mask) != 0);                        \
	})
#define _interlockedbittestandset InterlockedBitTestAndSet
#define _interlockedbittestandreset InterlockedBitTestAndReset
#define _interlockedbittestandset64 InterlockedBitTestAndSet64
#define _interlockedbittestandreset64 InterlockedBitTestAndReset64
#define InterlockedIncrementNoFence64 InterlockedIncrement64
#define InterlockedDecrementNoFence64 InterlockedDecrement64
#define InterlockedAddNoFence64 InterlockedAdd64
#define InterlockedExchangeAddNoFence64 InterlockedExchangeAdd64
#define InterlockedOrNoFence64 InterlockedOr64
#define _InterlockedExchange64 InterlockedExchange64
#define _InterlockedExchangeAdd64 InterlockedExchangeAdd64
#define _InterlockedAnd64 InterlockedAnd64
#define _InterlockedOr64 InterlockedOr64
#define _InterlockedExchange8 InterlockedExchange8
#define _InterlockedOr8 InterlockedOr8
#define _InterlockedAnd8 InterlockedAnd8
#define _InterlockedExchange16 InterlockedExchange16
#define _InterlockedCompareExchange16 InterlockedCompareExchange16
#define ReadBooleanAcquire(p) __atomic_load_n(WHITHER_OPERAND(p, const BOOLEAN), __ATOMIC_ACQUIRE)
#define ReadBooleanNoFence(p) __atomic_load_n(WHITHER_OPERAND(p, const BOOLEAN), __ATOMIC_RELAXED)
#define WriteBooleanRelease(p, v) \
	__atomic_store_n(WHITHER_OPERAND(p, BOOLEAN), (BOOLEAN)(v), __ATOMIC_RELEASE)
#define WriteBooleanNoFence(p, v) \
	__atomic_store_n(WHITHER_OPERAND(p, BOOLEAN), (BOOLEAN)(v), __ATOMIC_RELAXED)
#define ReadUCharAcquire ReadBooleanAcquire
#define ReadUCharNoFence ReadBooleanNoFence
#define ReadUShortAcquire(p) __atomic_load_n(WHITHER_OPERAND(p, const USHORT), __ATOMIC_ACQUIRE)
#define ReadUShortNoFence(p) __atomic_load_n(WHITHER_OPERAND(p, const USHORT), __ATOMIC_RELAXED)
#define ReadULong64Acquire(p) __atomic_load_n(WHITHER_OPERAND(p, const ULONGLONG), __ATOMIC_ACQUIRE)
#define WriteULong64Release(p, v) \
	__atomic_store_n(WHITHER_OPERAND(p, ULONGLONG), (ULONGLONG)(v), __ATOMIC_RELEASE)
#define WriteULong64NoFence(p, v) \
	__atomic_store_n(WHITHER_OPERAND(p, ULONGLONG), (ULONGLONG)(v), __ATOMIC_RELAXED)
#define _InterlockedIncrement InterlockedIncrement
#define _InterlockedDecrement InterlockedDecrement
#define _InterlockedExchange InterlockedExchange
#define _InterlockedExchangeAdd InterlockedExchangeAdd
#define _InterlockedCompareExchange InterlockedCompareExchange
#define _InterlockedCompareExchange64 InterlockedCompareExchange64
#define _InterlockedAnd InterlockedAnd
#define _InterlockedOr InterlockedOr
#define _InterlockedXor InterlockedXor
#define _InterlockedIncrement64 InterlockedIncrement64
#define _InterlockedDecrement64 InterlockedDecrement64
#define _InterlockedExchangePointer InterlockedExchangePointer
#define _InterlockedCompareExchangePointer InterlockedCompareExchangePointer

#define ReadAcquire(p) __atomic_load_n(WHITHER_OPERAND(p, const LONG), __ATOMIC_ACQUIRE)
#define ReadNoFence(p) __atomic_load_n(WHITHER_OPERAND(p, const LONG), __ATOMIC_RELAXED)
#define ReadRaw ReadNoFence
#define ReadULongAcquire(p) __atomic_load_n(WHITHER_OPERAND(p, const ULONG), __ATOMIC_ACQUIRE)
#define ReadULongNoFence(p) __atomic_load_n(WHITHER_OPERAND(p, const ULONG), __ATOMIC_RELAXED)
#define ReadAcquire64(p) __atomic_load_n(WHITHER_OPERAND(p, const LONGLONG), __ATOMIC_ACQUIRE)
#define ReadNoFence64(p) __atomic_load_n(WHITHER_OPERAND(p, const LONGLONG), __ATOMIC_RELAXED)
#define ReadULong64NoFence(p) __atomic_load_n(WHITHER_OPERAND(p, const ULONGLONG), __ATOMIC_RELAXED)
#define ReadPointerAcquire(p) __atomic_load_n((PVOID const volatile *)(p), __ATOMIC_ACQUIRE)
#define ReadPointerNoFence(p) __atomic_load_n((PVOID const volatile *)(p), __ATOMIC_RELAXED)
#define WriteRelease(p, v) __atomic_store_n(WHITHER_OPERAND(p, LONG), (LONG)(v), __ATOMIC_RELEASE)
#define WriteNoFence(p, v) __atomic_store_n(WHITHER_OPERAND(p, LONG), (LONG)(v), __ATOMIC_RELAXED)
#define WriteRaw WriteNoFence
#define WriteULongRelease(p, v) \
	__atomic_store_n(WHITHER_OPERAND(p, ULONG), (ULONG)(v), __ATOMIC_RELEASE)
#define WriteULongNoFence(p, v) \
	__atomic_store_n(WHITHER_OPERAND(p, ULONG), (ULONG)(v), __ATOMIC_RELAXED)
#define WriteRelease64(p, v) \
	__atomic_store_n(WHITHER_OPERAND(p, LONGLONG), (LONGLONG)(v), __ATOMIC_RELEASE)
#define WriteNoFence64(p, v) \
	__atomic_store_n(WHITHER_OPERAND(p, LONGLONG), (LONGLONG)(v), __ATOMIC_RELAXED)
#define WritePointerRelease(p, v) \
	__atomic_store_n((PVOID volatile *)(p), (PVOID)(v), __ATOMIC_RELEASE)
#define ReadPointerRaw ReadPointerNoFence
#define WritePointerRaw WritePointerNoFence
#define WritePointerNoFence(p, v) \
	__atomic_store_n((PVOID volatile *)(p), (PVOID)(v), __ATOMIC_RELAXED)

#define KeMemoryBarrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define MemoryBarrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define KeMemoryBarrierWithoutFence() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define _ReadWriteBarrier() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define _ReadBarrier() __atomic_signal_fence(__ATOMIC_ACQUIRE)
#define _WriteBarrier() __atomic_signal_fence(__ATOMIC_RELEASE)
#if defined(__x86_64__) || defined(__i386__)
#define YieldProcessor() __builtin_ia32_pause()
#else
#define YieldProcessor() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#endif

#endif
