/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Included by wdm.h: small things of many subjects. */
#ifndef WHITHER_WDM_MORE_H
#define WHITHER_WDM_MORE_H

#include <wdm_device.h>
#include <wdm_interlocked.h>
#include <wdm_memory.h>

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

#define NPAGED_CODE() ((void)0)
#define KdDebuggerEnabled FALSE
#define KdDebuggerNotPresent TRUE
#define KdRefreshDebuggerNotPresent() TRUE
#define DbgBreakPointWithStatus(status) ((void)(status), DbgBreakPoint())

/* Minor functions of the major ones that a driver passes on. */
#define IRP_MN_START_DEVICE 0x00
#define IRP_MN_QUERY_REMOVE_DEVICE 0x01
#define IRP_MN_REMOVE_DEVICE 0x02
#define IRP_MN_CANCEL_REMOVE_DEVICE 0x03
#define IRP_MN_STOP_DEVICE 0x04
#define IRP_MN_QUERY_STOP_DEVICE 0x05
#define IRP_MN_CANCEL_STOP_DEVICE 0x06
#define IRP_MN_QUERY_DEVICE_RELATIONS 0x07
#define IRP_MN_QUERY_CAPABILITIES 0x09
#define IRP_MN_SURPRISE_REMOVAL 0x17
#define IRP_MN_SET_POWER 0x02
#define IRP_MN_QUERY_POWER 0x03
#define PoCallDriver IofCallDriver
#define PoStartNextPowerIrp(irp) ((void)(irp))

/* Threads run where the host lets them; what was set is given back. */
typedef struct _GROUP_AFFINITY {
	KAFFINITY Mask;
	USHORT Group;
	USHORT Reserved[3];
} GROUP_AFFINITY, *PGROUP_AFFINITY;
KAFFINITY NTAPI KeSetSystemAffinityThreadEx(KAFFINITY Affinity);
VOID NTAPI KeRevertToUserAffinityThreadEx(KAFFINITY Affinity);
#define KeSetSystemAffinityThread(affinity) ((void)KeSetSystemAffinityThreadEx(affinity))
#define KeRevertToUserAffinityThread() KeRevertToUserAffinityThreadEx(0)
VOID NTAPI KeSetSystemGroupAffinityThread(PGROUP_AFFINITY Affinity,
					  PGROUP_AFFINITY PreviousAffinity);
VOID NTAPI KeRevertToUserGroupAffinityThread(PGROUP_AFFINITY PreviousAffinity);
NTSTATUS NTAPI KeGetProcessorNumberFromIndex(ULONG ProcIndex, PPROCESSOR_NUMBER ProcNumber);
#define KeSetTargetProcessorDpcEx(dpc, number) \
	(KeSetTargetProcessorDpc((dpc), (CCHAR)(number)->Number), STATUS_SUCCESS)
#define KeNumberProcessors ((CCHAR)KeQueryActiveProcessorCount(NULL))
#define KeShouldYieldProcessor() FALSE
#define KeAreAllApcsDisabled KeAreApcsDisabled

/* The callout runs on this stack, which the host lets grow. */
typedef VOID NTAPI EXPAND_STACK_CALLOUT(PVOID Parameter);
typedef EXPAND_STACK_CALLOUT *PEXPAND_STACK_CALLOUT;
#define MAXIMUM_EXPANSION_SIZE 0x11c00
NTSTATUS NTAPI KeExpandKernelStackAndCallout(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter,
					     SIZE_T Size);
NTSTATUS NTAPI KeExpandKernelStackAndCalloutEx(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter,
					       SIZE_T Size, BOOLEAN Wait, PVOID Context);
VOID NTAPI IoGetStackLimits(PULONG_PTR LowLimit, PULONG_PTR HighLimit);
ULONG_PTR NTAPI IoGetRemainingStackSize(VOID);
USHORT NTAPI RtlCaptureStackBackTrace(ULONG FramesToSkip, ULONG FramesToCapture, PVOID *BackTrace,
				      PULONG BackTraceHash);

VOID NTAPI RtlSecondsSince1970ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time);
VOID NTAPI RtlSecondsSince1980ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time);
/* FALSE: the time is before, or too far behind, for 32 bits. */
BOOLEAN NTAPI RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG ElapsedSeconds);
BOOLEAN NTAPI RtlTimeToSecondsSince1980(PLARGE_INTEGER Time, PULONG ElapsedSeconds);

/* 10.0, build 19041. */
BOOLEAN NTAPI PsGetVersion(PULONG MajorVersion, PULONG MinorVersion, PULONG BuildNumber,
			   PUNICODE_STRING CSDVersion);
BOOLEAN NTAPI RtlIsNtDdiVersionAvailable(ULONG Version);
#define RtlIsServicePackVersionInstalled(version) RtlIsNtDdiVersionAvailable(version)
#define IoIsWdmVersionAvailable(major, minor) TRUE
/* A function of this library, by its name; NULL: it has none of that name. */
PVOID NTAPI MmGetSystemRoutineAddress(PUNICODE_STRING SystemRoutineName);
ULONG NTAPI RtlNtStatusToDosError(NTSTATUS Status);
#define RtlNtStatusToDosErrorNoTeb RtlNtStatusToDosError

SIZE_T NTAPI RtlCompareMemoryUlong(PVOID Source, SIZE_T Length, ULONG Pattern);
VOID NTAPI RtlFillMemoryUlong(PVOID Destination, SIZE_T Length, ULONG Pattern);
#define RtlPrefetchMemoryNonTemporal(address, size) ((void)(address), (void)(size))
#define RtlUniform RtlRandomEx

/* Of this process, and the calling thread. */
NTSTATUS NTAPI PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process);
NTSTATUS NTAPI PsLookupThreadByThreadId(HANDLE ThreadId, PETHREAD *Thread);
#define PsGetThreadProcessId(thread) ((void)(thread), PsGetCurrentProcessId())
#define IoThreadToProcess(thread) ((void)(thread), PsGetCurrentProcess())
#define IoGetRequestorProcess(irp) ((void)(irp), PsGetCurrentProcess())
#define IoGetRequestorProcessId(irp) ((void)(irp), PtrToUlong(PsGetCurrentProcessId()))
#define IoIs32bitProcess(irp) ((void)(irp), FALSE)
NTSTATUS NTAPI ObOpenObjectByPointer(PVOID Object, ULONG HandleAttributes, PVOID PassedAccessState,
				     ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType,
				     KPROCESSOR_MODE AccessMode, PHANDLE Handle);
NTSTATUS NTAPI ObReferenceObjectByPointer(PVOID Object, ACCESS_MASK DesiredAccess,
					  POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode);

/* FALSE: the IRP has no location below. */
BOOLEAN NTAPI IoForwardIrpSynchronously(PDEVICE_OBJECT DeviceObject, PIRP Irp);
#define IoInitializeDpcRequest(device, routine) \
	KeInitializeDpc(&(device)->Dpc, (PKDEFERRED_ROUTINE)(routine), (device))
#define IoRequestDpc(device, irp, context) \
	((void)KeInsertQueueDpc(&(device)->Dpc, (irp), (context)))

typedef ULONG_PTR ERESOURCE_THREAD, *PERESOURCE_THREAD;
#define ExGetCurrentResourceThread() ((ERESOURCE_THREAD)PsGetCurrentThread())
#define ExReleaseResourceForThreadLite(resource, thread) \
	((void)(thread), ExReleaseResourceLite(resource))
#define ExAcquireSharedStarveExclusive ExAcquireResourceSharedLite
#define ExAcquireSharedWaitForExclusive ExAcquireResourceSharedLite

#define ExInterlockedAddLargeStatistic(sum, more) \
	((void)InterlockedExchangeAdd64(&(sum)->QuadPart, (LONGLONG)(more)))
#define ExInterlockedCompareExchange64(to, value, comparand, lock) \
	((void)(lock), InterlockedCompareExchange64((to), *(value), *(comparand)))

WHITHER_END_C
#pragma GCC visibility pop

#endif
