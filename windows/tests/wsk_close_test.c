/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* How connections end: what arrives, and what the requests on them are told. */

#include "host_peer.h"
#include "wsk_one_scene.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

static NTSTATUS send_all(struct asked *asked, PWSK_SOCKET socket, struct memory *memory)
{
	return pended(asked, connection_calls(socket)->WskSend(socket, &memory->buffer, 0,
							       asked_arm(asked)));
}

static NTSTATUS receive(struct asked *asked, PWSK_SOCKET socket, struct memory *memory, ULONG flags)
{
	return pended(asked, connection_calls(socket)->WskReceive(socket, &memory->buffer, flags,
								  asked_arm(asked)));
}

static NTSTATUS disconnect(struct asked *asked, PWSK_SOCKET socket, WSK_BUF *buffer, ULONG flags)
{
	return pended(asked, connection_calls(socket)->WskDisconnect(socket, buffer, flags,
								     asked_arm(asked)));
}

struct reader {
	pthread_t thread;
	int fd;
	size_t size;
	char *bytes;
	ssize_t got;
	ssize_t after; /* what follows them */
};

static void *read_all(void *argument)
{
	struct reader *reader = argument;
	char byte;

	reader->got = peer_receive(reader->fd, reader->bytes, reader->size);
	reader->after = peer_receive(reader->fd, &byte, 1);
	return NULL;
}

enum {
	MUCH = 3 << 20
};

/* Everything that a send took arrives, though the close comes at once; what the peer has sent and
 * nobody read does not harm it. */
static void nothing_is_lost_by_a_close_without_a_disconnect(void **state)
{
	struct memory memory = memory_new(MUCH);
	struct reader reader = {.size = MUCH, .bytes = test_malloc(MUCH)};
	struct asked asked;
	PWSK_SOCKET socket;

	(void)state;
	asked_init(&asked);
	for (size_t i = 0; i < MUCH; i++)
		memory.bytes[i] = (char)(i * 31 + i / 4096);
	socket = open_pair(&scene, NULL, NULL, &reader.fd);
	peer_send(reader.fd, "unread", 6);
	pthread_create(&reader.thread, NULL, read_all, &reader);
	assert_int_equal(send_all(&asked, socket, &memory), STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, MUCH);
	close_socket(socket);
	pthread_join(reader.thread, NULL);
	assert_int_equal(reader.got, MUCH);
	assert_memory_equal(reader.bytes, memory.bytes, MUCH);
	/* Aborted then: nobody has said that this was the end. */
	assert_int_equal(reader.after, -ECONNRESET);
	peer_close(reader.fd);
	test_free(reader.bytes);
	memory_free(&memory);
	asked_free(&asked);
}

static void nothing_is_lost_by_a_disconnect_and_a_close(void **state)
{
	struct memory memory = memory_new(MUCH);
	struct reader reader = {.size = MUCH, .bytes = test_malloc(MUCH)};
	struct asked asked;
	PWSK_SOCKET socket;

	(void)state;
	asked_init(&asked);
	for (size_t i = 0; i < MUCH; i++)
		memory.bytes[i] = (char)(i * 17 + i / 4096);
	socket = open_pair(&scene, NULL, NULL, &reader.fd);
	pthread_create(&reader.thread, NULL, read_all, &reader);
	/* The disconnect brings the data itself. */
	assert_int_equal(disconnect(&asked, socket, &memory.buffer, 0), STATUS_SUCCESS);
	assert_int_equal(send_all(&asked, socket, &memory), STATUS_INVALID_DEVICE_STATE);
	close_socket(socket);
	pthread_join(reader.thread, NULL);
	assert_int_equal(reader.got, MUCH);
	assert_memory_equal(reader.bytes, memory.bytes, MUCH);
	assert_int_equal(reader.after, 0);
	peer_close(reader.fd);
	test_free(reader.bytes);
	memory_free(&memory);
	asked_free(&asked);
}

static void the_receiving_half_outlives_a_disconnect(void **state)
{
	struct memory memory = memory_new(8);
	struct asked asked;
	PWSK_SOCKET socket;
	int peer;
	char byte;

	(void)state;
	asked_init(&asked);
	socket = open_pair(&scene, NULL, NULL, &peer);
	assert_int_equal(disconnect(&asked, socket, NULL, 0), STATUS_SUCCESS);
	assert_int_equal(peer_receive(peer, &byte, 1), 0);
	assert_int_equal(disconnect(&asked, socket, NULL, 0), STATUS_INVALID_DEVICE_STATE);
	peer_send(peer, "late", 4);
	assert_int_equal(receive(&asked, socket, &memory, 0), STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 4);
	close_socket(socket);
	peer_close(peer);
	memory_free(&memory);
	asked_free(&asked);
}

static void an_abortive_disconnect_ends_everything_at_once(void **state)
{
	struct memory memory = memory_new(8);
	struct asked asked, pending;
	PWSK_SOCKET socket;
	int peer;
	char byte;

	(void)state;
	asked_init(&asked);
	asked_init(&pending);
	socket = open_pair(&scene, NULL, NULL, &peer);
	assert_int_equal(connection_calls(socket)->WskReceive(socket, &memory.buffer, 0,
							      asked_arm(&pending)),
			 STATUS_PENDING);
	assert_int_equal(disconnect(&asked, socket, &memory.buffer, WSK_FLAG_ABORTIVE),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(disconnect(&asked, socket, NULL, 0x10), STATUS_INVALID_PARAMETER);
	assert_int_equal(disconnect(&asked, socket, NULL, WSK_FLAG_ABORTIVE), STATUS_SUCCESS);
	assert_int_equal(asked_wait(&pending), STATUS_CONNECTION_ABORTED);
	assert_int_equal(pending.answer.Information, 0);
	assert_int_equal(peer_receive(peer, &byte, 1), -ECONNRESET);
	assert_int_equal(send_all(&asked, socket, &memory), STATUS_CONNECTION_ABORTED);
	assert_int_equal(receive(&asked, socket, &memory, 0), STATUS_CONNECTION_ABORTED);
	close_socket(socket);
	peer_close(peer);
	memory_free(&memory);
	asked_free(&pending);
	asked_free(&asked);
}

static void a_disconnect_that_is_stuck_is_released_by_an_abortive_one(void **state)
{
	struct memory memory = memory_new(8 << 20);
	struct asked sending, graceful, asked;
	PWSK_SOCKET socket;
	int peer;

	(void)state;
	asked_init(&sending);
	asked_init(&graceful);
	asked_init(&asked);
	socket = open_pair(&scene, NULL, NULL, &peer);
	peer_narrow(peer);
	assert_int_equal(connection_calls(socket)->WskSend(socket, &memory.buffer, 0,
							   asked_arm(&sending)),
			 STATUS_PENDING);
	asked_waits(&sending);
	assert_int_equal(connection_calls(socket)->WskDisconnect(socket, NULL, 0,
								 asked_arm(&graceful)),
			 STATUS_PENDING);
	asked_waits(&graceful);
	assert_int_equal(disconnect(&asked, socket, NULL, WSK_FLAG_ABORTIVE), STATUS_SUCCESS);
	assert_int_equal(asked_wait(&sending), STATUS_CONNECTION_ABORTED);
	assert_int_equal(asked_wait(&graceful), STATUS_CONNECTION_ABORTED);
	close_socket(socket);
	peer_close(peer);
	memory_free(&memory);
	asked_free(&sending);
	asked_free(&graceful);
	asked_free(&asked);
}

static void a_reset_is_told_after_what_came_before_it(void **state)
{
	struct memory memory = memory_new(8);
	struct asked asked;
	PWSK_SOCKET socket;
	int peer;

	(void)state;
	asked_init(&asked);
	socket = open_pair(&scene, NULL, NULL, &peer);
	peer_send(peer, "last", 4);
	peer_reset(peer);
	assert_int_equal(receive(&asked, socket, &memory, 0), STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 4);
	assert_int_equal(receive(&asked, socket, &memory, 0), STATUS_CONNECTION_RESET);
	assert_int_equal(asked.answer.Information, 0);
	assert_int_equal(send_all(&asked, socket, &memory), STATUS_CONNECTION_RESET);
	/* It stays so. */
	assert_int_equal(receive(&asked, socket, &memory, 0), STATUS_CONNECTION_RESET);
	close_socket(socket);
	memory_free(&memory);
	asked_free(&asked);
}

static void a_disconnect_that_was_not_heard_is_a_reset(void **state)
{
	struct memory memory = memory_new(8), much = memory_new(8 << 20);
	struct asked asked, sending;
	PWSK_SOCKET socket;
	int peer;
	char byte;

	(void)state;
	asked_init(&asked);
	asked_init(&sending);
	/* Before it is asked for, and before anybody has noticed. */
	socket = open_pair(&scene, NULL, NULL, &peer);
	peer_reset(peer);
	assert_int_equal(disconnect(&asked, socket, NULL, 0), STATUS_CONNECTION_RESET);
	assert_int_equal(asked.answer.Information, 0);
	assert_int_equal(receive(&asked, socket, &memory, 0), STATUS_CONNECTION_RESET);
	close_socket(socket);
	/* With bytes on their way, which are lost. */
	socket = open_pair(&scene, NULL, NULL, &peer);
	peer_narrow(peer);
	assert_int_equal(pended(&asked, connection_calls(socket)->WskSend(socket, &memory.buffer, 0,
									  asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(connection_calls(socket)->WskDisconnect(socket, &much.buffer, 0,
								 asked_arm(&sending)),
			 STATUS_PENDING);
	asked_waits(&sending);
	peer_reset(peer);
	assert_int_equal(asked_wait(&sending), STATUS_CONNECTION_RESET);
	assert_int_equal(sending.answer.Information, 0);
	close_socket(socket);
	/* After the peer has heard the end: that one has succeeded. */
	socket = open_pair(&scene, NULL, NULL, &peer);
	assert_int_equal(disconnect(&asked, socket, NULL, 0), STATUS_SUCCESS);
	assert_int_equal(peer_receive(peer, &byte, 1), 0);
	peer_reset(peer);
	assert_int_equal(receive(&asked, socket, &memory, 0), STATUS_CONNECTION_RESET);
	close_socket(socket);
	memory_free(&memory);
	memory_free(&much);
	asked_free(&sending);
	asked_free(&asked);
}

static void a_receive_of_all_ends_with_the_stream(void **state)
{
	struct memory memory = memory_new(8), none = memory_new(0);
	struct asked asked;
	PWSK_SOCKET socket;
	int peer;

	(void)state;
	asked_init(&asked);
	socket = open_pair(&scene, NULL, NULL, &peer);
	/* Without room: when there is something. */
	assert_int_equal(connection_calls(socket)->WskReceive(socket, &none.buffer, 0,
							      asked_arm(&asked)),
			 STATUS_PENDING);
	asked_waits(&asked);
	peer_send(peer, "ab", 2);
	assert_int_equal(asked_wait(&asked), STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 0);
	assert_int_equal(connection_calls(socket)->WskReceive(socket, &memory.buffer,
							      WSK_FLAG_WAITALL, asked_arm(&asked)),
			 STATUS_PENDING);
	asked_waits(&asked);
	peer_send(peer, "cdefgh", 6);
	assert_int_equal(asked_wait(&asked), STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 8);
	assert_memory_equal(memory.bytes, "abcdefgh", 8);
	assert_int_equal(connection_calls(socket)->WskReceive(socket, &memory.buffer,
							      WSK_FLAG_WAITALL, asked_arm(&asked)),
			 STATUS_PENDING);
	peer_send(peer, "ij", 2);
	peer_finish(peer);
	assert_int_equal(asked_wait(&asked), STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 2);
	assert_int_equal(receive(&asked, socket, &memory, WSK_FLAG_WAITALL), STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 0);
	close_socket(socket);
	peer_close(peer);
	memory_free(&memory);
	memory_free(&none);
	asked_free(&asked);
}

static void a_draining_receive_swallows_the_rest(void **state)
{
	struct memory memory = memory_new(8), none = memory_new(0);
	static char rubbish[100000];
	struct asked asked;
	PWSK_SOCKET socket;
	int peer;

	(void)state;
	asked_init(&asked);
	socket = open_pair(&scene, NULL, NULL, &peer);
	assert_int_equal(receive(&asked, socket, &memory, WSK_FLAG_DRAIN),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(receive(&asked, socket, &none, WSK_FLAG_DRAIN | WSK_FLAG_WAITALL),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(receive(&asked, socket, &none, 0x100), STATUS_NOT_SUPPORTED);
	assert_int_equal(connection_calls(socket)->WskReceive(socket, &none.buffer, WSK_FLAG_DRAIN,
							      asked_arm(&asked)),
			 STATUS_PENDING);
	peer_send(peer, rubbish, sizeof(rubbish));
	asked_waits(&asked);
	peer_finish(peer);
	assert_int_equal(asked_wait(&asked), STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 0);
	close_socket(socket);
	peer_close(peer);
	memory_free(&memory);
	memory_free(&none);
	asked_free(&asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_by_a_close_without_a_disconnect),
		cmocka_unit_test(nothing_is_lost_by_a_disconnect_and_a_close),
		cmocka_unit_test(the_receiving_half_outlives_a_disconnect),
		cmocka_unit_test(an_abortive_disconnect_ends_everything_at_once),
		cmocka_unit_test(a_disconnect_that_is_stuck_is_released_by_an_abortive_one),
		cmocka_unit_test(a_reset_is_told_after_what_came_before_it),
		cmocka_unit_test(a_disconnect_that_was_not_heard_is_a_reset),
		cmocka_unit_test(a_receive_of_all_ends_with_the_stream),
		cmocka_unit_test(a_draining_receive_swallows_the_rest),
	};

	return RUN_IN_SCENE(tests);
}
