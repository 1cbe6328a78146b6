/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The style of an echo sample: accept events only queue, and one worker thread does everything
 * that waits, woken by an event; operations are linked by their list entries.
 */
#include <ntddk.h>
#include <ntstrsafe.h>
#include <wsk.h>

#pragma warning(disable : 4200)

#define ECHO_TAG 'ohcE'
#define MESSAGE "queued"

typedef struct _ECHO_OPERATION {
	LIST_ENTRY Entry;
	VOID (*Handler)(struct _ECHO_OPERATION *);
	PWSK_SOCKET Socket;
	PIRP Irp;
	PMDL Mdl;
	SIZE_T Length;
	UCHAR Data[];
} ECHO_OPERATION, *PECHO_OPERATION;

static LIST_ENTRY Queue;
static KSPIN_LOCK QueueLock;
static KEVENT QueueEvent;
static BOOLEAN QueueStop;
static PETHREAD Worker;
static WSK_REGISTRATION Registration;
static WSK_PROVIDER_NPI Provider;
static PWSK_SOCKET Listener;
static SOCKADDR_IN6 ListenAddress;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD EchoUnload;
KSTART_ROUTINE EchoWorker;
IO_COMPLETION_ROUTINE EchoReceived, EchoSent, EchoSignal;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, EchoUnload)
#endif

static VOID Enqueue(PECHO_OPERATION Operation, VOID (*Handler)(PECHO_OPERATION))
{
	Operation->Handler = Handler;
	ExInterlockedInsertTailList(&Queue, &Operation->Entry, &QueueLock);
	KeSetEvent(&QueueEvent, IO_NO_INCREMENT, FALSE);
}

NTSTATUS EchoSignal(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	if (Irp->PendingReturned)
		NT_ASSERT(Context != NULL);
	KeSetEvent((PKEVENT)Context, IO_NETWORK_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID CloseAndFree(PECHO_OPERATION Operation)
{
	KEVENT Event;

	KeInitializeEvent(&Event, NotificationEvent, FALSE);
	IoReuseIrp(Operation->Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Operation->Irp, EchoSignal, &Event, TRUE, TRUE, TRUE);
	((PWSK_PROVIDER_BASIC_DISPATCH)Operation->Socket->Dispatch)
		->WskCloseSocket(Operation->Socket, Operation->Irp);
	KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
	IoFreeMdl(Operation->Mdl);
	IoFreeIrp(Operation->Irp);
	ExFreePool(Operation);
}

static VOID Receive(PECHO_OPERATION Operation)
{
	WSK_BUF Buffer;

	Buffer.Mdl = Operation->Mdl;
	Buffer.Offset = 0;
	Buffer.Length = Operation->Length;
	IoReuseIrp(Operation->Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Operation->Irp, EchoReceived, Operation, TRUE, TRUE, TRUE);
	((PWSK_PROVIDER_CONNECTION_DISPATCH)Operation->Socket->Dispatch)
		->WskReceive(Operation->Socket, &Buffer, 0, Operation->Irp);
}

static VOID Send(PECHO_OPERATION Operation)
{
	WSK_BUF Buffer;

	Buffer.Mdl = Operation->Mdl;
	Buffer.Offset = 0;
	Buffer.Length = Operation->Irp->IoStatus.Information;
	IoReuseIrp(Operation->Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Operation->Irp, EchoSent, Operation, TRUE, TRUE, TRUE);
	((PWSK_PROVIDER_CONNECTION_DISPATCH)Operation->Socket->Dispatch)
		->WskSend(Operation->Socket, &Buffer, 0, Operation->Irp);
}

_Use_decl_annotations_ NTSTATUS EchoReceived(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	_Analysis_assume_(Context != NULL);
	if (NT_SUCCESS(Irp->IoStatus.Status) && Irp->IoStatus.Information != 0)
		Enqueue(Context, Send);
	else
		Enqueue(Context, CloseAndFree);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

_Use_decl_annotations_ NTSTATUS EchoSent(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	Enqueue(Context, NT_SUCCESS(Irp->IoStatus.Status) ? Receive : CloseAndFree);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS WSKAPI
EchoAccept(_In_opt_ PVOID SocketContext, _In_ ULONG Flags, _In_ PSOCKADDR LocalAddress,
	   _In_ PSOCKADDR RemoteAddress, _In_opt_ PWSK_SOCKET AcceptSocket,
	   _Outptr_result_maybenull_ PVOID *AcceptSocketContext,
	   _Outptr_result_maybenull_ CONST WSK_CLIENT_CONNECTION_DISPATCH **AcceptDispatch)
{
	PECHO_OPERATION Operation;

	UNREFERENCED_PARAMETER(SocketContext);
	UNREFERENCED_PARAMETER(Flags);
	UNREFERENCED_PARAMETER(LocalAddress);
	UNREFERENCED_PARAMETER(RemoteAddress);
	if (AcceptSocket == NULL)
		return STATUS_REQUEST_NOT_ACCEPTED;
	Operation = ExAllocatePool2(POOL_FLAG_NON_PAGED, FIELD_OFFSET(ECHO_OPERATION, Data[256]),
				    ECHO_TAG);
	if (Operation == NULL)
		return STATUS_REQUEST_NOT_ACCEPTED;
	Operation->Socket = AcceptSocket;
	Operation->Length = 256;
	Operation->Irp = IoAllocateIrp(1, FALSE);
	Operation->Mdl = IoAllocateMdl(Operation->Data, 256, FALSE, FALSE, NULL);
	MmBuildMdlForNonPagedPool(Operation->Mdl);
	*AcceptSocketContext = Operation;
	*AcceptDispatch = NULL;
	Enqueue(Operation, Receive);
	return STATUS_SUCCESS;
}

VOID EchoWorker(PVOID Context)
{
	UNREFERENCED_PARAMETER(Context);
	for (;;) {
		PLIST_ENTRY Entry;

		KeWaitForSingleObject(&QueueEvent, Executive, KernelMode, FALSE, NULL);
		while ((Entry = ExInterlockedRemoveHeadList(&Queue, &QueueLock)) != NULL) {
			PECHO_OPERATION Operation = CONTAINING_RECORD(Entry, ECHO_OPERATION, Entry);

			Operation->Handler(Operation);
		}
		if (QueueStop)
			PsTerminateSystemThread(STATUS_SUCCESS);
	}
}

static CONST WSK_CLIENT_LISTEN_DISPATCH ListenDispatch = {EchoAccept, NULL, NULL};
static CONST WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};

static NTSTATUS Await(PIRP Irp, PKEVENT Event)
{
	KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
	return Irp->IoStatus.Status;
}

#define PREPARE(Irp, Event)                                              \
	(KeClearEvent(&(Event)), IoReuseIrp((Irp), STATUS_UNSUCCESSFUL), \
	 IoSetCompletionRoutine((Irp), EchoSignal, &(Event), TRUE, TRUE, TRUE))

static NTSTATUS StartListener(PIRP Irp)
{
	KEVENT Event;
	ULONG Zero = 0;
	WSK_EVENT_CALLBACK_CONTROL Control;
	PWSK_PROVIDER_LISTEN_DISPATCH Dispatch;
	NTSTATUS Status;

	KeInitializeEvent(&Event, NotificationEvent, FALSE);
	PREPARE(Irp, Event);
	Provider.Dispatch->WskSocket(Provider.Client, AF_INET6, SOCK_STREAM, IPPROTO_TCP,
				     WSK_FLAG_LISTEN_SOCKET, NULL, &ListenDispatch, NULL, NULL,
				     NULL, Irp);
	Status = Await(Irp, &Event);
	if (!NT_SUCCESS(Status))
		return Status;
	Listener = (PWSK_SOCKET)Irp->IoStatus.Information;
	Dispatch = (PWSK_PROVIDER_LISTEN_DISPATCH)Listener->Dispatch;
	PREPARE(Irp, Event);
	Dispatch->WskControlSocket(Listener, WskSetOption, IPV6_V6ONLY, IPPROTO_IPV6, sizeof(Zero),
				   &Zero, 0, NULL, NULL, Irp);
	Status = Await(Irp, &Event);
	if (!NT_SUCCESS(Status))
		return Status;
	ListenAddress.sin6_family = AF_INET6;
	INETADDR_SETANY((PSOCKADDR)&ListenAddress);
	PREPARE(Irp, Event);
	Dispatch->WskBind(Listener, (PSOCKADDR)&ListenAddress, 0, Irp);
	Status = Await(Irp, &Event);
	if (!NT_SUCCESS(Status))
		return Status;
	PREPARE(Irp, Event);
	Dispatch->WskGetLocalAddress(Listener, (PSOCKADDR)&ListenAddress, Irp);
	Status = Await(Irp, &Event);
	if (!NT_SUCCESS(Status))
		return Status;
	/* Events that are enabled without an IRP: the answer is the return value. */
	Control.NpiId = (PNPIID)&NPI_WSK_INTERFACE_ID;
	Control.EventMask = WSK_EVENT_ACCEPT;
	return Dispatch->WskControlSocket(Listener, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET,
					  sizeof(Control), &Control, 0, NULL, NULL, NULL);
}

/* A client over IPv4, of the listener that takes both families. */
static NTSTATUS AskOnce(PIRP Irp)
{
	SOCKADDR_IN Local = {0}, Remote = {0};
	CHAR Bytes[sizeof(MESSAGE)] = "";
	WSK_BUF Buffer = {0};
	KEVENT Event;
	PWSK_SOCKET Socket;
	CONST WSK_PROVIDER_CONNECTION_DISPATCH *Dispatch;
	NTSTATUS Status;

	Local.sin_family = Remote.sin_family = AF_INET;
	Remote.sin_addr.S_un.S_un_b.s_b1 = 127;
	Remote.sin_addr.S_un.S_un_b.s_b4 = 1;
	Remote.sin_port = ListenAddress.sin6_port;
	KeInitializeEvent(&Event, NotificationEvent, FALSE);
	PREPARE(Irp, Event);
	Provider.Dispatch->WskSocketConnect(Provider.Client, SOCK_STREAM, IPPROTO_TCP,
					    (PSOCKADDR)&Local, (PSOCKADDR)&Remote, 0, NULL, NULL,
					    NULL, NULL, NULL, Irp);
	Status = Await(Irp, &Event);
	if (!NT_SUCCESS(Status))
		return Status;
	Socket = (PWSK_SOCKET)Irp->IoStatus.Information;
	Dispatch = Socket->Dispatch;
	RtlStringCbCopyA(Bytes, sizeof(Bytes), MESSAGE);
	Buffer.Mdl = IoAllocateMdl(Bytes, sizeof(Bytes), FALSE, FALSE, NULL);
	Buffer.Length = sizeof(Bytes);
	MmBuildMdlForNonPagedPool(Buffer.Mdl);
	PREPARE(Irp, Event);
	Dispatch->WskSend(Socket, &Buffer, 0, Irp);
	Status = Await(Irp, &Event);
	RtlZeroMemory(Bytes, sizeof(Bytes));
	if (NT_SUCCESS(Status)) {
		PREPARE(Irp, Event);
		Dispatch->WskReceive(Socket, &Buffer, WSK_FLAG_WAITALL, Irp);
		Status = Await(Irp, &Event);
	}
	if (NT_SUCCESS(Status) && !RtlEqualMemory(Bytes, MESSAGE, sizeof(Bytes)))
		Status = STATUS_DATA_ERROR;
	PREPARE(Irp, Event);
	Dispatch->WskDisconnect(Socket, NULL, 0, Irp);
	Await(Irp, &Event);
	PREPARE(Irp, Event);
	Dispatch->WskCloseSocket(Socket, Irp);
	Await(Irp, &Event);
	IoFreeMdl(Buffer.Mdl);
	return Status;
}

VOID EchoUnload(PDRIVER_OBJECT DriverObject)
{
	PIRP Irp = IoAllocateIrp(1, FALSE);
	KEVENT Event;

	PAGED_CODE();
	UNREFERENCED_PARAMETER(DriverObject);
	KeInitializeEvent(&Event, NotificationEvent, FALSE);
	if (Listener != NULL) {
		PREPARE(Irp, Event);
		((PWSK_PROVIDER_BASIC_DISPATCH)Listener->Dispatch)->WskCloseSocket(Listener, Irp);
		Await(Irp, &Event);
	}
	IoFreeIrp(Irp);
	WskReleaseProviderNPI(&Registration);
	WskDeregister(&Registration); /* the worker still closes sockets, and this waits for them */
	QueueStop = TRUE;
	KeSetEvent(&QueueEvent, IO_NO_INCREMENT, FALSE);
	KeWaitForSingleObject(Worker, Executive, KernelMode, FALSE, NULL);
	ObDereferenceObject(Worker);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	WSK_CLIENT_NPI Client = {NULL, &ClientDispatch};
	HANDLE Thread;
	PIRP Irp;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	InitializeListHead(&Queue);
	KeInitializeSpinLock(&QueueLock);
	KeInitializeEvent(&QueueEvent, SynchronizationEvent, FALSE);
	Status = WskRegister(&Client, &Registration);
	if (NT_SUCCESS(Status))
		Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = PsCreateSystemThread(&Thread, GENERIC_ALL, NULL, NULL, NULL, EchoWorker, NULL);
	if (!NT_SUCCESS(Status))
		return Status;
	ObReferenceObjectByHandle(Thread, SYNCHRONIZE, *PsThreadType, KernelMode, (PVOID *)&Worker,
				  NULL);
	ZwClose(Thread);
	Irp = IoAllocateIrp(1, FALSE);
	Status = StartListener(Irp);
	for (int i = 0; NT_SUCCESS(Status) && i < 20; i++)
		Status = AskOnce(Irp);
	IoFreeIrp(Irp);
	if (!NT_SUCCESS(Status))
		EchoUnload(DriverObject);
	else
		DriverObject->DriverUnload = EchoUnload;
	return Status;
}
