/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * proxy_minimal ADDRESS PORT: a whole proxy, in some seventy lines. It asks each client where it was
 * going, says so, and takes it there; to the kernel, both connections are then one.
 *
 *	cc proxy_minimal.c $(pkg-config --cflags --libs whither) -o proxy_minimal
 */
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include <whither/whither.h>

/* A failure must not look like an end: the peer will see a reset. Wakes who reads from it. */
static void reset(int fd)
{
	struct linger at_once = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	shutdown(fd, SHUT_RD);
}

/* One direction. The end of what comes in is the end of what goes out, and of nothing else. */
static void *copy(void *data)
{
	const int *fd = data;
	char bytes[65536];
	ssize_t size;

	while ((size = recv(fd[0], bytes, sizeof(bytes), 0)) > 0)
		if (send(fd[1], bytes, size, MSG_NOSIGNAL) != size)
			break;
	if (size == 0)
		return shutdown(fd[1], SHUT_WR), NULL;
	reset(fd[0]);
	reset(fd[1]);
	return NULL;
}

static void *serve(void *data)
{
	struct whither_origin origin = {.size = sizeof(origin)};
	int client = (int)(long)data, out = -1;
	int there[2] = {client, -1}, back[2] = {-1, client};
	char host[64] = "", port[8] = "";
	socklen_t size;
	pthread_t thread;
	int error = whither_query_origin(client, &origin);

	if (!error) {
		size = whither_address_size(&origin.destination);
		getnameinfo(&origin.destination.sa, size, host, sizeof(host), port, sizeof(port),
			    NI_NUMERICHOST | NI_NUMERICSERV);
		printf("%s (pid %u, uid %u) to %s port %s\n", origin.comm, origin.pid, origin.uid,
		       host, port);
		out = socket(origin.destination.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		there[1] = back[0] = out;
		error = whither_relate(out, client); /* one connection, from now on */
	}
	if (!error && connect(out, &origin.destination.sa, size))
		error = -errno;
	if (!error)
		error = -pthread_create(&thread, NULL, copy, back);
	if (!error) {
		copy(there);
		pthread_join(thread, NULL);
	} else {
		fprintf(stderr, "not served: %s %s\n", host, whither_strerror(error));
		reset(client);
	}
	close(out);
	close(client);
	return NULL;
}

int main(int count, char **words)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *at;
	int listener, client;
	pthread_t thread;

	if (count != 3 || getaddrinfo(words[1], words[2], &hints, &at))
		return fprintf(stderr, "usage: proxy_minimal ADDRESS PORT\n"), 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	listener = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	if (bind(listener, at->ai_addr, at->ai_addrlen) || listen(listener, 4096))
		return perror("proxy_minimal"), 1;
	freeaddrinfo(at);
	while ((client = accept(listener, NULL, NULL)) >= 0)
		if (pthread_create(&thread, NULL, serve, (void *)(long)client) == 0)
			pthread_detach(thread);
		else
			close(client);
	return perror("proxy_minimal"), 1;
}
