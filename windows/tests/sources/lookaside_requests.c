/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Requests out of a lookaside list: IRP, stack location, MDL and data in one block that the
 * completion routine gives back. A listening socket with several accepts pending; receive events
 * with retained indications; a device that answers controls.
 */
#define INITGUID
#include <ntddk.h>
#include <wsk.h>

#define TAG 'skoL'
#define CLIENTS 8

typedef struct _REQUEST {
	union {
		IRP Irp;
		UCHAR Space[sizeof(IRP) + sizeof(IO_STACK_LOCATION)];
	};
	VOID (*Then)(struct _REQUEST *Request, NTSTATUS Status, ULONG_PTR Information);
	PVOID Context;
	PKEVENT Event;
	NTSTATUS *Status;
	ULONG_PTR *Information;
} REQUEST, *PREQUEST;

static NPAGED_LOOKASIDE_LIST Requests;
static WSK_REGISTRATION Registration;
static WSK_PROVIDER_NPI Provider;
static PWSK_SOCKET Listener;
static PDEVICE_OBJECT Device;
static LONG Received, Outstanding;
static PWSK_SOCKET Servers[CLIENTS];
static KEVENT AllReceived, AllClosed;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD DriverUnload;
__drv_dispatchType(IRP_MJ_DEVICE_CONTROL) DRIVER_DISPATCH Control;
DRIVER_DISPATCH OpenClose;

static NTSTATUS Completed(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PREQUEST Request = Context;
	NTSTATUS Status = Irp->IoStatus.Status;
	ULONG_PTR Information = Irp->IoStatus.Information;

	UNREFERENCED_PARAMETER(DeviceObject);
	if (Request->Then != NULL)
		Request->Then(Request, Status, Information);
	if (Request->Event != NULL) {
		*Request->Status = Status;
		*Request->Information = Information;
		KeSetEvent(Request->Event, IO_NO_INCREMENT, FALSE);
	}
	/* The IRP goes with its block, inside its own routine. */
	ExFreeToNPagedLookasideList(&Requests, Request);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP NewRequest(PVOID Context, VOID (*Then)(PREQUEST, NTSTATUS, ULONG_PTR), PREQUEST *Out)
{
	PREQUEST Request = ExAllocateFromNPagedLookasideList(&Requests);

	RtlZeroMemory(Request, sizeof(*Request));
	IoInitializeIrp(&Request->Irp, sizeof(Request->Space), 1);
	Request->Context = Context;
	Request->Then = Then;
	IoSetCompletionRoutine(&Request->Irp, Completed, Request, TRUE, TRUE, TRUE);
	if (Out != NULL)
		*Out = Request;
	return &Request->Irp;
}

typedef struct _WAITER {
	KEVENT Event;
	NTSTATUS Status;
	ULONG_PTR Information;
} WAITER;

static PIRP Waiting(WAITER *Waiter)
{
	PREQUEST Request;
	PIRP Irp = NewRequest(NULL, NULL, &Request);

	KeInitializeEvent(&Waiter->Event, NotificationEvent, FALSE);
	Request->Event = &Waiter->Event;
	Request->Status = &Waiter->Status;
	Request->Information = &Waiter->Information;
	return Irp;
}

static NTSTATUS Await(WAITER *Waiter)
{
	KeWaitForSingleObject(&Waiter->Event, Executive, KernelMode, FALSE, NULL);
	return Waiter->Status;
}

static VOID SocketClosed(PREQUEST Request, NTSTATUS Status, ULONG_PTR Information)
{
	UNREFERENCED_PARAMETER(Request);
	UNREFERENCED_PARAMETER(Status);
	UNREFERENCED_PARAMETER(Information);
	if (InterlockedDecrement(&Outstanding) == 0)
		KeSetEvent(&AllClosed, IO_NO_INCREMENT, FALSE);
}

static VOID CloseLater(PWSK_SOCKET Socket)
{
	((PWSK_PROVIDER_BASIC_DISPATCH)Socket->Dispatch)
		->WskCloseSocket(Socket, NewRequest(NULL, SocketClosed, NULL));
}

static NTSTATUS WSKAPI OnReceive(PVOID SocketContext, ULONG Flags,
				 PWSK_DATA_INDICATION DataIndication, SIZE_T BytesIndicated,
				 SIZE_T *BytesAccepted)
{
	PWSK_SOCKET Socket = *(PWSK_SOCKET *)SocketContext;

	UNREFERENCED_PARAMETER(Flags);
	UNREFERENCED_PARAMETER(BytesAccepted);
	if (DataIndication == NULL)
		return STATUS_SUCCESS;
	if (InterlockedExchangeAdd(&Received, (LONG)BytesIndicated) + (LONG)BytesIndicated ==
	    5 * CLIENTS)
		KeSetEvent(&AllReceived, IO_NO_INCREMENT, FALSE);
	/* Kept, and given back at once: both are allowed. */
	((PWSK_PROVIDER_CONNECTION_DISPATCH)Socket->Dispatch)->WskRelease(Socket, DataIndication);
	return STATUS_PENDING;
}

static NTSTATUS WSKAPI OnDisconnect(PVOID SocketContext, ULONG Flags)
{
	UNREFERENCED_PARAMETER(Flags);
	CloseLater(*(PWSK_SOCKET *)SocketContext);
	return STATUS_SUCCESS;
}

static const WSK_CLIENT_CONNECTION_DISPATCH Events = {OnReceive, OnDisconnect, NULL};
static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};

/* Its context is the place of the socket, which the events are given too. */
static VOID ConnectionAccepted(PREQUEST Request, NTSTATUS Status, ULONG_PTR Information)
{
	WSK_EVENT_CALLBACK_CONTROL Enable = {(PNPIID)&NPI_WSK_INTERFACE_ID,
					     WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT};
	PWSK_SOCKET Socket = (PWSK_SOCKET)Information;

	if (!NT_SUCCESS(Status))
		return;
	*(PWSK_SOCKET *)Request->Context = Socket;
	InterlockedIncrement(&Outstanding);
	((PWSK_PROVIDER_BASIC_DISPATCH)Socket->Dispatch)
		->WskControlSocket(Socket, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET,
				   sizeof(Enable), &Enable, 0, NULL, NULL, NULL);
}

static NTSTATUS Say(PSOCKADDR_IN Address)
{
	SOCKADDR_IN Any = {.sin_family = AF_INET};
	static CHAR Text[] = "hello";
	const WSK_PROVIDER_CONNECTION_DISPATCH *Dispatch;
	PWSK_SOCKET Socket;
	WSK_BUF Buffer = {0};
	WAITER Waiter;
	NTSTATUS Status;

	Provider.Dispatch->WskSocketConnect(Provider.Client, SOCK_STREAM, IPPROTO_TCP,
					    (PSOCKADDR)&Any, (PSOCKADDR)Address, 0, NULL, NULL,
					    NULL, NULL, NULL, Waiting(&Waiter));
	Status = Await(&Waiter);
	if (!NT_SUCCESS(Status))
		return Status;
	Socket = (PWSK_SOCKET)Waiter.Information;
	Dispatch = Socket->Dispatch;
	Buffer.Mdl = IoAllocateMdl(Text, 5, FALSE, FALSE, NULL);
	Buffer.Length = 5;
	MmBuildMdlForNonPagedPool(Buffer.Mdl);
	Dispatch->WskSend(Socket, &Buffer, 0, Waiting(&Waiter));
	Status = Await(&Waiter);
	IoFreeMdl(Buffer.Mdl);
	Dispatch->WskDisconnect(Socket, NULL, 0, Waiting(&Waiter));
	Await(&Waiter);
	Dispatch->WskCloseSocket(Socket, Waiting(&Waiter));
	Await(&Waiter);
	return Status;
}

static NTSTATUS Scenario(VOID)
{
	SOCKADDR_IN Address = {.sin_family = AF_INET};
	const WSK_PROVIDER_LISTEN_DISPATCH *Dispatch;
	WAITER Waiter;
	NTSTATUS Status;

	Address.sin_addr.s_addr = RtlUlongByteSwap(INADDR_LOOPBACK);
	Provider.Dispatch->WskSocket(Provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP,
				     WSK_FLAG_LISTEN_SOCKET, NULL, NULL, NULL, NULL, NULL,
				     Waiting(&Waiter));
	Status = Await(&Waiter);
	if (!NT_SUCCESS(Status))
		return Status;
	Listener = (PWSK_SOCKET)Waiter.Information;
	Dispatch = Listener->Dispatch;
	Dispatch->WskBind(Listener, (PSOCKADDR)&Address, 0, Waiting(&Waiter));
	Status = Await(&Waiter);
	if (!NT_SUCCESS(Status))
		return Status;
	Dispatch->WskGetLocalAddress(Listener, (PSOCKADDR)&Address, Waiting(&Waiter));
	Await(&Waiter);
	for (int i = 0; i < CLIENTS; i++)
		Dispatch->WskAccept(Listener, 0, &Servers[i], &Events, NULL, NULL,
				    NewRequest(&Servers[i], ConnectionAccepted, NULL));
	for (int i = 0; i < CLIENTS && NT_SUCCESS(Status); i++)
		Status = Say(&Address);
	if (NT_SUCCESS(Status))
		Status = KeWaitForSingleObject(&AllReceived, Executive, KernelMode, FALSE, NULL);
	return Status;
}

NTSTATUS OpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

#define IOCTL_RECEIVED CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)

NTSTATUS Control(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS Status = STATUS_INVALID_DEVICE_REQUEST;

	UNREFERENCED_PARAMETER(DeviceObject);
	Irp->IoStatus.Information = 0;
	if (Location->Parameters.DeviceIoControl.IoControlCode == IOCTL_RECEIVED) {
		Status = STATUS_BUFFER_TOO_SMALL;
		if (Location->Parameters.DeviceIoControl.OutputBufferLength >= sizeof(LONG)) {
			*(PLONG)Irp->AssociatedIrp.SystemBuffer = Received;
			Irp->IoStatus.Information = sizeof(LONG);
			Status = STATUS_SUCCESS;
		}
	}
	Irp->IoStatus.Status = Status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

VOID DriverUnload(PDRIVER_OBJECT DriverObject)
{
	UNICODE_STRING Link = RTL_CONSTANT_STRING(L"\\DosDevices\\Lookaside");
	WAITER Waiter;

	UNREFERENCED_PARAMETER(DriverObject);
	if (Listener != NULL) {
		((PWSK_PROVIDER_BASIC_DISPATCH)Listener->Dispatch)
			->WskCloseSocket(Listener, Waiting(&Waiter));
		Await(&Waiter);
		if (InterlockedDecrement(&Outstanding) != 0)
			KeWaitForSingleObject(&AllClosed, Executive, KernelMode, FALSE, NULL);
	}
	WskReleaseProviderNPI(&Registration);
	WskDeregister(&Registration);
	ExDeleteNPagedLookasideList(&Requests);
	IoDeleteSymbolicLink(&Link);
	IoDeleteDevice(Device);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\Lookaside");
	UNICODE_STRING Link = RTL_CONSTANT_STRING(L"\\DosDevices\\Lookaside");
	WSK_CLIENT_NPI Client = {NULL, &ClientDispatch};
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	Outstanding = 1;
	KeInitializeEvent(&AllReceived, NotificationEvent, FALSE);
	KeInitializeEvent(&AllClosed, NotificationEvent, FALSE);
	ExInitializeNPagedLookasideList(&Requests, NULL, NULL, 0, sizeof(REQUEST), TAG, 0);
	DriverObject->MajorFunction[IRP_MJ_CREATE] = OpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = OpenClose;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
	DriverObject->DriverUnload = DriverUnload;
	Status = IoCreateDevice(DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = IoCreateSymbolicLink(&Link, &Name);
	if (NT_SUCCESS(Status))
		Status = WskRegister(&Client, &Registration);
	if (NT_SUCCESS(Status))
		Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
	if (NT_SUCCESS(Status))
		Status = Scenario();
	if (!NT_SUCCESS(Status))
		DriverUnload(DriverObject);
	return Status;
}
