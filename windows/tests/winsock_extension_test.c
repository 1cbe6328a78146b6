/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* AcceptEx and ConnectEx, as servers with completion ports use them. */
#include "winsock_scene.h"

#include <mswsock.h>

#define ROOM (sizeof(SOCKADDR_STORAGE) + 16)

static void *extension(GUID guid)
{
	void *function = NULL;
	DWORD size = 0;

	assert_int_equal(WSAIoctl(scene.client, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid,
				  sizeof(guid), &function, sizeof(function), &size, NULL, NULL),
			 0);
	assert_int_equal(size, sizeof(function));
	return function;
}

static SOCKET connect_ex_to_listener(WSAOVERLAPPED *overlapped, const char *first)
{
	LPFN_CONNECTEX connect_ex = (LPFN_CONNECTEX)extension((GUID)WSAID_CONNECTEX);
	SOCKADDR_IN any = {.sin_family = AF_INET};
	SOCKET s = socket(AF_INET, SOCK_STREAM, 0);

	assert_false(connect_ex(s, (SOCKADDR *)&scene.address, sizeof(scene.address), NULL, 0, NULL,
				overlapped));
	assert_int_equal(WSAGetLastError(), WSAEINVAL);
	any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	any.sin_port = 0;
	assert_int_equal(bind(s, (SOCKADDR *)&any, sizeof(any)), 0);
	assert_true(connect_ex(s, (SOCKADDR *)&scene.address, sizeof(scene.address),
			       (void *)(ULONG_PTR)first, (DWORD)strlen(first), NULL, overlapped) ||
		    WSAGetLastError() == WSA_IO_PENDING);
	return s;
}

static void a_connection_with_its_first_bytes(void **state)
{
	LPFN_ACCEPTEX accept_ex = (LPFN_ACCEPTEX)extension((GUID)WSAID_ACCEPTEX);
	LPFN_GETACCEPTEXSOCKADDRS addresses =
		(LPFN_GETACCEPTEXSOCKADDRS)extension((GUID)WSAID_GETACCEPTEXSOCKADDRS);
	SOCKET accepted = socket(AF_INET, SOCK_STREAM, 0);
	WSAOVERLAPPED accepting = {0};
	WSAOVERLAPPED connecting = {0};
	_Alignas(8) char output[64 + 2 * ROOM];
	SOCKADDR *local;
	SOCKADDR *remote;
	int local_size;
	int remote_size;
	DWORD bytes = 0;
	DWORD flags;
	SOCKET s;
	SOCKADDR_IN own;
	int own_size = sizeof(own);

	assert_false(accept_ex(scene.listener, accepted, output, 64, ROOM, ROOM, NULL, &accepting));
	assert_int_equal(WSAGetLastError(), ERROR_IO_PENDING);
	s = connect_ex_to_listener(&connecting, "first");
	assert_true(WSAGetOverlappedResult(s, &connecting, &bytes, TRUE, &flags));
	assert_int_equal(bytes, 5);
	assert_int_equal(setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0), 0);
	assert_true(WSAGetOverlappedResult(scene.listener, &accepting, &bytes, TRUE, &flags));
	assert_int_equal(bytes, 5);
	assert_memory_equal(output, "first", 5);
	assert_int_equal(setsockopt(accepted, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
				    (char *)&scene.listener, sizeof(scene.listener)),
			 0);
	addresses(output, 64, ROOM, ROOM, &local, &local_size, &remote, &remote_size);
	assert_int_equal(local_size, sizeof(SOCKADDR_IN));
	assert_true(INETADDR_ISEQUAL(local, (SOCKADDR *)&scene.address));
	assert_int_equal(getsockname(s, (SOCKADDR *)&own, &own_size), 0);
	assert_true(INETADDR_ISEQUAL(remote, (SOCKADDR *)&own));
	assert_int_equal(send(accepted, "answer", 6, 0), 6);
	assert_int_equal(recv(s, output, 6, 0), 6);
	closesocket(s);
	closesocket(accepted);
}

static void a_connection_without_bytes(void **state)
{
	SOCKET accepted = socket(AF_INET, SOCK_STREAM, 0);
	WSAOVERLAPPED accepting = {0};
	WSAOVERLAPPED connecting = {0};
	_Alignas(8) char output[2 * ROOM];
	DWORD bytes = 9;
	DWORD flags;
	SOCKET s = connect_ex_to_listener(&connecting, "");

	assert_true(AcceptEx(scene.listener, accepted, output, 0, ROOM, ROOM, &bytes, &accepting) ||
		    WSAGetLastError() == ERROR_IO_PENDING);
	assert_true(WSAGetOverlappedResult(scene.listener, &accepting, &bytes, TRUE, &flags));
	assert_int_equal(bytes, 0);
	closesocket(s);
	closesocket(accepted);
}

static void nobody_listens(void **state)
{
	LPFN_CONNECTEX connect_ex = (LPFN_CONNECTEX)extension((GUID)WSAID_CONNECTEX);
	SOCKADDR_IN name = {.sin_family = AF_INET};
	SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
	WSAOVERLAPPED connecting = {0};
	DWORD bytes;
	DWORD flags;

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(s, (SOCKADDR *)&name, sizeof(name)), 0);
	name.sin_port = htons(1);
	assert_false(connect_ex(s, (SOCKADDR *)&name, sizeof(name), NULL, 0, NULL, &connecting));
	assert_int_equal(WSAGetLastError(), ERROR_IO_PENDING);
	assert_false(WSAGetOverlappedResult(s, &connecting, &bytes, TRUE, &flags));
	assert_int_equal(WSAGetLastError(), WSAECONNREFUSED);
	closesocket(s);
}

static void a_pending_accept_is_cancelled_at_close(void **state)
{
	SOCKET accepted = socket(AF_INET, SOCK_STREAM, 0);
	WSAOVERLAPPED accepting = {.hEvent = WSACreateEvent()};
	_Alignas(8) char output[2 * ROOM];

	assert_false(AcceptEx(scene.listener, accepted, output, 0, ROOM, ROOM, NULL, &accepting));
	assert_int_equal(closesocket(scene.listener), 0);
	assert_int_equal(WSAWaitForMultipleEvents(1, &accepting.hEvent, TRUE, 5000, FALSE),
			 WSA_WAIT_EVENT_0);
	assert_int_equal((DWORD)accepting.Internal, 0xc0000120);
	closesocket(accepted);
	WSACloseEvent(accepting.hEvent);
}

static void wrong_arguments(void **state)
{
	_Alignas(8) char output[2 * ROOM];
	WSAOVERLAPPED overlapped = {0};
	GUID unknown = {1, 2, 3, {4}};
	void *function;
	DWORD size;

	assert_false(AcceptEx(scene.listener, scene.client, output, 0, ROOM, ROOM, NULL, NULL));
	assert_false(
		AcceptEx(scene.listener, scene.client, NULL, 0, ROOM, ROOM, NULL, &overlapped));
	assert_false(AcceptEx(scene.listener, scene.client, output, 0, 1, ROOM, NULL, &overlapped));
	assert_false(
		AcceptEx(scene.listener, INVALID_SOCKET, output, 0, ROOM, ROOM, NULL, &overlapped));
	assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
	assert_wsa(WSAIoctl(scene.client, SIO_GET_EXTENSION_FUNCTION_POINTER, &unknown,
			    sizeof(unknown), &function, sizeof(function), &size, NULL, NULL),
		   WSAEOPNOTSUPP);
	assert_wsa(WSAIoctl(scene.client, SIO_GET_EXTENSION_FUNCTION_POINTER, &unknown, 15,
			    &function, sizeof(function), &size, NULL, NULL),
		   WSAEFAULT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCENE(a_connection_with_its_first_bytes),
		IN_SCENE(a_connection_without_bytes),
		IN_SCENE(nobody_listens),
		IN_SCENE(a_pending_accept_is_cancelled_at_close),
		IN_SCENE(wrong_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
