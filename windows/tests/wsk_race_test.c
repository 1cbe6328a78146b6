/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* IRPs cancelled, and sockets closed, at every moment of an accept, a receive, a connect. */

#include "host_peer.h"
#include "wsk_scene.h"

#include <pthread.h>

#define TURNS 300

static struct scene scene;

/* Cancels what is asked while another thread makes it come true. */
struct canceller {
	pthread_t thread;
	PIRP irp;
	int delay;
};

static void *cancel(void *argument)
{
	struct canceller *canceller = argument;

	for (volatile int i = 0; i < canceller->delay * 37; i++)
		;
	IoCancelIrp(canceller->irp);
	return NULL;
}

static void a_receive_is_cancelled_or_not_and_no_byte_is_lost(void **state)
{
	struct memory memory = memory_new(4);
	struct asked asked;
	int sent = 0, received = 0, peer;
	PWSK_SOCKET socket;

	(void)state;
	asked_init(&asked);
	scene_begin(&scene);
	socket = open_pair(&scene, NULL, NULL, &peer);
	for (int i = 0; i < TURNS; i++) {
		struct canceller canceller = {.irp = asked_arm(&asked), .delay = i};

		assert_int_equal(connection_calls(socket)->WskReceive(socket, &memory.buffer, 0,
								      asked.irp),
				 STATUS_PENDING);
		pthread_create(&canceller.thread, NULL, cancel, &canceller);
		peer_send(peer, "x", 1);
		sent++;
		if (asked_wait(&asked) == STATUS_CANCELLED) {
			assert_int_equal(asked.answer.Information, 0);
		} else {
			received += (int)asked.answer.Information;
		}
		pthread_join(canceller.thread, NULL);
	}
	/* Cancelled ones have left theirs to the others. */
	while (received < sent) {
		assert_int_equal(pended(&asked,
					connection_calls(socket)->WskReceive(socket, &memory.buffer,
									     0, asked_arm(&asked))),
				 STATUS_SUCCESS);
		received += (int)asked.answer.Information;
	}
	assert_int_equal(received, sent);
	close_socket(socket);
	peer_close(peer);
	memory_free(&memory);
	asked_free(&asked);
	scene_end(&scene);
}

static void an_accept_is_cancelled_or_not_and_no_connection_is_lost(void **state)
{
	struct asked asked;
	PWSK_SOCKET listener;
	int accepted = 0;
	uint16_t port;

	(void)state;
	asked_init(&asked);
	scene_begin(&scene);
	listener = open_listener(&scene, NULL, NULL, &port);
	for (int i = 0; i < TURNS; i++) {
		struct canceller canceller = {.irp = asked_arm(&asked), .delay = i};

		assert_int_equal(listen_calls(listener)->WskAccept(listener, 0, NULL, NULL, NULL,
								   NULL, asked.irp),
				 STATUS_PENDING);
		pthread_create(&canceller.thread, NULL, cancel, &canceller);
		peer_close(peer_connect(port));
		if (asked_wait(&asked) == STATUS_SUCCESS) {
			close_socket((PWSK_SOCKET)asked.answer.Information);
			accepted++;
		}
		pthread_join(canceller.thread, NULL);
	}
	for (; accepted < TURNS; accepted++) {
		assert_int_equal(pended(&asked, listen_calls(listener)->WskAccept(
							listener, 0, NULL, NULL, NULL, NULL,
							asked_arm(&asked))),
				 STATUS_SUCCESS);
		close_socket((PWSK_SOCKET)asked.answer.Information);
	}
	close_socket(listener);
	asked_free(&asked);
	scene_end(&scene);
}

static void a_connect_is_cancelled_or_not(void **state)
{
	SOCKADDR_IN name, any = {.sin_family = AF_INET};
	struct asked asked;
	uint16_t port;
	int listener = peer_listen(&port);

	(void)state;
	asked_init(&asked);
	scene_begin(&scene);
	name = loopback_name(port);
	for (int i = 0; i < TURNS; i++) {
		struct canceller canceller = {.delay = i};
		NTSTATUS status;

		canceller.irp = asked_arm(&asked);
		pthread_create(&canceller.thread, NULL, cancel, &canceller);
		assert_int_equal(scene.provider.Dispatch->WskSocketConnect(
					 scene.provider.Client, SOCK_STREAM, IPPROTO_TCP,
					 (PSOCKADDR)&any, (PSOCKADDR)&name, 0, NULL, NULL, NULL,
					 NULL, NULL, asked.irp),
				 STATUS_PENDING);
		status = asked_wait(&asked);
		pthread_join(canceller.thread, NULL);
		if (status == STATUS_SUCCESS) {
			close_socket((PWSK_SOCKET)asked.answer.Information);
		} else {
			assert_int_equal(status, STATUS_CANCELLED);
			assert_int_equal(asked.answer.Information, 0);
		}
		/* Its other end, if it was made at all. */
		if (status == STATUS_SUCCESS)
			peer_close(peer_accept(listener));
	}
	peer_close(listener);
	asked_free(&asked);
	/* Sockets of cancelled attempts are gone, too. */
	scene_end(&scene);
}

static void a_close_meets_data_on_its_way(void **state)
{
	struct memory memory = memory_new(100);
	struct asked receives[4], closing;

	(void)state;
	asked_init(&closing);
	for (int i = 0; i < 4; i++)
		asked_init(&receives[i]);
	scene_begin(&scene);
	for (int i = 0; i < TURNS; i++) {
		PWSK_SOCKET socket;
		int peer;

		socket = open_pair(&scene, NULL, NULL, &peer);
		for (int j = 0; j < 4; j++)
			connection_calls(socket)->WskReceive(socket, &memory.buffer,
							     j == 2 ? WSK_FLAG_WAITALL : 0,
							     asked_arm(&receives[j]));
		peer_send(peer, "abc", 3);
		assert_int_equal(basic_calls(socket)->WskCloseSocket(socket, asked_arm(&closing)),
				 STATUS_PENDING);
		assert_int_equal(asked_wait(&closing), STATUS_SUCCESS);
		for (int j = 0; j < 4; j++) {
			assert_int_equal(__atomic_load_n(&receives[j].runs, __ATOMIC_SEQ_CST), 1);
			if (asked_wait(&receives[j]) != STATUS_SUCCESS)
				assert_int_equal(receives[j].answer.Status, STATUS_CANCELLED);
		}
		peer_close(peer);
	}
	for (int i = 0; i < 4; i++)
		asked_free(&receives[i]);
	asked_free(&closing);
	memory_free(&memory);
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_receive_is_cancelled_or_not_and_no_byte_is_lost),
		cmocka_unit_test(an_accept_is_cancelled_or_not_and_no_connection_is_lost),
		cmocka_unit_test(a_connect_is_cancelled_or_not),
		cmocka_unit_test(a_close_meets_data_on_its_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
