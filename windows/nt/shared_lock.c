/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <limits.h>

#include "nt_internal.h"
#include "shared_lock.h"

#define EXCLUSIVE 0x80000000u
#define WAITED 0x40000000u
#define SHARED 0x3fffffffu

/* NOLINTNEXTLINE(readability-non-const-parameter): written to by a builtin. */
static bool exchange(volatile uint32_t *lock, uint32_t *seen, uint32_t value)
{
	return __atomic_compare_exchange_n(lock, seen, value, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

/* Sleeps until the lock changes; whoever releases it wakes all. */
static void wait_for_change(volatile uint32_t *lock, uint32_t seen)
{
	if (seen & WAITED || exchange(lock, &seen, seen | WAITED))
		nt_futex_wait(lock, seen | WAITED, NULL);
}

bool nt_shared_try(volatile void *word)
{
	volatile uint32_t *lock = word;
	uint32_t seen = __atomic_load_n(lock, __ATOMIC_RELAXED);

	while (!(seen & EXCLUSIVE))
		if (exchange(lock, &seen, seen + 1))
			return true;
	return false;
}

bool nt_exclusive_try(volatile void *word)
{
	volatile uint32_t *lock = word;
	uint32_t seen = __atomic_load_n(lock, __ATOMIC_RELAXED);

	while (!(seen & ~WAITED))
		if (exchange(lock, &seen, seen | EXCLUSIVE))
			return true;
	return false;
}

void nt_shared_acquire(volatile void *word)
{
	volatile uint32_t *lock = word;

	while (!nt_shared_try(word)) {
		uint32_t seen = __atomic_load_n(lock, __ATOMIC_RELAXED);

		if (seen & EXCLUSIVE)
			wait_for_change(lock, seen);
	}
}

void nt_exclusive_acquire(volatile void *word)
{
	volatile uint32_t *lock = word;

	while (!nt_exclusive_try(word)) {
		uint32_t seen = __atomic_load_n(lock, __ATOMIC_RELAXED);

		if (seen & ~WAITED)
			wait_for_change(lock, seen);
	}
}

bool nt_shared_release(volatile void *word)
{
	volatile uint32_t *lock = word;
	uint32_t seen = __atomic_load_n(lock, __ATOMIC_RELAXED);
	uint32_t next;

	do {
		if (!(seen & SHARED) || seen & EXCLUSIVE)
			return false;
		next = (seen & SHARED) == 1 ? 0 : seen - 1;
	} while (!exchange(lock, &seen, next));
	if (!next && seen & WAITED)
		nt_futex_wake(lock, INT_MAX);
	return true;
}

bool nt_exclusive_release(volatile void *word)
{
	volatile uint32_t *lock = word;
	uint32_t seen = __atomic_load_n(lock, __ATOMIC_RELAXED);

	do {
		if (!(seen & EXCLUSIVE))
			return false;
	} while (!exchange(lock, &seen, 0));
	if (seen & WAITED)
		nt_futex_wake(lock, INT_MAX);
	return true;
}

bool nt_shared_upgrade(volatile void *word)
{
	volatile uint32_t *lock = word;
	uint32_t seen = __atomic_load_n(lock, __ATOMIC_RELAXED);

	while ((seen & ~WAITED) == 1)
		if (exchange(lock, &seen, EXCLUSIVE | (seen & WAITED)))
			return true;
	return false;
}
