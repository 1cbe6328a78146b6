/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A redirecting proxy on Winsock, for winsock_redirect.py: it accepts two connections on 127.0.0.1, ends
 * the first, asks the second and its other sockets all that winsock_redirect_rows.c has for them, and
 * relays to the port of 192.0.2.10 that the context names, if it names one.
 *
 *	winsock_redirect_proxy PORT redirected|bare|direct|away [CONTEXT]
 */
#include "winsock_redirect_rows.h"

#include <stdio.h>
#include <stdlib.h>

static struct question_facts facts;

/* What is in force is known by then; the table asks for the same in every other way. */
static void learn_records(SOCKET s, unsigned char *records)
{
	DWORD size = 0;

	if (!(facts.world & REDIRECTED))
		return;
	assert_int_equal(WSAIoctl(s, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0, records,
				  QUESTION_TOKEN, &size, NULL, NULL),
			 0);
	assert_int_equal(size, QUESTION_TOKEN);
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

/* Reads on until the peer has ended. */
static void await_end(SOCKET s)
{
	char bytes[4096];
	int size;

	while ((size = recv(s, bytes, sizeof(bytes), 0)) > 0)
		;
	assert_int_equal(size, 0);
}

/* The outbound socket, on its way to this port, if there is one. */
static void relay(SOCKET client, USHORT port)
{
	SOCKADDR_IN name = {.sin_family = AF_INET};
	SOCKET server = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);

	winsock_rows_ask(&facts, NEW, server);
	assert_int_equal(bind(server, (SOCKADDR *)&name, sizeof(name)), 0);
	winsock_rows_ask(&facts, BOUND, server);
	if (port) {
		name.sin_port = htons(port);
		assert_int_equal(InetPtonA(AF_INET, "192.0.2.10", &name.sin_addr), 1);
		assert_int_equal(connect(server, (SOCKADDR *)&name, sizeof(name)), 0);
		winsock_rows_ask(&facts, OUTBOUND, server);
		forward(client, server, true);
		forward(server, client, false);
	}
	closesocket(server);
}

static void serve(SOCKET listener)
{
	SOCKET datagram = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
	SOCKET earlier = accept(listener, NULL, NULL), client;
	USHORT port = 0;

	assert_true(earlier != INVALID_SOCKET);
	learn_records(earlier, facts.stale);
	assert_int_equal(shutdown(earlier, SD_SEND), 0);
	await_end(earlier);
	client = accept(listener, NULL, NULL);
	assert_true(client != INVALID_SOCKET);
	learn_records(client, facts.records);
	winsock_rows_ask(&facts, LISTENING, listener);
	winsock_rows_ask(&facts, DATAGRAM, datagram);
	winsock_rows_ask(&facts, ACCEPTED, client);
	if (facts.context_size > 5 && !memcmp(facts.context, "port=", 5))
		port = (USHORT)atoi((char *)facts.context + 5);
	relay(client, port);
	await_end(client);
	winsock_rows_ask(&facts, HALF, client);
	winsock_rows_ask(&facts, ENDED, earlier);
	closesocket(client);
	closesocket(earlier);
	closesocket(datagram);
}

int main(int count, char **words)
{
	SOCKADDR_IN name = {.sin_family = AF_INET};
	SOCKET listener;
	WSADATA data;

	if (count < 3)
		return 2;
	setvbuf(stdout, NULL, _IONBF, 0);
	question_facts_init(&facts, words[2], count > 3 ? words[3] : "", 0xffffffff);
	assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
	listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	name.sin_port = htons((USHORT)atoi(words[1]));
	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (SOCKADDR *)&name, sizeof(name)), 0);
	assert_int_equal(listen(listener, SOMAXCONN), 0);
	printf("ready\n");
	question_facts_read_foreign(&facts);
	serve(listener);
	closesocket(listener);
	printf("done\n");
	return WSACleanup();
}
