/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The arguments of WSAIoctl, right, wrong and missing, on connections that nobody redirected. */
#include "winsock_scene.h"

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

/* Where whither is not active it is not supported; where it is, this is no time or place for it. */
static bool refuses(int error)
{
	return error == WSAEOPNOTSUPP || error == WSAEINVAL || error == WSAEISCONN;
}

static void nobody_redirects_here(void **state)
{
	_Alignas(8) unsigned char bytes[64];
	SOCKET datagram = socket(AF_INET, SOCK_DGRAM, 0);
	SOCKET sockets[] = {scene.server, scene.client, scene.listener, datagram};
	DWORD sizes[] = {0, 1, 3, 4, 64};

	for (size_t s = 0; s < ARRAYSIZE(sockets); s++)
		for (size_t i = 0; i < ARRAYSIZE(codes); i++)
			for (size_t n = 0; n < ARRAYSIZE(sizes); n++) {
				bool in = sets(codes[i]);
				void *buffer = sizes[n] ? bytes : NULL;
				DWORD size = POISON;

				if (in && !sizes[n])
					continue;
				memset(bytes, 0xa5, sizeof(bytes));
				assert_int_equal(control(sockets[s], codes[i], in ? buffer : NULL,
							 in ? sizes[n] : 0, in ? NULL : buffer,
							 in ? 0 : sizes[n], &size),
						 SOCKET_ERROR);
				assert_true(refuses(WSAGetLastError()));
				assert_int_equal(size, POISON);
				for (size_t at = 0; at < sizeof(bytes); at++)
					assert_int_equal(bytes[at], 0xa5);
			}
	closesocket(datagram);
}

static void buffers_that_are_missing(void **state)
{
	DWORD size = POISON;
	char bytes[8] = {0};

	assert_wsa(control(scene.server, codes[0], NULL, 0, NULL, 64, &size), WSAEFAULT);
	assert_wsa(control(scene.server, codes[1], NULL, 0, NULL, 0xffffffff, &size), WSAEFAULT);
	assert_wsa(control(scene.client, codes[2], NULL, 64, NULL, 0, &size), WSAEFAULT);
	assert_wsa(control(scene.client, codes[2], NULL, 0xffffffff, NULL, 0, &size), WSAEFAULT);
	assert_wsa(control(scene.client, codes[2], NULL, 0, NULL, 0, &size), WSAEINVAL);
	assert_wsa(control(scene.client, codes[2], bytes, 8, bytes, 8, &size), WSAEINVAL);
	assert_int_equal(size, POISON);
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

static void a_failure_with_an_overlapped(void **state)
{
	WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
	char bytes[8];

	assert_int_equal(WSAIoctl(scene.server, codes[0], NULL, 0, bytes, 8, NULL, &overlapped,
				  NULL),
			 SOCKET_ERROR);
	assert_true(refuses(WSAGetLastError()));
	assert_true(HasOverlappedIoCompleted(&overlapped));
	assert_true((LONG)overlapped.Internal < 0);
	assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 0, FALSE),
			 WSA_WAIT_TIMEOUT);
	WSACloseEvent(overlapped.hEvent);
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
		IN_SCENE(nowhere_to_say_the_size),      IN_SCENE(sockets_that_are_none),
		IN_SCENE(nobody_redirects_here),        IN_SCENE(buffers_that_are_missing),
		IN_SCENE(codes_of_other_families),      IN_SCENE(exactly_four_bytes),
		IN_SCENE(a_socket_that_does_not_wait),  IN_SCENE(keeping_alive),
		IN_SCENE(a_failure_with_an_overlapped), IN_SCENE(a_page_that_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
