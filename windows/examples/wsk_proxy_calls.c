/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Calls of Winsock Kernel that wait for their IRP. */
#include "wsk_proxy.h"

#define FIRST_GUESS 1024 /* what Windows' documentation advises for records */

static NTSTATUS SyncDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);
	KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

BOOLEAN SyncBegin(PSYNC Sync)
{
	KeInitializeEvent(&Sync->Done, SynchronizationEvent, FALSE);
	Sync->Irp = IoAllocateIrp(1, FALSE);
	if (Sync->Irp == NULL)
		return FALSE;
	IoSetCompletionRoutine(Sync->Irp, SyncDone, &Sync->Done, TRUE, TRUE, TRUE);
	return TRUE;
}

NTSTATUS SyncWait(PSYNC Sync, PULONG_PTR Information)
{
	NTSTATUS Status;

	KeWaitForSingleObject(&Sync->Done, Executive, KernelMode, FALSE, NULL);
	Status = Sync->Irp->IoStatus.Status;
	if (Information != NULL)
		*Information = Sync->Irp->IoStatus.Information;
	IoFreeIrp(Sync->Irp);
	return Status;
}

NTSTATUS CreateSocket(const WSK_PROVIDER_NPI *Provider, ADDRESS_FAMILY Family, ULONG Flags,
		      const VOID *Dispatch, PWSK_SOCKET *Socket)
{
	SYNC Sync;
	ULONG_PTR Information = 0;
	NTSTATUS Status;

	if (!SyncBegin(&Sync))
		return STATUS_INSUFFICIENT_RESOURCES;
	Provider->Dispatch->WskSocket(Provider->Client, Family, SOCK_STREAM, IPPROTO_TCP, Flags,
				      NULL, Dispatch, NULL, NULL, NULL, Sync.Irp);
	Status = SyncWait(&Sync, &Information);
	*Socket = NT_SUCCESS(Status) ? (PWSK_SOCKET)Information : NULL;
	return Status;
}

VOID CloseSocket(PWSK_SOCKET Socket)
{
	SYNC Sync;

	if (Socket == NULL)
		return;
	/* A socket that cannot be closed would keep the driver from unloading. */
	while (!SyncBegin(&Sync)) {
		LARGE_INTEGER Pause = {.QuadPart = -10 * 1000 * 10};

		KeDelayExecutionThread(KernelMode, FALSE, &Pause);
	}
	BASIC_DISPATCH(Socket)->WskCloseSocket(Socket, Sync.Irp);
	SyncWait(&Sync, NULL);
}

NTSTATUS Abort(PWSK_SOCKET Socket)
{
	SYNC Sync;

	if (!SyncBegin(&Sync))
		return STATUS_INSUFFICIENT_RESOURCES;
	CONNECTION_DISPATCH(Socket)->WskDisconnect(Socket, NULL, WSK_FLAG_ABORTIVE, Sync.Irp);
	return SyncWait(&Sync, NULL);
}

NTSTATUS Ioctl(PWSK_SOCKET Socket, ULONG Code, PVOID In, SIZE_T InSize, PVOID Out, SIZE_T OutSize,
	       SIZE_T *Returned)
{
	SYNC Sync;

	if (!SyncBegin(&Sync))
		return STATUS_INSUFFICIENT_RESOURCES;
	BASIC_DISPATCH(Socket)->WskControlSocket(Socket, WskIoctl, Code, 0, InSize, In, OutSize,
						 Out, Returned, Sync.Irp);
	return SyncWait(&Sync, NULL);
}

NTSTATUS QueryRecords(PWSK_SOCKET Socket, BOOLEAN SizeFirst, PVOID *Records, SIZE_T *Size)
{
	SIZE_T Capacity = SizeFirst ? 0 : FIRST_GUESS;
	NTSTATUS Status;

	for (;;) {
		PVOID Buffer = NULL;

		if (Capacity != 0) {
			Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, Capacity, PROXY_TAG);
			if (Buffer == NULL)
				return STATUS_INSUFFICIENT_RESOURCES;
		}
		Status = Ioctl(Socket, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0, Buffer,
			       Capacity, Size);
		if (NT_SUCCESS(Status)) {
			*Records = Buffer;
			return Status;
		}
		if (Buffer != NULL)
			ExFreePoolWithTag(Buffer, PROXY_TAG);
		if (Status != STATUS_BUFFER_TOO_SMALL || *Size <= Capacity)
			return Status;
		Capacity = *Size;
	}
}

NTSTATUS Listen(const WSK_PROVIDER_NPI *Provider, const WSK_CLIENT_LISTEN_DISPATCH *Dispatch,
		PSOCKADDR Address, PWSK_SOCKET *Socket)
{
	SYNC Sync;
	NTSTATUS Status;

	Status = CreateSocket(Provider, Address->sa_family, WSK_FLAG_LISTEN_SOCKET, Dispatch,
			      Socket);
	if (!NT_SUCCESS(Status))
		return Status;
	if (!SyncBegin(&Sync))
		return STATUS_INSUFFICIENT_RESOURCES;
	((const WSK_PROVIDER_LISTEN_DISPATCH *)(*Socket)->Dispatch)
		->WskBind(*Socket, Address, 0, Sync.Irp);
	return SyncWait(&Sync, NULL);
}

NTSTATUS Connect(PWSK_SOCKET Socket, PSOCKADDR Remote)
{
	SOCKADDR_STORAGE Any = {.ss_family = Remote->sa_family};
	SYNC Sync;
	NTSTATUS Status;

	if (!SyncBegin(&Sync))
		return STATUS_INSUFFICIENT_RESOURCES;
	CONNECTION_DISPATCH(Socket)->WskBind(Socket, (PSOCKADDR)&Any, 0, Sync.Irp);
	Status = SyncWait(&Sync, NULL);
	if (!NT_SUCCESS(Status))
		return Status;
	if (!SyncBegin(&Sync))
		return STATUS_INSUFFICIENT_RESOURCES;
	CONNECTION_DISPATCH(Socket)->WskConnect(Socket, Remote, 0, Sync.Irp);
	return SyncWait(&Sync, NULL);
}
