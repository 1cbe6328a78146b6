/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What the parts of the kernel, and the providers above it, share. */
#ifndef WHITHER_NT_INTERNAL_H
#define WHITHER_NT_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <wdm_device.h>

/* What this thread is doing. Zero is a thread that the kernel has not met. */
struct nt_context {
	KIRQL irql;
	uint32_t id;
	uint32_t callbacks;
	uint32_t spin_locks;
	uint32_t apc_disabled;
	PETHREAD thread;
	/* Its memory, which begins before it: what looks for leaks wants to see the beginning. */
	const void *thread_memory;
	struct whither_seh *handlers;
};

extern _Thread_local struct nt_context nt_context __attribute__((__tls_model__("initial-exec")));

/* Never zero. */
uint32_t nt_thread_id(void);

/*
 * Around a call into the driver from a thread of ours: it is entered at DISPATCH_LEVEL, and must
 * return there, with no lock held. `what` is the routine's name.
 */
KIRQL nt_enter_callback(void);
void nt_leave_callback(KIRQL old, const char *what);
bool nt_in_callback(void);

/* Dispatcher objects. */
enum {
	NT_MUTANT = 2,
	NT_SEMAPHORE = 5,
	NT_THREAD = 6,
	NT_TIMER_NOTIFICATION = 8,
	NT_TIMER_SYNCHRONIZATION = 9,
};
/* Makes it signalled. It may be gone when this returns. */
void nt_signal(DISPATCHER_HEADER *object, LONG state);
bool nt_is_waitable(const DISPATCHER_HEADER *object);
void nt_check_wait(const char *function, const LARGE_INTEGER *timeout, const void *place);
/* False: the limit would be passed; not the owner. */
bool nt_semaphore_release(KSEMAPHORE *semaphore, LONG count, LONG *ret_before);
bool nt_mutant_release(KMUTANT *mutant, PKTHREAD thread, LONG *ret_before);

/* A futex: sleeps while *word is `value`; false when `deadline` (CLOCK_MONOTONIC, NULL: none) passed. */
bool nt_futex_wait(const volatile void *word, uint32_t value, const struct timespec *deadline);
/* Nothing is read or written at `word`: it may be gone. */
void nt_futex_wake(const volatile void *word, int count);

/* The deadline of a Windows timeout. */
struct timespec nt_deadline(LONGLONG timeout);
LONGLONG nt_monotonic_100ns(void);

/* Objects with a count of references. `destroy` runs when it falls to zero, then they are freed. */
enum nt_object_type {
	NT_OBJECT_THREAD = 1,
	NT_OBJECT_PROCESS,
	NT_OBJECT_EVENT,
	NT_OBJECT_FILE,
	NT_OBJECT_DEVICE,
	NT_OBJECT_DRIVER,
	NT_OBJECT_OPEN_FILE,
	NT_OBJECT_KEY,
};
void *nt_object_new(enum nt_object_type type, size_t size, void (*destroy)(void *object));
const void *nt_object_memory(const void *object);
/* 0 for what is no object. */
enum nt_object_type nt_object_type(const void *object);
NTSTATUS nt_handle_new(void *object, HANDLE *ret_handle);
/* With a reference that the caller gives back. */
NTSTATUS nt_handle_object(HANDLE handle, enum nt_object_type type, void **ret_object);

/* Runs a function on a thread of the pool. */
void nt_queue_work(void (*run)(void *data), void *data);

void nt_irp_finish(PIRP irp);
PVOID nt_pool_allocate(SIZE_T size, ULONG tag, ULONG flags, const char *function,
		       const void *place);
void nt_pool_free(PVOID block, ULONG tag, bool check_tag, const char *function, const void *place);
enum {
	NT_POOL_ZERO = 1,
	NT_POOL_PAGED = 2,
	NT_POOL_RAISE = 4
};

#endif
