/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Small things of many subjects: affinity, stacks, seconds, versions, names of routines. */
#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <string.h>

#include <wdm.h>

#include "nt_internal.h"
#include "utf_units.h"
#include "verifier.h"

#define SECOND 10000000ll
/* From 1601 to these years, in seconds. */
#define TO_1970 11644473600ll
#define TO_1980 11960006400ll

static _Thread_local GROUP_AFFINITY affinity __attribute__((__tls_model__("initial-exec")));

KAFFINITY NTAPI KeSetSystemAffinityThreadEx(KAFFINITY Affinity)
{
	const KAFFINITY before = affinity.Mask;

	affinity.Mask = Affinity;
	return before;
}

void NTAPI KeRevertToUserAffinityThreadEx(KAFFINITY Affinity)
{
	affinity.Mask = Affinity;
}

void NTAPI KeSetSystemGroupAffinityThread(PGROUP_AFFINITY Affinity,
					  PGROUP_AFFINITY PreviousAffinity)
{
	if (PreviousAffinity)
		*PreviousAffinity = affinity;
	affinity = *Affinity;
}

void NTAPI KeRevertToUserGroupAffinityThread(PGROUP_AFFINITY PreviousAffinity)
{
	affinity = *PreviousAffinity;
}

NTSTATUS NTAPI KeGetProcessorNumberFromIndex(ULONG ProcIndex, PPROCESSOR_NUMBER ProcNumber)
{
	if (ProcIndex >= KeQueryActiveProcessorCount(NULL))
		return STATUS_INVALID_PARAMETER;
	*ProcNumber = (PROCESSOR_NUMBER){.Group = (USHORT)(ProcIndex / 64),
					 .Number = (UCHAR)(ProcIndex % 64)};
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI KeExpandKernelStackAndCalloutEx(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter,
					       SIZE_T Size, BOOLEAN Wait, PVOID Context)
{
	if (Size > MAXIMUM_EXPANSION_SIZE)
		return STATUS_INVALID_PARAMETER_3;
	Callout(Parameter);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI KeExpandKernelStackAndCallout(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter,
					     SIZE_T Size)
{
	return KeExpandKernelStackAndCalloutEx(Callout, Parameter, Size, FALSE, NULL);
}

void NTAPI IoGetStackLimits(PULONG_PTR LowLimit, PULONG_PTR HighLimit)
{
	pthread_attr_t attributes;
	void *low = NULL;
	size_t size = 0;

	if (!pthread_getattr_np(pthread_self(), &attributes)) {
		pthread_attr_getstack(&attributes, &low, &size);
		pthread_attr_destroy(&attributes);
	}
	*LowLimit = (ULONG_PTR)low;
	*HighLimit = (ULONG_PTR)low + size;
}

ULONG_PTR NTAPI IoGetRemainingStackSize(void)
{
	ULONG_PTR low;
	ULONG_PTR high;

	IoGetStackLimits(&low, &high);
	return (ULONG_PTR)__builtin_frame_address(0) - low;
}

USHORT NTAPI RtlCaptureStackBackTrace(ULONG FramesToSkip, ULONG FramesToCapture, PVOID *BackTrace,
				      PULONG BackTraceHash)
{
	void *frames[64];
	/* One more: this function's. */
	const ULONG skip = FramesToSkip < 63 ? FramesToSkip + 1 : 64;
	const int found = backtrace(frames, ARRAYSIZE(frames));
	ULONG hash = 0;
	USHORT count = 0;

	for (ULONG i = skip; i < (ULONG)found && count < FramesToCapture; i++) {
		BackTrace[count++] = frames[i];
		hash += (ULONG)(ULONG_PTR)frames[i];
	}
	if (BackTraceHash)
		*BackTraceHash = hash;
	return count;
}

void NTAPI RtlSecondsSince1970ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
	Time->QuadPart = (TO_1970 + ElapsedSeconds) * SECOND;
}

void NTAPI RtlSecondsSince1980ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
	Time->QuadPart = (TO_1980 + ElapsedSeconds) * SECOND;
}

static BOOLEAN seconds_since(const LARGE_INTEGER *time, LONGLONG start, ULONG *ret_seconds)
{
	const LONGLONG seconds = time->QuadPart / SECOND - start;

	if (seconds < 0 || seconds > (LONGLONG)MAXULONG)
		return FALSE;
	*ret_seconds = (ULONG)seconds;
	return TRUE;
}

BOOLEAN NTAPI RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
	return seconds_since(Time, TO_1970, ElapsedSeconds);
}

BOOLEAN NTAPI RtlTimeToSecondsSince1980(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
	return seconds_since(Time, TO_1980, ElapsedSeconds);
}

BOOLEAN NTAPI PsGetVersion(PULONG MajorVersion, PULONG MinorVersion, PULONG BuildNumber,
			   PUNICODE_STRING CSDVersion)
{
	RTL_OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof(version)};

	RtlGetVersion(&version);
	if (MajorVersion)
		*MajorVersion = version.dwMajorVersion;
	if (MinorVersion)
		*MinorVersion = version.dwMinorVersion;
	if (BuildNumber)
		*BuildNumber = version.dwBuildNumber;
	if (CSDVersion)
		CSDVersion->Length = 0;
	return FALSE;
}

BOOLEAN NTAPI RtlIsNtDdiVersionAvailable(ULONG Version)
{
	return Version <= NTDDI_WIN10_VB;
}

/* What the library that this function is in exports; not what the host's C library has. */
PVOID NTAPI MmGetSystemRoutineAddress(PUNICODE_STRING SystemRoutineName)
{
	char name[128];
	size_t length = 0;
	Dl_info here;
	Dl_info there;
	void *found;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	for (; length < SystemRoutineName->Length / sizeof(WCHAR); length++) {
		const WCHAR unit = SystemRoutineName->Buffer[length];

		if (length + 1 >= sizeof(name) || unit > 126)
			return NULL;
		name[length] = (char)unit;
	}
	name[length] = 0;
	found = dlsym(RTLD_DEFAULT, name);
	if (!found || !dladdr(found, &there) || !dladdr((void *)MmGetSystemRoutineAddress, &here) ||
	    here.dli_fbase != there.dli_fbase)
		return NULL;
	return found;
}

SIZE_T NTAPI RtlCompareMemoryUlong(PVOID Source, SIZE_T Length, ULONG Pattern)
{
	const ULONG *words = Source;
	SIZE_T count = 0;

	if ((ULONG_PTR)Source % sizeof(ULONG))
		return 0;
	while (count < Length / sizeof(ULONG) && words[count] == Pattern)
		count++;
	return count * sizeof(ULONG);
}

void NTAPI RtlFillMemoryUlong(PVOID Destination, SIZE_T Length, ULONG Pattern)
{
	for (SIZE_T i = 0; i < Length / sizeof(ULONG); i++)
		((ULONG *)Destination)[i] = Pattern;
}

NTSTATUS NTAPI PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process)
{
	if (ProcessId != PsGetCurrentProcessId())
		return STATUS_INVALID_PARAMETER;
	*Process = PsGetCurrentProcess();
	ObfReferenceObject(*Process);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI PsLookupThreadByThreadId(HANDLE ThreadId, PETHREAD *Thread)
{
	if (ThreadId != PsGetCurrentThreadId())
		return STATUS_INVALID_PARAMETER;
	*Thread = PsGetCurrentThread();
	ObfReferenceObject(*Thread);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ObReferenceObjectByPointer(PVOID Object, ACCESS_MASK DesiredAccess,
					  POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode)
{
	if (!Object || !nt_object_type(Object))
		return STATUS_OBJECT_TYPE_MISMATCH;
	ObfReferenceObject(Object);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ObOpenObjectByPointer(PVOID Object, ULONG HandleAttributes, PVOID PassedAccessState,
				     ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType,
				     KPROCESSOR_MODE AccessMode, PHANDLE Handle)
{
	NTSTATUS status = ObReferenceObjectByPointer(Object, DesiredAccess, ObjectType, AccessMode);

	if (!NT_SUCCESS(status))
		return status;
	status = nt_handle_new(Object, Handle);
	if (!NT_SUCCESS(status))
		ObfDereferenceObject(Object);
	return status;
}

static NTSTATUS NTAPI on_forwarded(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	if (irp->PendingReturned)
		KeSetEvent(context, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

BOOLEAN NTAPI IoForwardIrpSynchronously(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	KEVENT done;

	NT_MAX_IRQL(APC_LEVEL);
	if (Irp->CurrentLocation <= 1)
		return FALSE;
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	IoCopyCurrentIrpStackLocationToNext(Irp);
	IoSetCompletionRoutine(Irp, on_forwarded, &done, TRUE, TRUE, TRUE);
	if (IoCallDriver(DeviceObject, Irp) == STATUS_PENDING)
		KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
	return TRUE;
}
