/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Datagram sockets, by IRP and by event. */

#include "host_peer.h"
#include "wsk_event_scene.h"

#include <string.h>

#define KEPT_MAX 64

static struct {
	int calls;
	_Atomic(int) shown;
	PWSK_DATAGRAM_INDICATION kept[KEPT_MAX];
	char bytes[KEPT_MAX];
	_Atomic(NTSTATUS) answer;
	_Atomic(int) release_inside;
	PWSK_SOCKET socket;
} mail;

static NTSTATUS WSKAPI on_datagrams(PVOID context, ULONG flags, PWSK_DATAGRAM_INDICATION first)
{
	assert_ptr_equal(context, &mail);
	assert_int_equal(flags & WSK_FLAG_AT_DISPATCH_LEVEL, WSK_FLAG_AT_DISPATCH_LEVEL);
	while (first) {
		PWSK_DATAGRAM_INDICATION next = first->Next;
		int number = mail.shown;

		assert_int_equal(first->RemoteAddress->sa_family, AF_INET);
		mail.bytes[number] = *(char *)MmGetSystemAddressForMdlSafe(first->Buffer.Mdl,
									   NormalPagePriority);
		mail.kept[number] = first;
		/* The client's from here on. */
		first->Next = (PWSK_DATAGRAM_INDICATION)(ULONG_PTR)0x5a5a5a50;
		if (mail.release_inside) {
			first->Next = NULL;
			assert_int_equal(
				datagram_calls(mail.socket)->WskRelease(mail.socket, first),
				STATUS_SUCCESS);
		}
		mail.shown = number + 1;
		first = next;
	}
	__atomic_add_fetch(&mail.calls, 1, __ATOMIC_SEQ_CST);
	return mail.answer;
}

static const WSK_CLIENT_DATAGRAM_DISPATCH dispatch = {on_datagrams};

static PWSK_SOCKET open_mail(void)
{
	PWSK_SOCKET socket;

	memset(&mail, 0, sizeof(mail));
	socket = open_socket(&scene, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, &mail,
			     &dispatch);
	bind_socket(socket, 0);
	mail.socket = socket;
	return socket;
}

static void datagrams_are_sent_and_received(void **state)
{
	struct memory memory = memory_new(8);
	ULONG flags = 77;
	PWSK_SOCKET socket;
	SOCKADDR_IN name, from;
	struct asked asked;
	uint16_t port, found;
	char data[16];
	int peer;

	(void)state;
	asked_init(&asked);
	socket = open_mail();
	peer = peer_datagram(&port);
	name = loopback_name(port);
	memcpy(memory.bytes, "12345678", 8);
	assert_int_equal(pended(&asked, datagram_calls(socket)->WskSendTo(socket, &memory.buffer, 0,
									  (PSOCKADDR)&name, 0, NULL,
									  asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 8);
	assert_int_equal(peer_receive_from(peer, data, sizeof(data), &found), 8);
	assert_int_equal(found, datagram_port(socket));

	memset(&from, 0, sizeof(from));
	assert_int_equal(datagram_calls(socket)->WskReceiveFrom(socket, &memory.buffer, 0,
								(PSOCKADDR)&from, NULL, NULL,
								&flags, asked_arm(&asked)),
			 STATUS_PENDING);
	asked_waits(&asked);
	peer_send_to(peer, datagram_port(socket), "abc", 3);
	assert_int_equal(asked_wait(&asked), STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 3);
	assert_int_equal(flags, 0);
	assert_memory_equal(memory.bytes, "abc45678", 8);
	assert_int_equal(RtlUshortByteSwap(from.sin_port), port);

	/* One that is too long is cut, and says so. */
	peer_send_to(peer, datagram_port(socket), "0123456789", 10);
	assert_int_equal(pended(&asked, datagram_calls(socket)->WskReceiveFrom(
						socket, &memory.buffer, 0, NULL, NULL, NULL, &flags,
						asked_arm(&asked))),
			 STATUS_BUFFER_OVERFLOW);
	assert_int_equal(asked.answer.Information, 8);
	assert_int_equal(flags, MSG_TRUNC);
	/* An empty one is one. */
	peer_send_to(peer, datagram_port(socket), "", 0);
	assert_int_equal(pended(&asked, datagram_calls(socket)->WskReceiveFrom(
						socket, &memory.buffer, 0, NULL, NULL, NULL, &flags,
						asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 0);
	close_socket(socket);
	peer_close(peer);
	memory_free(&memory);
	asked_free(&asked);
}

static void a_list_of_buffers_is_a_datagram_each(void **state)
{
	struct memory memory = memory_new(6);
	WSK_BUF_LIST list[3];
	PWSK_SOCKET socket;
	SOCKADDR_IN name;
	struct asked asked;
	uint16_t port, found;
	char data[16];
	int peer;

	(void)state;
	asked_init(&asked);
	socket = open_mail();
	peer = peer_datagram(&port);
	name = loopback_name(port);
	memcpy(memory.bytes, "abbccc", 6);
	for (ULONG i = 0, at = 0; i < 3; at += ++i) {
		list[i].Buffer = (WSK_BUF){memory.buffer.Mdl, at, i + 1};
		list[i].Next = i < 2 ? &list[i + 1] : NULL;
	}
	assert_int_equal(pended(&asked, datagram_calls(socket)->WskSendMessages(
						socket, list, 0, (PSOCKADDR)&name, 0, NULL,
						asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 6);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(peer_receive_from(peer, data, sizeof(data), &found), i + 1);
		assert_int_equal(data[0], 'a' + i);
	}
	/* To nobody in particular: only where an address is fixed. */
	assert_int_equal(pended(&asked, datagram_calls(socket)->WskSendMessages(
						socket, list, 0, NULL, 0, NULL, asked_arm(&asked))),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(
		basic_calls(socket)->WskControlSocket(socket, WskIoctl, SIO_WSK_SET_SENDTO_ADDRESS,
						      0, sizeof(name), &name, 0, NULL, NULL, NULL),
		STATUS_SUCCESS);
	assert_int_equal(pended(&asked, datagram_calls(socket)->WskSendMessages(
						socket, list, 0, NULL, 0, NULL, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(peer_receive_from(peer, data, sizeof(data), &found), 1);
	close_socket(socket);
	peer_close(peer);
	memory_free(&memory);
	asked_free(&asked);
}

static void indications_are_released_in_any_order(void **state)
{
	static const int order[] = {3, 0, 4, 2, 1};
	PWSK_SOCKET socket;
	uint16_t port;
	int peer;

	(void)state;
	socket = open_mail();
	peer = peer_datagram(&port);
	mail.answer = STATUS_PENDING;
	for (int i = 0; i < 5; i++)
		peer_send_to(peer, datagram_port(socket), "abcde" + i, 1);
	assert_int_equal(enable_events(socket, WSK_EVENT_RECEIVE_FROM, NULL), STATUS_SUCCESS);
	await((int *)&mail.shown, 5);
	assert_memory_equal(mail.bytes, "abcde", 5);
	for (int i = 0; i < 5; i++) {
		PWSK_DATAGRAM_INDICATION one = mail.kept[order[i]];

		one->Next = NULL;
		assert_int_equal(datagram_calls(socket)->WskRelease(socket, one), STATUS_SUCCESS);
		assert_int_equal(datagram_calls(socket)->WskRelease(socket, one),
				 STATUS_INVALID_PARAMETER);
	}
	/* From inside the callback, which then says that it keeps them. */
	mail.release_inside = 1;
	peer_send_to(peer, datagram_port(socket), "f", 1);
	await((int *)&mail.shown, 6);
	/* Not kept: the provider frees what it showed, whatever stands in Next. */
	mail.release_inside = 0;
	mail.answer = STATUS_SUCCESS;
	peer_send_to(peer, datagram_port(socket), "g", 1);
	await((int *)&mail.shown, 7);
	close_socket(socket);
	peer_close(peer);
}

static void a_fixed_remote_address_is_the_only_sender(void **state)
{
	struct memory memory = memory_new(8);
	PWSK_SOCKET socket;
	SOCKADDR_IN name;
	struct asked asked;
	uint16_t port, other_port;
	int peer, other;

	(void)state;
	asked_init(&asked);
	socket = open_mail();
	peer = peer_datagram(&port);
	other = peer_datagram(&other_port);
	name = loopback_name(port);
	assert_int_equal(
		basic_calls(socket)->WskControlSocket(socket, WskIoctl, SIO_WSK_SET_REMOTE_ADDRESS,
						      0, sizeof(name), &name, 0, NULL, NULL, NULL),
		STATUS_SUCCESS);
	peer_send_to(other, datagram_port(socket), "no", 2);
	peer_send_to(peer, datagram_port(socket), "yes", 3);
	assert_int_equal(pended(&asked, datagram_calls(socket)->WskReceiveFrom(
						socket, &memory.buffer, 0, NULL, NULL, NULL, NULL,
						asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 3);
	name.sin_family = 77;
	assert_int_equal(
		basic_calls(socket)->WskControlSocket(socket, WskIoctl, SIO_WSK_SET_REMOTE_ADDRESS,
						      0, sizeof(name), &name, 0, NULL, NULL, NULL),
		STATUS_INVALID_PARAMETER);
	close_socket(socket);
	peer_close(peer);
	peer_close(other);
	memory_free(&memory);
	asked_free(&asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EVENT_TEST(datagrams_are_sent_and_received),
		EVENT_TEST(a_list_of_buffers_is_a_datagram_each),
		EVENT_TEST(indications_are_released_in_any_order),
		EVENT_TEST(a_fixed_remote_address_is_the_only_sender),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
