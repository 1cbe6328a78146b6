/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A redirecting proxy on Winsock Kernel, for wsk_redirect.py: it accepts one connection on
 * 127.0.0.1, asks and sets in every way, says what was answered, a line each:
 *
 *	LABEL STATUS INFORMATION RETURNED [BYTES]
 *
 * and relays to the port of 192.0.2.10 that the context names.
 *
 *	wsk_redirect_proxy PORT
 */
#include "guarded_memory.h"
#include "wsk_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNWRITTEN 0x7777u
#define ANSWER_MAX 1024

static struct scene scene;
static struct asked asked;

struct answer {
	NTSTATUS status;
	size_t size;
	unsigned char bytes[ANSWER_MAX];
};

/* One question; nothing beside the answer is written. */
static struct answer ask(const char *label, PWSK_SOCKET socket, ULONG code, const void *input,
			 size_t input_size, size_t output_size)
{
	unsigned char *output = guarded_new(output_size);
	SIZE_T returned = UNWRITTEN;
	struct answer answer;
	NTSTATUS status;

	memset(&answer, 0, sizeof(answer));
	status = basic_calls(socket)->WskControlSocket(socket, WskIoctl, code, 0, input_size,
						       (PVOID)input, output_size, output, &returned,
						       asked_arm(&asked));
	/* Inline, never STATUS_PENDING; the routine has run, once. */
	answer.status = answered(&asked, status);
	printf("%s %08x %u %u", label, (unsigned)status, (unsigned)asked.answer.Information,
	       (unsigned)returned);
	if (status == STATUS_SUCCESS && output) {
		answer.size = asked.answer.Information;
		memcpy(answer.bytes, output, answer.size);
		printf(" ");
		for (size_t i = 0; i < answer.size; i++)
			printf("%02x", output[i]);
	}
	/* A short buffer is not written to. */
	assert_true(!output || guarded_untouched(output, output_size, answer.size));
	printf("\n");
	guarded_free(output, output_size);
	return answer;
}

static struct answer ask_everything(PWSK_SOCKET socket)
{
	struct answer records = ask("records", socket, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS,
				    NULL, 0, ANSWER_MAX);
	struct answer context = ask("context", socket, SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT,
				    NULL, 0, ANSWER_MAX);

	ask("records-size", socket, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0, 0);
	ask("context-size", socket, SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, NULL, 0, 0);
	if (records.size) {
		ask("records-exact", socket, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0,
		    records.size);
		ask("records-short", socket, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0,
		    records.size - 1);
	}
	if (context.size) {
		ask("context-exact", socket, SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, NULL, 0,
		    context.size);
		ask("context-short", socket, SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, NULL, 0,
		    context.size - 1);
	}
	ask("records-with-input", socket, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, "x", 1,
	    ANSWER_MAX);
	ask("set-connected", socket, SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS,
	    records.size ? (void *)records.bytes : "x", records.size ? records.size : 1, 0);
	return records;
}

static void set_everything(PWSK_SOCKET socket, struct answer *records)
{
	const ULONG code = SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS;
	size_t size = records->size ? records->size : 1;

	ask("unconnected", socket, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0, ANSWER_MAX);
	ask("set-nothing", socket, code, NULL, 0, 0);
	ask("set-with-output", socket, code, records->bytes, size, 8);
	ask("set-longer", socket, code, records->bytes, size + 1, 0);
	ask("set-too-long", socket, code, records->bytes, (size_t)UINT32_MAX + 1, 0);
	records->bytes[size / 2] ^= 1;
	ask("set-forged", socket, code, records->bytes, size, 0);
	records->bytes[size / 2] ^= 1;
	ask("set", socket, code, records->bytes, size, 0);
	ask("set-again", socket, code, records->bytes, size, 0);
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

static void finish(PWSK_SOCKET socket)
{
	pended(&asked, connection_calls(socket)->WskDisconnect(socket, NULL, 0, asked_arm(&asked)));
	close_socket(socket);
}

/* The peer ends when we do; the answers are still there. */
static void ask_when_closed_by_the_peer(PWSK_SOCKET socket)
{
	struct memory memory = memory_new(4096);

	pended(&asked, connection_calls(socket)->WskDisconnect(socket, NULL, 0, asked_arm(&asked)));
	do
		assert_int_equal(pended(&asked,
					connection_calls(socket)->WskReceive(socket, &memory.buffer,
									     0, asked_arm(&asked))),
				 STATUS_SUCCESS);
	while (asked.answer.Information);
	ask("closed-records", socket, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0,
	    ANSWER_MAX);
	ask("closed-context", socket, SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, NULL, 0,
	    ANSWER_MAX);
	ask("closed-size", socket, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0, 0);
	ask("closed-set", socket, SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS, "x", 1, 0);
	memory_free(&memory);
	close_socket(socket);
}

static void relay(PWSK_SOCKET client, struct answer *records, uint16_t port)
{
	SOCKADDR_IN name = {.sin_family = AF_INET};
	PWSK_SOCKET server;

	server = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
			     NULL);
	set_everything(server, records);
	assert_int_equal(pended(&asked, connection_calls(server)->WskBind(server, (PSOCKADDR)&name,
									  0, asked_arm(&asked))),
			 STATUS_SUCCESS);
	name.sin_port = RtlUshortByteSwap(port);
	name.sin_addr.s_addr = RtlUlongByteSwap(0xc000020a); /* 192.0.2.10 */
	assert_int_equal(pended(&asked, connection_calls(server)->WskConnect(
						server, (PSOCKADDR)&name, 0, asked_arm(&asked))),
			 STATUS_SUCCESS);
	ask("outbound", server, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0, ANSWER_MAX);
	forward(client, server, true);
	forward(server, client, false);
	finish(server);
}

int main(int count, char **words)
{
	PWSK_SOCKET listener, client, datagram;
	struct answer records, context;

	if (count != 2)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	asked_init(&asked);
	scene_begin(&scene);
	listener =
		open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, NULL, NULL);
	bind_socket(listener, (uint16_t)atoi(words[1]));
	datagram =
		open_socket(&scene, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
	printf("ready\n");
	assert_int_equal(pended(&asked,
				listen_calls(listener)->WskAccept(listener, 0, NULL, NULL, NULL,
								  NULL, asked_arm(&asked))),
			 STATUS_SUCCESS);
	client = (PWSK_SOCKET)asked.answer.Information;
	ask("listening", listener, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0, ANSWER_MAX);
	ask("datagram", datagram, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0, ANSWER_MAX);
	records = ask_everything(client);
	context = ask("destination", client, SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, NULL, 0,
		      ANSWER_MAX);
	if (context.size > 5 && !memcmp(context.bytes, "port=", 5))
		relay(client, &records, (uint16_t)atoi((char *)context.bytes + 5));
	ask_when_closed_by_the_peer(client);
	close_socket(datagram);
	close_socket(listener);
	scene_end(&scene);
	asked_free(&asked);
	printf("done\n");
	return 0;
}
