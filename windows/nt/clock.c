/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "nt_internal.h"

/* From 1601 to 1970, in 100 ns. */
#define EPOCH 116444736000000000L

bool nt_futex_wait(const volatile void *word, uint32_t value, const struct timespec *deadline)
{
	long result = syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, value,
			      deadline, NULL, FUTEX_BITSET_MATCH_ANY);

	return result == 0 || errno != ETIMEDOUT;
}

void nt_futex_wake(const volatile void *word, int count)
{
	int saved = errno;

	syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count, NULL, NULL, 0);
	errno = saved;
}

static LONGLONG clock_100ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (LONGLONG)now.tv_sec * 10000000 + now.tv_nsec / 100;
}

LONGLONG nt_monotonic_100ns(void)
{
	return clock_100ns(CLOCK_MONOTONIC);
}

struct timespec nt_deadline(LONGLONG timeout)
{
	LONGLONG due = nt_monotonic_100ns();
	LONGLONG left;

	if (timeout > 0)
		left = timeout - EPOCH - clock_100ns(CLOCK_REALTIME);
	else
		left = timeout == LLONG_MIN ? LLONG_MAX : -timeout;
	if (left < 0)
		left = 0;
	if (__builtin_add_overflow(due, left, &due))
		due = LLONG_MAX;
	return (struct timespec){
		.tv_sec = due / 10000000,
		.tv_nsec = due % 10000000 * 100,
	};
}

void NTAPI KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime)
{
	CurrentTime->QuadPart = clock_100ns(CLOCK_REALTIME) + EPOCH;
}

void NTAPI KeQuerySystemTime(PLARGE_INTEGER CurrentTime)
{
	KeQuerySystemTimePrecise(CurrentTime);
}

/* 1/64 s, as most machines with Windows have it. */
#define TICK 156250

void NTAPI KeQueryTickCount(PLARGE_INTEGER TickCount)
{
	TickCount->QuadPart = clock_100ns(CLOCK_BOOTTIME) / TICK;
}

ULONG NTAPI KeQueryTimeIncrement(void)
{
	return TICK;
}

ULONGLONG NTAPI KeQueryInterruptTime(void)
{
	return (ULONGLONG)clock_100ns(CLOCK_BOOTTIME);
}

ULONGLONG NTAPI KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
	ULONGLONG now = KeQueryInterruptTime();

	if (QpcTimeStamp)
		*QpcTimeStamp = (ULONG64)KeQueryPerformanceCounter(NULL).QuadPart;
	return now;
}

ULONGLONG NTAPI KeQueryUnbiasedInterruptTime(void)
{
	return (ULONGLONG)clock_100ns(CLOCK_MONOTONIC);
}

LARGE_INTEGER NTAPI KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency)
{
	if (PerformanceFrequency)
		PerformanceFrequency->QuadPart = 10000000;
	return (LARGE_INTEGER){.QuadPart = clock_100ns(CLOCK_MONOTONIC)};
}

void NTAPI KeStallExecutionProcessor(ULONG MicroSeconds)
{
	LONGLONG end = nt_monotonic_100ns() + (LONGLONG)MicroSeconds * 10;

	while (nt_monotonic_100ns() < end)
		continue;
}

static LONGLONG local_offset(LONGLONG time)
{
	time_t seconds = (time_t)((time - EPOCH) / 10000000);
	struct tm local;

	return localtime_r(&seconds, &local) ? local.tm_gmtoff * 10000000 : 0;
}

void NTAPI ExSystemTimeToLocalTime(PLARGE_INTEGER SystemTime, PLARGE_INTEGER LocalTime)
{
	LocalTime->QuadPart = SystemTime->QuadPart + local_offset(SystemTime->QuadPart);
}

void NTAPI ExLocalTimeToSystemTime(PLARGE_INTEGER LocalTime, PLARGE_INTEGER SystemTime)
{
	SystemTime->QuadPart = LocalTime->QuadPart - local_offset(LocalTime->QuadPart);
}

void NTAPI RtlTimeToTimeFields(PLARGE_INTEGER Time, PTIME_FIELDS TimeFields)
{
	LONGLONG since = Time->QuadPart - EPOCH;
	LONGLONG rest = since % 10000000;
	time_t seconds = (time_t)(since / 10000000);
	struct tm parts;

	if (rest < 0) {
		rest += 10000000;
		seconds--;
	}
	if (!gmtime_r(&seconds, &parts))
		return;
	*TimeFields = (TIME_FIELDS){
		.Year = (CSHORT)(parts.tm_year + 1900),
		.Month = (CSHORT)(parts.tm_mon + 1),
		.Day = (CSHORT)parts.tm_mday,
		.Hour = (CSHORT)parts.tm_hour,
		.Minute = (CSHORT)parts.tm_min,
		.Second = (CSHORT)parts.tm_sec,
		.Milliseconds = (CSHORT)(rest / 10000),
		.Weekday = (CSHORT)parts.tm_wday,
	};
}

BOOLEAN NTAPI RtlTimeFieldsToTime(PTIME_FIELDS TimeFields, PLARGE_INTEGER Time)
{
	struct tm parts = {
		.tm_year = TimeFields->Year - 1900,
		.tm_mon = TimeFields->Month - 1,
		.tm_mday = TimeFields->Day,
		.tm_hour = TimeFields->Hour,
		.tm_min = TimeFields->Minute,
		.tm_sec = TimeFields->Second,
	};
	struct tm asked = parts;
	time_t seconds = timegm(&parts);

	/* timegm() mends what is no date. */
	if (TimeFields->Year < 1601 || TimeFields->Milliseconds < 0 ||
	    TimeFields->Milliseconds > 999 || parts.tm_mday != asked.tm_mday ||
	    parts.tm_mon != asked.tm_mon || parts.tm_hour != asked.tm_hour ||
	    parts.tm_min != asked.tm_min || parts.tm_sec != asked.tm_sec)
		return FALSE;
	Time->QuadPart =
		(LONGLONG)seconds * 10000000 + EPOCH + (LONGLONG)TimeFields->Milliseconds * 10000;
	return TRUE;
}

ULONG NTAPI KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber)
{
	unsigned int processor = 0;

	getcpu(&processor, NULL);
	if (ProcNumber)
		*ProcNumber = (PROCESSOR_NUMBER){.Number = (UCHAR)(processor & 63),
						 .Group = (USHORT)(processor / 64)};
	return processor;
}

ULONG NTAPI KeQueryActiveProcessorCountEx(USHORT GroupNumber)
{
	long count = sysconf(_SC_NPROCESSORS_CONF);

	return count > 0 ? (ULONG)count : 1;
}

ULONG NTAPI KeQueryActiveProcessorCount(KAFFINITY *ActiveProcessors)
{
	ULONG count = KeQueryActiveProcessorCountEx(0);

	if (ActiveProcessors)
		*ActiveProcessors = count >= 64 ? MAXULONG_PTR : ((KAFFINITY)1 << count) - 1;
	return count;
}
