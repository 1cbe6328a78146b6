/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskBind: which port a socket that will connect gets, and when. */

#include "host_network.h"
#include "wsk_scene.h"

#include <stdlib.h>
#include <string.h>

/* Ports for those who ask for any, and more connections than that, to several listeners. */
#define PORTS 10
#define LISTENERS 4
#define CONNECTIONS 24

union name {
	SOCKADDR any;
	SOCKADDR_IN four;
	SOCKADDR_IN6 six;
};

static const ADDRESS_FAMILY families[] = {AF_INET, AF_INET6};
static struct scene scene;
static struct asked asked;
static bool own_network;

static int begin(void **state)
{
	(void)state;
	scene_begin(&scene);
	asked_init(&asked);
	return 0;
}

static int end(void **state)
{
	(void)state;
	asked_free(&asked);
	scene_end(&scene);
	return 0;
}

/* Loopback; the port is at the same place in both. */
static union name name_of(ADDRESS_FAMILY family, USHORT port)
{
	union name name;

	memset(&name, 0, sizeof(name));
	name.any.sa_family = family;
	name.four.sin_port = RtlUshortByteSwap(port);
	if (family == AF_INET)
		name.four.sin_addr.s_addr = RtlUlongByteSwap(INADDR_LOOPBACK);
	else
		name.six.sin6_addr.u.Byte[15] = 1;
	return name;
}

static PWSK_SOCKET make(ADDRESS_FAMILY family, ULONG flags)
{
	assert_int_equal(pended(&asked,
				scene.provider.Dispatch->WskSocket(
					scene.provider.Client, family, SOCK_STREAM, IPPROTO_TCP,
					flags, NULL, NULL, NULL, NULL, NULL, asked_arm(&asked))),
			 STATUS_SUCCESS);
	return (PWSK_SOCKET)asked.answer.Information;
}

/* WskBind is at the same place in all tables but the basic one. */
static NTSTATUS bind_to(PWSK_SOCKET socket, union name name)
{
	return pended(&asked,
		      connection_calls(socket)->WskBind(socket, &name.any, 0, asked_arm(&asked)));
}

static NTSTATUS connect_to(PWSK_SOCKET socket, union name name, ULONG kind)
{
	if (kind == WSK_FLAG_STREAM_SOCKET)
		return pended(&asked, stream_calls(socket)->WskConnect(socket, &name.any, 0,
								       asked_arm(&asked)));
	return pended(&asked, connection_calls(socket)->WskConnect(socket, &name.any, 0,
								   asked_arm(&asked)));
}

static NTSTATUS local_status(PWSK_SOCKET socket, union name *ret_name, ULONG flags)
{
	NTSTATUS status;

	memset(ret_name, 0xa5, sizeof(*ret_name));
	if (flags == WSK_FLAG_CONNECTION_SOCKET)
		status = connection_calls(socket)->WskGetLocalAddress(socket, &ret_name->any,
								      asked_arm(&asked));
	else if (flags == WSK_FLAG_LISTEN_SOCKET)
		status = listen_calls(socket)->WskGetLocalAddress(socket, &ret_name->any,
								  asked_arm(&asked));
	else
		status = stream_calls(socket)->WskGetLocalAddress(socket, &ret_name->any,
								  asked_arm(&asked));
	return answered(&asked, status);
}

static union name local_of(PWSK_SOCKET socket, ULONG flags)
{
	union name name;

	assert_int_equal(local_status(socket, &name, flags), STATUS_SUCCESS);
	assert_int_not_equal(name.four.sin_port, 0);
	return name;
}

static PWSK_SOCKET listener_of(ADDRESS_FAMILY family, union name *ret_name)
{
	PWSK_SOCKET listener = make(family, WSK_FLAG_LISTEN_SOCKET);

	assert_int_equal(bind_to(listener, name_of(family, 0)), STATUS_SUCCESS);
	*ret_name = local_of(listener, WSK_FLAG_LISTEN_SOCKET);
	return listener;
}

/* The accepted socket; *ret_remote is where it came from. */
static PWSK_SOCKET accept_on(PWSK_SOCKET listener, union name *ret_remote)
{
	memset(ret_remote, 0, sizeof(*ret_remote));
	assert_int_equal(pended(&asked, listen_calls(listener)->WskAccept(listener, 0, NULL, NULL,
									  NULL, &ret_remote->any,
									  asked_arm(&asked))),
			 STATUS_SUCCESS);
	return (PWSK_SOCKET)asked.answer.Information;
}

static void same_address(const union name *one, const union name *other, ADDRESS_FAMILY family)
{
	assert_memory_equal(one, other, family == AF_INET ? 16 : 28);
}

static void a_port_that_was_shown_is_the_one(void **state)
{
	static const ULONG kinds[] = {WSK_FLAG_CONNECTION_SOCKET, WSK_FLAG_STREAM_SOCKET};

	(void)state;
	for (int i = 0; i < 4; i++) {
		ADDRESS_FAMILY family = families[i % 2];
		ULONG kind = kinds[i / 2];
		union name there, shown, again, seen;
		PWSK_SOCKET listener = listener_of(family, &there), accepted;
		PWSK_SOCKET socket = make(family, kind);

		assert_int_equal(local_status(socket, &shown, kind), STATUS_INVALID_DEVICE_STATE);
		assert_int_equal(bind_to(socket, name_of(family, 0)), STATUS_SUCCESS);
		assert_int_equal(bind_to(socket, name_of(family, 0)), STATUS_INVALID_DEVICE_STATE);
		shown = local_of(socket, kind);
		again = name_of(family, RtlUshortByteSwap(shown.four.sin_port));
		same_address(&shown, &again, family);
		again = local_of(socket, kind);
		same_address(&shown, &again, family);
		/* Nobody else gets it meanwhile. */
		accepted = make(family, kind);
		assert_int_equal(bind_to(accepted, shown), STATUS_ADDRESS_ALREADY_ASSOCIATED);
		close_socket(accepted);
		assert_int_equal(connect_to(socket, there, kind), STATUS_SUCCESS);
		again = local_of(socket, kind);
		same_address(&shown, &again, family);
		accepted = accept_on(listener, &seen);
		same_address(&shown, &seen, family);
		close_socket(accepted);
		close_socket(socket);
		close_socket(listener);
	}
}

static void a_port_nobody_asked_for_comes_with_the_connection(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		union name there, shown, seen;
		PWSK_SOCKET listener = listener_of(families[i], &there), accepted;
		PWSK_SOCKET socket = make(families[i], WSK_FLAG_CONNECTION_SOCKET);
		union name wildcard = {.any.sa_family = families[i]};

		assert_int_equal(bind_to(socket, wildcard), STATUS_SUCCESS);
		assert_int_equal(connect_to(socket, there, WSK_FLAG_CONNECTION_SOCKET),
				 STATUS_SUCCESS);
		shown = local_of(socket, WSK_FLAG_CONNECTION_SOCKET);
		accepted = accept_on(listener, &seen);
		same_address(&shown, &seen, families[i]);
		close_socket(accepted);
		close_socket(socket);
		close_socket(listener);
	}
}

static void a_stream_socket_may_listen_where_it_is_bound(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		ADDRESS_FAMILY family = families[i % 2];
		PWSK_SOCKET listener = make(family, WSK_FLAG_STREAM_SOCKET);
		PWSK_SOCKET socket = make(family, WSK_FLAG_CONNECTION_SOCKET);
		union name early = {0}, there;

		assert_int_equal(bind_to(listener, name_of(family, 0)), STATUS_SUCCESS);
		if (i < 2)
			early = local_of(listener, WSK_FLAG_STREAM_SOCKET);
		assert_int_equal(pended(&asked, stream_calls(listener)->WskListen(
							listener, asked_arm(&asked))),
				 STATUS_SUCCESS);
		there = local_of(listener, WSK_FLAG_STREAM_SOCKET);
		if (i < 2)
			same_address(&early, &there, family);
		assert_int_equal(bind_to(socket, name_of(family, 0)), STATUS_SUCCESS);
		assert_int_equal(connect_to(socket, there, WSK_FLAG_CONNECTION_SOCKET),
				 STATUS_SUCCESS);
		close_socket(socket);
		close_socket(listener);
	}
}

static void explicit_addresses_are_taken_or_refused_at_once(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		union name taken, foreign = name_of(families[i], 0), shown, there, seen, own;
		PWSK_SOCKET holder = make(families[i], WSK_FLAG_CONNECTION_SOCKET);
		PWSK_SOCKET socket = make(families[i], WSK_FLAG_CONNECTION_SOCKET);
		PWSK_SOCKET listener = listener_of(families[i], &there), accepted;

		assert_int_equal(bind_to(holder, name_of(families[i], 0)), STATUS_SUCCESS);
		taken = local_of(holder, WSK_FLAG_CONNECTION_SOCKET);
		assert_int_equal(bind_to(socket, taken), STATUS_ADDRESS_ALREADY_ASSOCIATED);
		/* Documentation addresses are nobody's. */
		if (families[i] == AF_INET)
			foreign.four.sin_addr.s_addr = RtlUlongByteSwap(0xcb007101);
		else
			memcpy(foreign.six.sin6_addr.u.Byte, "\x20\x01\x0d\xb8", 4);
		assert_int_equal(bind_to(socket, foreign), STATUS_INVALID_ADDRESS_COMPONENT);
		foreign.any.sa_family = families[!i];
		assert_int_equal(bind_to(socket, foreign), STATUS_INVALID_PARAMETER);
		/* A refused one is not bound; the port that becomes free can be asked for. */
		assert_int_equal(local_status(socket, &shown, WSK_FLAG_CONNECTION_SOCKET),
				 STATUS_INVALID_DEVICE_STATE);
		close_socket(holder);
		assert_int_equal(bind_to(socket, taken), STATUS_SUCCESS);
		own = local_of(socket, WSK_FLAG_CONNECTION_SOCKET);
		same_address(&own, &taken, families[i]);
		assert_int_equal(connect_to(socket, there, WSK_FLAG_CONNECTION_SOCKET),
				 STATUS_SUCCESS);
		accepted = accept_on(listener, &seen);
		same_address(&seen, &taken, families[i]);
		close_socket(accepted);
		close_socket(socket);
		close_socket(listener);
	}
}

static void a_refused_connect_may_be_tried_again(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		union name there, dead;
		PWSK_SOCKET listener = listener_of(families[i], &there), gone;
		PWSK_SOCKET socket = make(families[i], WSK_FLAG_CONNECTION_SOCKET);

		gone = listener_of(families[i], &dead);
		close_socket(gone);
		assert_int_equal(bind_to(socket, name_of(families[i], 0)), STATUS_SUCCESS);
		assert_int_equal(connect_to(socket, dead, WSK_FLAG_CONNECTION_SOCKET),
				 STATUS_CONNECTION_REFUSED);
		local_of(socket, WSK_FLAG_CONNECTION_SOCKET);
		assert_int_equal(connect_to(socket, there, WSK_FLAG_CONNECTION_SOCKET),
				 STATUS_SUCCESS);
		close_socket(socket);
		close_socket(listener);
	}
}

/* Ten ports, twenty-four connections: what counts is that no two have both ends in common. */
static void binding_does_not_use_up_ports(void **state)
{
	(void)state;
	if (!own_network || !host_network_ports(PORTS))
		return;
	for (int i = 0; i < 2; i++) {
		PWSK_SOCKET listeners[LISTENERS], sockets[CONNECTIONS];
		union name there[LISTENERS];

		for (int j = 0; j < LISTENERS; j++)
			listeners[j] = listener_of(families[i], &there[j]);
		for (int j = 0; j < CONNECTIONS; j++) {
			sockets[j] = make(families[i], WSK_FLAG_CONNECTION_SOCKET);
			assert_int_equal(bind_to(sockets[j], name_of(families[i], 0)),
					 STATUS_SUCCESS);
		}
		/* But a port that is asked for is taken: ten less those of the listeners. */
		for (int j = 0; j < PORTS - LISTENERS; j++)
			local_of(sockets[CONNECTIONS - 1 - j], WSK_FLAG_CONNECTION_SOCKET);
		assert_int_equal(local_status(sockets[0], &there[0], WSK_FLAG_CONNECTION_SOCKET),
				 STATUS_ADDRESS_ALREADY_ASSOCIATED);
		there[0] = local_of(listeners[0], WSK_FLAG_LISTEN_SOCKET);
		for (int j = 0; j < PORTS - LISTENERS; j++)
			close_socket(sockets[CONNECTIONS - 1 - j]);
		for (int j = 0; j < CONNECTIONS - PORTS + LISTENERS; j++)
			assert_int_equal(connect_to(sockets[j], there[j % LISTENERS],
						    WSK_FLAG_CONNECTION_SOCKET),
					 STATUS_SUCCESS);
		for (int j = 0; j < CONNECTIONS - PORTS + LISTENERS; j++)
			close_socket(sockets[j]);
		for (int j = 0; j < LISTENERS; j++)
			close_socket(listeners[j]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_that_was_shown_is_the_one),
		cmocka_unit_test(a_port_nobody_asked_for_comes_with_the_connection),
		cmocka_unit_test(a_stream_socket_may_listen_where_it_is_bound),
		cmocka_unit_test(explicit_addresses_are_taken_or_refused_at_once),
		cmocka_unit_test(a_refused_connect_may_be_tried_again),
		cmocka_unit_test(binding_does_not_use_up_ports),
	};

	own_network = host_network_own();
	return cmocka_run_group_tests(tests, begin, end);
}
