/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Connections by IRP: accept, connect, send, receive, disconnect, close. */

#include "host_peer.h"
#include "wsk_one_scene.h"

#include <errno.h>
#include <string.h>

static void an_accepted_connection_echoes(void **state)
{
	const WSK_PROVIDER_CONNECTION_DISPATCH *calls;
	struct memory memory = memory_new(256);
	PWSK_SOCKET listener, socket;
	struct {
		SOCKADDR_IN name;
		unsigned char beyond[112];
	} local, remote;
	struct asked asked;
	uint16_t port;
	char data[256];
	int peer;

	(void)state;
	asked_init(&asked);
	memset(&local, 0xa5, sizeof(local));
	memset(&remote, 0xa5, sizeof(remote));
	listener = open_listener(&scene, NULL, NULL, &port);
	assert_int_equal(listen_calls(listener)->WskAccept(listener, 0, NULL, NULL,
							   (PSOCKADDR)&local, (PSOCKADDR)&remote,
							   asked_arm(&asked)),
			 STATUS_PENDING);
	asked_waits(&asked);
	peer = peer_connect(port);
	assert_int_equal(asked_wait(&asked), STATUS_SUCCESS);
	socket = (PWSK_SOCKET)asked.answer.Information;
	calls = connection_calls(socket);
	assert_int_equal(local.name.sin_family, AF_INET);
	assert_int_equal(RtlUshortByteSwap(local.name.sin_port), port);
	assert_int_equal(RtlUshortByteSwap(remote.name.sin_port), peer_port(peer));
	/* An address is as long as its family's, not as SOCKADDR_STORAGE. */
	for (size_t i = 0; i < sizeof(local.beyond); i++) {
		assert_int_equal(local.beyond[i], 0xa5);
		assert_int_equal(remote.beyond[i], 0xa5);
	}

	assert_int_equal(calls->WskReceive(socket, &memory.buffer, 0, asked_arm(&asked)),
			 STATUS_PENDING);
	asked_waits(&asked);
	peer_send(peer, "hello", 6);
	assert_int_equal(asked_wait(&asked), STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 6);
	assert_string_equal(memory.bytes, "hello");

	assert_int_equal(pended(&asked,
				calls->WskSend(socket, &memory.buffer, 0, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 256);
	assert_int_equal(peer_receive(peer, data, 256), 256);
	assert_memory_equal(data, memory.bytes, 256);

	peer_finish(peer);
	assert_int_equal(pended(&asked,
				calls->WskReceive(socket, &memory.buffer, 0, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 0);
	assert_int_equal(pended(&asked, calls->WskDisconnect(socket, NULL, 0, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(peer_receive(peer, data, 1), 0);
	close_socket(socket);
	close_socket(listener);
	peer_close(peer);
	memory_free(&memory);
	asked_free(&asked);
}

static void a_connection_is_made(void **state)
{
	SOCKADDR_IN name;
	struct asked asked;
	PWSK_SOCKET socket;
	int peer;

	(void)state;
	asked_init(&asked);
	socket = open_pair(&scene, NULL, NULL, &peer);
	assert_int_equal(answered(&asked, connection_calls(socket)->WskGetLocalAddress(
						  socket, (PSOCKADDR)&name, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 0);
	assert_int_not_equal(name.sin_port, 0);
	assert_int_equal(answered(&asked, connection_calls(socket)->WskGetRemoteAddress(
						  socket, (PSOCKADDR)&name, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(RtlUshortByteSwap(name.sin_port), peer_port(peer));
	close_socket(socket);
	peer_close(peer);
	asked_free(&asked);
}

static void connect_wants_a_bound_socket_and_says_so_at_once(void **state)
{
	SOCKADDR_IN name = loopback_name(9);
	struct asked asked;
	PWSK_SOCKET socket;

	(void)state;
	asked_init(&asked);
	socket = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
			     NULL);
	assert_int_equal(answered(&asked, connection_calls(socket)->WskConnect(
						  socket, (PSOCKADDR)&name, 0, asked_arm(&asked))),
			 STATUS_INVALID_DEVICE_STATE);
	assert_int_equal(asked.answer.Information, 0);
	assert_int_equal(answered(&asked, connection_calls(socket)->WskGetLocalAddress(
						  socket, (PSOCKADDR)&name, asked_arm(&asked))),
			 STATUS_INVALID_DEVICE_STATE);
	assert_int_equal(answered(&asked, connection_calls(socket)->WskGetRemoteAddress(
						  socket, (PSOCKADDR)&name, asked_arm(&asked))),
			 STATUS_INVALID_DEVICE_STATE);
	close_socket(socket);
	asked_free(&asked);
}

static void a_refused_connection_says_so(void **state)
{
	SOCKADDR_IN name;
	struct asked asked;
	PWSK_SOCKET socket;
	uint16_t port;
	int held;

	(void)state;
	asked_init(&asked);
	held = peer_reserve(&port);
	name = loopback_name(port);
	socket = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
			     NULL);
	bind_socket(socket, 0);
	assert_int_equal(pended(&asked, connection_calls(socket)->WskConnect(
						socket, (PSOCKADDR)&name, 0, asked_arm(&asked))),
			 STATUS_CONNECTION_REFUSED);
	assert_int_equal(asked.answer.Information, 0);
	close_socket(socket);
	peer_close(held);
	asked_free(&asked);
}

static void an_address_in_use_cannot_be_listened_on(void **state)
{
	PWSK_SOCKET listener, other;
	SOCKADDR_IN name;
	struct asked asked;
	uint16_t port;

	(void)state;
	asked_init(&asked);
	listener = open_listener(&scene, NULL, NULL, &port);
	name = loopback_name(port);
	other = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, NULL, NULL);
	assert_int_equal(pended(&asked, listen_calls(other)->WskBind(other, (PSOCKADDR)&name, 0,
								     asked_arm(&asked))),
			 STATUS_ADDRESS_ALREADY_ASSOCIATED);
	close_socket(other);
	close_socket(listener);
	asked_free(&asked);
}

static void a_listener_may_follow_one_whose_connections_linger(void **state)
{
	PWSK_SOCKET listener, socket;
	struct asked asked;
	uint16_t port;
	int peer;

	(void)state;
	asked_init(&asked);
	listener = open_listener(&scene, NULL, NULL, &port);
	peer = peer_connect(port);
	assert_int_equal(pended(&asked,
				listen_calls(listener)->WskAccept(listener, 0, NULL, NULL, NULL,
								  NULL, asked_arm(&asked))),
			 STATUS_SUCCESS);
	socket = (PWSK_SOCKET)asked.answer.Information;
	/* This side ends first: TIME_WAIT is its. */
	assert_int_equal(pended(&asked, connection_calls(socket)->WskDisconnect(socket, NULL, 0,
										asked_arm(&asked))),
			 STATUS_SUCCESS);
	peer_close(peer);
	close_socket(socket);
	close_socket(listener);
	listener =
		open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, NULL, NULL);
	bind_socket(listener, port);
	close_socket(listener);
	asked_free(&asked);
}

/* The chain's pieces are of odd sizes, and the header lies on the stack of a call that returned. */
static PWSK_BUF chained(struct memory *pieces, size_t count, WSK_BUF *header)
{
	*header = (WSK_BUF){pieces[0].buffer.Mdl, 3, 0};
	for (size_t i = 0; i < count; i++) {
		header->Length += pieces[i].size;
		pieces[i].buffer.Mdl->Next = i + 1 < count ? pieces[i + 1].buffer.Mdl : NULL;
	}
	header->Length -= 3 + 5;
	return header;
}

static void chains_of_mdls_are_gathered_and_scattered(void **state)
{
	struct memory out[100], in[3];
	char data[100 * 101];
	struct asked asked;
	PWSK_SOCKET socket;
	size_t total = 0;
	WSK_BUF header;
	int peer;

	(void)state;
	asked_init(&asked);
	socket = open_pair(&scene, NULL, NULL, &peer);
	for (size_t i = 0; i < 100; i++) {
		out[i] = memory_new(i + 9);
		for (size_t j = 0; j < i + 9; j++)
			out[i].bytes[j] = (char)(i * 7 + j);
		total += i + 9;
	}
	assert_int_equal(
		pended(&asked, connection_calls(socket)->WskSend(socket, chained(out, 100, &header),
								 0, asked_arm(&asked))),
		STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, total - 8);
	assert_int_equal(peer_receive(peer, data, total - 8), total - 8);
	for (size_t i = 0, at = 0; i < 100; i++) {
		for (size_t j = i ? 0 : 3; j < i + 9 && at < total - 8; j++)
			assert_int_equal(data[at++], out[i].bytes[j]);
		memory_free(&out[i]);
	}
	for (size_t i = 0; i < 3; i++)
		in[i] = memory_new(10);
	peer_send(peer, "0123456789abcdefghijkl", 22);
	assert_int_equal(pended(&asked, connection_calls(socket)->WskReceive(
						socket, chained(in, 3, &header), WSK_FLAG_WAITALL,
						asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 22);
	assert_memory_equal(in[0].bytes, "\0\0\0", 3);
	assert_memory_equal(in[0].bytes + 3, "0123456", 7);
	assert_memory_equal(in[1].bytes, "789abcdefg", 10);
	assert_memory_equal(in[2].bytes, "hijkl\0\0\0\0\0", 10);
	for (size_t i = 0; i < 3; i++)
		memory_free(&in[i]);
	close_socket(socket);
	peer_close(peer);
	asked_free(&asked);
}

static void a_buffer_larger_than_its_mdls_is_refused(void **state)
{
	static const struct {
		ULONG offset;
		SIZE_T length;
	} wrong[] = {{0, 17}, {17, 1}, {1, 16}, {0, SIZE_MAX}, {16, SIZE_MAX - 15}, {~0u, 1}};
	struct memory memory = memory_new(16);
	struct asked asked;
	PWSK_SOCKET socket;
	WSK_BUF buffer;
	int peer;

	(void)state;
	asked_init(&asked);
	socket = open_pair(&scene, NULL, NULL, &peer);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		buffer = (WSK_BUF){memory.buffer.Mdl, wrong[i].offset, wrong[i].length};
		assert_int_equal(pended(&asked, connection_calls(socket)->WskSend(
							socket, &buffer, 0, asked_arm(&asked))),
				 STATUS_INVALID_PARAMETER);
		assert_int_equal(pended(&asked, connection_calls(socket)->WskReceive(
							socket, &buffer, 0, asked_arm(&asked))),
				 STATUS_INVALID_PARAMETER);
	}
	buffer = (WSK_BUF){NULL, 0, 1};
	assert_int_equal(pended(&asked, connection_calls(socket)->WskSend(socket, &buffer, 0,
									  asked_arm(&asked))),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(pended(&asked, connection_calls(socket)->WskSend(socket, NULL, 0,
									  asked_arm(&asked))),
			 STATUS_INVALID_PARAMETER);
	close_socket(socket);
	peer_close(peer);
	memory_free(&memory);
	asked_free(&asked);
}

static void a_socket_that_is_not_connected_moves_no_data(void **state)
{
	struct memory memory = memory_new(16);
	struct asked asked;
	PWSK_SOCKET socket;

	(void)state;
	asked_init(&asked);
	socket = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
			     NULL);
	assert_int_equal(pended(&asked, connection_calls(socket)->WskSend(socket, &memory.buffer, 0,
									  asked_arm(&asked))),
			 STATUS_INVALID_DEVICE_STATE);
	assert_int_equal(pended(&asked, connection_calls(socket)->WskReceive(socket, &memory.buffer,
									     0, asked_arm(&asked))),
			 STATUS_INVALID_DEVICE_STATE);
	assert_int_equal(pended(&asked, connection_calls(socket)->WskDisconnect(socket, NULL, 0,
										asked_arm(&asked))),
			 STATUS_INVALID_DEVICE_STATE);
	close_socket(socket);
	memory_free(&memory);
	asked_free(&asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_accepted_connection_echoes),
		cmocka_unit_test(a_connection_is_made),
		cmocka_unit_test(connect_wants_a_bound_socket_and_says_so_at_once),
		cmocka_unit_test(a_refused_connection_says_so),
		cmocka_unit_test(an_address_in_use_cannot_be_listened_on),
		cmocka_unit_test(a_listener_may_follow_one_whose_connections_linger),
		cmocka_unit_test(chains_of_mdls_are_gathered_and_scattered),
		cmocka_unit_test(a_buffer_larger_than_its_mdls_is_refused),
		cmocka_unit_test(a_socket_that_is_not_connected_moves_no_data),
	};

	return RUN_IN_SCENE(tests);
}
