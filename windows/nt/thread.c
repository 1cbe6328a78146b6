/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Threads of the system, and what the system knows of the others. */
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <unistd.h>

#include "nt_internal.h"
#include "verifier.h"

struct _KTHREAD {
	DISPATCHER_HEADER header;
	PKSTART_ROUTINE start;
	void *start_context;
	NTSTATUS exit_status;
	uint32_t id;
	KPRIORITY priority;
	bool system;
	jmp_buf exit;
};

struct _EPROCESS {
	DISPATCHER_HEADER header;
};

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

static struct {
	/* As before every object: nobody destroys it. */
	uint64_t header[4];
	EPROCESS process;
} system_process = {.header = {0, 1ul << 40, 0, 0}};
PEPROCESS PsInitialSystemProcess = &system_process.process;

static void thread_ends(void *thread)
{
	nt_context.thread = NULL;
	ObfDereferenceObject(thread);
}

static void make_key(void)
{
	if (pthread_key_create(&key, thread_ends))
		abort();
}

static PETHREAD new_thread(void)
{
	PETHREAD thread = nt_object_new(NT_OBJECT_THREAD, sizeof(*thread), NULL);

	if (thread) {
		thread->header.Type = NT_THREAD;
		thread->priority = 8;
	}
	return thread;
}

/* A thread that the system did not make gets its object when somebody asks for it. */
PETHREAD NTAPI PsGetCurrentThread(void)
{
	if (nt_context.thread)
		return nt_context.thread;
	nt_context.thread = new_thread();
	if (!nt_context.thread)
		abort();
	nt_context.thread_memory = nt_object_memory(nt_context.thread);
	nt_context.thread->id = nt_thread_id();
	pthread_once(&key_once, make_key);
	pthread_setspecific(key, nt_context.thread);
	return nt_context.thread;
}

static void run(PETHREAD thread)
{
	if (setjmp(thread->exit) == 0)
		thread->start(thread->start_context);
}

static void *run_thread(void *data)
{
	PETHREAD thread = data;

	nt_context.thread = thread;
	thread->id = nt_thread_id();
	run(thread);
	/* Here no code of the driver's is on the stack any more: it may be unloaded. */
	if (nt_context.irql > APC_LEVEL && nt_checks(NT_RULE_IRQL))
		nt_violation(NT_RULE_IRQL, NT_BUG_IRQL_UNEXPECTED_VALUE, (void *)thread->start,
			     NULL, "a system thread ends at IRQL %u", nt_context.irql);
	nt_context.handlers = NULL;
	nt_context.thread = NULL;
	nt_signal(&thread->header, 1);
	ObfDereferenceObject(thread);
	return NULL;
}

NTSTATUS NTAPI PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess,
				    POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
				    PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine,
				    PVOID StartContext)
{
	NTSTATUS status;
	pthread_attr_t attributes;
	pthread_t id;
	PETHREAD thread;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!ThreadHandle || !StartRoutine)
		return STATUS_INVALID_PARAMETER;
	thread = nt_fault(__func__, sizeof(*thread), 'erhT') ? NULL : new_thread();
	if (!thread)
		return STATUS_INSUFFICIENT_RESOURCES;
	thread->start = StartRoutine;
	thread->start_context = StartContext;
	thread->system = true;
	status = nt_handle_new(thread, ThreadHandle);
	if (!NT_SUCCESS(status)) {
		ObfDereferenceObject(thread);
		return status;
	}
	ObfReferenceObject(thread);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&id, &attributes, run_thread, thread)) {
		ObfDereferenceObject(thread);
		ZwClose(*ThreadHandle);
		status = STATUS_INSUFFICIENT_RESOURCES;
	} else if (ClientId) {
		*ClientId = (CLIENT_ID){PsGetCurrentProcessId(), *ThreadHandle};
	}
	pthread_attr_destroy(&attributes);
	return status;
}

NTSTATUS NTAPI PsTerminateSystemThread(NTSTATUS ExitStatus)
{
	PETHREAD thread = nt_context.thread;

	NT_MAX_IRQL(APC_LEVEL);
	if (!thread || !thread->system)
		return STATUS_INVALID_PARAMETER;
	thread->exit_status = ExitStatus;
	longjmp(thread->exit, 1);
}

HANDLE NTAPI PsGetThreadId(PETHREAD Thread)
{
	return (HANDLE)(uintptr_t)(Thread->id * 4ul);
}

HANDLE NTAPI PsGetCurrentThreadId(void)
{
	return (HANDLE)(uintptr_t)(nt_thread_id() * 4ul);
}

HANDLE NTAPI PsGetCurrentProcessId(void)
{
	return (HANDLE)(uintptr_t)getpid();
}

HANDLE NTAPI PsGetProcessId(PEPROCESS Process)
{
	return PsGetCurrentProcessId();
}

PEPROCESS NTAPI PsGetCurrentProcess(void)
{
	return PsInitialSystemProcess;
}

BOOLEAN NTAPI PsIsSystemThread(PETHREAD Thread)
{
	return Thread->system;
}

/* Priorities are remembered; Linux schedules as it likes. */
KPRIORITY NTAPI KeSetPriorityThread(PKTHREAD Thread, KPRIORITY Priority)
{
	return __atomic_exchange_n(&Thread->priority, Priority, __ATOMIC_RELAXED);
}

LONG NTAPI KeSetBasePriorityThread(PKTHREAD Thread, LONG Increment)
{
	return __atomic_exchange_n(&Thread->priority, 8 + Increment, __ATOMIC_RELAXED) - 8;
}

KPRIORITY NTAPI KeQueryPriorityThread(PKTHREAD Thread)
{
	return __atomic_load_n(&Thread->priority, __ATOMIC_RELAXED);
}
