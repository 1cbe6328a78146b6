/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A redirect proxy as a driver: it listens on loopback, asks each accepted connection for its
 * records and where it was going, sets the records on the socket that it opens to there, and
 * carries the bytes both ways. Its rule needs "context = destination".
 *
 * What waits runs in a work item. What carries bytes has one IRP a direction, for the life of the
 * connection, and lives in its completion routines.
 */
#include "wsk_proxy.h"

#ifndef PROXY_PORT
#define PROXY_PORT 12360
#endif
#define STREAM_BYTES 16384

typedef struct _CONNECTION CONNECTION, *PCONNECTION;

/* One direction of a connection. */
typedef struct _STREAM {
	PCONNECTION Connection;
	PWSK_SOCKET From;
	PWSK_SOCKET To;
	PIRP Irp;
	PMDL Mdl;
	UCHAR Bytes[STREAM_BYTES];
} STREAM, *PSTREAM;

struct _CONNECTION {
	LIST_ENTRY Link; /* in Proxy.Connections */
	PIO_WORKITEM WorkItem;
	PWSK_SOCKET Client;
	PWSK_SOCKET Server;
	ULONG Number;
	LONG Users; /* who opens it, each direction, who unloads; the last one has it closed */
	BOOLEAN Aborted;
	STREAM There;
	STREAM Back;
};

static struct {
	PDEVICE_OBJECT Device;
	WSK_REGISTRATION Registration;
	WSK_PROVIDER_NPI Provider;
	PWSK_SOCKET Listeners[2];
	KSPIN_LOCK Lock;
	LIST_ENTRY Connections;
	LONG Open;    /* connections */
	KEVENT Empty; /* set when there is none */
	BOOLEAN Stopping;
	ULONG Accepted;
} Proxy;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD ProxyUnload;
static IO_WORKITEM_ROUTINE ConnectionOpen, ConnectionClose;
static IO_COMPLETION_ROUTINE StreamReceived, StreamSent, StreamEnded;

/* Of sockets that ProxyUnload may look at. */
static VOID SetSocket(PWSK_SOCKET *Place, PWSK_SOCKET Socket)
{
	KIRQL Irql;

	KeAcquireSpinLock(&Proxy.Lock, &Irql);
	*Place = Socket;
	KeReleaseSpinLock(&Proxy.Lock, Irql);
}

/* A socket that continues Client's connection, connected to Destination. */
static NTSTATUS ConnectOnwards(PCONNECTION Connection, PSOCKADDR Destination)
{
	PWSK_SOCKET Server;
	PVOID Records;
	SIZE_T Size = 0;
	NTSTATUS Status;

	Status = QueryRecords(Connection->Client, Connection->Number % 2 == 0, &Records, &Size);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = CreateSocket(&Proxy.Provider, Destination->sa_family, WSK_FLAG_CONNECTION_SOCKET,
			      NULL, &Server);
	if (NT_SUCCESS(Status)) {
		SetSocket(&Connection->Server, Server);
		Status = Ioctl(Server, SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS, Records, Size, NULL,
			       0, NULL);
	}
	ExFreePoolWithTag(Records, PROXY_TAG);
	return NT_SUCCESS(Status) ? Connect(Server, Destination) : Status;
}

/* In a completion routine: no waiting, and the IRP is ours again. */
static VOID StreamReceive(PSTREAM Stream)
{
	WSK_BUF Buffer = {Stream->Mdl, 0, STREAM_BYTES};

	IoReuseIrp(Stream->Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Stream->Irp, StreamReceived, Stream, TRUE, TRUE, TRUE);
	CONNECTION_DISPATCH(Stream->From)->WskReceive(Stream->From, &Buffer, 0, Stream->Irp);
}

/* The end of what came in is the end of what goes out; a failure is told as a reset. */
static VOID StreamEnd(PSTREAM Stream, ULONG Flags)
{
	IoReuseIrp(Stream->Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Stream->Irp, StreamEnded, Stream, TRUE, TRUE, TRUE);
	CONNECTION_DISPATCH(Stream->To)->WskDisconnect(Stream->To, NULL, Flags, Stream->Irp);
}

static NTSTATUS StreamReceived(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PSTREAM Stream = Context;
	WSK_BUF Buffer = {Stream->Mdl, 0, Irp->IoStatus.Information};

	UNREFERENCED_PARAMETER(DeviceObject);
	if (!NT_SUCCESS(Irp->IoStatus.Status)) {
		StreamEnd(Stream, WSK_FLAG_ABORTIVE);
	} else if (Buffer.Length == 0) {
		StreamEnd(Stream, 0);
	} else {
		IoReuseIrp(Irp, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(Irp, StreamSent, Stream, TRUE, TRUE, TRUE);
		CONNECTION_DISPATCH(Stream->To)->WskSend(Stream->To, &Buffer, 0, Irp);
	}
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS StreamSent(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	if (NT_SUCCESS(Irp->IoStatus.Status))
		StreamReceive(Context);
	else
		StreamEnd(Context, WSK_FLAG_ABORTIVE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID ConnectionRelease(PCONNECTION Connection)
{
	if (InterlockedDecrement(&Connection->Users) == 0)
		IoQueueWorkItem(Connection->WorkItem, ConnectionClose, DelayedWorkQueue,
				Connection);
}

static NTSTATUS StreamEnded(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);
	ConnectionRelease(((PSTREAM)Context)->Connection);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static BOOLEAN StreamPrepare(PSTREAM Stream, PCONNECTION Connection, PWSK_SOCKET From,
			     PWSK_SOCKET To)
{
	Stream->Connection = Connection;
	Stream->From = From;
	Stream->To = To;
	Stream->Irp = IoAllocateIrp(1, FALSE);
	Stream->Mdl = IoAllocateMdl(Stream->Bytes, STREAM_BYTES, FALSE, FALSE, NULL);
	if (Stream->Irp == NULL || Stream->Mdl == NULL)
		return FALSE;
	MmBuildMdlForNonPagedPool(Stream->Mdl);
	return TRUE;
}

static VOID StreamRelease(PSTREAM Stream)
{
	if (Stream->Mdl != NULL)
		IoFreeMdl(Stream->Mdl);
	if (Stream->Irp != NULL)
		IoFreeIrp(Stream->Irp);
}

/* In a work item, when nobody uses it any more. */
static VOID ConnectionClose(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	PCONNECTION Connection = Context;
	KIRQL Irql;

	UNREFERENCED_PARAMETER(DeviceObject);
	/* From now on ProxyUnload does not see it. */
	KeAcquireSpinLock(&Proxy.Lock, &Irql);
	RemoveEntryList(&Connection->Link);
	KeReleaseSpinLock(&Proxy.Lock, Irql);
	CloseSocket(Connection->Server);
	CloseSocket(Connection->Client);
	StreamRelease(&Connection->There);
	StreamRelease(&Connection->Back);
	IoFreeWorkItem(Connection->WorkItem);
	ExFreePoolWithTag(Connection, PROXY_TAG);
	KeAcquireSpinLock(&Proxy.Lock, &Irql);
	if (--Proxy.Open == 0)
		KeSetEvent(&Proxy.Empty, IO_NO_INCREMENT, FALSE);
	KeReleaseSpinLock(&Proxy.Lock, Irql);
}

/* In a work item: what may wait between accepting and the first byte. */
static VOID ConnectionOpen(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	PCONNECTION Connection = Context;
	SOCKADDR_STORAGE Destination = {0};
	SIZE_T Size = 0;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(DeviceObject);
	Status = Ioctl(Connection->Client, SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, NULL, 0,
		       &Destination, sizeof(Destination), &Size);
	if (NT_SUCCESS(Status) && Size != sizeof(Destination))
		Status = STATUS_INVALID_BUFFER_SIZE;
	if (NT_SUCCESS(Status))
		Status = ConnectOnwards(Connection, (PSOCKADDR)&Destination);
	DbgPrint("wsk_proxy: connection %u to port %u: status %08x\n", Connection->Number,
		 RtlUshortByteSwap(((PSOCKADDR_IN)&Destination)->sin_port), Status);
	if (NT_SUCCESS(Status) &&
	    StreamPrepare(&Connection->There, Connection, Connection->Client, Connection->Server) &&
	    StreamPrepare(&Connection->Back, Connection, Connection->Server, Connection->Client)) {
		InterlockedIncrement(&Connection->Users);
		InterlockedIncrement(&Connection->Users);
		StreamReceive(&Connection->There);
		StreamReceive(&Connection->Back);
	}
	ConnectionRelease(Connection);
}

/* At DISPATCH_LEVEL, perhaps: only takes the connection. A refused one is closed by WSK. */
static NTSTATUS ProxyAccept(PVOID SocketContext, ULONG Flags, PSOCKADDR LocalAddress,
			    PSOCKADDR RemoteAddress, PWSK_SOCKET AcceptSocket,
			    PVOID *AcceptSocketContext,
			    const WSK_CLIENT_CONNECTION_DISPATCH **AcceptSocketDispatch)
{
	PCONNECTION Connection;
	BOOLEAN Stopping;
	KIRQL Irql;

	UNREFERENCED_PARAMETER(SocketContext);
	UNREFERENCED_PARAMETER(Flags);
	UNREFERENCED_PARAMETER(LocalAddress);
	UNREFERENCED_PARAMETER(RemoteAddress);
	if (AcceptSocket == NULL) /* the listener is dead; ProxyUnload closes it */
		return STATUS_REQUEST_NOT_ACCEPTED;
	Connection = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Connection), PROXY_TAG);
	if (Connection == NULL)
		return STATUS_REQUEST_NOT_ACCEPTED;
	Connection->WorkItem = IoAllocateWorkItem(Proxy.Device);
	Connection->Client = AcceptSocket;
	Connection->Users = 1;
	KeAcquireSpinLock(&Proxy.Lock, &Irql);
	Stopping = Proxy.Stopping || Connection->WorkItem == NULL;
	if (!Stopping) {
		Connection->Number = ++Proxy.Accepted;
		InsertTailList(&Proxy.Connections, &Connection->Link);
		if (Proxy.Open++ == 0)
			KeClearEvent(&Proxy.Empty);
	}
	KeReleaseSpinLock(&Proxy.Lock, Irql);
	if (Stopping) {
		if (Connection->WorkItem != NULL)
			IoFreeWorkItem(Connection->WorkItem);
		ExFreePoolWithTag(Connection, PROXY_TAG);
		return STATUS_REQUEST_NOT_ACCEPTED;
	}
	*AcceptSocketContext = Connection;
	*AcceptSocketDispatch = NULL;
	IoQueueWorkItem(Connection->WorkItem, ConnectionOpen, DelayedWorkQueue, Connection);
	return STATUS_SUCCESS;
}

static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static const WSK_CLIENT_LISTEN_DISPATCH ListenDispatch = {ProxyAccept, NULL, NULL};

static NTSTATUS StartListening(VOID)
{
	SOCKADDR_IN Four = {.sin_family = AF_INET, .sin_port = RtlUshortByteSwap(PROXY_PORT)};
	SOCKADDR_IN6 Six = {.sin6_family = AF_INET6, .sin6_port = RtlUshortByteSwap(PROXY_PORT)};
	WSK_EVENT_CALLBACK_CONTROL Events = {(PNPIID)&NPI_WSK_INTERFACE_ID, WSK_EVENT_ACCEPT};
	NTSTATUS Status;

	/* Before the first socket: accept events are on for every listener, and stay on. */
	Status = Proxy.Provider.Dispatch->WskControlClient(Proxy.Provider.Client,
							   WSK_SET_STATIC_EVENT_CALLBACKS,
							   sizeof(Events), &Events, 0, NULL, NULL,
							   NULL);
	Four.sin_addr.s_addr = RtlUlongByteSwap(0x7f000001);
	Six.sin6_addr.u.Byte[15] = 1;
	if (NT_SUCCESS(Status))
		Status = Listen(&Proxy.Provider, &ListenDispatch, (PSOCKADDR)&Four,
				&Proxy.Listeners[0]);
	if (NT_SUCCESS(Status))
		Status = Listen(&Proxy.Provider, &ListenDispatch, (PSOCKADDR)&Six,
				&Proxy.Listeners[1]);
	return Status;
}

/* The next connection that is not being closed already, and that nobody has aborted; used. */
static PCONNECTION NextToAbort(VOID)
{
	PCONNECTION Connection = NULL;
	PLIST_ENTRY Entry;
	KIRQL Irql;

	KeAcquireSpinLock(&Proxy.Lock, &Irql);
	for (Entry = Proxy.Connections.Flink; Entry != &Proxy.Connections; Entry = Entry->Flink) {
		Connection = CONTAINING_RECORD(Entry, CONNECTION, Link);
		if (!Connection->Aborted) {
			Connection->Aborted = TRUE;
			if (InterlockedIncrement(&Connection->Users) > 1)
				break;
			InterlockedDecrement(&Connection->Users);
		}
		Connection = NULL;
	}
	KeReleaseSpinLock(&Proxy.Lock, Irql);
	return Connection;
}

static VOID ProxyUnload(PDRIVER_OBJECT DriverObject)
{
	PCONNECTION Connection;
	PWSK_SOCKET Server;
	KIRQL Irql;

	UNREFERENCED_PARAMETER(DriverObject);
	CloseSocket(Proxy.Listeners[0]);
	CloseSocket(Proxy.Listeners[1]);
	KeAcquireSpinLock(&Proxy.Lock, &Irql);
	Proxy.Stopping = TRUE;
	KeReleaseSpinLock(&Proxy.Lock, Irql);
	while ((Connection = NextToAbort()) != NULL) {
		KeAcquireSpinLock(&Proxy.Lock, &Irql);
		Server = Connection->Server;
		KeReleaseSpinLock(&Proxy.Lock, Irql);
		Abort(Connection->Client);
		if (Server != NULL)
			Abort(Server);
		ConnectionRelease(Connection);
	}
	KeWaitForSingleObject(&Proxy.Empty, Executive, KernelMode, FALSE, NULL);
	WskReleaseProviderNPI(&Proxy.Registration);
	WskDeregister(&Proxy.Registration);
	IoDeleteDevice(Proxy.Device);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	WSK_CLIENT_NPI Client = {NULL, &ClientDispatch};
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	KeInitializeSpinLock(&Proxy.Lock);
	KeInitializeEvent(&Proxy.Empty, NotificationEvent, TRUE);
	InitializeListHead(&Proxy.Connections);
	/* Work items keep the driver loaded by their device. */
	Status =
		IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_NETWORK, 0, FALSE, &Proxy.Device);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = WskRegister(&Client, &Proxy.Registration);
	if (!NT_SUCCESS(Status)) {
		IoDeleteDevice(Proxy.Device);
		return Status;
	}
	Status = WskCaptureProviderNPI(&Proxy.Registration, WSK_INFINITE_WAIT, &Proxy.Provider);
	if (!NT_SUCCESS(Status)) {
		WskDeregister(&Proxy.Registration);
		IoDeleteDevice(Proxy.Device);
		return Status;
	}
	Status = StartListening();
	if (!NT_SUCCESS(Status)) {
		ProxyUnload(DriverObject);
		return Status;
	}
	DriverObject->DriverUnload = ProxyUnload;
	return STATUS_SUCCESS;
}
