/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Overlapped operations: done at once and later, with event, routine, port; cancelled; closed. */
#include "winsock_scene.h"

#include <stdlib.h>

static int routine_runs;
static DWORD routine_error;
static DWORD routine_bytes;
static LPWSAOVERLAPPED routine_block;

static void CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
	routine_runs++;
	routine_error = error;
	routine_bytes = bytes;
	routine_block = overlapped;
	assert_int_equal(flags, 0);
}

static int forget(void **state)
{
	routine_runs = 0;
	return open_scene(state);
}

#define WITH_ROUTINE(test) cmocka_unit_test_setup_teardown(test, forget, close_scene)

static void done_at_once_is_signalled_all_the_same(void **state)
{
	WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
	u_long readable = 0;
	DWORD bytes = 0;
	DWORD flags = 9;

	assert_int_equal(WSAIoctl(scene.server, FIONREAD, NULL, 0, &readable, 4, NULL, &overlapped,
				  NULL),
			 0);
	assert_int_equal(overlapped.Internal, 0);
	assert_int_equal(overlapped.InternalHigh, 4);
	assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 0, FALSE),
			 WSA_WAIT_EVENT_0);
	assert_true(WSAGetOverlappedResult(scene.server, &overlapped, &bytes, TRUE, &flags));
	assert_int_equal(bytes, 4);
	assert_int_equal(flags, 0);
	WSACloseEvent(overlapped.hEvent);
}

static void a_routine_runs_in_an_alertable_wait_alone(void **state)
{
	WSAOVERLAPPED overlapped = {0};
	WSAEVENT never = WSACreateEvent();
	u_long readable = 0;

	assert_int_equal(WSAIoctl(scene.server, FIONREAD, NULL, 0, &readable, 4, NULL, &overlapped,
				  routine),
			 0);
	Sleep(1);
	assert_int_equal(WSAWaitForMultipleEvents(1, &never, TRUE, 0, FALSE), WSA_WAIT_TIMEOUT);
	assert_int_equal(routine_runs, 0);
	assert_int_equal(WSAWaitForMultipleEvents(1, &never, TRUE, WSA_INFINITE, TRUE),
			 WSA_WAIT_IO_COMPLETION);
	assert_int_equal(routine_runs, 1);
	assert_int_equal(routine_bytes, 4);
	assert_ptr_equal(routine_block, &overlapped);
	assert_int_equal(SleepEx(0, TRUE), 0);
	assert_int_equal(WSAIoctl(scene.server, FIONREAD, NULL, 0, &readable, 4, NULL, &overlapped,
				  routine),
			 0);
	assert_int_equal(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
	assert_int_equal(WSAIoctl(scene.server, FIONREAD, NULL, 0, &readable, 4, NULL, &overlapped,
				  routine),
			 0);
	assert_int_equal(WaitForSingleObjectEx(never, INFINITE, TRUE), WAIT_IO_COMPLETION);
	assert_int_equal(routine_runs, 3);
	WSACloseEvent(never);
}

static void a_receive_that_waits(void **state)
{
	WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
	char one[2];
	char two[8];
	WSABUF buffers[] = {{sizeof(one), one}, {sizeof(two), two}};
	DWORD bytes = 77;
	DWORD flags = 0;

	assert_wsa(WSARecv(scene.server, buffers, 2, &bytes, &flags, &overlapped, NULL),
		   WSA_IO_PENDING);
	assert_int_equal(bytes, 77);
	assert_false(WSAGetOverlappedResult(scene.server, &overlapped, &bytes, FALSE, &flags));
	assert_int_equal(WSAGetLastError(), WSA_IO_INCOMPLETE);
	assert_int_equal(send(scene.client, "hello", 5, 0), 5);
	assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 5000, FALSE),
			 WSA_WAIT_EVENT_0);
	assert_true(WSAGetOverlappedResult(scene.server, &overlapped, &bytes, FALSE, &flags));
	assert_int_equal(bytes, 5);
	assert_memory_equal(one, "he", 2);
	assert_memory_equal(two, "llo", 3);
	WSACloseEvent(overlapped.hEvent);
}

static void receives_are_answered_in_their_order(void **state)
{
	WSAOVERLAPPED overlapped[8] = {0};
	char bytes[8] = {0};
	DWORD flags = 0;
	DWORD size = 0;

	for (int i = 0; i < 8; i++) {
		WSABUF buffer = {1, &bytes[i]};

		assert_wsa(WSARecv(scene.server, &buffer, 1, NULL, &flags, &overlapped[i], NULL),
			   WSA_IO_PENDING);
	}
	assert_int_equal(send(scene.client, "12345678", 8, 0), 8);
	for (int i = 7; i >= 0; i--)
		assert_true(
			WSAGetOverlappedResult(scene.server, &overlapped[i], &size, TRUE, &flags));
	assert_memory_equal(bytes, "12345678", 8);
}

static void a_send_that_fills_every_buffer(void **state)
{
	enum {
		TOTAL = 8 << 20
	};
	char *bytes = calloc(1, TOTAL);
	WSABUF buffers[] = {{3, bytes}, {TOTAL - 3, bytes + 3}};
	WSAOVERLAPPED overlapped = {0};
	DWORD sent = 0;
	DWORD flags = 0;
	size_t got = 0;
	char some[65536];

	assert_wsa(WSASend(scene.client, buffers, 2, NULL, 0, &overlapped, NULL), WSA_IO_PENDING);
	while (got < TOTAL) {
		int size = recv(scene.server, some, sizeof(some), 0);

		assert_true(size > 0);
		got += (size_t)size;
	}
	assert_true(WSAGetOverlappedResult(scene.client, &overlapped, &sent, TRUE, &flags));
	assert_int_equal(sent, TOTAL);
	free(bytes);
}

static void a_cancelled_receive(void **state)
{
	WSAOVERLAPPED overlapped = {0};
	WSAOVERLAPPED other = {0};
	char byte;
	WSABUF buffer = {1, &byte};
	DWORD flags = 0;
	DWORD bytes = 0;

	assert_wsa(WSARecv(scene.server, &buffer, 1, NULL, &flags, &overlapped, NULL),
		   WSA_IO_PENDING);
	assert_false(CancelIoEx((HANDLE)scene.server, &other));
	assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
	assert_true(CancelIoEx((HANDLE)scene.server, &overlapped));
	assert_false(WSAGetOverlappedResult(scene.server, &overlapped, &bytes, TRUE, &flags));
	assert_int_equal(WSAGetLastError(), WSA_OPERATION_ABORTED);
	assert_int_equal(bytes, 0);
	assert_false(CancelIoEx((HANDLE)INVALID_SOCKET, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

static void closing_cancels(void **state)
{
	WSAOVERLAPPED overlapped = {0};
	char byte;
	WSABUF buffer = {1, &byte};
	DWORD flags = 0;

	assert_wsa(WSARecv(scene.server, &buffer, 1, NULL, &flags, &overlapped, routine),
		   WSA_IO_PENDING);
	assert_int_equal(closesocket(scene.server), 0);
	assert_int_equal(routine_runs, 0);
	assert_int_equal(SleepEx(5000, TRUE), WAIT_IO_COMPLETION);
	assert_int_equal(routine_runs, 1);
	assert_int_equal(routine_error, WSA_OPERATION_ABORTED);
}

static void the_end_and_the_reset(void **state)
{
	const struct linger now = {1, 0};
	WSAOVERLAPPED overlapped = {0};
	char byte;
	WSABUF buffer = {1, &byte};
	DWORD flags = 0;
	DWORD bytes = 9;

	assert_wsa(WSARecv(scene.server, &buffer, 1, NULL, &flags, &overlapped, NULL),
		   WSA_IO_PENDING);
	assert_int_equal(shutdown(scene.client, SD_SEND), 0);
	assert_true(WSAGetOverlappedResult(scene.server, &overlapped, &bytes, TRUE, &flags));
	assert_int_equal(bytes, 0);
	assert_wsa(WSARecv(scene.client, &buffer, 1, NULL, &flags, &overlapped, NULL),
		   WSA_IO_PENDING);
	assert_int_equal(setsockopt(scene.server, SOL_SOCKET, SO_LINGER, (const char *)&now, 4), 0);
	assert_int_equal(closesocket(scene.server), 0);
	assert_false(WSAGetOverlappedResult(scene.client, &overlapped, &bytes, TRUE, &flags));
	assert_int_equal(WSAGetLastError(), WSAECONNRESET);
}

static void packets_at_a_port(void **state)
{
	HANDLE port = CreateIoCompletionPort((HANDLE)scene.server, NULL, 0x1234, 0);
	WSAOVERLAPPED overlapped = {0};
	LPOVERLAPPED block = NULL;
	ULONG_PTR key = 0;
	char bytes[8];
	WSABUF buffer = {sizeof(bytes), bytes};
	DWORD flags = 0;
	DWORD size = 0;

	assert_non_null(port);
	assert_false(GetQueuedCompletionStatus(port, &size, &key, &block, 0));
	assert_int_equal(GetLastError(), WAIT_TIMEOUT);
	assert_wsa(WSARecv(scene.server, &buffer, 1, NULL, &flags, &overlapped, NULL),
		   WSA_IO_PENDING);
	assert_int_equal(send(scene.client, "abc", 3, 0), 3);
	assert_true(GetQueuedCompletionStatus(port, &size, &key, &block, 5000));
	assert_ptr_equal(block, &overlapped);
	assert_int_equal(key, 0x1234);
	assert_int_equal(size, 3);
	assert_true(PostQueuedCompletionStatus(port, 1, 2, NULL));
	assert_true(GetQueuedCompletionStatus(port, &size, &key, &block, 5000));
	assert_int_equal(key, 2);
	assert_null(CreateIoCompletionPort((HANDLE)scene.server, port, 1, 0));
	CloseHandle(port);
	assert_false(PostQueuedCompletionStatus(port, 1, 2, NULL));
}

static void network_events(void **state)
{
	WSAEVENT event = WSACreateEvent();
	WSANETWORKEVENTS found;
	char bytes[8];

	assert_int_equal(WSAEventSelect(scene.server, event, FD_READ | FD_WRITE | FD_CLOSE), 0);
	assert_int_equal(WSAWaitForMultipleEvents(1, &event, TRUE, 5000, FALSE), WSA_WAIT_EVENT_0);
	assert_int_equal(WSAEnumNetworkEvents(scene.server, event, &found), 0);
	assert_int_equal(found.lNetworkEvents, FD_WRITE);
	assert_int_equal(send(scene.client, "ab", 2, 0), 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(WSAWaitForMultipleEvents(1, &event, TRUE, 5000, FALSE),
				 WSA_WAIT_EVENT_0);
		assert_int_equal(WSAEnumNetworkEvents(scene.server, event, &found), 0);
		assert_int_equal(found.lNetworkEvents, FD_READ);
		/* Half of it: what is left is said again. */
		assert_int_equal(recv(scene.server, bytes, 1, 0), 1);
	}
	assert_int_equal(WSAWaitForMultipleEvents(1, &event, TRUE, 20, FALSE), WSA_WAIT_TIMEOUT);
	assert_int_equal(closesocket(scene.client), 0);
	assert_int_equal(WSAWaitForMultipleEvents(1, &event, TRUE, 5000, FALSE), WSA_WAIT_EVENT_0);
	assert_int_equal(WSAEnumNetworkEvents(scene.server, event, &found), 0);
	assert_int_equal(found.lNetworkEvents, FD_CLOSE);
	assert_int_equal(found.iErrorCode[FD_CLOSE_BIT], 0);
	assert_wsa(WSAEventSelect(scene.server, (WSAEVENT)77, FD_READ), WSAEINVAL);
	assert_wsa(WSAEventSelect(INVALID_SOCKET, event, FD_READ), WSAENOTSOCK);
	assert_wsa(WSAEnumNetworkEvents(scene.server, event, NULL), WSAEFAULT);
	assert_int_equal(WSAEventSelect(scene.server, NULL, 0), 0);
	WSACloseEvent(event);
}

static void connecting_by_event(void **state)
{
	SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
	SOCKADDR_IN nobody = scene.address;
	WSAEVENT event = WSACreateEvent();
	WSANETWORKEVENTS found;

	assert_int_equal(WSAEventSelect(s, event, FD_CONNECT | FD_WRITE), 0);
	assert_wsa(connect(s, (SOCKADDR *)&scene.address, sizeof(scene.address)), WSAEWOULDBLOCK);
	assert_int_equal(WSAWaitForMultipleEvents(1, &event, TRUE, 5000, FALSE), WSA_WAIT_EVENT_0);
	assert_int_equal(WSAEnumNetworkEvents(s, event, &found), 0);
	assert_int_equal(found.lNetworkEvents, FD_CONNECT | FD_WRITE);
	assert_int_equal(found.iErrorCode[FD_CONNECT_BIT], 0);
	closesocket(s);
	nobody.sin_port = htons(1);
	s = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(WSAEventSelect(s, event, FD_CONNECT), 0);
	assert_wsa(connect(s, (SOCKADDR *)&nobody, sizeof(nobody)), WSAEWOULDBLOCK);
	assert_int_equal(WSAWaitForMultipleEvents(1, &event, TRUE, 5000, FALSE), WSA_WAIT_EVENT_0);
	assert_int_equal(WSAEnumNetworkEvents(s, event, &found), 0);
	assert_int_equal(found.iErrorCode[FD_CONNECT_BIT], WSAECONNREFUSED);
	closesocket(s);
	WSACloseEvent(event);
}

static void wrong_arguments(void **state)
{
	WSAOVERLAPPED overlapped = {0};
	char byte;
	WSABUF buffer = {1, &byte};
	WSABUF missing = {1, NULL};
	WSABUF endless = {0xffffffff, NULL};
	DWORD flags = 0;
	DWORD bytes;

	assert_wsa(WSARecv(scene.server, NULL, 1, &bytes, &flags, NULL, NULL), WSAEFAULT);
	assert_wsa(WSARecv(scene.server, &missing, 1, &bytes, &flags, NULL, NULL), WSAEFAULT);
	assert_wsa(WSARecv(scene.server, &endless, 1, &bytes, &flags, &overlapped, NULL),
		   WSAEFAULT);
	assert_wsa(WSARecv(scene.server, &buffer, 0, &bytes, &flags, NULL, NULL), WSAEINVAL);
	assert_wsa(WSARecv(scene.server, &buffer, 0xffffffff, &bytes, &flags, NULL, NULL),
		   WSAEINVAL);
	assert_wsa(WSARecv(scene.server, &buffer, 1, NULL, &flags, NULL, NULL), WSAEFAULT);
	assert_wsa(WSARecv(scene.server, &buffer, 1, &bytes, NULL, NULL, NULL), WSAEFAULT);
	assert_wsa(WSASend(INVALID_SOCKET, &buffer, 1, &bytes, 0, NULL, NULL), WSAENOTSOCK);
	assert_wsa(WSASend(scene.server, &buffer, 1, &bytes, 0xffffffff, NULL, NULL),
		   WSAEOPNOTSUPP);
	assert_false(WSAGetOverlappedResult(scene.server, NULL, &bytes, TRUE, &flags));
	assert_int_equal(WSAGetLastError(), WSAEFAULT);
	assert_false(WSAGetOverlappedResult(scene.server, &overlapped, NULL, TRUE, &flags));
	assert_false(WSAGetOverlappedResult(INVALID_SOCKET, &overlapped, &bytes, FALSE, &flags));
	assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
	assert_int_equal(WSAWaitForMultipleEvents(0, NULL, TRUE, 0, FALSE), WSA_WAIT_FAILED);
	assert_int_equal(WSAWaitForMultipleEvents(65, &overlapped.hEvent, TRUE, 0, FALSE),
			 WSA_WAIT_FAILED);
	assert_false(WSACloseEvent((WSAEVENT)scene.server));
	assert_false(WSASetEvent(NULL));
	assert_false(CloseHandle(INVALID_HANDLE_VALUE));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCENE(done_at_once_is_signalled_all_the_same),
		WITH_ROUTINE(a_routine_runs_in_an_alertable_wait_alone),
		IN_SCENE(a_receive_that_waits),
		IN_SCENE(receives_are_answered_in_their_order),
		IN_SCENE(a_send_that_fills_every_buffer),
		IN_SCENE(a_cancelled_receive),
		WITH_ROUTINE(closing_cancels),
		IN_SCENE(the_end_and_the_reset),
		IN_SCENE(packets_at_a_port),
		IN_SCENE(network_events),
		IN_SCENE(connecting_by_event),
		IN_SCENE(wrong_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
