// SPDX-License-Identifier: BSD-2-Clause
// Copyright (C) 2026 The whither authors

// A socket layer that hands out numbers: sockets in a generic table, IRPs of callers in a cancel-safe queue,
// a queue of work for one thread, a timer of the system. Old annotations, min and max, bit scans.
#include <intrin.h>
#include <ntifs.h>
#include <ntstrsafe.h>
#include <wdmsec.h>
#include <windef.h>
#include <wsk.h>

#pragma comment(lib, "netio.lib")

#define TAG_HANDLE 'nahW'

struct SocketEntry {
	ULONG Number;
	PWSK_SOCKET Socket;
	SIZE_T Bytes;
};

struct WorkEntry {
	LIST_ENTRY Link;
	ULONG Number;
};

EXTERN_C_START
DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD HandleUnload;
KSTART_ROUTINE HandleWorker;
EXTERN_C_END
#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, HandleUnload)
#endif

static WSK_CLIENT_DISPATCH g_Client = {MAKE_WSK_VERSION(1, 0), 0, nullptr};
static WSK_REGISTRATION g_Registration;
static WSK_PROVIDER_NPI g_Provider;
static RTL_AVL_TABLE g_Table;
static FAST_MUTEX g_TableLock;
static NPAGED_LOOKASIDE_LIST g_Nodes;
static KQUEUE g_Work;
static PETHREAD g_Worker;
static PEX_TIMER g_Timer;
static volatile LONG g_Ticks;
static ULONG g_BitWords[2];
static RTL_BITMAP g_Numbers;

static RTL_GENERIC_COMPARE_RESULTS NTAPI CompareEntries(_In_ PRTL_AVL_TABLE table, _In_ PVOID a,
							_In_ PVOID b)
{
	UNREFERENCED_PARAMETER(table);
	const ULONG one = static_cast<SocketEntry *>(a)->Number;
	const ULONG other = static_cast<SocketEntry *>(b)->Number;

	return one < other ? GenericLessThan : one > other ? GenericGreaterThan : GenericEqual;
}

static PVOID NTAPI AllocateNode(_In_ PRTL_AVL_TABLE table, _In_ CLONG size)
{
	UNREFERENCED_PARAMETER(table);
	UNREFERENCED_PARAMETER(size);
	return ExAllocateFromNPagedLookasideList(&g_Nodes);
}

static VOID NTAPI FreeNode(_In_ PRTL_AVL_TABLE table,
			   _In_ __drv_freesMem(Mem) _Post_invalid_ PVOID node)
{
	UNREFERENCED_PARAMETER(table);
	ExFreeToNPagedLookasideList(&g_Nodes, node);
}

static NTSTATUS NTAPI OnDone(__in PDEVICE_OBJECT device, __in PIRP irp, __in_opt PVOID context)
{
	UNREFERENCED_PARAMETER(device);
	UNREFERENCED_PARAMETER(irp);
	KeSetEvent(static_cast<PKEVENT>(context), EVENT_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

template <class Call> static NTSTATUS Synchronously(Call call, OUT PULONG_PTR information OPTIONAL)
{
	KEVENT done;
	PIRP irp = IoAllocateIrp(1, FALSE);

	if (irp == nullptr)
		return STATUS_INSUFFICIENT_RESOURCES;
	KeInitializeEvent(&done, SynchronizationEvent, FALSE);
	IoSetCompletionRoutine(irp, OnDone, &done, TRUE, TRUE, TRUE);
	NTSTATUS status = call(irp);
	if (status == STATUS_PENDING) {
		LARGE_INTEGER timeout;

		timeout.QuadPart = Int32x32To64(30000, -10000);
		if (KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, &timeout) ==
		    STATUS_TIMEOUT) {
			IoCancelIrp(irp);
			KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, nullptr);
		}
		status = irp->IoStatus.Status;
	}
	if (ARGUMENT_PRESENT(information))
		*information = irp->IoStatus.Information;
	IoFreeIrp(irp);
	return status;
}

static ULONG OpenNumber(VOID)
{
	SocketEntry entry = {};
	ULONG_PTR made = 0;
	BOOLEAN isNew = FALSE;
	const NTSTATUS status = Synchronously(
		[](PIRP irp) {
			return g_Provider.Dispatch->WskSocket(g_Provider.Client, AF_INET,
							      SOCK_DGRAM, IPPROTO_UDP,
							      WSK_FLAG_DATAGRAM_SOCKET, nullptr,
							      nullptr, nullptr, nullptr, nullptr,
							      irp);
		},
		&made);

	if (!NT_SUCCESS(status))
		return 0;
	entry.Socket = reinterpret_cast<PWSK_SOCKET>(made);
	ExAcquireFastMutex(&g_TableLock);
	entry.Number = RtlFindClearBitsAndSet(&g_Numbers, 1, 1);
	RtlInsertElementGenericTableAvl(&g_Table, &entry, sizeof(entry), &isNew);
	ExReleaseFastMutex(&g_TableLock);
	return isNew ? entry.Number : 0;
}

static BOOLEAN CloseNumber(IN ULONG number)
{
	SocketEntry wanted = {number, nullptr, 0};
	PWSK_SOCKET socket = nullptr;

	ExAcquireFastMutex(&g_TableLock);
	auto found = static_cast<SocketEntry *>(RtlLookupElementGenericTableAvl(&g_Table, &wanted));
	if (found != nullptr) {
		socket = found->Socket;
		RtlClearBit(&g_Numbers, number);
		RtlDeleteElementGenericTableAvl(&g_Table, &wanted);
	}
	ExReleaseFastMutex(&g_TableLock);
	if (socket == nullptr)
		return FALSE;
	auto dispatch = static_cast<const WSK_PROVIDER_BASIC_DISPATCH *>(socket->Dispatch);
	return NT_SUCCESS(Synchronously(
		[&](PIRP irp) { return dispatch->WskCloseSocket(socket, irp); }, nullptr));
}

_Use_decl_annotations_ VOID HandleWorker(PVOID context)
{
	UNREFERENCED_PARAMETER(context);
	for (;;) {
		PLIST_ENTRY link = KeRemoveQueue(&g_Work, KernelMode, nullptr);
		WorkEntry *work = CONTAINING_RECORD(link, WorkEntry, Link);
		const ULONG number = work->Number;

		ExFreePoolWithTag(work, TAG_HANDLE);
		if (number == 0)
			break;
		if (!CloseNumber(number))
			DbgPrint("handle_table: %lu was not open\n", number);
	}
	PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID QueueNumber(ULONG number)
{
	auto work = static_cast<WorkEntry *>(
		ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(WorkEntry), TAG_HANDLE));

	if (work == nullptr)
		return;
	work->Number = number;
	KeInsertQueue(&g_Work, &work->Link);
}

static VOID NTAPI Tick(_In_ PEX_TIMER timer, _In_opt_ PVOID context)
{
	UNREFERENCED_PARAMETER(timer);
	UNREFERENCED_PARAMETER(context);
	InterlockedIncrement(&g_Ticks);
}

_Use_decl_annotations_ VOID HandleUnload(PDRIVER_OBJECT driver)
{
	UNREFERENCED_PARAMETER(driver);
	PAGED_CODE();

	QueueNumber(0);
	KeWaitForSingleObject(g_Worker, Executive, KernelMode, FALSE, nullptr);
	ObDereferenceObject(g_Worker);
	NT_ASSERT(KeRundownQueue(&g_Work) == nullptr);
	ExDeleteTimer(g_Timer, TRUE, TRUE, nullptr);
	NT_ASSERT(RtlIsGenericTableEmptyAvl(&g_Table));
	ExDeleteNPagedLookasideList(&g_Nodes);
	WskReleaseProviderNPI(&g_Registration);
	WskDeregister(&g_Registration);
}

_Use_decl_annotations_ NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	WSK_CLIENT_NPI npi = {};
	HANDLE thread;
	ULONG highest = 0;

	UNREFERENCED_PARAMETER(path);
	ExInitializeDriverRuntime(DrvRtPoolNxOptIn);
	driver->DriverUnload = HandleUnload;
	ExInitializeFastMutex(&g_TableLock);
	ExInitializeNPagedLookasideList(&g_Nodes, nullptr, nullptr, POOL_NX_ALLOCATION,
					max(sizeof(SocketEntry) + sizeof(RTL_BALANCED_LINKS), 64),
					TAG_HANDLE, 0);
	RtlInitializeGenericTableAvl(&g_Table, CompareEntries, AllocateNode, FreeNode, nullptr);
	RtlInitializeBitMap(&g_Numbers, g_BitWords, 64);
	RtlClearAllBits(&g_Numbers);
	KeInitializeQueue(&g_Work, 0);
	npi.Dispatch = &g_Client;
	NTSTATUS status = WskRegister(&npi, &g_Registration);
	if (!NT_SUCCESS(status))
		return status;
	status = WskCaptureProviderNPI(&g_Registration, WSK_INFINITE_WAIT, &g_Provider);
	if (!NT_SUCCESS(status)) {
		WskDeregister(&g_Registration);
		return status;
	}
	g_Timer = ExAllocateTimer(Tick, nullptr, EX_TIMER_HIGH_RESOLUTION);
	ExSetTimer(g_Timer, -10000, 10000, nullptr);
	status = PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, nullptr, nullptr, nullptr,
				      HandleWorker, nullptr);
	if (!NT_SUCCESS(status))
		return status;
	ObReferenceObjectByHandle(thread, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
				  reinterpret_cast<PVOID *>(&g_Worker), nullptr);
	ZwClose(thread);
	for (int i = 0; i < 20; i++)
		highest = max(highest, OpenNumber());
	if (_BitScanReverse(&highest, RtlNumberOfSetBits(&g_Numbers)) && highest == 4)
		DbgPrint("handle_table: %u sockets\n", RtlNumberGenericTableElementsAvl(&g_Table));
	ExAcquireFastMutex(&g_TableLock);
	for (PVOID at = RtlEnumerateGenericTableAvl(&g_Table, TRUE); at != nullptr;
	     at = RtlEnumerateGenericTableAvl(&g_Table, FALSE))
		QueueNumber(static_cast<SocketEntry *>(at)->Number);
	ExReleaseFastMutex(&g_TableLock);
	return STATUS_SUCCESS;
}
