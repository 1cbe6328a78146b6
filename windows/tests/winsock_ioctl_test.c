/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The arguments of WSAIoctl, right, wrong and missing, on connections that nobody redirected. */
#include "winsock_redirect_rows.h"

#include <sys/mman.h>
#include <unistd.h>

#define POISON 0xa5a5a5a5u

static const DWORD codes[] = {SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS,
			      SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT,
			      SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS};

static int control(SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size,
		   DWORD *bytes)
{
	return WSAIoctl(s, code, in, in_size, out, out_size, bytes, NULL, NULL);
}

static bool sets(DWORD code)
{
	return code == SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS;
}

static void nowhere_to_say_the_size(void **state)
{
	static const DWORD others[] = {FIONBIO, FIONREAD, SIO_KEEPALIVE_VALS, 0, 0xffffffff};

	for (size_t i = 0; i < ARRAYSIZE(codes); i++)
		assert_wsa(control(scene.server, codes[i], NULL, 0, NULL, 0, NULL), WSAEFAULT);
	for (size_t i = 0; i < ARRAYSIZE(others); i++)
		assert_wsa(control(scene.server, others[i], NULL, 0, NULL, 0, NULL), WSAEFAULT);
}

static void sockets_that_are_none(void **state)
{
	static const SOCKET none[] = {INVALID_SOCKET, 0x7fffffff, 0x80000000u, 0x100000003u,
				      (SOCKET)-2};
	char bytes[64] = {0};
	DWORD size;
	int pipes[2];

	for (size_t i = 0; i < ARRAYSIZE(codes); i++)
		for (size_t n = 0; n < ARRAYSIZE(none); n++) {
			size = POISON;
			assert_wsa(control(none[n], codes[i], sets(codes[i]) ? bytes : NULL,
					   sets(codes[i]) ? 64 : 0, sets(codes[i]) ? NULL : bytes,
					   sets(codes[i]) ? 0 : 64, &size),
				   WSAENOTSOCK);
			assert_int_equal(size, POISON);
		}
	assert_int_equal(pipe(pipes), 0);
	assert_wsa(control((SOCKET)pipes[0], codes[0], NULL, 0, bytes, 64, &size), WSAENOTSOCK);
	assert_wsa(control((SOCKET)pipes[0], FIONREAD, NULL, 0, bytes, 64, &size), WSAENOTSOCK);
	close(pipes[0]);
	close(pipes[1]);
}

/* Whether whither is active where this program runs, which it need not be. */
static const char *world_of_here(void)
{
	DWORD size = POISON;

	assert_int_equal(control(scene.server, codes[0], NULL, 0, NULL, 0, &size), SOCKET_ERROR);
	return WSAGetLastError() == WSAEOPNOTSUPP ? "away" : "direct";
}

/* Its own end, when the peer has closed it. */
static SOCKET closed_by_the_peer(bool first_here)
{
	SOCKET peer = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP), s;
	char byte;

	assert_int_equal(connect(peer, (SOCKADDR *)&scene.address, sizeof(scene.address)), 0);
	s = accept(scene.listener, NULL, NULL);
	assert_true(s != INVALID_SOCKET);
	if (first_here) {
		assert_int_equal(shutdown(s, SD_SEND), 0);
		assert_int_equal(recv(peer, &byte, 1, 0), 0);
	}
	closesocket(peer);
	assert_int_equal(recv(s, &byte, 1, 0), 0);
	return s;
}

/* Where nobody redirects; winsock_redirect_proxy asks the rest of the table. */
static void the_three_codes_check_their_arguments(void **state)
{
	SOCKADDR_IN any = {.sin_family = AF_INET};
	struct {
		enum question_place place;
		SOCKET s;
	} asked[] = {{HALF, closed_by_the_peer(false)},
		     {ENDED, closed_by_the_peer(true)},
		     {NEW, socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)},
		     {BOUND, socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)},
		     {DATAGRAM, socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP)}};
	struct question_facts facts;

	question_facts_init(&facts, world_of_here(), "", 0xffffffff);
	assert_int_equal(bind(asked[3].s, (SOCKADDR *)&any, sizeof(any)), 0);
	winsock_rows_ask(&facts, ACCEPTED, scene.server);
	winsock_rows_ask(&facts, OUTBOUND, scene.client);
	winsock_rows_ask(&facts, LISTENING, scene.listener);
	for (size_t i = 0; i < ARRAYSIZE(asked); i++) {
		winsock_rows_ask(&facts, asked[i].place, asked[i].s);
		closesocket(asked[i].s);
	}
}

static void codes_of_other_families(void **state)
{
	static const DWORD strange[] = {0,          0x980000db,   0x980000df,
					0x580000dc, 0x180000dc,   SIO_RCVALL,
					0xffffffff, SIO_TCP_INFO, SIO_ADDRESS_LIST_QUERY};
	char bytes[64];
	DWORD size = POISON;

	for (size_t i = 0; i < ARRAYSIZE(strange); i++)
		assert_wsa(control(scene.server, strange[i], bytes, 64, bytes, 64, &size),
			   WSAEOPNOTSUPP);
	assert_int_equal(size, POISON);
}

static void exactly_four_bytes(void **state)
{
	struct {
		DWORD size;
		DWORD guard;
	} returned = {POISON, POISON};
	u_long readable = 77;

	assert_int_equal(send(scene.client, "abc", 3, 0), 3);
	assert_int_equal(recv(scene.server, (char *)&readable, 1, MSG_PEEK), 1);
	assert_int_equal(control(scene.server, FIONREAD, NULL, 0, &readable, 4, &returned.size), 0);
	assert_int_equal(readable, 3);
	assert_int_equal(returned.size, 4);
	assert_int_equal(returned.guard, POISON);
	assert_wsa(control(scene.server, FIONREAD, NULL, 0, &readable, 3, &returned.size),
		   WSAEFAULT);
	assert_wsa(control(scene.server, FIONREAD, NULL, 0, NULL, 4, &returned.size), WSAEFAULT);
}

static void a_socket_that_does_not_wait(void **state)
{
	u_long on = 1;
	DWORD size = POISON;
	char byte;

	assert_int_equal(control(scene.server, FIONBIO, &on, 4, NULL, 0, &size), 0);
	assert_int_equal(size, 0);
	assert_wsa(recv(scene.server, &byte, 1, 0), WSAEWOULDBLOCK);
	assert_wsa(control(scene.server, FIONBIO, NULL, 4, NULL, 0, &size), WSAEFAULT);
	assert_wsa(control(scene.server, FIONBIO, &on, 3, NULL, 0, &size), WSAEFAULT);
	on = 0;
	assert_int_equal(ioctlsocket(scene.server, (LONG)FIONBIO, &on), 0);
	assert_wsa(ioctlsocket(scene.server, (LONG)FIONBIO, NULL), WSAEFAULT);
	assert_wsa(ioctlsocket(scene.server, 0, &on), WSAEOPNOTSUPP);
	assert_wsa(ioctlsocket(INVALID_SOCKET, (LONG)FIONBIO, &on), WSAENOTSOCK);
}

static void keeping_alive(void **state)
{
	struct tcp_keepalive values = {1, 1500, 500};
	DWORD size = POISON;
	DWORD answer = 0;
	int length = 4;

	assert_int_equal(control(scene.client, SIO_KEEPALIVE_VALS, &values, sizeof(values), NULL, 0,
				 &size),
			 0);
	assert_int_equal(
		getsockopt(scene.client, IPPROTO_TCP, TCP_KEEPIDLE, (char *)&answer, &length), 0);
	assert_int_equal(answer, 2);
	assert_wsa(control(scene.client, SIO_KEEPALIVE_VALS, &values, 11, NULL, 0, &size),
		   WSAEFAULT);
}

static void a_page_that_cannot_be_written(void **state)
{
	char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	DWORD size = POISON;

	assert_true(page != MAP_FAILED);
	assert_int_equal(control(scene.server, codes[0], NULL, 0, page, 4096, &size), SOCKET_ERROR);
	assert_int_equal(size, POISON);
	munmap(page, 4096);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCENE(nowhere_to_say_the_size),
		IN_SCENE(sockets_that_are_none),
		IN_SCENE(the_three_codes_check_their_arguments),
		IN_SCENE(codes_of_other_families),
		IN_SCENE(exactly_four_bytes),
		IN_SCENE(a_socket_that_does_not_wait),
		IN_SCENE(keeping_alive),
		IN_SCENE(a_page_that_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
