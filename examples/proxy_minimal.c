/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * proxy_minimal ADDRESS PORT: a whole proxy. It asks each client where it was going, says so, and
 * takes it there; to the kernel, both connections are then one. A thread for each direction.
 *
 *	cc proxy_minimal.c $(pkg-config --cflags --libs whither) -o proxy_minimal
 */
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include <whither/whither.h>

struct pair {
	int from;
	int to;
};

/* A failure must not look like an end: the peer will see a reset. Wakes who reads from it. */
static void fail(int fd)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	shutdown(fd, SHUT_RD);
}

/* One direction. The end of what comes in is the end of what goes out, and of nothing else. */
static void *copy(void *data)
{
	const struct pair *pair = data;
	ssize_t size, sent;
	char bytes[65536];

	while ((size = recv(pair->from, bytes, sizeof(bytes), 0)) > 0) {
		for (ssize_t done = 0; done < size; done += sent) {
			sent = send(pair->to, bytes + done, size - done, MSG_NOSIGNAL);
			if (sent < 0)
				goto failed;
		}
	}
	if (size == 0) {
		shutdown(pair->to, SHUT_WR);
		return NULL;
	}
failed:
	fail(pair->from);
	fail(pair->to);
	return NULL;
}

/* Asks, relates, connects. Returns a socket to where the client was going, or -1. */
static int connect_onwards(int client)
{
	struct whither_origin origin = {.size = sizeof(origin)};
	int out, error = whither_query_origin(client, &origin);
	char host[64], port[8];
	socklen_t size;

	if (error)
		return fprintf(stderr, "not served: %s\n", whither_strerror(error)), -1;
	size = whither_address_size(&origin.destination);
	getnameinfo(&origin.destination.sa, size, host, sizeof(host), port, sizeof(port),
		    NI_NUMERICHOST | NI_NUMERICSERV);
	printf("%s (pid %u, uid %u) to %s port %s\n", origin.comm, origin.pid, origin.uid, host,
	       port);
	out = socket(origin.destination.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	error = whither_relate(out, client);
	if (error)
		fprintf(stderr, "not related: %s\n", whither_strerror(error));
	else if (connect(out, &origin.destination.sa, size) == 0)
		return out;
	else
		perror(host);
	close(out);
	return -1;
}

static void *serve(void *data)
{
	int client = (int)(long)data, out = connect_onwards(client);
	struct pair there = {client, out}, back = {out, client};
	pthread_t thread;

	if (out >= 0 && pthread_create(&thread, NULL, copy, &back) == 0) {
		copy(&there);
		pthread_join(thread, NULL);
	} else {
		fail(client);
	}
	close(out);
	close(client);
	return NULL;
}

int main(int count, char **arguments)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *address;
	int listener, client, on = 1;
	pthread_t thread;

	if (count != 3 || getaddrinfo(arguments[1], arguments[2], &hints, &address))
		return fprintf(stderr, "usage: proxy_minimal ADDRESS PORT\n"), 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	listener = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, address->ai_addr, address->ai_addrlen) || listen(listener, 4096))
		return perror("proxy_minimal"), 1;
	freeaddrinfo(address);
	while ((client = accept(listener, NULL, NULL)) >= 0)
		if (pthread_create(&thread, NULL, serve, (void *)(long)client) == 0)
			pthread_detach(thread);
		else
			close(client);
	perror("proxy_minimal");
	return 1;
}
