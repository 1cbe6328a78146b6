/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskControlSocket() and WskControlClient(): every parameter right, wrong and missing. */

#include "host_peer.h"
#include "wsk_scene.h"

#include <string.h>

#define RECORDS SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS
#define CONTEXT SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT
#define SET SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS
#define UNWRITTEN ((SIZE_T)0x7777)

static struct scene scene;

static int begin(void **state)
{
	(void)state;
	scene_begin(&scene);
	return 0;
}

static int end(void **state)
{
	(void)state;
	scene_end(&scene);
	return 0;
}

/* NOLINTNEXTLINE(readability-function-size): a table */
static void the_three_codes_check_their_arguments(void **state)
{
	static unsigned char bytes[64];
	/* Sockets: a connected one that whither has nothing to do with, and others. */
	enum {
		CONNECTED,
		CLOSED, /* by the peer */
		NEW,
		LISTENING,
		DATAGRAM,
		BASIC,
		STREAM,
		KINDS
	};
	static const struct {
		int socket;
		ULONG code;
		SIZE_T input_size;
		void *input;
		SIZE_T output_size;
		void *output;
		NTSTATUS status;
	} rows[] = {
		{CONNECTED, RECORDS, 0, NULL, 64, bytes, STATUS_NOT_FOUND},
		{CONNECTED, RECORDS, 0, NULL, 0, NULL, STATUS_NOT_FOUND},
		{CONNECTED, CONTEXT, 0, NULL, 64, bytes, STATUS_NOT_FOUND},
		{CONNECTED, CONTEXT, 0, NULL, 0, NULL, STATUS_NOT_FOUND},
		{CONNECTED, RECORDS, 0, NULL, 64, NULL, STATUS_INVALID_PARAMETER},
		{CONNECTED, RECORDS, 0, NULL, SIZE_MAX, NULL, STATUS_INVALID_PARAMETER},
		{CONNECTED, RECORDS, 0, NULL, SIZE_MAX, bytes, STATUS_NOT_FOUND},
		{CONNECTED, RECORDS, 1, bytes, 64, bytes, STATUS_INVALID_PARAMETER},
		{CONNECTED, RECORDS, 1, NULL, 64, bytes, STATUS_INVALID_PARAMETER},
		{CONNECTED, RECORDS, 0, bytes, 64, bytes, STATUS_INVALID_PARAMETER},
		{CONNECTED, SET, 64, bytes, 0, NULL, STATUS_INVALID_DEVICE_STATE},
		{CONNECTED, SET, 0, NULL, 0, NULL, STATUS_INVALID_PARAMETER},
		{CONNECTED, CONTEXT, 0, NULL, 64, NULL, STATUS_INVALID_PARAMETER},
		{CONNECTED, CONTEXT, 0, NULL, SIZE_MAX, bytes, STATUS_NOT_FOUND},
		{CONNECTED, CONTEXT, 1, bytes, 64, bytes, STATUS_INVALID_PARAMETER},
		{CONNECTED, CONTEXT, 0, bytes, 64, bytes, STATUS_INVALID_PARAMETER},
		{CONNECTED, RECORDS, SIZE_MAX, NULL, 64, bytes, STATUS_INVALID_PARAMETER},
		{CONNECTED, SET, SIZE_MAX, bytes, 0, NULL, STATUS_INTEGER_OVERFLOW},
		{CLOSED, RECORDS, 0, NULL, 64, bytes, STATUS_NOT_FOUND},
		{CLOSED, RECORDS, 0, NULL, 0, NULL, STATUS_NOT_FOUND},
		{CLOSED, CONTEXT, 0, NULL, 64, bytes, STATUS_NOT_FOUND},
		{CLOSED, CONTEXT, 0, NULL, 64, NULL, STATUS_INVALID_PARAMETER},
		{CLOSED, SET, 64, bytes, 0, NULL, STATUS_INVALID_DEVICE_STATE},
		{CLOSED, SET, 0, NULL, 0, NULL, STATUS_INVALID_PARAMETER},
		{NEW, RECORDS, 0, NULL, 0, NULL, STATUS_INVALID_DEVICE_STATE},
		{NEW, SET, 0, bytes, 0, NULL, STATUS_INVALID_PARAMETER},
		{NEW, SET, 64, bytes, 0, bytes, STATUS_INVALID_PARAMETER},
		{STREAM, CONTEXT, 0, NULL, 64, bytes, STATUS_INVALID_DEVICE_STATE},
		{DATAGRAM, CONTEXT, 0, NULL, 64, bytes, STATUS_INVALID_DEVICE_REQUEST},
		{BASIC, CONTEXT, 0, NULL, 64, bytes, STATUS_INVALID_DEVICE_REQUEST},
		{BASIC, SET, 64, bytes, 0, NULL, STATUS_INVALID_DEVICE_REQUEST},
		{NEW, RECORDS, 0, NULL, 64, bytes, STATUS_INVALID_DEVICE_STATE},
		{NEW, CONTEXT, 0, NULL, 64, bytes, STATUS_INVALID_DEVICE_STATE},
		{NEW, SET, 0, NULL, 0, NULL, STATUS_INVALID_PARAMETER},
		{NEW, SET, 64, NULL, 0, NULL, STATUS_INVALID_PARAMETER},
		{NEW, SET, 64, bytes, 1, bytes, STATUS_INVALID_PARAMETER},
		{NEW, SET, (SIZE_T)1 << 32, bytes, 0, NULL, STATUS_INTEGER_OVERFLOW},
		{NEW, SET, SIZE_MAX, bytes, 0, NULL, STATUS_INTEGER_OVERFLOW},
		{STREAM, RECORDS, 0, NULL, 64, bytes, STATUS_INVALID_DEVICE_STATE},
		{LISTENING, RECORDS, 0, NULL, 64, bytes, STATUS_INVALID_DEVICE_REQUEST},
		{LISTENING, CONTEXT, 0, NULL, 64, bytes, STATUS_INVALID_DEVICE_REQUEST},
		{LISTENING, SET, 64, bytes, 0, NULL, STATUS_INVALID_DEVICE_REQUEST},
		{DATAGRAM, RECORDS, 0, NULL, 64, bytes, STATUS_INVALID_DEVICE_REQUEST},
		{DATAGRAM, SET, 64, bytes, 0, NULL, STATUS_INVALID_DEVICE_REQUEST},
		{BASIC, RECORDS, 0, NULL, 64, bytes, STATUS_INVALID_DEVICE_REQUEST},
	};
	PWSK_SOCKET sockets[KINDS];
	struct asked asked;
	uint16_t port;
	int peer, other;

	(void)state;
	asked_init(&asked);
	sockets[CONNECTED] = open_pair(&scene, NULL, NULL, &peer);
	sockets[CLOSED] = open_pair(&scene, NULL, NULL, &other);
	peer_close(other);
	sockets[NEW] = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET,
				   NULL, NULL);
	sockets[LISTENING] = open_listener(&scene, NULL, NULL, &port);
	sockets[DATAGRAM] =
		open_socket(&scene, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
	sockets[BASIC] =
		open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_BASIC_SOCKET, NULL, NULL);
	sockets[STREAM] =
		open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_STREAM_SOCKET, NULL, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		PWSK_SOCKET socket = sockets[rows[i].socket];
		SIZE_T returned = UNWRITTEN;

		memset(bytes, 0xa5, sizeof(bytes));
		assert_int_equal(answered(&asked, basic_calls(socket)->WskControlSocket(
							  socket, WskIoctl, rows[i].code, 99,
							  rows[i].input_size, rows[i].input,
							  rows[i].output_size, rows[i].output,
							  &returned, asked_arm(&asked))),
				 rows[i].status);
		assert_int_equal(asked.answer.Information, 0);
		assert_int_equal(returned, UNWRITTEN);
		for (size_t j = 0; j < sizeof(bytes); j++)
			assert_int_equal(bytes[j], 0xa5);
		/* Without an IRP nothing happens at all. */
		assert_int_equal(basic_calls(socket)->WskControlSocket(
					 socket, WskIoctl, rows[i].code, 0, rows[i].input_size,
					 rows[i].input, rows[i].output_size, rows[i].output,
					 &returned, NULL),
				 STATUS_INVALID_PARAMETER);
		assert_int_equal(returned, UNWRITTEN);
		assert_int_equal(basic_calls(socket)->WskControlSocket(
					 NULL, WskIoctl, rows[i].code, 0, rows[i].input_size,
					 rows[i].input, rows[i].output_size, rows[i].output,
					 &returned, asked_arm(&asked)),
				 STATUS_INVALID_HANDLE);
		asked_untouched(&asked);
	}
	for (int i = 0; i < KINDS; i++)
		close_socket(sockets[i]);
	peer_close(peer);
	asked_free(&asked);
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

	return cmocka_run_group_tests(tests, begin, end);
}
