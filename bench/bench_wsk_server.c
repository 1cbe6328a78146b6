/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "bench_wsk_server.h"

#include <ntddk.h>
#include <wsk.h>

#define TAG 'hcnB'
#define ANSWER_BYTES 1024

/* One end of the echo: an IRP and a buffer, for the life of the connection. The buffer begins a page,
 * as that of the other echo does: where a copy begins counts for more than what is measured. */
struct end {
	UCHAR bytes[BENCH_MESSAGE];
	PIRP irp;
	PWSK_SOCKET socket;
	PMDL mdl;
};

static const WSK_CLIENT_DISPATCH client_dispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static WSK_REGISTRATION registration;
static WSK_PROVIDER_NPI provider;
static PWSK_SOCKET echo_listener, asked;
static PIRP asked_irp;

static void must(NTSTATUS status)
{
	if (!NT_SUCCESS(status))
		KeBugCheckEx(0xe2, (ULONG_PTR)status, 0, 0, 0);
}

void wsk_server_begin(void)
{
	WSK_CLIENT_NPI client = {NULL, &client_dispatch};

	must(WskRegister(&client, &registration));
	must(WskCaptureProviderNPI(&registration, WSK_INFINITE_WAIT, &provider));
}

static NTSTATUS NTAPI wake(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	UNREFERENCED_PARAMETER(device);
	UNREFERENCED_PARAMETER(irp);
	KeSetEvent(context, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP armed(PIRP irp, PIO_COMPLETION_ROUTINE routine, PVOID context)
{
	IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(irp, routine, context, TRUE, TRUE, TRUE);
	return irp;
}

static ULONG_PTR outcome(PIRP irp, PKEVENT done)
{
	KeWaitForSingleObject(done, Executive, KernelMode, FALSE, NULL);
	must(irp->IoStatus.Status);
	return irp->IoStatus.Information;
}

static PWSK_SOCKET listener_at(uint16_t port)
{
	SOCKADDR_IN name = {.sin_family = AF_INET, .sin_port = RtlUshortByteSwap(port)};
	PIRP irp = IoAllocateIrp(1, FALSE);
	PWSK_SOCKET listener;
	KEVENT done;

	KeInitializeEvent(&done, SynchronizationEvent, FALSE);
	name.sin_addr.s_addr = RtlUlongByteSwap(INADDR_LOOPBACK);
	provider.Dispatch->WskSocket(provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP,
				     WSK_FLAG_LISTEN_SOCKET, NULL, NULL, NULL, NULL, NULL,
				     armed(irp, wake, &done));
	listener = (PWSK_SOCKET)outcome(irp, &done);
	((const WSK_PROVIDER_LISTEN_DISPATCH *)listener->Dispatch)
		->WskBind(listener, (PSOCKADDR)&name, 0, armed(irp, wake, &done));
	outcome(irp, &done);
	IoFreeIrp(irp);
	return listener;
}

static NTSTATUS NTAPI received(PDEVICE_OBJECT device, PIRP irp, PVOID context);

static void receive(struct end *end)
{
	WSK_BUF buffer = {end->mdl, 0, BENCH_MESSAGE};

	((const WSK_PROVIDER_CONNECTION_DISPATCH *)end->socket->Dispatch)
		->WskReceive(end->socket, &buffer, 0, armed(end->irp, received, end));
}

static NTSTATUS NTAPI closed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct end *end = context;

	UNREFERENCED_PARAMETER(device);
	IoFreeIrp(irp);
	IoFreeMdl(end->mdl);
	ExFreePoolWithTag(end, TAG);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI sent(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	UNREFERENCED_PARAMETER(device);
	must(irp->IoStatus.Status);
	receive(context);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI received(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct end *end = context;
	WSK_BUF buffer = {end->mdl, 0, irp->IoStatus.Information};
	const WSK_PROVIDER_CONNECTION_DISPATCH *calls = end->socket->Dispatch;

	UNREFERENCED_PARAMETER(device);
	if (NT_SUCCESS(irp->IoStatus.Status) && buffer.Length)
		calls->WskSend(end->socket, &buffer, 0, armed(irp, sent, end));
	else
		calls->WskCloseSocket(end->socket, armed(irp, closed, end));
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI accepted(PDEVICE_OBJECT device, PIRP irp, PVOID context);

static void accept_next(PIRP irp)
{
	((const WSK_PROVIDER_LISTEN_DISPATCH *)echo_listener->Dispatch)
		->WskAccept(echo_listener, 0, NULL, NULL, NULL, NULL, armed(irp, accepted, NULL));
}

static NTSTATUS NTAPI accepted(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct end *end = ExAllocatePoolWithTag(NonPagedPool, sizeof(*end), TAG);

	UNREFERENCED_PARAMETER(device);
	UNREFERENCED_PARAMETER(context);
	must(end ? irp->IoStatus.Status : STATUS_NO_MEMORY);
	end->socket = (PWSK_SOCKET)irp->IoStatus.Information;
	end->irp = IoAllocateIrp(1, FALSE);
	end->mdl = IoAllocateMdl(end->bytes, BENCH_MESSAGE, FALSE, FALSE, NULL);
	MmBuildMdlForNonPagedPool(end->mdl);
	receive(end);
	accept_next(irp);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

uint16_t wsk_server_echo(void)
{
	PIRP irp = IoAllocateIrp(1, FALSE);
	SOCKADDR_IN name;
	KEVENT done;

	KeInitializeEvent(&done, SynchronizationEvent, FALSE);
	echo_listener = listener_at(0);
	((const WSK_PROVIDER_LISTEN_DISPATCH *)echo_listener->Dispatch)
		->WskGetLocalAddress(echo_listener, (PSOCKADDR)&name, armed(irp, wake, &done));
	outcome(irp, &done);
	accept_next(irp);
	return RtlUshortByteSwap(name.sin_port);
}

void wsk_server_accept(uint16_t port, void (*ready)(void))
{
	PWSK_SOCKET listener = listener_at(port);
	KEVENT done;

	asked_irp = IoAllocateIrp(1, FALSE);
	KeInitializeEvent(&done, SynchronizationEvent, FALSE);
	ready();
	((const WSK_PROVIDER_LISTEN_DISPATCH *)listener->Dispatch)
		->WskAccept(listener, 0, NULL, NULL, NULL, NULL, armed(asked_irp, wake, &done));
	asked = (PWSK_SOCKET)outcome(asked_irp, &done);
}

static NTSTATUS NTAPI keep(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	UNREFERENCED_PARAMETER(device);
	*(NTSTATUS *)context = irp->IoStatus.Status;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

int32_t wsk_server_query(void)
{
	NTSTATUS status = STATUS_PENDING;
	UCHAR answer[ANSWER_BYTES];
	SIZE_T size;

	((const WSK_PROVIDER_BASIC_DISPATCH *)asked->Dispatch)
		->WskControlSocket(asked, WskIoctl, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, 0, 0,
				   NULL, sizeof(answer), answer, &size,
				   armed(asked_irp, keep, &status));
	return status;
}
