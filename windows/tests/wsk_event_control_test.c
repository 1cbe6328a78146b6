/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* How event callbacks are enabled and disabled. */

#include "host_peer.h"
#include "wsk_event_scene.h"

static void an_event_is_disabled_when_its_callback_has_returned(void **state)
{
	struct asked asked;
	PWSK_SOCKET socket;
	int peer;

	(void)state;
	asked_init(&asked);
	socket = open_pair(&scene, &seen, &on_connection, &peer);
	assert_int_equal(enable_events(socket, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT, NULL),
			 STATUS_SUCCESS);
	seen.hold = 1;
	peer_send(peer, "x", 1);
	await(&inside, 1);
	assert_int_equal(enable_events(socket, WSK_EVENT_DISABLE | WSK_EVENT_RECEIVE, NULL),
			 STATUS_EVENT_PENDING);
	assert_int_equal(enable_events(socket, WSK_EVENT_DISABLE | WSK_EVENT_RECEIVE,
				       asked_arm(&asked)),
			 STATUS_PENDING);
	asked_waits(&asked);
	seen.hold = 2;
	assert_int_equal(asked_wait(&asked), STATUS_SUCCESS);
	peer_send(peer, "y", 1);
	stays(&seen.receives, 1);
	/* Two at a time are refused; one whose callback is idle is done at once. */
	assert_int_equal(enable_events(socket,
				       WSK_EVENT_DISABLE | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT,
				       NULL),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(answered(&asked,
				  enable_events(socket, WSK_EVENT_DISABLE | WSK_EVENT_DISCONNECT,
						asked_arm(&asked))),
			 STATUS_SUCCESS);
	close_socket(socket);
	peer_close(peer);
	asked_free(&asked);
}

static void events_that_cannot_be_are_refused(void **state)
{
	static const WSK_CLIENT_CONNECTION_DISPATCH without = {NULL, on_disconnect, NULL};
	NPIID other = NPI_WSK_INTERFACE_ID;
	WSK_EVENT_CALLBACK_CONTROL control = {&other, WSK_EVENT_RECEIVE};
	PWSK_SOCKET socket;
	int peer;

	(void)state;
	socket = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, &seen,
			     &on_connection);
	assert_int_equal(enable_events(socket, WSK_EVENT_RECEIVE, NULL),
			 STATUS_INVALID_DEVICE_STATE);
	close_socket(socket);
	socket = open_pair(&scene, &seen, &without, &peer);
	assert_int_equal(enable_events(socket, WSK_EVENT_RECEIVE, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(enable_events(socket, WSK_EVENT_ACCEPT, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(enable_events(socket, 0, NULL), STATUS_INVALID_PARAMETER);
	other.Data1++;
	assert_int_equal(basic_calls(socket)->WskControlSocket(
				 socket, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET,
				 sizeof(control), &control, 0, NULL, NULL, NULL),
			 STATUS_INVALID_PARAMETER);
	control.NpiId = NULL;
	assert_int_equal(basic_calls(socket)->WskControlSocket(
				 socket, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET,
				 sizeof(control), &control, 0, NULL, NULL, NULL),
			 STATUS_INVALID_PARAMETER);
	close_socket(socket);
	peer_close(peer);
}

static NTSTATUS set_static(ULONG mask)
{
	NPIID interface = NPI_WSK_INTERFACE_ID;
	WSK_EVENT_CALLBACK_CONTROL control = {&interface, mask};

	return scene.provider.Dispatch->WskControlClient(scene.provider.Client,
							 WSK_SET_STATIC_EVENT_CALLBACKS,
							 sizeof(control), &control, 0, NULL, NULL,
							 NULL);
}

static void static_events_are_always_on(void **state)
{
	PWSK_SOCKET listener;
	uint16_t port;
	int peer;

	(void)state;
	assert_int_equal(set_static(0), STATUS_INVALID_PARAMETER);
	assert_int_equal(set_static(WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE), STATUS_SUCCESS);
	listener = open_listener(&scene, &seen, &on_listen, &port);
	peer = peer_connect(port);
	peer_send(peer, "x", 1);
	await(&seen.accepts, 1);
	await(&seen.receives, 1);
	assert_int_equal(enable_events(listener, WSK_EVENT_DISABLE | WSK_EVENT_ACCEPT, NULL),
			 STATUS_INVALID_DEVICE_REQUEST);
	assert_int_equal(set_static(WSK_EVENT_ACCEPT), STATUS_INVALID_DEVICE_STATE);
	close_socket(seen.accepted);
	close_socket(listener);
	peer_close(peer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EVENT_TEST(an_event_is_disabled_when_its_callback_has_returned),
		EVENT_TEST(events_that_cannot_be_are_refused),
		EVENT_TEST(static_events_are_always_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
