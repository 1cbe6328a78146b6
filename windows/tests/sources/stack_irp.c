/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * IRPs that were never allocated: a union of an IRP and its one stack location, on the stack of the
 * caller. And the codes asked of sockets that nobody redirected.
 */
#include <wdm.h>
#include <wsk.h>

typedef union _STACK_IRP {
	IRP Irp;
	UCHAR Space[sizeof(IRP) + sizeof(IO_STACK_LOCATION)];
} STACK_IRP;

typedef struct _CALL {
	STACK_IRP Memory;
	KEVENT Done;
	ULONG Completions;
} CALL, *PCALL;

static WSK_REGISTRATION Registration;
static WSK_PROVIDER_NPI Provider;
static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;
static IO_COMPLETION_ROUTINE Completed;

static NTSTATUS Completed(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PCALL Call = Context;

	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);
	Call->Completions++;
	KeSetEvent(&Call->Done, IO_NO_INCREMENT, FALSE);
	/* The caller may have returned by now, and its stack with the IRP be gone. */
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP Begin(PCALL Call)
{
	RtlFillMemory(Call, sizeof(*Call), 0xcc);
	Call->Completions = 0;
	KeInitializeEvent(&Call->Done, NotificationEvent, FALSE);
	IoInitializeIrp(&Call->Memory.Irp, IoSizeOfIrp(1), 1);
	IoSetCompletionRoutine(&Call->Memory.Irp, Completed, Call, TRUE, TRUE, TRUE);
	return &Call->Memory.Irp;
}

static NTSTATUS Wait(PCALL Call, NTSTATUS Returned)
{
	LARGE_INTEGER Timeout;
	NTSTATUS Status;

	Timeout.QuadPart = -10LL * 10 * 1000 * 1000;
	Status = KeWaitForSingleObject(&Call->Done, Executive, KernelMode, FALSE, &Timeout);
	if (Status == STATUS_TIMEOUT)
		return STATUS_IO_TIMEOUT;
	Status = Call->Memory.Irp.IoStatus.Status;
	/* What was returned at once and was not "pending" is what the IRP says. */
	if (Returned != STATUS_PENDING && Returned != Status)
		return STATUS_INTERNAL_ERROR;
	return Call->Completions == 1 ? Status : STATUS_INTERNAL_ERROR;
}

static NTSTATUS Query(PWSK_SOCKET Socket, ULONG Code, PVOID Buffer, SIZE_T Size)
{
	const WSK_PROVIDER_BASIC_DISPATCH *Dispatch = Socket->Dispatch;
	SIZE_T Returned = 0;
	CALL Call;

	Begin(&Call);
	return Wait(&Call, Dispatch->WskControlSocket(Socket, WskIoctl, Code, 0, 0, NULL, Size,
						      Buffer, &Returned, &Call.Memory.Irp));
}

static NTSTATUS Close(PWSK_SOCKET Socket)
{
	const WSK_PROVIDER_BASIC_DISPATCH *Dispatch = Socket->Dispatch;
	CALL Call;

	Begin(&Call);
	return Wait(&Call, Dispatch->WskCloseSocket(Socket, &Call.Memory.Irp));
}

static NTSTATUS Scenario(VOID)
{
	SOCKADDR_STORAGE Loopback, Any;
	PWSK_SOCKET Listener, Client, Accepted;
	UCHAR Buffer[64];
	CALL Accept, Call;
	NTSTATUS Status;

	RtlZeroMemory(&Loopback, sizeof(Loopback));
	RtlZeroMemory(&Any, sizeof(Any));
	Loopback.ss_family = Any.ss_family = AF_INET6;
	((PSOCKADDR_IN6)&Loopback)->sin6_addr.u.Byte[15] = 1;

	Begin(&Call);
	Status =
		Wait(&Call, Provider.Dispatch->WskSocket(Provider.Client, AF_INET6, SOCK_STREAM,
							 IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, NULL,
							 NULL, NULL, NULL, NULL, &Call.Memory.Irp));
	if (!NT_SUCCESS(Status))
		return Status;
	Listener = (PWSK_SOCKET)Call.Memory.Irp.IoStatus.Information;
	Begin(&Call);
	Status =
		Wait(&Call, ((PWSK_PROVIDER_LISTEN_DISPATCH)Listener->Dispatch)
				    ->WskBind(Listener, (PSOCKADDR)&Loopback, 0, &Call.Memory.Irp));
	if (!NT_SUCCESS(Status))
		return Status;
	Begin(&Call);
	Wait(&Call, ((PWSK_PROVIDER_LISTEN_DISPATCH)Listener->Dispatch)
			    ->WskGetLocalAddress(Listener, (PSOCKADDR)&Loopback, &Call.Memory.Irp));

	Begin(&Call);
	Wait(&Call, Provider.Dispatch->WskSocket(Provider.Client, AF_INET6, SOCK_STREAM,
						 IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
						 NULL, NULL, NULL, NULL, &Call.Memory.Irp));
	Client = (PWSK_SOCKET)Call.Memory.Irp.IoStatus.Information;
	/* Not bound yet: said at once. */
	Begin(&Call);
	Status = Wait(&Call,
		      ((PWSK_PROVIDER_CONNECTION_DISPATCH)Client->Dispatch)
			      ->WskConnect(Client, (PSOCKADDR)&Loopback, 0, &Call.Memory.Irp));
	if (Status != STATUS_INVALID_DEVICE_STATE)
		return STATUS_INVALID_DEVICE_STATE;
	Begin(&Call);
	Wait(&Call, ((PWSK_PROVIDER_CONNECTION_DISPATCH)Client->Dispatch)
			    ->WskBind(Client, (PSOCKADDR)&Any, 0, &Call.Memory.Irp));
	/* Pending while the other one connects; both IRPs on this stack. */
	Begin(&Accept);
	((PWSK_PROVIDER_LISTEN_DISPATCH)Listener->Dispatch)
		->WskAccept(Listener, 0, NULL, NULL, NULL, (PSOCKADDR)&Any, &Accept.Memory.Irp);
	Begin(&Call);
	Status = Wait(&Call,
		      ((PWSK_PROVIDER_CONNECTION_DISPATCH)Client->Dispatch)
			      ->WskConnect(Client, (PSOCKADDR)&Loopback, 0, &Call.Memory.Irp));
	if (!NT_SUCCESS(Status))
		return Status;
	Status = Wait(&Accept, STATUS_PENDING);
	if (!NT_SUCCESS(Status))
		return Status;
	Accepted = (PWSK_SOCKET)Accept.Memory.Irp.IoStatus.Information;
	if (Any.ss_family != AF_INET6 || ((PSOCKADDR_IN6)&Any)->sin6_addr.u.Byte[15] != 1)
		return STATUS_INVALID_ADDRESS;

	if (Query(Accepted, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, Buffer, sizeof(Buffer)) !=
		    STATUS_NOT_FOUND ||
	    Query(Accepted, SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, NULL, 0) != STATUS_NOT_FOUND)
		return STATUS_NOT_FOUND;
	if (!NT_SUCCESS(Close(Accepted)) || !NT_SUCCESS(Close(Client)))
		return STATUS_UNSUCCESSFUL;
	/* An accept that is pending when its socket is closed. */
	Begin(&Accept);
	((PWSK_PROVIDER_LISTEN_DISPATCH)Listener->Dispatch)
		->WskAccept(Listener, 0, NULL, NULL, NULL, NULL, &Accept.Memory.Irp);
	Status = Close(Listener);
	if (!NT_SUCCESS(Status))
		return Status;
	return Wait(&Accept, STATUS_PENDING) == STATUS_CANCELLED ? STATUS_SUCCESS :
								   STATUS_UNSUCCESSFUL;
}

static VOID Unload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
	WskReleaseProviderNPI(&Registration);
	WskDeregister(&Registration);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	WSK_CLIENT_NPI Client = {.ClientContext = NULL, .Dispatch = &ClientDispatch};
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = Unload;
	Status = WskRegister(&Client, &Registration);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
	return NT_SUCCESS(Status) ? Scenario() : Status;
}
