/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Addresses as text, names, select and WSAPoll, options through the calls. */
#include "winsock_scene.h"

#include <stdlib.h>

static const WCHAR wide_loopback[] = {'1', '2', '7', '.', '0', '.', '0', '.', '1', 0};

static void addresses_as_text(void **state)
{
	WCHAR wide[INET6_ADDRSTRLEN];
	char text[INET6_ADDRSTRLEN];
	IN6_ADDR six;
	IN_ADDR four;

	assert_int_equal(inet_pton(AF_INET, "192.0.2.1", &four), 1);
	assert_string_equal(inet_ntoa(four), "192.0.2.1");
	assert_int_equal(inet_pton(AF_INET, "192.0.2", &four), 0);
	assert_wsa(inet_pton(99, "192.0.2.1", &four), WSAEAFNOSUPPORT);
	assert_wsa(inet_pton(AF_INET, NULL, &four), WSAEFAULT);
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::1", &six), 1);
	assert_string_equal(inet_ntop(AF_INET6, &six, text, sizeof(text)), "2001:db8::1");
	assert_null(inet_ntop(AF_INET6, &six, text, 11));
	assert_int_equal(WSAGetLastError(), WSA_INVALID_PARAMETER);
	assert_int_equal(InetPtonW(AF_INET, wide_loopback, &four), 1);
	assert_int_equal(four.s_addr, htonl(INADDR_LOOPBACK));
	assert_ptr_equal(InetNtopW(AF_INET, &four, wide, INET_ADDRSTRLEN), wide);
	assert_memory_equal(wide, wide_loopback, sizeof(wide_loopback));
	assert_null(InetNtopW(AF_INET, &four, wide, 9));
	assert_int_equal(inet_addr("127.1"), htonl(INADDR_LOOPBACK));
	assert_int_equal(inet_addr("nowhere"), INADDR_NONE);
	assert_int_equal(inet_addr(NULL), INADDR_NONE);
	assert_int_equal(htons(0x1234), 0x3412);
	assert_int_equal(ntohl(0x12345678), 0x78563412);
}

static void names_and_numbers(void **state)
{
	ADDRINFOA hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
	ADDRINFOW wide_hints = {.ai_flags = AI_NUMERICHOST | AI_CANONNAME,
				.ai_socktype = SOCK_STREAM};
	PADDRINFOA list = NULL;
	PADDRINFOW wide_list = NULL;
	char host[NI_MAXHOST];
	char service[NI_MAXSERV];

	assert_int_equal(getaddrinfo("192.0.2.7", "80", &hints, &list), 0);
	assert_int_equal(list->ai_addrlen, 16);
	assert_int_equal(((SOCKADDR_IN *)(void *)list->ai_addr)->sin_port, htons(80));
	assert_int_equal(getnameinfo(list->ai_addr, (int)list->ai_addrlen, host, sizeof(host),
				     service, sizeof(service), NI_NUMERICHOST | NI_NUMERICSERV),
			 0);
	assert_string_equal(host, "192.0.2.7");
	assert_string_equal(service, "80");
	assert_int_equal(getnameinfo(list->ai_addr, (int)list->ai_addrlen, host, 3, NULL, 0,
				     NI_NUMERICHOST),
			 WSAEFAULT);
	freeaddrinfo(list);
	assert_int_equal(GetAddrInfoW(wide_loopback, NULL, &wide_hints, &wide_list), 0);
	assert_memory_equal(wide_list->ai_canonname, wide_loopback, sizeof(wide_loopback));
	FreeAddrInfoW(wide_list);
	assert_int_equal(getaddrinfo("no number", "80", &hints, &list), WSAHOST_NOT_FOUND);
	assert_null(list);
	assert_int_equal(getaddrinfo(NULL, NULL, &hints, &list), WSAHOST_NOT_FOUND);
	assert_int_equal(getaddrinfo("192.0.2.7", "80", &hints, NULL), WSAEINVAL);
	freeaddrinfo(NULL);
	assert_true(strlen(gai_strerrorA(WSAHOST_NOT_FOUND)) > 0);
	assert_int_equal(gethostbyname("127.0.0.1")->h_length, 4);
	assert_wsa(gethostname(host, 0), WSAEFAULT);
	assert_wsa(gethostname(NULL, 100), WSAEFAULT);
	assert_int_equal(gethostname(host, sizeof(host)), 0);
}

static void selecting(void **state)
{
	struct timeval soon = {0, 1000};
	fd_set reads;
	fd_set writes;

	FD_ZERO(&reads);
	FD_ZERO(&writes);
	assert_wsa(select(0, &reads, &writes, NULL, &soon), WSAEINVAL);
	assert_wsa(select(0, NULL, NULL, NULL, NULL), WSAEINVAL);
	FD_SET(scene.server, &reads);
	FD_SET(scene.server, &reads);
	assert_int_equal(reads.fd_count, 1);
	FD_SET(scene.listener, &reads);
	assert_int_equal(select(0, &reads, NULL, NULL, &soon), 0);
	assert_int_equal(reads.fd_count, 0);
	FD_SET(scene.server, &reads);
	FD_SET(scene.listener, &reads);
	FD_SET(scene.server, &writes);
	assert_int_equal(send(scene.client, "x", 1, 0), 1);
	assert_int_equal(select(0, &reads, NULL, NULL, NULL), 1);
	assert_true(FD_ISSET(scene.server, &reads));
	assert_false(FD_ISSET(scene.listener, &reads));
	assert_int_equal(select(0, &reads, &writes, NULL, NULL), 2);
	FD_SET(INVALID_SOCKET, &reads);
	assert_wsa(select(0, &reads, NULL, NULL, &soon), WSAENOTSOCK);
}

static void polling(void **state)
{
	WSAPOLLFD polls[] = {{scene.server, POLLRDNORM, 0},
			     {scene.client, POLLWRNORM, 0},
			     {INVALID_SOCKET, POLLRDNORM, 0}};

	assert_int_equal(WSAPoll(polls, 3, 0), 1);
	assert_int_equal(polls[0].revents, 0);
	assert_int_equal(polls[1].revents, POLLWRNORM);
	assert_int_equal(polls[2].revents, POLLNVAL);
	assert_int_equal(send(scene.client, "x", 1, 0), 1);
	assert_int_equal(WSAPoll(polls, 1, 5000), 1);
	assert_int_equal(polls[0].revents, POLLRDNORM);
	assert_wsa(WSAPoll(NULL, 1, 0), WSAEFAULT);
	assert_wsa(WSAPoll(polls, 0, 0), WSAEINVAL);
}

static void timeouts_and_ends(void **state)
{
	DWORD soon = 20;
	char byte;

	assert_int_equal(setsockopt(scene.server, SOL_SOCKET, SO_RCVTIMEO, (char *)&soon, 4), 0);
	assert_wsa(recv(scene.server, &byte, 1, 0), WSAETIMEDOUT);
	assert_int_equal(shutdown(scene.client, SD_SEND), 0);
	assert_wsa(send(scene.client, "x", 1, 0), WSAESHUTDOWN);
	assert_wsa(shutdown(scene.client, 3), WSAEINVAL);
	assert_wsa(send(scene.client, NULL, 1, 0), WSAEFAULT);
	assert_wsa(recv(scene.client, &byte, -1, 0), WSAEFAULT);
	assert_wsa(send(INVALID_SOCKET, "x", 1, 0), WSAENOTSOCK);
	assert_int_equal(recv(scene.server, &byte, 1, 0), 0);
}

static void a_datagram_that_is_too_long(void **state)
{
	SOCKADDR_IN name = {.sin_family = AF_INET};
	SOCKADDR_IN from = {0};
	SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
	int size = sizeof(name);
	char bytes[3];

	assert_wsa(getsockname(s, (SOCKADDR *)&name, &size), WSAEINVAL);
	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(s, (SOCKADDR *)&name, sizeof(name)), 0);
	assert_int_equal(getsockname(s, (SOCKADDR *)&name, &size), 0);
	assert_int_equal(sendto(s, "12345", 5, 0, (SOCKADDR *)&name, sizeof(name)), 5);
	assert_wsa(recvfrom(s, bytes, 3, 0, (SOCKADDR *)&from, &size), WSAEMSGSIZE);
	assert_memory_equal(bytes, "123", 3);
	assert_true(INETADDR_ISEQUAL((SOCKADDR *)&from, (SOCKADDR *)&name));
	closesocket(s);
}

static void sockets_that_cannot_be(void **state)
{
	SOCKET again;

	assert_int_equal(socket(AF_INET, 0, 0), INVALID_SOCKET);
	assert_int_equal(WSAGetLastError(), WSAESOCKTNOSUPPORT);
	assert_int_equal(socket(AF_HYPERV, SOCK_STREAM, 0), INVALID_SOCKET);
	assert_int_equal(WSAGetLastError(), WSAEAFNOSUPPORT);
	assert_wsa(closesocket(INVALID_SOCKET), WSAENOTSOCK);
	again = socket(AF_INET, SOCK_STREAM, 0);
	assert_wsa(bind(again, (SOCKADDR *)&scene.address, sizeof(scene.address)), WSAEADDRINUSE);
	assert_wsa(bind(again, NULL, 16), WSAEFAULT);
	assert_wsa(connect(again, (SOCKADDR *)&scene.address, 1), WSAEFAULT);
	assert_int_equal(closesocket(again), 0);
	assert_wsa(closesocket(again), WSAENOTSOCK);
	assert_int_equal(WSACleanup(), 0);
	assert_int_equal(socket(AF_INET, SOCK_STREAM, 0), INVALID_SOCKET);
	assert_int_equal(WSAGetLastError(), WSANOTINITIALISED);
	assert_wsa(WSACleanup(), WSANOTINITIALISED);
	assert_int_equal(WSAStartup(MAKEWORD(2, 2), NULL), WSAEFAULT);
	assert_int_equal(WSAStartup(0, NULL), WSAVERNOTSUPPORTED);
	assert_int_equal(WSAStartup(MAKEWORD(2, 2), &(WSADATA){0}), 0);
}

static DWORD WINAPI take_the_lock(LPVOID context)
{
	PSRWLOCK lock = context;

	AcquireSRWLockExclusive(lock);
	ReleaseSRWLockExclusive(lock);
	SetLastError(5);
	return 77;
}

static void threads_and_locks(void **state)
{
	SRWLOCK lock = SRWLOCK_INIT;
	HANDLE threads[4];
	DWORD code = 0;

	SetLastError(3);
	AcquireSRWLockShared(&lock);
	AcquireSRWLockShared(&lock);
	for (int i = 0; i < 4; i++) {
		threads[i] = CreateThread(NULL, 0, take_the_lock, &lock, 0, NULL);
		assert_non_null(threads[i]);
	}
	assert_int_equal(WaitForMultipleObjects(4, threads, FALSE, 10), WAIT_TIMEOUT);
	assert_false(TryAcquireSRWLockExclusive(&lock));
	ReleaseSRWLockShared(&lock);
	ReleaseSRWLockShared(&lock);
	assert_int_equal(WaitForMultipleObjects(4, threads, TRUE, INFINITE), WAIT_OBJECT_0);
	for (int i = 0; i < 4; i++) {
		assert_true(GetExitCodeThread(threads[i], &code));
		assert_int_equal(code, 77);
		assert_true(CloseHandle(threads[i]));
	}
	assert_int_equal(GetLastError(), 3);
	assert_int_equal(WaitForSingleObject(threads[0], 0), WAIT_FAILED);
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCENE(addresses_as_text),
		IN_SCENE(names_and_numbers),
		IN_SCENE(selecting),
		IN_SCENE(polling),
		IN_SCENE(timeouts_and_ends),
		IN_SCENE(a_datagram_that_is_too_long),
		IN_SCENE(sockets_that_cannot_be),
		IN_SCENE(threads_and_locks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
