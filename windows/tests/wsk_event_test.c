/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Event callbacks of listeners and connections: when they come, what they may answer. */

#include "host_peer.h"
#include "wsk_event_scene.h"

static void an_event_accepts_and_a_pending_accept_wins(void **state)
{
	struct asked asked;
	PWSK_SOCKET listener;
	uint16_t port;
	int peer, other, third;
	char byte;

	(void)state;
	asked_init(&asked);
	listener = open_listener(&scene, &seen, &on_listen, &port);
	third = peer_connect(port); /* waits in the kernel */
	assert_int_equal(listen_calls(listener)->WskAccept(listener, 0, NULL, NULL, NULL, NULL,
							   asked_arm(&asked)),
			 STATUS_PENDING);
	assert_int_equal(asked_wait(&asked), STATUS_SUCCESS);
	close_socket((PWSK_SOCKET)asked.answer.Information);
	assert_int_equal(listen_calls(listener)->WskAccept(listener, 0, NULL, NULL, NULL, NULL,
							   asked_arm(&asked)),
			 STATUS_PENDING);
	assert_int_equal(enable_events(listener, WSK_EVENT_ACCEPT, NULL), STATUS_SUCCESS);
	peer = peer_connect(port);
	assert_int_equal(asked_wait(&asked), STATUS_SUCCESS);
	stays(&seen.accepts, 0);
	close_socket((PWSK_SOCKET)asked.answer.Information);
	other = peer_connect(port);
	await(&seen.accepts, 1);
	assert_int_equal(seen.accepted_port, peer_port(other));
	assert_int_equal(seen.irql, DISPATCH_LEVEL);
	/* Not inherited: the listener has enabled no events of connections. */
	peer_send(other, "x", 1);
	stays(&seen.receives, 0);
	close_socket(seen.accepted);
	peer_close(other);
	/* Refused: the connection is gone. */
	seen.accept_answer = STATUS_REQUEST_NOT_ACCEPTED;
	other = peer_connect(port);
	await(&seen.accepts, 2);
	assert_true(peer_receive(other, &byte, 1) <= 0);
	close_socket(listener);
	peer_close(peer);
	peer_close(other);
	peer_close(third);
	asked_free(&asked);
}

static void events_of_connections_are_inherited(void **state)
{
	PWSK_SOCKET listener;
	uint16_t port;
	int peer;

	(void)state;
	listener = open_listener(&scene, &seen, &on_listen, &port);
	assert_int_equal(enable_events(listener,
				       WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT,
				       NULL),
			 STATUS_SUCCESS);
	assert_int_equal(enable_events(listener, WSK_EVENT_DISABLE | WSK_EVENT_RECEIVE, NULL),
			 STATUS_INVALID_DEVICE_REQUEST);
	peer = peer_connect(port);
	peer_send(peer, "hello", 5);
	await(&seen.receives, 1);
	assert_memory_equal(seen.bytes, "hello", 5);
	peer_finish(peer);
	await(&seen.disconnects, 1);
	assert_int_equal(seen.disconnect_flags & WSK_FLAG_ABORTIVE, 0);
	close_socket(seen.accepted);
	close_socket(listener);
	peer_close(peer);
}

static void a_reset_is_an_abortive_disconnect(void **state)
{
	PWSK_SOCKET socket;
	int peer;

	(void)state;
	socket = open_pair(&scene, &seen, &on_connection, &peer);
	assert_int_equal(enable_events(socket, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT, NULL),
			 STATUS_SUCCESS);
	peer_reset(peer);
	await(&seen.disconnects, 1);
	assert_int_equal(seen.disconnect_flags & WSK_FLAG_ABORTIVE, WSK_FLAG_ABORTIVE);
	close_socket(socket);
}

static void what_is_not_accepted_waits_for_a_receive(void **state)
{
	struct memory memory = memory_new(100);
	struct asked asked;
	PWSK_SOCKET socket;
	int peer;

	(void)state;
	asked_init(&asked);
	socket = open_pair(&scene, &seen, &on_connection, &peer);
	assert_int_equal(enable_events(socket, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT, NULL),
			 STATUS_SUCCESS);
	seen.accept_at_most = 2;
	peer_send(peer, "abcdef", 6);
	await(&seen.receives, 1);
	peer_send(peer, "gh", 2);
	stays(&seen.receives, 1);
	/* The end is not told before what came before it is taken. */
	peer_finish(peer);
	stays(&seen.disconnects, 0);
	seen.accept_at_most = 0;
	memory.buffer.Length = 3;
	assert_int_equal(pended(&asked, connection_calls(socket)->WskReceive(socket, &memory.buffer,
									     0, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 3);
	assert_memory_equal(memory.bytes, "cde", 3);
	/* The receive has enabled the events again: the rest comes by them. */
	await(&seen.disconnects, 1);
	assert_int_equal(seen.count, 2 + 3);
	assert_memory_equal(seen.bytes, "abfgh", 5);
	close_socket(socket);
	peer_close(peer);
	memory_free(&memory);
	asked_free(&asked);
}

static void a_refused_indication_is_indicated_again(void **state)
{
	struct memory memory = memory_new(0);
	struct asked asked;
	PWSK_SOCKET socket;
	int peer;

	(void)state;
	asked_init(&asked);
	socket = open_pair(&scene, &seen, &on_connection, &peer);
	seen.receive_answer = STATUS_DATA_NOT_ACCEPTED;
	assert_int_equal(enable_events(socket, WSK_EVENT_RECEIVE, NULL), STATUS_SUCCESS);
	peer_send(peer, "abc", 3);
	await(&seen.receives, 1);
	stays(&seen.receives, 1);
	seen.receive_answer = STATUS_SUCCESS;
	/* A receive without a buffer enables the event, and takes nothing. */
	assert_int_equal(pended(&asked, connection_calls(socket)->WskReceive(socket, &memory.buffer,
									     0, asked_arm(&asked))),
			 STATUS_SUCCESS);
	await(&seen.receives, 2);
	assert_memory_equal(seen.bytes, "abc", 3);
	close_socket(socket);
	peer_close(peer);
	memory_free(&memory);
	asked_free(&asked);
}

static void indications_are_kept_and_released_in_any_order(void **state)
{
	PWSK_SOCKET socket;
	int peer;

	(void)state;
	socket = open_pair(&scene, &seen, &on_connection, &peer);
	seen.receive_answer = STATUS_PENDING;
	assert_int_equal(enable_events(socket, WSK_EVENT_RECEIVE, NULL), STATUS_SUCCESS);
	for (int i = 0; i < 4; i++) {
		peer_send(peer, "0123456789" + i, 1);
		await(&seen.receives, i + 1);
	}
	assert_memory_equal(seen.bytes, "0123", 4);
	/* The last two as one list, by the client's own Next. */
	seen.kept[3]->Next = seen.kept[2];
	seen.kept[2]->Next = NULL;
	assert_int_equal(connection_calls(socket)->WskRelease(socket, seen.kept[3]),
			 STATUS_SUCCESS);
	assert_int_equal(connection_calls(socket)->WskRelease(socket, seen.kept[3]),
			 STATUS_INVALID_PARAMETER);
	seen.kept[0]->Next = NULL;
	assert_int_equal(connection_calls(socket)->WskRelease(socket, seen.kept[0]),
			 STATUS_SUCCESS);
	/* The second is never released: the close does it. */
	close_socket(socket);
	peer_close(peer);
}

static void a_client_that_keeps_too_much_is_shown_no_more(void **state)
{
	enum {
		BLOCK = 16384
	};
	static char block[BLOCK];
	PWSK_SOCKET socket;
	int peer, before;

	(void)state;
	socket = open_pair(&scene, &seen, &on_connection, &peer);
	seen.receive_answer = STATUS_PENDING;
	seen.accept_at_most = 1; /* copies one byte; PENDING keeps all */
	assert_int_equal(enable_events(socket, WSK_EVENT_RECEIVE, NULL), STATUS_SUCCESS);
	for (int i = 0; i < 128; i++)
		peer_send(peer, block, BLOCK);
	stays(&seen.disconnects, 0);
	before = __atomic_load_n(&seen.receives, __ATOMIC_SEQ_CST);
	stays(&seen.receives, before);
	assert_true(before < CALLS_MAX);
	for (int i = 0; i < before; i++) {
		seen.kept[i]->Next = NULL;
		assert_int_equal(connection_calls(socket)->WskRelease(socket, seen.kept[i]),
				 STATUS_SUCCESS);
	}
	seen.receive_answer = STATUS_SUCCESS;
	stays(&seen.disconnects, 0);
	assert_true(__atomic_load_n(&seen.receives, __ATOMIC_SEQ_CST) > before);
	close_socket(socket);
	peer_close(peer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EVENT_TEST(an_event_accepts_and_a_pending_accept_wins),
		EVENT_TEST(events_of_connections_are_inherited),
		EVENT_TEST(a_reset_is_an_abortive_disconnect),
		EVENT_TEST(what_is_not_accepted_waits_for_a_receive),
		EVENT_TEST(a_refused_indication_is_indicated_again),
		EVENT_TEST(indications_are_kept_and_released_in_any_order),
		EVENT_TEST(a_client_that_keeps_too_much_is_shown_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
