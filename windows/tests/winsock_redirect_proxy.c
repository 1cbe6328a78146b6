/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A redirecting proxy on Winsock, for winsock_redirect.py: it accepts one connection on 127.0.0.1, asks
 * and sets in every way, says what was answered, a line each:
 *
 *	LABEL ERROR RETURNED [BYTES]
 *
 * (ERROR 0: success) and relays to the port of 192.0.2.10 that the context names.
 *
 *	winsock_redirect_proxy PORT [event|routine]
 */
#include "guarded_memory.h"
#include "winsock_scene.h"

#include <stdio.h>
#include <stdlib.h>

#define UNWRITTEN 0x7777u
#define ANSWER_MAX 1024

enum way {
	PLAIN,
	BY_EVENT,
	BY_ROUTINE
};

static enum way way;
static int routine_runs;
static DWORD routine_bytes;

struct answer {
	DWORD size;
	unsigned char bytes[ANSWER_MAX];
};

static void CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
	assert_int_equal(error, 0);
	routine_runs++;
	routine_bytes = bytes;
}

/* What an overlapped call that succeeded has left behind, whichever way it ends. */
static void check_completion(SOCKET s, WSAOVERLAPPED *overlapped, DWORD size)
{
	DWORD flags = 7;
	DWORD bytes = UNWRITTEN;

	assert_int_equal(overlapped->Internal, 0);
	assert_int_equal(overlapped->InternalHigh, size);
	if (way == BY_EVENT) {
		assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped->hEvent, TRUE, 0, FALSE),
				 WSA_WAIT_EVENT_0);
		assert_true(WSAGetOverlappedResult(s, overlapped, &bytes, TRUE, &flags));
		assert_int_equal(bytes, size);
	} else {
		routine_runs = 0;
		assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
		assert_int_equal(routine_runs, 1);
		assert_int_equal(routine_bytes, size);
	}
}

/* One question; nothing beside the answer, and the four bytes of its size, is written. */
static struct answer ask(const char *label, SOCKET s, DWORD code, const void *in, DWORD in_size,
			 DWORD out_size)
{
	unsigned char *out = guarded_new(out_size);
	DWORD returned[2] = {UNWRITTEN, UNWRITTEN};
	WSAOVERLAPPED overlapped = {.hEvent = way == BY_EVENT ? WSACreateEvent() : NULL};
	struct answer answer = {0};
	int error;

	error = WSAIoctl(s, code, (void *)(ULONG_PTR)in, in_size, out, out_size, returned,
			 way == PLAIN ? NULL : &overlapped, way == BY_ROUTINE ? routine : NULL);
	error = error ? WSAGetLastError() : 0;
	assert_int_equal(returned[1], UNWRITTEN);
	printf("%s %u %u", label, (unsigned)error, returned[0]);
	if (!error && way != PLAIN)
		check_completion(s, &overlapped, returned[0]);
	if (!error && out) {
		answer.size = returned[0];
		memcpy(answer.bytes, out, answer.size);
		printf(" ");
		for (DWORD i = 0; i < answer.size; i++)
			printf("%02x", out[i]);
	}
	assert_true(!out || guarded_untouched(out, out_size, answer.size));
	printf("\n");
	guarded_free(out, out_size);
	if (overlapped.hEvent)
		WSACloseEvent(overlapped.hEvent);
	return answer;
}

static struct answer ask_everything(SOCKET s, struct answer *ret_context)
{
	const DWORD records = SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS;
	const DWORD context = SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT;
	struct answer found = ask("records", s, records, NULL, 0, ANSWER_MAX);
	DWORD size = found.size;

	*ret_context = ask("context", s, context, NULL, 0, ANSWER_MAX);
	ask("records-size", s, records, NULL, 0, 0);
	ask("context-size", s, context, NULL, 0, 0);
	ask("records-three", s, records, NULL, 0, 3);
	if (size) {
		ask("records-exact", s, records, NULL, 0, size);
		ask("records-short", s, records, NULL, 0, size - 1);
	}
	if (ret_context->size) {
		ask("context-exact", s, context, NULL, 0, ret_context->size);
		ask("context-short", s, context, NULL, 0, ret_context->size - 1);
	}
	/* The input of a query is not looked at. */
	ask("records-with-input", s, records, "x", 1, ANSWER_MAX);
	ask("set-connected", s, SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS, found.bytes,
	    size ? size : 1, 0);
	return found;
}

static void ask_the_wrong_ones(SOCKET listener)
{
	SOCKET datagram = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);

	ask("listening", listener, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0, ANSWER_MAX);
	ask("datagram", datagram, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0, ANSWER_MAX);
	closesocket(datagram);
}

static void set_everything(SOCKET s, struct answer *records)
{
	const DWORD code = SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS;
	DWORD size = records->size ? records->size : 1;

	ask("unconnected", s, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0, ANSWER_MAX);
	ask("set-nothing", s, code, NULL, 0, 0);
	ask("set-with-output", s, code, records->bytes, size, 8);
	ask("set-longer", s, code, records->bytes, size + 1, 0);
	ask("set-huge", s, code, records->bytes, 0xffffffff, 0);
	records->bytes[size / 2] ^= 1;
	ask("set-forged", s, code, records->bytes, size, 0);
	records->bytes[size / 2] ^= 1;
	ask("set", s, code, records->bytes, size, 0);
}

static void forward(SOCKET from, SOCKET to, bool once)
{
	char bytes[16384];
	int size;

	while ((size = recv(from, bytes, sizeof(bytes), 0)) > 0) {
		for (int sent = 0, more; sent < size; sent += more) {
			more = send(to, bytes + sent, size - sent, 0);
			assert_true(more > 0);
		}
		if (once)
			return;
	}
	assert_int_equal(size, 0);
}

static void relay(SOCKET client, struct answer *records, USHORT port)
{
	SOCKADDR_IN name = {.sin_family = AF_INET};
	SOCKET server = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);

	set_everything(server, records);
	assert_int_equal(bind(server, (SOCKADDR *)&name, sizeof(name)), 0);
	ask("set-bound", server, SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS, records->bytes,
	    records->size, 0);
	name.sin_port = htons(port);
	assert_int_equal(InetPtonA(AF_INET, "192.0.2.10", &name.sin_addr), 1);
	assert_int_equal(connect(server, (SOCKADDR *)&name, sizeof(name)), 0);
	ask("outbound", server, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0, ANSWER_MAX);
	forward(client, server, true);
	forward(server, client, false);
	closesocket(server);
}

static void serve(USHORT port)
{
	SOCKADDR_IN name = {.sin_family = AF_INET, .sin_port = htons(port)};
	SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	struct answer context;
	struct answer records;
	SOCKET client;

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (SOCKADDR *)&name, sizeof(name)), 0);
	assert_int_equal(listen(listener, SOMAXCONN), 0);
	printf("ready\n");
	client = accept(listener, NULL, NULL);
	assert_true(client != INVALID_SOCKET);
	records = ask_everything(client, &context);
	ask_the_wrong_ones(listener);
	if (context.size > 5 && !strncmp((char *)context.bytes, "port=", 5))
		relay(client, &records, (USHORT)atoi((char *)context.bytes + 5));
	else
		/* What is not read would be answered with a reset. */
		assert_true(recv(client, (char *)context.bytes, sizeof(context.bytes), 0) > 0);
	/* The peer ends when we do; the answers are still there. */
	assert_int_equal(shutdown(client, SD_SEND), 0);
	forward(client, client, false);
	ask("closed-records", client, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0,
	    ANSWER_MAX);
	ask("closed-context", client, SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, NULL, 0,
	    ANSWER_MAX);
	ask("closed-set", client, SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS, "x", 1, 0);
	closesocket(client);
	closesocket(listener);
	printf("done\n");
}

int main(int count, char **words)
{
	WSADATA data;

	if (count < 2)
		return 2;
	if (count > 2)
		way = strcmp(words[2], "event") == 0 ? BY_EVENT : BY_ROUTINE;
	setvbuf(stdout, NULL, _IONBF, 0);
	assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
	serve((USHORT)atoi(words[1]));
	return WSACleanup();
}
