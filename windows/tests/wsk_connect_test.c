/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Other ways of connecting: WskSocketConnect, WskConnectEx, stream sockets. */

#include "host_peer.h"
#include "wsk_one_scene.h"

#include <string.h>

static NTSTATUS socket_connect(struct asked *asked, PSOCKADDR_IN local, PSOCKADDR_IN remote,
			       USHORT type, ULONG flags)
{
	return pended(asked, scene.provider.Dispatch->WskSocketConnect(
				     scene.provider.Client, type, IPPROTO_TCP, (PSOCKADDR)local,
				     (PSOCKADDR)remote, flags, NULL, NULL, NULL, NULL, NULL,
				     asked_arm(asked)));
}

static void a_socket_is_made_and_connected_in_one(void **state)
{
	SOCKADDR_IN any = {.sin_family = AF_INET}, name, other = {.sin_family = AF_INET6};
	struct asked asked;
	PWSK_SOCKET socket;
	uint16_t port;
	int listener, peer;
	char byte;

	(void)state;
	asked_init(&asked);
	listener = peer_listen(&port);
	name = loopback_name(port);
	assert_int_equal(socket_connect(&asked, &any, &name, SOCK_STREAM, 0), STATUS_SUCCESS);
	socket = (PWSK_SOCKET)asked.answer.Information;
	peer = peer_accept(listener);
	assert_int_equal(pended(&asked, connection_calls(socket)->WskDisconnect(socket, NULL, 0,
										asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(peer_receive(peer, &byte, 1), 0);
	close_socket(socket);
	peer_close(peer);
	peer_close(listener);
	/* What fails leaves no socket behind: the scene's end would hang. */
	listener = peer_reserve(&port);
	name = loopback_name(port);
	assert_int_equal(socket_connect(&asked, &any, &name, SOCK_STREAM, 0),
			 STATUS_CONNECTION_REFUSED);
	assert_int_equal(asked.answer.Information, 0);
	assert_int_equal(socket_connect(&asked, &name, &name, SOCK_STREAM, 0),
			 STATUS_ADDRESS_ALREADY_ASSOCIATED);
	assert_int_equal(socket_connect(&asked, &any, &other, SOCK_STREAM, 0),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(socket_connect(&asked, &any, &name, SOCK_STREAM, 1),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(socket_connect(&asked, NULL, &name, SOCK_STREAM, 0),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(socket_connect(&asked, &any, &name, SOCK_DGRAM, 0),
			 STATUS_PROTOCOL_UNREACHABLE);
	peer_close(listener);
	asked_free(&asked);
}

static void a_connect_may_bring_data(void **state)
{
	struct memory memory = memory_new(65536);
	struct asked asked;
	PWSK_SOCKET socket;
	SOCKADDR_IN name;
	uint16_t port;
	char data[8];
	int listener, peer;

	(void)state;
	asked_init(&asked);
	listener = peer_listen(&port);
	name = loopback_name(port);
	socket = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
			     NULL);
	bind_socket(socket, 0);
	assert_int_equal(answered(&asked, connection_calls(socket)->WskConnectEx(
						  socket, (PSOCKADDR)&name, &memory.buffer, 0,
						  asked_arm(&asked))),
			 STATUS_BUFFER_OVERFLOW);
	memcpy(memory.bytes, "hello!!!", 8);
	memory.buffer.Length = 8;
	assert_int_equal(answered(&asked, connection_calls(socket)->WskConnectEx(
						  socket, (PSOCKADDR)&name, &memory.buffer, 4,
						  asked_arm(&asked))),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(pended(&asked, connection_calls(socket)->WskConnectEx(
						socket, (PSOCKADDR)&name, &memory.buffer, 0,
						asked_arm(&asked))),
			 STATUS_SUCCESS);
	peer = peer_accept(listener);
	assert_int_equal(peer_receive(peer, data, 8), 8);
	assert_memory_equal(data, "hello!!!", 8);
	/* Once is enough. */
	assert_int_equal(answered(&asked, connection_calls(socket)->WskConnect(
						  socket, (PSOCKADDR)&name, 0, asked_arm(&asked))),
			 STATUS_INVALID_DEVICE_STATE);
	close_socket(socket);
	peer_close(peer);
	peer_close(listener);
	memory_free(&memory);
	asked_free(&asked);
}

static void a_stream_socket_is_what_it_is_used_for(void **state)
{
	PWSK_SOCKET ear, mouth;
	struct asked asked, accept;
	SOCKADDR_IN name;

	(void)state;
	asked_init(&asked);
	asked_init(&accept);
	ear = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_STREAM_SOCKET, NULL, NULL);
	mouth = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_STREAM_SOCKET, NULL, NULL);
	assert_int_equal(pended(&asked, stream_calls(ear)->WskListen(ear, asked_arm(&asked))),
			 STATUS_INVALID_DEVICE_STATE);
	bind_socket(ear, 0);
	bind_socket(mouth, 0);
	assert_int_equal(pended(&asked, stream_calls(ear)->WskAccept(ear, 0, NULL, NULL, NULL, NULL,
								     asked_arm(&asked))),
			 STATUS_INVALID_DEVICE_STATE);
	assert_int_equal(pended(&asked, stream_calls(ear)->WskListen(ear, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(answered(&asked, stream_calls(ear)->WskGetLocalAddress(
						  ear, (PSOCKADDR)&name, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(answered(&asked, stream_calls(ear)->WskConnect(ear, (PSOCKADDR)&name, 0,
									asked_arm(&asked))),
			 STATUS_INVALID_DEVICE_STATE);
	assert_int_equal(stream_calls(ear)->WskAccept(ear, 0, NULL, NULL, NULL, NULL,
						      asked_arm(&accept)),
			 STATUS_PENDING);
	assert_int_equal(pended(&asked, stream_calls(mouth)->WskConnect(mouth, (PSOCKADDR)&name, 0,
									asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked_wait(&accept), STATUS_SUCCESS);
	assert_int_equal(pended(&asked, stream_calls(mouth)->WskListen(mouth, asked_arm(&asked))),
			 STATUS_INVALID_DEVICE_STATE);
	close_socket((PWSK_SOCKET)accept.answer.Information);
	close_socket(mouth);
	close_socket(ear);
	asked_free(&accept);
	asked_free(&asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_is_made_and_connected_in_one),
		cmocka_unit_test(a_connect_may_bring_data),
		cmocka_unit_test(a_stream_socket_is_what_it_is_used_for),
	};

	return RUN_IN_SCENE(tests);
}
