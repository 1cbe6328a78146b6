/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_scene.h"

#include "host_peer.h"

#include <string.h>

#define LIMIT_SECONDS 20
#define TICKS_A_SECOND 10000000ll

static const WSK_CLIENT_DISPATCH client_dispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};

void scene_begin(struct scene *scene)
{
	memset(scene, 0, sizeof(*scene));
	scene->npi.Dispatch = &client_dispatch;
	assert_int_equal(WskRegister(&scene->npi, &scene->registration), STATUS_SUCCESS);
	assert_int_equal(WskCaptureProviderNPI(&scene->registration, WSK_INFINITE_WAIT,
					       &scene->provider),
			 STATUS_SUCCESS);
}

void scene_end(struct scene *scene)
{
	WskReleaseProviderNPI(&scene->registration);
	WskDeregister(&scene->registration);
}

void asked_init(struct asked *asked)
{
	memset(asked, 0, sizeof(*asked));
	KeInitializeEvent(&asked->done, SynchronizationEvent, FALSE);
	asked->irp = IoAllocateIrp(1, FALSE);
	assert_non_null(asked->irp);
}

void asked_free(struct asked *asked)
{
	IoFreeIrp(asked->irp);
}

static NTSTATUS NTAPI routine(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct asked *asked = context;

	(void)device;
	asked->answer = irp->IoStatus;
	asked->pending_returned = irp->PendingReturned;
	asked->irql = KeGetCurrentIrql();
	__atomic_add_fetch(&asked->runs, 1, __ATOMIC_SEQ_CST);
	if (asked->then)
		asked->then(asked);
	KeSetEvent(&asked->done, IO_NETWORK_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

PIRP asked_arm(struct asked *asked)
{
	IoReuseIrp(asked->irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(asked->irp, routine, asked, TRUE, TRUE, TRUE);
	asked->irp->IoStatus.Status = POISON_STATUS;
	asked->irp->IoStatus.Information = POISON_INFORMATION;
	asked->runs = 0;
	memset(&asked->answer, 0x5a, sizeof(asked->answer));
	return asked->irp;
}

NTSTATUS asked_wait(struct asked *asked)
{
	LARGE_INTEGER limit = {.QuadPart = -LIMIT_SECONDS * TICKS_A_SECOND};

	assert_int_equal(KeWaitForSingleObject(&asked->done, Executive, KernelMode, FALSE, &limit),
			 STATUS_SUCCESS);
	assert_int_equal(__atomic_load_n(&asked->runs, __ATOMIC_SEQ_CST), 1);
	assert_int_equal(asked->irql, DISPATCH_LEVEL);
	return asked->answer.Status;
}

void asked_waits(struct asked *asked)
{
	LARGE_INTEGER limit = {.QuadPart = -TICKS_A_SECOND / 20};

	assert_int_equal(KeWaitForSingleObject(&asked->done, Executive, KernelMode, FALSE, &limit),
			 STATUS_TIMEOUT);
	assert_int_equal(__atomic_load_n(&asked->runs, __ATOMIC_SEQ_CST), 0);
}

void asked_untouched(struct asked *asked)
{
	assert_int_equal(asked->runs, 0);
	assert_int_equal(asked->irp->IoStatus.Status, POISON_STATUS);
	assert_int_equal(asked->irp->IoStatus.Information, POISON_INFORMATION);
	assert_int_equal(asked->irp->CurrentLocation, 2);
}

NTSTATUS pended(struct asked *asked, NTSTATUS returned)
{
	assert_int_equal(returned, STATUS_PENDING);
	asked_wait(asked);
	assert_true(asked->pending_returned);
	return asked->answer.Status;
}

NTSTATUS answered(struct asked *asked, NTSTATUS returned)
{
	assert_int_not_equal(returned, STATUS_PENDING);
	assert_int_equal(__atomic_load_n(&asked->runs, __ATOMIC_SEQ_CST), 1);
	asked_wait(asked);
	assert_int_equal(asked->answer.Status, returned);
	assert_false(asked->pending_returned);
	return returned;
}

SOCKADDR_IN loopback_name(uint16_t port)
{
	SOCKADDR_IN name = {.sin_family = AF_INET};

	name.sin_port = RtlUshortByteSwap(port);
	name.sin_addr.s_addr = RtlUlongByteSwap(INADDR_LOOPBACK);
	return name;
}

PWSK_SOCKET open_socket(struct scene *scene, USHORT type, ULONG protocol, ULONG flags,
			void *context, const void *dispatch)
{
	struct asked asked;
	PWSK_SOCKET socket;

	asked_init(&asked);
	assert_int_equal(pended(&asked,
				scene->provider.Dispatch->WskSocket(
					scene->provider.Client, AF_INET, type, protocol, flags,
					context, dispatch, NULL, NULL, NULL, asked_arm(&asked))),
			 STATUS_SUCCESS);
	socket = (PWSK_SOCKET)asked.answer.Information;
	assert_non_null(socket);
	asked_free(&asked);
	return socket;
}

/* Of all tables but the basic one WskBind is the first function after the common ones. */
void bind_socket(PWSK_SOCKET socket, uint16_t port)
{
	SOCKADDR_IN name = loopback_name(port);
	struct asked asked;

	asked_init(&asked);
	assert_int_equal(pended(&asked, listen_calls(socket)->WskBind(socket, (PSOCKADDR)&name, 0,
								      asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 0);
	asked_free(&asked);
}

void close_socket(PWSK_SOCKET socket)
{
	struct asked asked;

	asked_init(&asked);
	assert_int_equal(pended(&asked,
				basic_calls(socket)->WskCloseSocket(socket, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 0);
	asked_free(&asked);
}

static uint16_t local_port(PFN_WSK_GET_LOCAL_ADDRESS get, PWSK_SOCKET socket)
{
	SOCKADDR_IN name;
	struct asked asked;

	asked_init(&asked);
	assert_int_equal(answered(&asked, get(socket, (PSOCKADDR)&name, asked_arm(&asked))),
			 STATUS_SUCCESS);
	asked_free(&asked);
	return RtlUshortByteSwap(name.sin_port);
}

uint16_t listener_port(PWSK_SOCKET listener)
{
	return local_port(listen_calls(listener)->WskGetLocalAddress, listener);
}

uint16_t datagram_port(PWSK_SOCKET socket)
{
	return local_port(datagram_calls(socket)->WskGetLocalAddress, socket);
}

PWSK_SOCKET open_listener(struct scene *scene, void *context,
			  const WSK_CLIENT_LISTEN_DISPATCH *dispatch, uint16_t *ret_port)
{
	PWSK_SOCKET listener = open_socket(scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET,
					   context, dispatch);

	bind_socket(listener, 0);
	*ret_port = listener_port(listener);
	return listener;
}

PWSK_SOCKET open_connection(struct scene *scene, void *context,
			    const WSK_CLIENT_CONNECTION_DISPATCH *dispatch, uint16_t port)
{
	PWSK_SOCKET socket = open_socket(scene, SOCK_STREAM, IPPROTO_TCP,
					 WSK_FLAG_CONNECTION_SOCKET, context, dispatch);
	SOCKADDR_IN name = loopback_name(port);
	struct asked asked;

	bind_socket(socket, 0);
	asked_init(&asked);
	assert_int_equal(pended(&asked, connection_calls(socket)->WskConnect(
						socket, (PSOCKADDR)&name, 0, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 0);
	asked_free(&asked);
	return socket;
}

PWSK_SOCKET open_pair(struct scene *scene, void *context,
		      const WSK_CLIENT_CONNECTION_DISPATCH *dispatch, int *ret_peer)
{
	PWSK_SOCKET socket;
	uint16_t port;
	int listener = peer_listen(&port);

	socket = open_connection(scene, context, dispatch, port);
	*ret_peer = peer_accept(listener);
	peer_close(listener);
	return socket;
}

NTSTATUS enable_events(PWSK_SOCKET socket, ULONG mask, PIRP irp)
{
	NPIID interface = NPI_WSK_INTERFACE_ID;
	WSK_EVENT_CALLBACK_CONTROL control = {&interface, mask};

	return basic_calls(socket)->WskControlSocket(socket, WskSetOption, SO_WSK_EVENT_CALLBACK,
						     SOL_SOCKET, sizeof(control), &control, 0, NULL,
						     NULL, irp);
}

struct memory memory_new(size_t size)
{
	struct memory memory = {.size = size};

	memory.bytes = ExAllocatePoolWithTag(NonPagedPool, size ? size : 1, 'tseT');
	assert_non_null(memory.bytes);
	memset(memory.bytes, 0, size);
	memory.buffer.Mdl =
		IoAllocateMdl(memory.bytes, (ULONG)(size ? size : 1), FALSE, FALSE, NULL);
	assert_non_null(memory.buffer.Mdl);
	MmBuildMdlForNonPagedPool(memory.buffer.Mdl);
	memory.buffer.Length = size;
	return memory;
}

void memory_free(struct memory *memory)
{
	IoFreeMdl(memory->buffer.Mdl);
	ExFreePoolWithTag(memory->bytes, 'tseT');
}
