/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* IRPs that are cancelled, closed, or gone. */

#include "host_peer.h"
#include "wsk_one_scene.h"

#include <sys/mman.h>

static void a_cancelled_request_is_completed_once(void **state)
{
	struct memory memory = memory_new(8);
	PWSK_SOCKET listener, socket;
	struct asked asked;
	uint16_t port;
	int peer;

	(void)state;
	asked_init(&asked);
	listener = open_listener(&scene, NULL, NULL, &port);
	socket = open_pair(&scene, NULL, NULL, &peer);

	assert_int_equal(listen_calls(listener)->WskAccept(listener, 0, NULL, NULL, NULL, NULL,
							   asked_arm(&asked)),
			 STATUS_PENDING);
	assert_true(IoCancelIrp(asked.irp));
	assert_int_equal(asked_wait(&asked), STATUS_CANCELLED);
	assert_int_equal(asked.answer.Information, 0);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);

	assert_int_equal(connection_calls(socket)->WskReceive(socket, &memory.buffer, 0,
							      asked_arm(&asked)),
			 STATUS_PENDING);
	assert_true(IoCancelIrp(asked.irp));
	assert_int_equal(asked_wait(&asked), STATUS_CANCELLED);
	assert_int_equal(asked.answer.Information, 0);

	/* Cancelled before it is asked: the call finds out. */
	asked_arm(&asked);
	assert_false(IoCancelIrp(asked.irp));
	assert_int_equal(pended(&asked, connection_calls(socket)->WskReceive(socket, &memory.buffer,
									     0, asked.irp)),
			 STATUS_CANCELLED);
	/* The queue is intact. */
	peer_send(peer, "x", 1);
	assert_int_equal(pended(&asked, connection_calls(socket)->WskReceive(socket, &memory.buffer,
									     0, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 1);
	close_socket(socket);
	close_socket(listener);
	peer_close(peer);
	memory_free(&memory);
	asked_free(&asked);
}

static void a_cancelled_receive_keeps_what_it_has(void **state)
{
	struct memory memory = memory_new(8);
	struct asked asked;
	PWSK_SOCKET socket;
	int peer;

	(void)state;
	asked_init(&asked);
	socket = open_pair(&scene, NULL, NULL, &peer);
	assert_int_equal(connection_calls(socket)->WskReceive(socket, &memory.buffer,
							      WSK_FLAG_WAITALL, asked_arm(&asked)),
			 STATUS_PENDING);
	peer_send(peer, "abc", 3);
	asked_waits(&asked);
	IoCancelIrp(asked.irp);
	assert_int_equal(asked_wait(&asked), STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 3);
	assert_memory_equal(memory.bytes, "abc", 3);
	close_socket(socket);
	peer_close(peer);
	memory_free(&memory);
	asked_free(&asked);
}

#define MANY 64

static void close_cancels_everything_and_comes_last(void **state)
{
	struct memory memory = memory_new(8);
	struct asked receives[MANY], accepts[MANY], closing;
	PWSK_SOCKET socket, listener;
	uint16_t port;
	int peer;

	(void)state;
	asked_init(&closing);
	socket = open_pair(&scene, NULL, NULL, &peer);
	listener = open_listener(&scene, NULL, NULL, &port);
	for (int i = 0; i < MANY; i++) {
		asked_init(&receives[i]);
		asked_init(&accepts[i]);
		assert_int_equal(connection_calls(socket)->WskReceive(socket, &memory.buffer, 0,
								      asked_arm(&receives[i])),
				 STATUS_PENDING);
		assert_int_equal(listen_calls(listener)->WskAccept(listener, 0, NULL, NULL, NULL,
								   NULL, asked_arm(&accepts[i])),
				 STATUS_PENDING);
	}
	assert_int_equal(basic_calls(socket)->WskCloseSocket(socket, asked_arm(&closing)),
			 STATUS_PENDING);
	assert_int_equal(asked_wait(&closing), STATUS_SUCCESS);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(__atomic_load_n(&receives[i].runs, __ATOMIC_SEQ_CST), 1);
	assert_int_equal(basic_calls(listener)->WskCloseSocket(listener, asked_arm(&closing)),
			 STATUS_PENDING);
	assert_int_equal(asked_wait(&closing), STATUS_SUCCESS);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(asked_wait(&receives[i]), STATUS_CANCELLED);
		assert_int_equal(receives[i].answer.Information, 0);
		assert_int_equal(asked_wait(&accepts[i]), STATUS_CANCELLED);
		assert_int_equal(accepts[i].answer.Information, 0);
		asked_free(&receives[i]);
		asked_free(&accepts[i]);
	}
	peer_close(peer);
	memory_free(&memory);
	asked_free(&closing);
}

struct page {
	IRP irp;
	IO_STACK_LOCATION location;
	KEVENT *done;
	NTSTATUS *status;
};

static NTSTATUS NTAPI unmap_it(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct page *page = context;
	KEVENT *done = page->done;

	(void)device;
	*page->status = irp->IoStatus.Status;
	assert_int_equal(munmap(page, 4096), 0);
	KeSetEvent(done, 0, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static void an_irp_may_be_gone_when_its_routine_returns(void **state)
{
	LARGE_INTEGER limit = {.QuadPart = -200000000};
	struct memory memory = memory_new(8);
	NTSTATUS status = POISON_STATUS;
	PWSK_SOCKET socket;
	KEVENT done;
	int peer;

	(void)state;
	KeInitializeEvent(&done, SynchronizationEvent, FALSE);
	socket = open_pair(&scene, NULL, NULL, &peer);
	for (int i = 0; i < 3; i++) {
		struct page *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		IoInitializeIrp(&page->irp, IoSizeOfIrp(1), 1);
		page->done = &done;
		page->status = &status;
		IoSetCompletionRoutine(&page->irp, unmap_it, page, TRUE, TRUE, TRUE);
		/* inline, from the reactor, and cancelled */
		if (i == 0)
			peer_send(peer, "x", 1);
		assert_int_equal(connection_calls(socket)->WskReceive(socket, &memory.buffer, 0,
								      &page->irp),
				 STATUS_PENDING);
		if (i == 1)
			peer_send(peer, "x", 1);
		if (i == 2)
			IoCancelIrp(&page->irp);
		assert_int_equal(KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, &limit),
				 STATUS_SUCCESS);
		assert_int_equal(status, i == 2 ? STATUS_CANCELLED : STATUS_SUCCESS);
	}
	close_socket(socket);
	peer_close(peer);
	memory_free(&memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cancelled_request_is_completed_once),
		cmocka_unit_test(a_cancelled_receive_keeps_what_it_has),
		cmocka_unit_test(close_cancels_everything_and_comes_last),
		cmocka_unit_test(an_irp_may_be_gone_when_its_routine_returns),
	};

	return RUN_IN_SCENE(tests);
}
