/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Every sentence of Microsoft's page on SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, tried on a
 * connection that was redirected to this driver. Prints a line a sentence, by the numbers of
 * docs/windows-compatibility.md; then goes on to the destination, with the records set.
 */
#include <ntddk.h>

#include <mstcpip.h>
#include <wsk.h>

#ifndef PORT
#define PORT 12362
#endif
#define TAG 'egaP'
#define CODE SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS

typedef struct _ASKED {
	PIRP Irp;
	KEVENT Done;
	PVOID Context; /* what the routine was given */
	ULONG Routines;
	SIZE_T Returned;
	NTSTATUS Status;
	ULONG_PTR Information;
} ASKED;

static WSK_REGISTRATION Registration;
static WSK_PROVIDER_NPI Provider;
static PWSK_SOCKET Listener;
static PVOID Thread;
static ASKED Question;

static VOID Say(const char *Sentence, BOOLEAN Holds)
{
	DbgPrint("page: %s %s\n", Sentence, Holds ? "holds" : "FAILS");
}

static NTSTATUS Routine(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	Question.Context = Context;
	Question.Routines++;
	Question.Status = Irp->IoStatus.Status;
	Question.Information = Irp->IoStatus.Information;
	KeSetEvent(&Question.Done, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP Prepare(PVOID Context)
{
	IoReuseIrp(Question.Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Question.Irp, Routine, Context, TRUE, TRUE, TRUE);
	KeClearEvent(&Question.Done);
	Question.Routines = 0;
	return Question.Irp;
}

static NTSTATUS Await(VOID)
{
	KeWaitForSingleObject(&Question.Done, Executive, KernelMode, FALSE, NULL);
	return Question.Status;
}

static NTSTATUS Ask(PWSK_SOCKET Socket, ULONG Code, SIZE_T InputSize, PVOID Input, SIZE_T Size,
		    PVOID Buffer)
{
	Question.Returned = 0xdead;
	((PWSK_PROVIDER_BASIC_DISPATCH)Socket->Dispatch)
		->WskControlSocket(Socket, WskIoctl, Code, 0, InputSize, Input, Size, Buffer,
				   &Question.Returned, Prepare(Buffer));
	return Await();
}

/* The IRP of a driver above: two locations, of which ours is the lower. */
static NTSTATUS Propagate(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	if (Irp->PendingReturned)
		IoMarkIrpPending(Irp);
	++*(PULONG)Context;
	return STATUS_SUCCESS;
}

static BOOLEAN AskWithIrpFromAbove(PWSK_SOCKET Socket, PVOID Buffer, SIZE_T Size)
{
	PIRP Own = Question.Irp, Irp = IoAllocateIrp(2, FALSE);
	ULONG Lower = 0;
	NTSTATUS Status;

	Question.Irp = Irp;
	IoSetCompletionRoutine(Irp, Routine, Buffer, TRUE, TRUE, TRUE);
	KeClearEvent(&Question.Done);
	Question.Routines = 0;
	IoSetNextIrpStackLocation(Irp);
	IoSetCompletionRoutine(Irp, Propagate, &Lower, TRUE, TRUE, TRUE);
	((PWSK_PROVIDER_BASIC_DISPATCH)Socket->Dispatch)
		->WskControlSocket(Socket, WskIoctl, CODE, 0, 0, NULL, Size, Buffer,
				   &Question.Returned, Irp);
	Status = Await();
	Question.Irp = Own;
	IoFreeIrp(Irp);
	return Status == STATUS_SUCCESS && Lower == 1 && Question.Routines == 1;
}

static VOID TryQueries(PWSK_SOCKET Socket, PUCHAR Records, SIZE_T *Size)
{
	PUCHAR Exact, Small;
	NTSTATUS Status;
	SIZE_T Needed;

	RtlFillMemory(Records, 1024, 0xa5);
	Status = Ask(Socket, CODE, 0, NULL, 1024, Records);
	*Size = Needed = Question.Information;
	Say("1", Status == STATUS_SUCCESS && Needed > 0);
	Say("5", Status == STATUS_SUCCESS);
	Say("13", Question.Returned == Needed && Records[Needed] == 0xa5);
	Say("15", Needed < 1024);
	Say("23", Question.Routines == 1);
	Say("24", Question.Context == Records);
	Say("25", Question.Information == Question.Returned);
	Say("26",
	    Question.Status == Question.Irp->IoStatus.Status && Question.Status == STATUS_SUCCESS);

	Small = ExAllocatePool2(POOL_FLAG_NON_PAGED, Needed, TAG);
	Status = Ask(Socket, CODE, 0, NULL, Needed - 1, Small);
	Say("16",
	    Status == STATUS_BUFFER_TOO_SMALL && Question.Returned == Needed && Small[0] == 0);
	Status = Ask(Socket, CODE, 0, NULL, Needed, Small);
	Say("17", Status == STATUS_SUCCESS && RtlEqualMemory(Small, Records, Needed));
	ExFreePoolWithTag(Small, TAG);

	Status = Ask(Socket, CODE, 0, NULL, 0, NULL);
	Say("18", Status == STATUS_BUFFER_TOO_SMALL && Question.Returned == Needed);
	Say("19", Question.Information == Needed);
	Exact = ExAllocatePool2(POOL_FLAG_NON_PAGED, Question.Returned, TAG);
	Status = Ask(Socket, CODE, 0, NULL, Question.Returned, Exact);
	Say("20", Status == STATUS_SUCCESS && RtlEqualMemory(Exact, Records, Needed));
	Say("22",
	    AskWithIrpFromAbove(Socket, Exact, Needed) && RtlEqualMemory(Exact, Records, Needed));
	ExFreePoolWithTag(Exact, TAG);
}

static PWSK_SOCKET NewSocket(ADDRESS_FAMILY Family)
{
	Provider.Dispatch->WskSocket(Provider.Client, Family, SOCK_STREAM, IPPROTO_TCP,
				     WSK_FLAG_CONNECTION_SOCKET, NULL, NULL, NULL, NULL, NULL,
				     Prepare(NULL));
	return NT_SUCCESS(Await()) ? (PWSK_SOCKET)Question.Information : NULL;
}

static VOID CloseSocket(PWSK_SOCKET Socket)
{
	((PWSK_PROVIDER_BASIC_DISPATCH)Socket->Dispatch)->WskCloseSocket(Socket, Prepare(NULL));
	Await();
}

/* To where the client was going, and on with its bytes: one each way. */
static VOID GoOn(PWSK_SOCKET Client, PVOID Records, SIZE_T Size)
{
	SOCKADDR_STORAGE Destination, Any = {0};
	const WSK_PROVIDER_CONNECTION_DISPATCH *Dispatch;
	PWSK_SOCKET Server;
	UCHAR Bytes[64];
	WSK_BUF Buffer = {IoAllocateMdl(Bytes, sizeof(Bytes), FALSE, FALSE, NULL), 0,
			  sizeof(Bytes)};
	NTSTATUS Status;

	MmBuildMdlForNonPagedPool(Buffer.Mdl);
	Ask(Client, SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, 0, NULL, sizeof(Destination),
	    &Destination);
	Any.ss_family = Destination.ss_family;
	Server = NewSocket(Destination.ss_family);
	Dispatch = Server->Dispatch;
	Say("3", Ask(Server, CODE, 0, NULL, sizeof(Bytes), Bytes) != STATUS_SUCCESS);
	Status = Ask(Server, SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS, (SIZE_T)5 << 30, Records, 0,
		     NULL);
	Say("28", Status == STATUS_INTEGER_OVERFLOW);
	((PUCHAR)Records)[Size - 1] ^= 1;
	Status = Ask(Server, SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS, Size, Records, 0, NULL);
	Say("31", Status == STATUS_ACCESS_DENIED);
	((PUCHAR)Records)[Size - 1] ^= 1;
	Status = Ask(Server, SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS, Size, Records, 0, NULL);
	Say("2", Status == STATUS_SUCCESS);
	Dispatch->WskBind(Server, (PSOCKADDR)&Any, 0, Prepare(NULL));
	Await();
	Dispatch->WskConnect(Server, (PSOCKADDR)&Destination, 0, Prepare(NULL));
	if (NT_SUCCESS(Await())) {
		Say("29", Ask(Server, CODE, 0, NULL, sizeof(Bytes), Bytes) == STATUS_NOT_FOUND);
		((PWSK_PROVIDER_CONNECTION_DISPATCH)Client->Dispatch)
			->WskReceive(Client, &Buffer, 0, Prepare(NULL));
		Await();
		Buffer.Length = Question.Information;
		Dispatch->WskSend(Server, &Buffer, 0, Prepare(NULL));
		Await();
		Dispatch->WskDisconnect(Server, NULL, 0, Prepare(NULL));
		Await();
		Buffer.Length = sizeof(Bytes);
		Dispatch->WskReceive(Server, &Buffer, WSK_FLAG_WAITALL, Prepare(NULL));
		Await();
		Buffer.Length = Question.Information;
		((PWSK_PROVIDER_CONNECTION_DISPATCH)Client->Dispatch)
			->WskSend(Client, &Buffer, 0, Prepare(NULL));
		Await();
		((PWSK_PROVIDER_CONNECTION_DISPATCH)Client->Dispatch)
			->WskDisconnect(Client, NULL, 0, Prepare(NULL));
		Await();
	}
	IoFreeMdl(Buffer.Mdl);
	CloseSocket(Server);
}

static VOID Serve(PVOID Context)
{
	const WSK_PROVIDER_LISTEN_DISPATCH *Dispatch = Listener->Dispatch;
	PUCHAR Records = ExAllocatePool2(POOL_FLAG_NON_PAGED, 1024, TAG);
	PWSK_SOCKET Client;
	SIZE_T Size;

	UNREFERENCED_PARAMETER(Context);
	for (;;) {
		Dispatch->WskAccept(Listener, 0, NULL, NULL, NULL, NULL, Prepare(NULL));
		if (!NT_SUCCESS(Await()))
			break;
		Client = (PWSK_SOCKET)Question.Information;
		Say("35", KeGetCurrentIrql() == PASSIVE_LEVEL);
		TryQueries(Client, Records, &Size);
		GoOn(Client, Records, Size);
		CloseSocket(Client);
		DbgPrint("page: done\n");
	}
	ExFreePoolWithTag(Records, TAG);
	PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS EventDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);
	KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID Unload(PDRIVER_OBJECT DriverObject)
{
	PIRP Irp = IoAllocateIrp(1, FALSE);
	KEVENT Event;

	UNREFERENCED_PARAMETER(DriverObject);
	KeInitializeEvent(&Event, NotificationEvent, FALSE);
	IoSetCompletionRoutine(Irp, EventDone, &Event, TRUE, TRUE, TRUE);
	((PWSK_PROVIDER_BASIC_DISPATCH)Listener->Dispatch)->WskCloseSocket(Listener, Irp);
	KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
	IoFreeIrp(Irp);
	KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, NULL);
	ObDereferenceObject(Thread);
	IoFreeIrp(Question.Irp);
	WskReleaseProviderNPI(&Registration);
	WskDeregister(&Registration);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	static const WSK_CLIENT_DISPATCH Dispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
	SOCKADDR_IN Address = {.sin_family = AF_INET, .sin_port = RtlUshortByteSwap(PORT)};
	WSK_CLIENT_NPI Client = {NULL, &Dispatch};
	HANDLE Handle;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	Question.Irp = IoAllocateIrp(1, FALSE);
	KeInitializeEvent(&Question.Done, NotificationEvent, FALSE);
	WskRegister(&Client, &Registration);
	Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
	if (!NT_SUCCESS(Status))
		return Status;
	Provider.Dispatch->WskSocket(Provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP,
				     WSK_FLAG_LISTEN_SOCKET, NULL, NULL, NULL, NULL, NULL,
				     Prepare(NULL));
	if (!NT_SUCCESS(Await()))
		return Question.Status;
	Listener = (PWSK_SOCKET)Question.Information;
	Address.sin_addr.s_addr = RtlUlongByteSwap(INADDR_LOOPBACK);
	((PWSK_PROVIDER_LISTEN_DISPATCH)Listener->Dispatch)
		->WskBind(Listener, (PSOCKADDR)&Address, 0, Prepare(NULL));
	if (!NT_SUCCESS(Await()))
		return Question.Status;
	PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Serve, NULL);
	ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode, &Thread,
				  NULL);
	ZwClose(Handle);
	DriverObject->DriverUnload = Unload;
	return STATUS_SUCCESS;
}
