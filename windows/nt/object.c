/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Objects with references, and the handles on them. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "nt_internal.h"
#include "verifier.h"

#define MAGIC 0x6f626a65
/* Away from descriptors, which are handles of Winsock's. */
#define FIRST_HANDLE 0x40000000ul
#define HANDLES_STEP 64

/* Before the object. */
struct header {
	void (*destroy)(void *object);
	int64_t references;
	uint32_t magic;
	uint32_t type;
	void *reserved;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void **handles;
static size_t handle_count;

void *nt_object_new(enum nt_object_type type, size_t size, void (*destroy)(void *object))
{
	struct header *header = calloc(1, sizeof(*header) + size);

	if (!header)
		return NULL;
	header->destroy = destroy;
	header->references = 1;
	header->magic = MAGIC;
	header->type = type;
	return header + 1;
}

static struct header *header_of(const void *object)
{
	return (struct header *)object - 1;
}

const void *nt_object_memory(const void *object)
{
	return header_of(object);
}

enum nt_object_type nt_object_type(const void *object)
{
	return header_of(object)->magic == MAGIC ? (enum nt_object_type)header_of(object)->type :
						   (enum nt_object_type)0;
}

LONG_PTR NTAPI ObfReferenceObject(PVOID Object)
{
	return __atomic_add_fetch(&header_of(Object)->references, 1, __ATOMIC_RELAXED);
}

LONG_PTR NTAPI ObfDereferenceObject(PVOID Object)
{
	struct header *header = header_of(Object);
	int64_t left = __atomic_sub_fetch(&header->references, 1, __ATOMIC_ACQ_REL);

	if (left < 0 && nt_checks(NT_RULE_HANDLE))
		nt_violation(NT_RULE_HANDLE, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, NT_CALLER,
			     NULL, "ObDereferenceObject of %p, more often than it was referenced",
			     Object);
	if (left)
		return left;
	if (header->destroy)
		header->destroy(Object);
	header->magic = 0;
	free(header);
	return 0;
}

/* Takes the caller's reference, if it succeeds. */
NTSTATUS nt_handle_new(void *object, HANDLE *ret_handle)
{
	size_t slot = 0;

	pthread_mutex_lock(&lock);
	while (slot < handle_count && handles[slot])
		slot++;
	if (slot == handle_count) {
		void **more = realloc(handles, (handle_count + HANDLES_STEP) * sizeof(*more));

		if (!more) {
			pthread_mutex_unlock(&lock);
			return STATUS_INSUFFICIENT_RESOURCES;
		}
		memset(more + handle_count, 0, HANDLES_STEP * sizeof(*more));
		handles = more;
		handle_count += HANDLES_STEP;
	}
	handles[slot] = object;
	pthread_mutex_unlock(&lock);
	*ret_handle = (HANDLE)(FIRST_HANDLE + 4 * slot);
	return STATUS_SUCCESS;
}

/* Locked. NULL: no such handle. */
static void **slot_of(HANDLE handle)
{
	uintptr_t value = (uintptr_t)handle;

	if (value < FIRST_HANDLE || (value - FIRST_HANDLE) / 4 >= handle_count || value % 4)
		return NULL;
	return handles[(value - FIRST_HANDLE) / 4] ? &handles[(value - FIRST_HANDLE) / 4] : NULL;
}

NTSTATUS nt_handle_object(HANDLE handle, enum nt_object_type type, void **ret_object)
{
	NTSTATUS status = STATUS_SUCCESS;
	void **slot;

	if (handle == ZwCurrentThread() && (!type || type == NT_OBJECT_THREAD)) {
		*ret_object = PsGetCurrentThread();
		ObfReferenceObject(*ret_object);
		return STATUS_SUCCESS;
	}
	pthread_mutex_lock(&lock);
	slot = slot_of(handle);
	if (!slot) {
		status = STATUS_INVALID_HANDLE;
	} else if (type && nt_object_type(*slot) != type) {
		status = STATUS_OBJECT_TYPE_MISMATCH;
	} else {
		*ret_object = *slot;
		ObfReferenceObject(*slot);
	}
	pthread_mutex_unlock(&lock);
	return status;
}

NTSTATUS NTAPI ZwClose(HANDLE Handle)
{
	void *object = NULL;
	void **slot;

	NT_MAX_IRQL(APC_LEVEL);
	pthread_mutex_lock(&lock);
	slot = slot_of(Handle);
	if (slot) {
		object = *slot;
		*slot = NULL;
	}
	pthread_mutex_unlock(&lock);
	if (!object) {
		if (nt_checks(NT_RULE_HANDLE))
			nt_violation(NT_RULE_HANDLE, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION,
				     NT_CALLER, NULL, "ZwClose of %p, which is no handle", Handle);
		return STATUS_INVALID_HANDLE;
	}
	ObfDereferenceObject(object);
	return STATUS_SUCCESS;
}

/* Types are told apart by their addresses; the addresses lead nowhere. */
static char type_names[8];
static POBJECT_TYPE thread_type = (POBJECT_TYPE)&type_names[NT_OBJECT_THREAD];
static POBJECT_TYPE process_type = (POBJECT_TYPE)&type_names[NT_OBJECT_PROCESS];
static POBJECT_TYPE event_type = (POBJECT_TYPE)&type_names[NT_OBJECT_EVENT];
static POBJECT_TYPE file_type = (POBJECT_TYPE)&type_names[NT_OBJECT_FILE];
POBJECT_TYPE *PsThreadType = &thread_type;
POBJECT_TYPE *PsProcessType = &process_type;
POBJECT_TYPE *ExEventObjectType = &event_type;
POBJECT_TYPE *IoFileObjectType = &file_type;

NTSTATUS NTAPI ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess,
					 POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
					 PVOID *Object,
					 POBJECT_HANDLE_INFORMATION HandleInformation)
{
	enum nt_object_type type = (enum nt_object_type)0;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (ObjectType)
		type = (enum nt_object_type)((char *)ObjectType - type_names);
	if (HandleInformation)
		*HandleInformation = (OBJECT_HANDLE_INFORMATION){.GrantedAccess = DesiredAccess};
	return nt_handle_object(Handle, type, Object);
}

NTSTATUS NTAPI ZwCreateEvent(PHANDLE Handle, ACCESS_MASK DesiredAccess,
			     POBJECT_ATTRIBUTES ObjectAttributes, EVENT_TYPE Type, BOOLEAN State)
{
	PKEVENT event = nt_object_new(NT_OBJECT_EVENT, sizeof(*event), NULL);
	NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (event) {
		KeInitializeEvent(event, Type, State);
		status = nt_handle_new(event, Handle);
	}
	if (event && !NT_SUCCESS(status))
		ObfDereferenceObject(event);
	return status;
}

NTSTATUS NTAPI ZwSetEvent(HANDLE Handle, PLONG PreviousState)
{
	void *event;
	NTSTATUS status = nt_handle_object(Handle, NT_OBJECT_EVENT, &event);
	LONG before;

	if (!NT_SUCCESS(status))
		return status;
	before = KeSetEvent(event, IO_NO_INCREMENT, FALSE);
	if (PreviousState)
		*PreviousState = before;
	ObfDereferenceObject(event);
	return status;
}

NTSTATUS NTAPI ZwWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
	void *object;
	NTSTATUS status = nt_handle_object(Handle, (enum nt_object_type)0, &object);

	if (!NT_SUCCESS(status))
		return status;
	status = KeWaitForSingleObject(object, UserRequest, UserMode, Alertable, Timeout);
	ObfDereferenceObject(object);
	return status;
}
