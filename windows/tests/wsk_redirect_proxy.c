/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A redirecting proxy on Winsock Kernel, for wsk_redirect.py: it accepts two connections on 127.0.0.1,
 * ends the first, asks the second and its other sockets all that wsk_redirect_rows.c has for them, and
 * relays to the port of 192.0.2.10 that the context names, if it names one.
 *
 *	wsk_redirect_proxy PORT redirected|bare|direct|away [CONTEXT]
 */
#include "wsk_redirect_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct scene scene;
static struct asked asked;
static struct question_facts facts;

/* What is in force is known by then; the table asks for the same in every other way. */
static void learn_records(PWSK_SOCKET socket, unsigned char *records)
{
	if (!(facts.world & REDIRECTED))
		return;
	assert_int_equal(answered(&asked,
				  basic_calls(socket)->WskControlSocket(
					  socket, WskIoctl,
					  SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, 0, 0, NULL,
					  QUESTION_TOKEN, records, NULL, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, QUESTION_TOKEN);
}

/* All that comes, until the peer ends. */
static void forward(PWSK_SOCKET from, PWSK_SOCKET to, bool once)
{
	struct memory memory = memory_new(4096);

	for (;;) {
		WSK_BUF part = memory.buffer;

		assert_int_equal(pended(&asked,
					connection_calls(from)->WskReceive(from, &memory.buffer, 0,
									   asked_arm(&asked))),
				 STATUS_SUCCESS);
		part.Length = asked.answer.Information;
		if (!part.Length)
			break;
		assert_int_equal(pended(&asked, connection_calls(to)->WskSend(to, &part, 0,
									      asked_arm(&asked))),
				 STATUS_SUCCESS);
		if (once)
			break;
	}
	memory_free(&memory);
}

static void disconnect(PWSK_SOCKET socket)
{
	pended(&asked, connection_calls(socket)->WskDisconnect(socket, NULL, 0, asked_arm(&asked)));
}

/* Reads on until the peer has ended. */
static void await_end(PWSK_SOCKET socket)
{
	struct memory memory = memory_new(4096);

	do
		assert_int_equal(pended(&asked,
					connection_calls(socket)->WskReceive(socket, &memory.buffer,
									     0, asked_arm(&asked))),
				 STATUS_SUCCESS);
	while (asked.answer.Information);
	memory_free(&memory);
}

static PWSK_SOCKET accept_one(PWSK_SOCKET listener)
{
	assert_int_equal(pended(&asked,
				listen_calls(listener)->WskAccept(listener, 0, NULL, NULL, NULL,
								  NULL, asked_arm(&asked))),
			 STATUS_SUCCESS);
	return (PWSK_SOCKET)asked.answer.Information;
}

/* The outbound socket, on its way to this port, if there is one. */
static void relay(PWSK_SOCKET client, uint16_t port)
{
	PWSK_SOCKET server = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP,
					 WSK_FLAG_CONNECTION_SOCKET, NULL, NULL);
	SOCKADDR_IN name = {.sin_family = AF_INET};

	wsk_rows_ask(&facts, NEW, server);
	assert_int_equal(pended(&asked, connection_calls(server)->WskBind(server, (PSOCKADDR)&name,
									  0, asked_arm(&asked))),
			 STATUS_SUCCESS);
	wsk_rows_ask(&facts, BOUND, server);
	if (port) {
		name.sin_port = RtlUshortByteSwap(port);
		name.sin_addr.s_addr = RtlUlongByteSwap(0xc000020a); /* 192.0.2.10 */
		assert_int_equal(pended(&asked,
					connection_calls(server)->WskConnect(
						server, (PSOCKADDR)&name, 0, asked_arm(&asked))),
				 STATUS_SUCCESS);
		wsk_rows_ask(&facts, OUTBOUND, server);
		forward(client, server, true);
		forward(server, client, false);
		disconnect(server);
	}
	close_socket(server);
}

static void ask_another(enum question_place place, USHORT type, ULONG protocol, ULONG kind)
{
	PWSK_SOCKET socket = open_socket(&scene, type, protocol, kind, NULL, NULL);

	wsk_rows_ask(&facts, place, socket);
	close_socket(socket);
}

static void serve(PWSK_SOCKET listener)
{
	PWSK_SOCKET earlier = accept_one(listener), client;
	uint16_t port = 0;

	learn_records(earlier, facts.stale);
	disconnect(earlier);
	await_end(earlier);
	client = accept_one(listener);
	learn_records(client, facts.records);
	wsk_rows_ask(&facts, LISTENING, listener);
	ask_another(DATAGRAM, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET);
	ask_another(BASIC, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_BASIC_SOCKET);
	ask_another(STREAM, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_STREAM_SOCKET);
	wsk_rows_ask(&facts, ACCEPTED, client);
	if (facts.context_size > 5 && !memcmp(facts.context, "port=", 5))
		port = (uint16_t)atoi((char *)facts.context + 5);
	relay(client, port);
	await_end(client);
	wsk_rows_ask(&facts, HALF, client);
	wsk_rows_ask(&facts, ENDED, earlier);
	disconnect(client);
	close_socket(client);
	close_socket(earlier);
}

int main(int count, char **words)
{
	PWSK_SOCKET listener;

	if (count < 3)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	question_facts_init(&facts, words[2], count > 3 ? words[3] : "", SIZE_MAX);
	asked_init(&asked);
	scene_begin(&scene);
	listener =
		open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, NULL, NULL);
	bind_socket(listener, (uint16_t)atoi(words[1]));
	printf("ready\n");
	question_facts_read_foreign(&facts);
	serve(listener);
	close_socket(listener);
	scene_end(&scene);
	asked_free(&asked);
	printf("done\n");
	return 0;
}
