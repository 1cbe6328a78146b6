/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The style of a Berkeley layer over Winsock Kernel: an IRP and an event in each socket object,
 * allocated with it and reused for every call; functions that have the names of libc's.
 */
#include <ntddk.h>
#include <wsk.h>

typedef struct _KSOCKET {
	PWSK_SOCKET Socket;
	PIRP Irp;
	KEVENT Event;
} KSOCKET, *PKSOCKET;

static WSK_REGISTRATION Registration;
static WSK_PROVIDER_NPI Npi;
static WSK_CLIENT_DISPATCH Dispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};

/* Of libc's names, and other types: nobody but this driver may call them. */
PKSOCKET socket(int domain, int type, int protocol, ULONG flags);
int bind(PKSOCKET s, const struct sockaddr *address, int length);
int connect(PKSOCKET s, const struct sockaddr *address, int length);
PKSOCKET accept(PKSOCKET s);
int send(PKSOCKET s, const void *buffer, int length);
int recv(PKSOCKET s, void *buffer, int length);
int getsockname(PKSOCKET s, struct sockaddr *address);
void closesocket(PKSOCKET s);
ULONG htonl(ULONG value);
void *malloc(ULONG tag, SIZE_T size);
int getaddrinfo(void);

ULONG htonl(ULONG value)
{
	return RtlUlongByteSwap(value);
}

void *malloc(ULONG tag, SIZE_T size)
{
	return ExAllocatePoolWithTag(NonPagedPoolNx, size, tag);
}

int getaddrinfo(void)
{
	return 4711;
}

static NTSTATUS NTAPI KspDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PKEVENT Event = (PKEVENT)Context;

	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);
	KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static void KspPrepare(PKSOCKET s)
{
	KeResetEvent(&s->Event);
	IoReuseIrp(s->Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(s->Irp, KspDone, &s->Event, TRUE, TRUE, TRUE);
}

static NTSTATUS KspWait(PKSOCKET s, NTSTATUS Status)
{
	if (Status == STATUS_PENDING) {
		KeWaitForSingleObject(&s->Event, Executive, KernelMode, FALSE, NULL);
		Status = s->Irp->IoStatus.Status;
	}
	return Status;
}

static PKSOCKET KspNew(void)
{
	PKSOCKET s = malloc('tcoS', sizeof(*s));

	RtlZeroMemory(s, sizeof(*s));
	s->Irp = IoAllocateIrp(1, FALSE);
	KeInitializeEvent(&s->Event, SynchronizationEvent, FALSE);
	return s;
}

PKSOCKET socket(int domain, int type, int protocol, ULONG flags)
{
	PKSOCKET s = KspNew();
	NTSTATUS Status;

	KspPrepare(s);
	Status = Npi.Dispatch->WskSocket(Npi.Client, (ADDRESS_FAMILY)domain, (USHORT)type, protocol,
					 flags, NULL, NULL, NULL, NULL, NULL, s->Irp);
	Status = KspWait(s, Status);
	if (!NT_SUCCESS(Status)) {
		closesocket(s);
		return NULL;
	}
	s->Socket = (PWSK_SOCKET)s->Irp->IoStatus.Information;
	return s;
}

int bind(PKSOCKET s, const struct sockaddr *address, int length)
{
	const WSK_PROVIDER_CONNECTION_DISPATCH *d = s->Socket->Dispatch;

	UNREFERENCED_PARAMETER(length);
	KspPrepare(s);
	return KspWait(s, d->WskBind(s->Socket, (PSOCKADDR)address, 0, s->Irp));
}

int connect(PKSOCKET s, const struct sockaddr *address, int length)
{
	const WSK_PROVIDER_CONNECTION_DISPATCH *d = s->Socket->Dispatch;

	UNREFERENCED_PARAMETER(length);
	KspPrepare(s);
	return KspWait(s, d->WskConnect(s->Socket, (PSOCKADDR)address, 0, s->Irp));
}

PKSOCKET accept(PKSOCKET s)
{
	const WSK_PROVIDER_LISTEN_DISPATCH *d = s->Socket->Dispatch;
	PKSOCKET accepted;

	KspPrepare(s);
	if (!NT_SUCCESS(KspWait(s, d->WskAccept(s->Socket, 0, NULL, NULL, NULL, NULL, s->Irp))))
		return NULL;
	accepted = KspNew();
	accepted->Socket = (PWSK_SOCKET)s->Irp->IoStatus.Information;
	return accepted;
}

static int KspMove(PKSOCKET s, void *buffer, int length, BOOLEAN out)
{
	const WSK_PROVIDER_CONNECTION_DISPATCH *d = s->Socket->Dispatch;
	WSK_BUF b;
	NTSTATUS Status;

	b.Offset = 0;
	b.Length = (SIZE_T)length;
	b.Mdl = IoAllocateMdl(buffer, (ULONG)length, FALSE, FALSE, NULL);
	__try {
		MmProbeAndLockPages(b.Mdl, KernelMode, out ? IoReadAccess : IoWriteAccess);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		IoFreeMdl(b.Mdl);
		return -1;
	}
	KspPrepare(s);
	if (out)
		Status = d->WskSend(s->Socket, &b, WSK_FLAG_NODELAY, s->Irp);
	else
		Status = d->WskReceive(s->Socket, &b, 0, s->Irp);
	Status = KspWait(s, Status);
	MmUnlockPages(b.Mdl);
	IoFreeMdl(b.Mdl);
	return NT_SUCCESS(Status) ? (int)s->Irp->IoStatus.Information : -1;
}

int send(PKSOCKET s, const void *buffer, int length)
{
	return KspMove(s, (void *)buffer, length, TRUE);
}

int recv(PKSOCKET s, void *buffer, int length)
{
	return KspMove(s, buffer, length, FALSE);
}

int getsockname(PKSOCKET s, struct sockaddr *address)
{
	const WSK_PROVIDER_LISTEN_DISPATCH *d = s->Socket->Dispatch;

	KspPrepare(s);
	return KspWait(s, d->WskGetLocalAddress(s->Socket, address, s->Irp));
}

void closesocket(PKSOCKET s)
{
	if (s->Socket) {
		const WSK_PROVIDER_BASIC_DISPATCH *d = s->Socket->Dispatch;

		KspPrepare(s);
		KspWait(s, d->WskCloseSocket(s->Socket, s->Irp));
	}
	IoFreeIrp(s->Irp);
	ExFreePoolWithTag(s, 'tcoS');
}

static KSTART_ROUTINE EchoThread;
static VOID NTAPI EchoThread(PVOID Context)
{
	PKSOCKET accepted = accept(Context);
	char bytes[64];
	int size;

	if (accepted) {
		while ((size = recv(accepted, bytes, sizeof(bytes))) > 0)
			send(accepted, bytes, size);
		closesocket(accepted);
	}
	PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS RoundTrip(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	PKSOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET),
		 client;
	char bytes[64] = "";
	HANDLE handle;
	PVOID thread;
	int got = 0;

	address.sin_addr.s_addr = htonl(0x7f000001);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address) != 0)
		return STATUS_UNSUCCESSFUL;
	PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, EchoThread, listener);
	ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode, &thread,
				  NULL);
	ZwClose(handle);
	client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET);
	{
		struct sockaddr_in any = {.sin_family = AF_INET};

		bind(client, (struct sockaddr *)&any, sizeof(any));
	}
	if (connect(client, (struct sockaddr *)&address, sizeof(address)) == 0) {
		send(client, "over and back", 13);
		while (got < 13) {
			int more = recv(client, bytes + got, (int)sizeof(bytes) - got);

			if (more <= 0)
				break;
			got += more;
		}
	}
	closesocket(client);
	KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
	ObDereferenceObject(thread);
	closesocket(listener);
	return got == 13 && RtlEqualMemory(bytes, "over and back", 13) && getaddrinfo() == 4711 ?
		       STATUS_SUCCESS :
		       STATUS_DATA_ERROR;
}

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
	WskDeregister(&Registration);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	WSK_CLIENT_NPI client = {NULL, &Dispatch};
	NTSTATUS Status = WskRegister(&client, &Registration);

	UNREFERENCED_PARAMETER(RegistryPath);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Npi);
	if (NT_SUCCESS(Status)) {
		Status = RoundTrip();
		WskReleaseProviderNPI(&Registration);
	}
	if (!NT_SUCCESS(Status)) {
		WskDeregister(&Registration);
		return Status;
	}
	DriverObject->DriverUnload = Unload;
	return STATUS_SUCCESS;
}
