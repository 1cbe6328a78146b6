/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * query_c ADDRESS PORT: tells each client where it was going. The question is one getsockopt();
 * of whither, only the header is used, and nothing is linked.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <whither/whither.h>

/* Writes the answer as text. */
static void ask(int client, char *text, size_t text_size)
{
	/* Room for what later versions may append. */
	union {
		struct whither_origin origin;
		char bytes[WHITHER_ANSWER_MAX];
	} answer;
	const struct whither_origin *origin = &answer.origin;
	const void *bytes = &origin->destination.in.sin_addr;
	socklen_t size = sizeof(answer);
	char address[INET6_ADDRSTRLEN];

	if (getsockopt(client, SOL_WHITHER, WHITHER_ORIGIN, &answer, &size) < 0) {
		/* ENOENT: whoever connected meant this very address. */
		snprintf(text, text_size, "not redirected: %s\n", strerror(errno));
		return;
	}
	if (origin->destination.sa.sa_family == AF_INET6)
		bytes = &origin->destination.in6.sin6_addr;
	inet_ntop(origin->destination.sa.sa_family, bytes, address, sizeof(address));
	snprintf(text, text_size, "%s (pid %u, uid %u) to %s port %u\n", origin->comm, origin->pid,
		 origin->uid, address, ntohs(origin->destination.in.sin_port));
}

int main(int count, char **arguments)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *address;
	int listener, client, on = 1;
	char text[256];

	if (count != 3 || getaddrinfo(arguments[1], arguments[2], &hints, &address)) {
		fprintf(stderr, "usage: query_c ADDRESS PORT\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	listener = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, address->ai_addr, address->ai_addrlen) || listen(listener, 128)) {
		perror("query_c");
		return 1;
	}
	freeaddrinfo(address);
	while ((client = accept(listener, NULL, NULL)) >= 0) {
		ask(client, text, sizeof(text));
		fputs(text, stdout);
		send(client, text, strlen(text), MSG_NOSIGNAL);
		close(client);
	}
	perror("query_c");
	return 1;
}
