/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Conditional accept: connections that the client inspects first. */

#include "host_peer.h"
#include "wsk_event_scene.h"

#include <string.h>

static struct {
	int inspections, aborts;
	WSK_INSPECT_ID last, aborted;
	_Atomic(int) answer;
} inspected;

static WSK_INSPECT_ACTION WSKAPI on_inspect(PVOID context, PSOCKADDR local, PSOCKADDR remote,
					    PWSK_INSPECT_ID id)
{
	assert_ptr_equal(context, &seen);
	assert_int_equal(local->sa_family, AF_INET);
	assert_int_equal(remote->sa_family, AF_INET);
	inspected.last = *id;
	__atomic_add_fetch(&inspected.inspections, 1, __ATOMIC_SEQ_CST);
	return (WSK_INSPECT_ACTION)inspected.answer;
}

static NTSTATUS WSKAPI on_abort(PVOID context, PWSK_INSPECT_ID id)
{
	assert_ptr_equal(context, &seen);
	inspected.aborted = *id;
	__atomic_add_fetch(&inspected.aborts, 1, __ATOMIC_SEQ_CST);
	return STATUS_SUCCESS;
}

static const WSK_CLIENT_LISTEN_DISPATCH dispatch = {NULL, on_inspect, on_abort};

static NTSTATUS set_conditional(PWSK_SOCKET socket)
{
	ULONG on = 1;

	return basic_calls(socket)->WskControlSocket(socket, WskSetOption, SO_CONDITIONAL_ACCEPT,
						     SOL_SOCKET, sizeof(on), &on, 0, NULL, NULL,
						     NULL);
}

static PWSK_SOCKET conditional_listener(uint16_t *ret_port)
{
	PWSK_SOCKET listener = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET,
					   &seen, &dispatch);

	memset(&inspected, 0, sizeof(inspected));
	assert_int_equal(set_conditional(listener), STATUS_SUCCESS);
	bind_socket(listener, 0);
	*ret_port = listener_port(listener);
	return listener;
}

static NTSTATUS complete(PWSK_SOCKET listener, WSK_INSPECT_ID *id, WSK_INSPECT_ACTION action)
{
	struct asked asked;
	NTSTATUS status;

	asked_init(&asked);
	status = pended(&asked, listen_calls(listener)->WskInspectComplete(listener, id, action,
									   asked_arm(&asked)));
	asked_free(&asked);
	return status;
}

static void an_inspected_connection_is_accepted_or_reset(void **state)
{
	struct asked asked;
	PWSK_SOCKET listener;
	WSK_INSPECT_ID id;
	SIZE_T size = 0;
	uint16_t port;
	int peer;
	char byte;

	(void)state;
	asked_init(&asked);
	listener = conditional_listener(&port);
	assert_int_equal(set_conditional(listener), STATUS_INVALID_DEVICE_STATE);
	inspected.answer = WskInspectReject;
	peer = peer_connect(port);
	await(&inspected.inspections, 1);
	assert_true(peer_receive(peer, &byte, 1) < 0);
	peer_close(peer);

	inspected.answer = WskInspectAccept;
	assert_int_equal(listen_calls(listener)->WskAccept(listener, 0, NULL, NULL, NULL, NULL,
							   asked_arm(&asked)),
			 STATUS_PENDING);
	asked_waits(&asked);
	peer = peer_connect(port);
	assert_int_equal(asked_wait(&asked), STATUS_SUCCESS);
	assert_int_equal(basic_calls((PWSK_SOCKET)asked.answer.Information)
				 ->WskControlSocket((PWSK_SOCKET)asked.answer.Information, WskIoctl,
						    SIO_WSK_QUERY_INSPECT_ID, 0, 0, NULL,
						    sizeof(id), &id, &size, NULL),
			 STATUS_SUCCESS);
	assert_int_equal(size, sizeof(id));
	assert_int_equal(id.Key, inspected.last.Key);
	assert_int_equal(id.SerialNumber, inspected.last.SerialNumber);
	assert_int_equal(basic_calls(listener)->WskControlSocket(
				 listener, WskIoctl, SIO_WSK_QUERY_INSPECT_ID, 0, 0, NULL,
				 sizeof(id), &id, &size, NULL),
			 STATUS_INVALID_DEVICE_REQUEST);
	close_socket((PWSK_SOCKET)asked.answer.Information);
	close_socket(listener);
	peer_close(peer);
	asked_free(&asked);
}

static void a_pended_connection_waits_for_the_decision(void **state)
{
	struct asked asked;
	PWSK_SOCKET listener;
	WSK_INSPECT_ID id;
	uint16_t port;
	int peer, other;
	char byte;

	(void)state;
	asked_init(&asked);
	listener = conditional_listener(&port);
	inspected.answer = WskInspectPend;
	peer = peer_connect(port);
	await(&inspected.inspections, 1);
	id = inspected.last;
	assert_int_equal(listen_calls(listener)->WskAccept(listener, 0, NULL, NULL, NULL, NULL,
							   asked_arm(&asked)),
			 STATUS_PENDING);
	asked_waits(&asked);
	other = peer_connect(port);
	await(&inspected.inspections, 2);
	assert_int_not_equal(id.SerialNumber, inspected.last.SerialNumber);
	assert_int_equal(complete(listener, &inspected.last, WskInspectReject), STATUS_SUCCESS);
	assert_true(peer_receive(other, &byte, 1) < 0);
	assert_int_equal(complete(listener, &inspected.last, WskInspectAccept), STATUS_NOT_FOUND);
	assert_int_equal(complete(listener, NULL, WskInspectAccept), STATUS_INVALID_PARAMETER);
	assert_int_equal(complete(listener, &id, WskInspectPend), STATUS_INVALID_PARAMETER);
	assert_int_equal(complete(listener, &id, WskInspectAccept), STATUS_SUCCESS);
	assert_int_equal(asked_wait(&asked), STATUS_SUCCESS);
	close_socket((PWSK_SOCKET)asked.answer.Information);
	close_socket(listener);
	peer_close(peer);
	peer_close(other);
	asked_free(&asked);
}

static void a_pended_connection_that_is_reset_is_aborted(void **state)
{
	PWSK_SOCKET listener;
	uint16_t port;
	int peer, kept;
	char byte;

	(void)state;
	listener = conditional_listener(&port);
	inspected.answer = WskInspectPend;
	peer = peer_connect(port);
	await(&inspected.inspections, 1);
	peer_reset(peer);
	await(&inspected.aborts, 1);
	assert_int_equal(inspected.aborted.SerialNumber, inspected.last.SerialNumber);
	assert_int_equal(complete(listener, &inspected.aborted, WskInspectAccept),
			 STATUS_NOT_FOUND);
	/* One that is still undecided when the listener goes is reset. */
	kept = peer_connect(port);
	await(&inspected.inspections, 2);
	close_socket(listener);
	assert_true(peer_receive(kept, &byte, 1) < 0);
	peer_close(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EVENT_TEST(an_inspected_connection_is_accepted_or_reset),
		EVENT_TEST(a_pended_connection_waits_for_the_decision),
		EVENT_TEST(a_pended_connection_that_is_reset_is_aborted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
