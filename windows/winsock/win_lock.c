/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Locks of windows.h. */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <windows.h>

/* A lock's low word: 0, how many share it, or this. Its high word: how many wait. */
#define EXCLUSIVE 0xffffffffu

_Static_assert(sizeof(pthread_mutex_t) <= sizeof(CRITICAL_SECTION), "a mutex fits");

struct words {
	ULONG state;
	ULONG waiting;
};

static struct words *words_of(void *lock)
{
	return lock;
}

/* Milliseconds as in windows.h; false when they are over. */
static bool sleep_on(const ULONG *word, ULONG value, DWORD milliseconds)
{
	struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};

	return syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value,
		       milliseconds == INFINITE ? NULL : &time, NULL, 0) == 0 ||
	       errno != ETIMEDOUT;
}

static void wake(const ULONG *word, int count)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

static pthread_mutex_t *mutex_of(LPCRITICAL_SECTION section)
{
	return (pthread_mutex_t *)(void *)section;
}

void WINAPI InitializeCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(mutex_of(lpCriticalSection), &attributes);
	pthread_mutexattr_destroy(&attributes);
}

BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION lpCriticalSection,
						  DWORD dwSpinCount)
{
	InitializeCriticalSection(lpCriticalSection);
	return TRUE;
}

BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount,
					DWORD Flags)
{
	InitializeCriticalSection(lpCriticalSection);
	return TRUE;
}

void WINAPI EnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
	pthread_mutex_lock(mutex_of(lpCriticalSection));
}

BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
	return pthread_mutex_trylock(mutex_of(lpCriticalSection)) == 0;
}

void WINAPI LeaveCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
	pthread_mutex_unlock(mutex_of(lpCriticalSection));
}

void WINAPI DeleteCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
	pthread_mutex_destroy(mutex_of(lpCriticalSection));
}

void WINAPI InitializeSRWLock(PSRWLOCK SRWLock)
{
	SRWLock->Ptr = NULL;
}

BOOLEAN WINAPI TryAcquireSRWLockExclusive(PSRWLOCK SRWLock)
{
	ULONG free = 0;

	return __atomic_compare_exchange_n(&words_of(SRWLock)->state, &free, EXCLUSIVE, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

BOOLEAN WINAPI TryAcquireSRWLockShared(PSRWLOCK SRWLock)
{
	struct words *words = words_of(SRWLock);
	ULONG state = __atomic_load_n(&words->state, __ATOMIC_RELAXED);

	while (state < EXCLUSIVE - 1)
		if (__atomic_compare_exchange_n(&words->state, &state, state + 1, false,
						__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return TRUE;
	return FALSE;
}

static void acquire(PSRWLOCK lock, BOOLEAN (*try)(PSRWLOCK lock))
{
	struct words *words = words_of(lock);
	ULONG state;

	while (!try(lock)) {
		__atomic_add_fetch(&words->waiting, 1, __ATOMIC_SEQ_CST);
		state = __atomic_load_n(&words->state, __ATOMIC_SEQ_CST);
		if (state)
			sleep_on(&words->state, state, INFINITE);
		__atomic_sub_fetch(&words->waiting, 1, __ATOMIC_SEQ_CST);
	}
}

static void release(PSRWLOCK lock, ULONG share)
{
	struct words *words = words_of(lock);

	if (__atomic_sub_fetch(&words->state, share, __ATOMIC_SEQ_CST) == 0 &&
	    __atomic_load_n(&words->waiting, __ATOMIC_SEQ_CST))
		wake(&words->state, INT_MAX);
}

void WINAPI AcquireSRWLockExclusive(PSRWLOCK SRWLock)
{
	acquire(SRWLock, TryAcquireSRWLockExclusive);
}

void WINAPI AcquireSRWLockShared(PSRWLOCK SRWLock)
{
	acquire(SRWLock, TryAcquireSRWLockShared);
}

void WINAPI ReleaseSRWLockExclusive(PSRWLOCK SRWLock)
{
	release(SRWLock, EXCLUSIVE);
}

void WINAPI ReleaseSRWLockShared(PSRWLOCK SRWLock)
{
	release(SRWLock, 1);
}

/* A condition's low word counts the wakes; a sleeper sleeps while the count is as it was. */
void WINAPI InitializeConditionVariable(PCONDITION_VARIABLE ConditionVariable)
{
	ConditionVariable->Ptr = NULL;
}

static void wake_condition(PCONDITION_VARIABLE condition, int count)
{
	__atomic_add_fetch(&words_of(condition)->state, 1, __ATOMIC_SEQ_CST);
	wake(&words_of(condition)->state, count);
}

void WINAPI WakeConditionVariable(PCONDITION_VARIABLE ConditionVariable)
{
	wake_condition(ConditionVariable, 1);
}

void WINAPI WakeAllConditionVariable(PCONDITION_VARIABLE ConditionVariable)
{
	wake_condition(ConditionVariable, INT_MAX);
}

static BOOL woken(bool in_time)
{
	if (!in_time)
		SetLastError(ERROR_TIMEOUT);
	return in_time;
}

BOOL WINAPI SleepConditionVariableCS(PCONDITION_VARIABLE ConditionVariable,
				     PCRITICAL_SECTION CriticalSection, DWORD dwMilliseconds)
{
	struct words *words = words_of(ConditionVariable);
	ULONG before = __atomic_load_n(&words->state, __ATOMIC_SEQ_CST);
	bool in_time;

	LeaveCriticalSection(CriticalSection);
	in_time = sleep_on(&words->state, before, dwMilliseconds);
	EnterCriticalSection(CriticalSection);
	return woken(in_time);
}

BOOL WINAPI SleepConditionVariableSRW(PCONDITION_VARIABLE ConditionVariable, PSRWLOCK SRWLock,
				      DWORD dwMilliseconds, ULONG Flags)
{
	struct words *words = words_of(ConditionVariable);
	bool shared = (Flags & CONDITION_VARIABLE_LOCKMODE_SHARED) != 0;
	ULONG before = __atomic_load_n(&words->state, __ATOMIC_SEQ_CST);
	bool in_time;

	release(SRWLock, shared ? 1 : EXCLUSIVE);
	in_time = sleep_on(&words->state, before, dwMilliseconds);
	acquire(SRWLock, shared ? TryAcquireSRWLockShared : TryAcquireSRWLockExclusive);
	return woken(in_time);
}

/* The low word: 0 not begun, 1 under way, 2 done. A failed attempt begins anew. No context is kept. */
BOOL WINAPI InitOnceExecuteOnce(PINIT_ONCE InitOnce, PINIT_ONCE_FN InitFn, PVOID Parameter,
				LPVOID *Context)
{
	ULONG *state = &words_of(InitOnce)->state;
	ULONG before;
	BOOL done;

	for (;;) {
		before = 0;
		if (__atomic_compare_exchange_n(state, &before, 1, false, __ATOMIC_ACQUIRE,
						__ATOMIC_ACQUIRE))
			break;
		if (before == 2)
			return TRUE;
		sleep_on(state, 1, INFINITE);
	}
	done = InitFn(InitOnce, Parameter, Context);
	__atomic_store_n(state, done ? 2 : 0, __ATOMIC_RELEASE);
	wake(state, INT_MAX);
	return done;
}
