/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskControlSocket() and WskControlClient(): every parameter right, wrong and missing. */

#include "host_peer.h"
#include "wsk_one_scene.h"
#include "wsk_redirect_rows.h"

#include <string.h>

#define RECORDS SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS
#define SET_RECORDS SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS

/* Whether whither is active where this program runs, which it need not be. */
static const char *world_of_here(void)
{
	static const struct question_row probe =
		ROW(AWAY, NEW, SET, RUBBISH, NO_ROOM, STATUS_NOT_FOUND, UNTOUCHED);
	PWSK_SOCKET socket = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP,
					 WSK_FLAG_CONNECTION_SOCKET, NULL, NULL);
	struct question_facts facts;
	struct question question;
	struct asked asked;
	NTSTATUS status;

	question_facts_init(&facts, "away", "", SIZE_MAX);
	question = question_begin(&probe, &facts, NEW, SET);
	asked_init(&asked);
	status = answered(&asked, basic_calls(socket)->WskControlSocket(
					  socket, WskIoctl, SET_RECORDS, 0, question.input_size,
					  question.input, 0, NULL, NULL, asked_arm(&asked)));
	question_end(&question, UNTOUCHED);
	asked_free(&asked);
	close_socket(socket);
	return status == STATUS_NOT_FOUND ? "away" : "direct";
}

/* Its peer has closed it, and it knows. */
static void await_end(PWSK_SOCKET socket)
{
	struct memory memory = memory_new(16);
	struct asked asked;

	asked_init(&asked);
	assert_int_equal(pended(&asked, connection_calls(socket)->WskReceive(socket, &memory.buffer,
									     0, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 0);
	asked_free(&asked);
	memory_free(&memory);
}

static void disconnect(PWSK_SOCKET socket)
{
	struct asked asked;

	asked_init(&asked);
	assert_int_equal(pended(&asked, connection_calls(socket)->WskDisconnect(socket, NULL, 0,
										asked_arm(&asked))),
			 STATUS_SUCCESS);
	asked_free(&asked);
}

static PWSK_SOCKET open_of_kind(USHORT type, ULONG protocol, ULONG kind)
{
	return open_socket(&scene, type, protocol, kind, NULL, NULL);
}

/* Where nobody redirects; wsk_redirect_proxy asks the rest of the table. */
static void the_three_codes_check_their_arguments(void **state)
{
	struct {
		enum question_place place;
		PWSK_SOCKET socket;
	} asked[9];
	struct question_facts facts;
	uint16_t port;
	int peer, closes, ends;

	(void)state;
	question_facts_init(&facts, world_of_here(), "", SIZE_MAX);
	asked[0].place = ACCEPTED;
	asked[0].socket = open_pair(&scene, NULL, NULL, &peer);
	asked[1].place = HALF;
	asked[1].socket = open_pair(&scene, NULL, NULL, &closes);
	peer_close(closes);
	await_end(asked[1].socket);
	asked[2].place = ENDED;
	asked[2].socket = open_pair(&scene, NULL, NULL, &ends);
	disconnect(asked[2].socket);
	peer_close(ends);
	await_end(asked[2].socket);
	asked[3].place = NEW;
	asked[3].socket = open_of_kind(SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET);
	asked[4].place = BOUND;
	asked[4].socket = open_of_kind(SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET);
	bind_socket(asked[4].socket, 0);
	asked[5].place = LISTENING;
	asked[5].socket = open_listener(&scene, NULL, NULL, &port);
	asked[6].place = DATAGRAM;
	asked[6].socket = open_of_kind(SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET);
	asked[7].place = BASIC;
	asked[7].socket = open_of_kind(SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_BASIC_SOCKET);
	asked[8].place = STREAM;
	asked[8].socket = open_of_kind(SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_STREAM_SOCKET);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		wsk_rows_ask(&facts, asked[i].place, asked[i].socket);
		close_socket(asked[i].socket);
	}
	peer_close(peer);
}

/* NOLINTNEXTLINE(readability-function-size): the parameters are Windows' */
static NTSTATUS control(PWSK_SOCKET socket, WSK_CONTROL_SOCKET_TYPE type, ULONG code, ULONG level,
			SIZE_T input_size, void *input, SIZE_T output_size, void *output,
			SIZE_T *returned)
{
	return basic_calls(socket)->WskControlSocket(socket, type, code, level, input_size, input,
						     output_size, output, returned, NULL);
}

static void options_are_windows_numbers_and_types(void **state)
{
	ULONG value = 100000, other = 0;
	PWSK_SOCKET socket;
	SIZE_T returned = 0;

	(void)state;
	socket = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
			     NULL);
	assert_int_equal(control(socket, WskSetOption, SO_RCVBUF, SOL_SOCKET, sizeof(value), &value,
				 0, NULL, NULL),
			 STATUS_SUCCESS);
	assert_int_equal(control(socket, WskGetOption, SO_RCVBUF, SOL_SOCKET, 0, NULL,
				 sizeof(other), &other, &returned),
			 STATUS_SUCCESS);
	assert_int_equal(returned, sizeof(other));
	assert_int_equal(other, value);
	value = 1;
	assert_int_equal(control(socket, WskSetOption, TCP_NODELAY, IPPROTO_TCP, sizeof(value),
				 &value, 0, NULL, NULL),
			 STATUS_SUCCESS);
	/* Linux' numbers are not these. */
	assert_true(!NT_SUCCESS(
		control(socket, WskSetOption, 2, 1, sizeof(value), &value, 0, NULL, NULL)));
	assert_true(!NT_SUCCESS(control(socket, WskSetOption, 0x7abc, SOL_SOCKET, sizeof(value),
					&value, 0, NULL, NULL)));
	assert_int_equal(control(socket, WskSetOption, SO_RCVBUF, SOL_SOCKET, sizeof(value), NULL,
				 0, NULL, NULL),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(control(socket, WskControlMax, SO_RCVBUF, SOL_SOCKET, 0, NULL, 0, NULL,
				 NULL),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(control(socket, (WSK_CONTROL_SOCKET_TYPE)-1, 0, 0, 0, NULL, 0, NULL, NULL),
			 STATUS_INVALID_PARAMETER);
	close_socket(socket);
}

static void other_codes_answer_or_are_refused(void **state)
{
	static const ULONG unknown[] = {0,
					~0u,
					RECORDS + 3,
					RECORDS & ~0x80000000u,
					SIO_WSK_REGISTER_EXTENSION + 100,
					0x8004667e /* FIONBIO */};
	union {
		SOCKET_ADDRESS_LIST list;
		unsigned char bytes[4096];
	} room;
	SIZE_T returned = 0, backlog = 0;
	struct asked asked;
	PWSK_SOCKET socket;
	int peer;

	(void)state;
	asked_init(&asked);
	socket = open_pair(&scene, NULL, NULL, &peer);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_int_equal(control(socket, WskIoctl, unknown[i], 0, 0, NULL, 0, NULL, NULL),
				 STATUS_INVALID_DEVICE_REQUEST);
	assert_int_equal(control(socket, WskIoctl, SIO_WSK_QUERY_IDEAL_SEND_BACKLOG, 0, 0, NULL,
				 sizeof(backlog), &backlog, &returned),
			 STATUS_SUCCESS);
	assert_int_equal(returned, sizeof(SIZE_T));
	assert_true(backlog > 0);
	peer_send(peer, "abc", 3);
	for (int i = 0; i < 1000 && backlog != 3; i++)
		assert_int_equal(control(socket, WskIoctl, SIO_WSK_QUERY_RECEIVE_BACKLOG, 0, 0,
					 NULL, sizeof(backlog), &backlog, &returned),
				 STATUS_SUCCESS);
	assert_int_equal(backlog, 3);
	assert_int_equal(control(socket, WskIoctl, SIO_WSK_QUERY_RECEIVE_BACKLOG, 0, 0, NULL, 7,
				 &backlog, &returned),
			 STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(control(socket, WskIoctl, SIO_ADDRESS_LIST_QUERY, 0, 0, NULL, 0, NULL,
				 &returned),
			 STATUS_BUFFER_TOO_SMALL);
	assert_true(returned > sizeof(INT) && returned <= sizeof(room));
	assert_int_equal(control(socket, WskIoctl, SIO_ADDRESS_LIST_QUERY, 0, 0, NULL, returned,
				 &room, &returned),
			 STATUS_SUCCESS);
	assert_true(room.list.iAddressCount >= 1);
	assert_int_equal(room.list.Address[0].lpSockaddr->sa_family, AF_INET);
	/* Waits for what does not happen here; a close ends it. */
	assert_int_equal(basic_calls(socket)->WskControlSocket(socket, WskIoctl,
							       SIO_ADDRESS_LIST_CHANGE, 0, 0, NULL,
							       0, NULL, NULL, asked_arm(&asked)),
			 STATUS_PENDING);
	asked_waits(&asked);
	close_socket(socket);
	assert_int_equal(asked_wait(&asked), STATUS_CANCELLED);
	peer_close(peer);
	asked_free(&asked);
}

static NTSTATUS client_control(ULONG code, SIZE_T input_size, void *input, SIZE_T output_size,
			       void *output, SIZE_T *returned, PIRP irp)
{
	return scene.provider.Dispatch->WskControlClient(scene.provider.Client, code, input_size,
							 input, output_size, output, returned, irp);
}

static void clients_are_controlled(void **state)
{
	PSECURITY_DESCRIPTOR descriptor = &scene, cached = NULL;
	WSK_TRANSPORT transports[16];
	struct asked asked;
	SIZE_T returned = 0;

	(void)state;
	asked_init(&asked);
	assert_int_equal(client_control(WSK_TRANSPORT_LIST_QUERY, 0, NULL, 0, NULL, &returned,
					NULL),
			 STATUS_BUFFER_OVERFLOW);
	assert_true(returned >= sizeof(WSK_TRANSPORT) && returned <= sizeof(transports));
	assert_int_equal(answered(&asked, client_control(WSK_TRANSPORT_LIST_QUERY, 0, NULL,
							 sizeof(transports), transports, &returned,
							 asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, returned);
	assert_int_equal(transports[0].SocketType, SOCK_STREAM);
	assert_int_equal(client_control(WSK_CACHE_SD, sizeof(descriptor), &descriptor,
					sizeof(cached), &cached, &returned, NULL),
			 STATUS_SUCCESS);
	assert_non_null(cached);
	assert_int_equal(client_control(WSK_RELEASE_SD, sizeof(cached), &cached, 0, NULL, NULL,
					NULL),
			 STATUS_SUCCESS);
	assert_int_equal(client_control(0x1234, 0, NULL, 0, NULL, NULL, NULL),
			 STATUS_INVALID_DEVICE_REQUEST);
	assert_int_equal(client_control(WSK_TRANSPORT_LIST_QUERY, 0, NULL, SIZE_MAX, NULL, NULL,
					NULL),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(client_control(WSK_TRANSPORT_LIST_CHANGE, 0, NULL, 0, NULL, NULL, NULL),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(client_control(WSK_TRANSPORT_LIST_CHANGE, 0, NULL, 0, NULL, NULL,
					asked_arm(&asked)),
			 STATUS_PENDING);
	assert_true(IoCancelIrp(asked.irp));
	assert_int_equal(asked_wait(&asked), STATUS_CANCELLED);
	assert_int_equal(scene.provider.Dispatch->WskControlClient(NULL, WSK_TRANSPORT_LIST_QUERY,
								   0, NULL, 0, NULL, NULL, NULL),
			 STATUS_INVALID_HANDLE);
	asked_free(&asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_three_codes_check_their_arguments),
		cmocka_unit_test(options_are_windows_numbers_and_types),
		cmocka_unit_test(other_codes_answer_or_are_refused),
		cmocka_unit_test(clients_are_controlled),
	};

	return RUN_IN_SCENE(tests);
}
