/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* TransmitFile: head, file and tail in their order, at once and overlapped. */
#include "winsock_scene.h"

#include <mswsock.h>
#include <stdlib.h>
#include <unistd.h>

#define LARGE ((size_t)3 * 1024 * 1024 + 17)

static char path[64];
static unsigned char *content;

static HANDLE open_file(size_t size)
{
	DWORD written = 0;
	HANDLE file;

	strcpy(path, "/tmp/whither-transmit-XXXXXX");
	close(mkstemp(path));
	content = malloc(size + 1);
	for (size_t i = 0; i < size; i++)
		content[i] = (unsigned char)(i * 31 >> 3);
	file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	assert_true(file != INVALID_HANDLE_VALUE);
	assert_true(WriteFile(file, content, (DWORD)size, &written, NULL));
	assert_int_equal(written, size);
	assert_true(SetFilePointerEx(file, (LARGE_INTEGER){.QuadPart = 0}, NULL, FILE_BEGIN));
	return file;
}

static void close_file(HANDLE file)
{
	CloseHandle(file);
	assert_true(DeleteFileA(path));
	free(content);
}

static void expect(const void *bytes, size_t size)
{
	char found[4096];

	while (size) {
		int got = recv(scene.server, found, (int)(size < 4096 ? size : 4096), 0);

		assert_true(got > 0);
		assert_memory_equal(found, bytes, got);
		bytes = (const char *)bytes + got;
		size -= (size_t)got;
	}
}

static void head_file_and_tail(void **state)
{
	TRANSMIT_FILE_BUFFERS buffers = {(char[]){"head:"}, 5, (char[]){":tail"}, 5};
	HANDLE file = open_file(1000);
	LARGE_INTEGER place;

	assert_true(TransmitFile(scene.client, file, 0, 0, NULL, &buffers, 0));
	expect("head:", 5);
	expect(content, 1000);
	expect(":tail", 5);
	/* The place in the file has gone along. */
	assert_true(SetFilePointerEx(file, (LARGE_INTEGER){.QuadPart = 0}, &place, FILE_CURRENT));
	assert_int_equal(place.QuadPart, 1000);
	/* A part; beyond the end; no file at all. */
	assert_true(SetFilePointerEx(file, (LARGE_INTEGER){.QuadPart = 500}, NULL, FILE_BEGIN));
	assert_true(TransmitFile(scene.client, file, 100, 10, NULL, NULL, 0));
	expect(content + 500, 100);
	assert_true(TransmitFile(scene.client, file, 5000, 0, NULL, NULL, TF_WRITE_BEHIND));
	expect(content + 600, 400);
	assert_true(TransmitFile(scene.client, NULL, 0, 0, NULL, &buffers, 0));
	expect("head::tail", 10);
	/* With the end of the connection behind it. */
	buffers.Head = NULL;
	assert_true(TransmitFile(scene.client, NULL, 0, 0, NULL, &buffers, TF_DISCONNECT));
	expect(":tail", 5);
	assert_int_equal(recv(scene.server, path, 1, 0), 0);
	close_file(file);
}

static void a_large_one_in_the_background(void **state)
{
	LPFN_TRANSMITFILE transmit = NULL;
	GUID guid = WSAID_TRANSMITFILE;
	WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent(), .Offset = 17};
	TRANSMIT_FILE_BUFFERS buffers = {(char[]){"<"}, 1, (char[]){">"}, 1};
	HANDLE file = open_file(LARGE);
	DWORD bytes = 0;
	DWORD flags;

	assert_int_equal(WSAIoctl(scene.client, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid,
				  sizeof(guid), &transmit, sizeof(transmit), &bytes, NULL, NULL),
			 0);
	assert_false(transmit(scene.client, file, 0, 0, &overlapped, &buffers, 0));
	assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
	/* The file may be closed meanwhile. */
	CloseHandle(file);
	expect("<", 1);
	expect(content + 17, LARGE - 17);
	expect(">", 1);
	assert_true(WSAGetOverlappedResult(scene.client, &overlapped, &bytes, TRUE, &flags));
	assert_int_equal(bytes, LARGE - 17 + 2);
	WSACloseEvent(overlapped.hEvent);
	assert_true(DeleteFileA(path));
	free(content);
}

static void the_peer_goes_away(void **state)
{
	WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
	HANDLE file = open_file(LARGE);
	DWORD bytes;
	DWORD flags;

	assert_false(TransmitFile(scene.client, file, 0, 0, &overlapped, NULL, 0));
	assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
	closesocket(scene.server);
	scene.server = INVALID_SOCKET;
	assert_false(WSAGetOverlappedResult(scene.client, &overlapped, &bytes, TRUE, &flags));
	assert_int_equal(WSAGetLastError(), WSAECONNRESET);
	WSACloseEvent(overlapped.hEvent);
	close_file(file);
}

static void wrong_arguments(void **state)
{
	SOCKET unconnected = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	HANDLE event = WSACreateEvent();

	assert_false(TransmitFile(INVALID_SOCKET, NULL, 0, 0, NULL, NULL, 0));
	assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
	assert_false(TransmitFile(unconnected, NULL, 0, 0, NULL, NULL, 0));
	assert_int_equal(WSAGetLastError(), WSAENOTCONN);
	assert_false(TransmitFile(scene.client, event, 0, 0, NULL, NULL, 0));
	assert_int_equal(WSAGetLastError(), ERROR_INVALID_HANDLE);
	assert_false(TransmitFile(scene.client, NULL, 0, 0, NULL, NULL, 0x4000));
	assert_int_equal(WSAGetLastError(), WSAEINVAL);
	assert_true(TransmitFile(scene.client, NULL, 0, 0, NULL, NULL, 0));
	WSACloseEvent(event);
	closesocket(unconnected);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCENE(head_file_and_tail),
		IN_SCENE(a_large_one_in_the_background),
		IN_SCENE(the_peer_goes_away),
		IN_SCENE(wrong_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
