/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* IRPs: which are accepted, and how they return. */

#include "wsk_one_scene.h"

static NTSTATUS socket_call(PWSK_CLIENT client, USHORT type, ULONG protocol, ULONG flags, PIRP irp)
{
	return scene.provider.Dispatch->WskSocket(client, AF_INET, type, protocol, flags, NULL,
						  NULL, NULL, NULL, NULL, irp);
}

/* NOLINTNEXTLINE(readability-function-size): every call in turn */
static void what_is_not_accepted_touches_nothing(void **state)
{
	WSK_SOCKET unknown = {NULL};
	PWSK_SOCKET wrong[] = {NULL, &unknown, (PWSK_SOCKET)(ULONG_PTR)8, NULL};
	struct memory memory = memory_new(8);
	SOCKADDR_IN name = loopback_name(0);
	struct asked asked;
	PWSK_SOCKET socket, listener, datagram;

	(void)state;
	asked_init(&asked);
	socket = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
			     NULL);
	listener =
		open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, NULL, NULL);
	datagram =
		open_socket(&scene, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
	assert_int_equal(socket_call(NULL, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, NULL),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(socket_call(NULL, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET,
				     asked_arm(&asked)),
			 STATUS_INVALID_HANDLE);
	asked_untouched(&asked);
	assert_int_equal(socket_call(&unknown, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET,
				     asked_arm(&asked)),
			 STATUS_INVALID_HANDLE);
	asked_untouched(&asked);
	wrong[3] = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
			       NULL);
	close_socket(wrong[3]);
	for (size_t i = 0; i <= sizeof(wrong) / sizeof(wrong[0]); i++) {
		const bool known = i == sizeof(wrong) / sizeof(wrong[0]);
		PWSK_SOCKET one = known ? socket : wrong[i];
		PWSK_SOCKET ear = known ? listener : wrong[i];
		PWSK_SOCKET mail = known ? datagram : wrong[i];
		NTSTATUS expected = known ? STATUS_INVALID_PARAMETER : STATUS_INVALID_HANDLE;
		PIRP irp = known ? (asked_arm(&asked), NULL) : asked_arm(&asked);

		assert_int_equal(connection_calls(socket)->WskBind(one, (PSOCKADDR)&name, 0, irp),
				 expected);
		assert_int_equal(connection_calls(socket)->WskConnect(one, (PSOCKADDR)&name, 0,
								      irp),
				 expected);
		assert_int_equal(connection_calls(socket)->WskConnectEx(one, (PSOCKADDR)&name,
									&memory.buffer, 0, irp),
				 expected);
		assert_int_equal(connection_calls(socket)->WskGetLocalAddress(one, (PSOCKADDR)&name,
									      irp),
				 expected);
		assert_int_equal(
			connection_calls(socket)->WskGetRemoteAddress(one, (PSOCKADDR)&name, irp),
			expected);
		assert_int_equal(connection_calls(socket)->WskSend(one, &memory.buffer, 0, irp),
				 expected);
		assert_int_equal(connection_calls(socket)->WskReceive(one, &memory.buffer, 0, irp),
				 expected);
		assert_int_equal(connection_calls(socket)->WskDisconnect(one, NULL, 0, irp),
				 expected);
		assert_int_equal(connection_calls(socket)->WskSendEx(one, &memory.buffer, 0, 0,
								     NULL, irp),
				 expected);
		assert_int_equal(connection_calls(socket)->WskReceiveEx(one, &memory.buffer, 0,
									NULL, NULL, NULL, irp),
				 expected);
		assert_int_equal(basic_calls(socket)->WskCloseSocket(one, irp), expected);
		assert_int_equal(listen_calls(listener)->WskAccept(ear, 0, NULL, NULL, NULL, NULL,
								   irp),
				 expected);
		assert_int_equal(listen_calls(listener)->WskInspectComplete(ear, NULL,
									    WskInspectAccept, irp),
				 expected);
		assert_int_equal(datagram_calls(datagram)->WskSendTo(
					 mail, &memory.buffer, 0, (PSOCKADDR)&name, 0, NULL, irp),
				 expected);
		assert_int_equal(datagram_calls(datagram)->WskReceiveFrom(
					 mail, &memory.buffer, 0, NULL, NULL, NULL, NULL, irp),
				 expected);
		assert_int_equal(datagram_calls(datagram)->WskSendMessages(mail, NULL, 0, NULL, 0,
									   NULL, irp),
				 expected);
		asked_untouched(&asked);
	}
	assert_int_equal(connection_calls(socket)->WskRelease(NULL, NULL), STATUS_INVALID_HANDLE);
	assert_int_equal(connection_calls(socket)->WskRelease(socket, NULL),
			 STATUS_INVALID_PARAMETER);
	close_socket(datagram);
	close_socket(listener);
	close_socket(socket);
	memory_free(&memory);
	asked_free(&asked);
}

static void sockets_of_every_kind_are_made_or_refused(void **state)
{
	static const struct {
		USHORT type;
		ULONG protocol;
		ULONG flags;
		NTSTATUS status;
	} kinds[] = {
		{SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_BASIC_SOCKET, STATUS_SUCCESS},
		{SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, STATUS_SUCCESS},
		{SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, STATUS_SUCCESS},
		{SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_STREAM_SOCKET, STATUS_SUCCESS},
		{SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, STATUS_SUCCESS},
		{SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_LISTEN_SOCKET, STATUS_SUCCESS},
		{SOCK_STREAM, 0, WSK_FLAG_LISTEN_SOCKET, STATUS_PROTOCOL_UNREACHABLE},
		{SOCK_DGRAM, 0, WSK_FLAG_DATAGRAM_SOCKET, STATUS_PROTOCOL_UNREACHABLE},
		{SOCK_STREAM, IPPROTO_UDP, WSK_FLAG_LISTEN_SOCKET, STATUS_PROTOCOL_UNREACHABLE},
		{99, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, STATUS_PROTOCOL_UNREACHABLE},
		{SOCK_STREAM, ~0u, WSK_FLAG_LISTEN_SOCKET, STATUS_PROTOCOL_UNREACHABLE},
		{SOCK_STREAM, IPPROTO_TCP, 3, STATUS_INVALID_PARAMETER},
		{SOCK_STREAM, IPPROTO_TCP, ~0u, STATUS_INVALID_PARAMETER},
	};
	struct asked asked;

	(void)state;
	asked_init(&asked);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		assert_int_equal(pended(&asked, socket_call(scene.provider.Client, kinds[i].type,
							    kinds[i].protocol, kinds[i].flags,
							    asked_arm(&asked))),
				 kinds[i].status);
		assert_int_equal(!asked.answer.Information, kinds[i].status != STATUS_SUCCESS);
		if (asked.answer.Information)
			close_socket((PWSK_SOCKET)asked.answer.Information);
	}
	assert_int_equal(pended(&asked, scene.provider.Dispatch->WskSocket(
						scene.provider.Client, 77, SOCK_STREAM, IPPROTO_TCP,
						WSK_FLAG_LISTEN_SOCKET, NULL, NULL, NULL, NULL,
						NULL, asked_arm(&asked))),
			 STATUS_PROTOCOL_UNREACHABLE);
	asked_free(&asked);
}

static void a_datagram_socket_does_not_listen(void **state)
{
	SOCKADDR_IN name = loopback_name(0);
	struct asked asked;
	PWSK_SOCKET socket;

	(void)state;
	asked_init(&asked);
	socket = open_socket(&scene, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_LISTEN_SOCKET, NULL, NULL);
	assert_int_equal(pended(&asked, listen_calls(socket)->WskBind(socket, (PSOCKADDR)&name, 0,
								      asked_arm(&asked))),
			 STATUS_NOT_IMPLEMENTED);
	assert_int_equal(asked.answer.Information, 0);
	assert_int_equal(pended(&asked, listen_calls(socket)->WskAccept(socket, 0, NULL, NULL, NULL,
									NULL, asked_arm(&asked))),
			 STATUS_INVALID_DEVICE_STATE);
	close_socket(socket);
	asked_free(&asked);
}

static void an_irp_without_a_free_location_is_not_accepted(void **state)
{
	PIRP irp = IoAllocateIrp(1, FALSE);
	PWSK_SOCKET socket;

	(void)state;
	socket = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
			     NULL);
	IoSetNextIrpStackLocation(irp);
	irp->IoStatus.Status = POISON_STATUS;
	assert_int_equal(basic_calls(socket)->WskCloseSocket(socket, irp),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(irp->IoStatus.Status, POISON_STATUS);
	IoSkipCurrentIrpStackLocation(irp);
	IoFreeIrp(irp);
	close_socket(socket);
}

static NTSTATUS NTAPI count_above(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct asked *asked = context;

	(void)device;
	asked->answer = irp->IoStatus;
	asked->pending_returned = irp->PendingReturned;
	asked->irql = KeGetCurrentIrql();
	__atomic_add_fetch(&asked->runs, 1, __ATOMIC_SEQ_CST);
	KeSetEvent(&asked->done, 0, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI propagate(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	int *runs = context;

	(void)device;
	if (irp->PendingReturned)
		IoMarkIrpPending(irp);
	__atomic_add_fetch(runs, 1, __ATOMIC_SEQ_CST);
	return STATUS_SUCCESS;
}

/* A driver passes down an IRP of somebody above, with a routine of its own or without. */
static void an_irp_from_above_is_completed_upward(void **state)
{
	(void)state;
	for (int with_routine = 0; with_routine < 2; with_routine++) {
		PIRP irp = IoAllocateIrp(2, FALSE);
		struct asked asked = {.irp = irp};
		PWSK_SOCKET socket;
		int below = 0;

		KeInitializeEvent(&asked.done, SynchronizationEvent, FALSE);
		socket = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET,
				     NULL, NULL);
		IoSetCompletionRoutine(irp, count_above, &asked, TRUE, TRUE, TRUE);
		IoSetNextIrpStackLocation(irp);
		if (with_routine)
			IoSetCompletionRoutine(irp, propagate, &below, TRUE, TRUE, TRUE);
		else
			IoGetNextIrpStackLocation(irp)->CompletionRoutine = NULL;
		assert_int_equal(basic_calls(socket)->WskCloseSocket(socket, irp), STATUS_PENDING);
		assert_int_equal(asked_wait(&asked), STATUS_SUCCESS);
		assert_int_equal(below, with_routine);
		assert_true(asked.pending_returned);
		IoFreeIrp(irp);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_accepted_touches_nothing),
		cmocka_unit_test(sockets_of_every_kind_are_made_or_refused),
		cmocka_unit_test(a_datagram_socket_does_not_listen),
		cmocka_unit_test(an_irp_without_a_free_location_is_not_accepted),
		cmocka_unit_test(an_irp_from_above_is_completed_upward),
	};

	return RUN_IN_SCENE(tests);
}
