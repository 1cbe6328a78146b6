/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * bench_wsk mode=query listen=A:P target=A:P count=N [user=]
 * bench_wsk mode=echo count=N
 *
 * Winsock Kernel beside what it is made of, in turn: one question for the records of an accepted
 * connection, beside getsockopt() on the same descriptor; one message of 16 KiB that an echo sends
 * back, on 64 connections, beside an echo of epoll in C that keeps a buffer a connection too. Prints nanoseconds, the lower quartile of
 * blocks.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_support.h"
#include "bench_wsk_server.h"

#define BLOCK 200
#define CONNECTIONS 64
#define ECHO_BLOCK 2048 /* messages, of all connections */

static int pipe_ends[2];

static void tell(void)
{
	if (write(pipe_ends[1], "", 1) != 1)
		die("pipe");
}

static void await(void)
{
	char byte;

	if (read(pipe_ends[0], &byte, 1) != 1)
		die("pipe");
}

/* A client in a process of its own, which connects when it is told to, and stays. */
static pid_t begin_client(char **arguments)
{
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (child == 0) {
		await();
		connect_to(argument(arguments, "target", ""));
		pause();
		_exit(0);
	}
	return child;
}

/* The descriptor behind the only connected socket of this process. */
static int connected_descriptor(void)
{
	for (int fd = 3; fd < 1000; fd++) {
		struct sockaddr_storage name = {0};
		socklen_t size = sizeof(name);

		if (!getpeername(fd, (void *)&name, &size) && name.ss_family == AF_INET)
			return fd;
	}
	die("no connection");
}

static void ask_raw(int fd)
{
	char records[WHITHER_RECORDS_MAX];
	socklen_t size = sizeof(records);

	if (getsockopt(fd, SOL_WHITHER, WHITHER_RECORDS, records, &size))
		die("getsockopt");
}

static void query(char **arguments)
{
	size_t blocks = (size_t)argument_number(arguments, "count", 20000) / BLOCK;
	double *raw = calloc(blocks, sizeof(*raw)), *kernel = calloc(blocks, sizeof(*kernel));
	union whither_address address;
	pid_t client;
	int fd;

	parse_address(argument(arguments, "listen", ""), &address);
	client = begin_client(arguments);
	become_owner(arguments);
	wsk_server_begin();
	wsk_server_accept(ntohs(address.in.sin_port), tell);
	fd = connected_descriptor();
	for (size_t block = 0; block <= blocks; block++) {
		uint64_t begun = now_ns(), middle;

		for (int i = 0; i < BLOCK; i++)
			ask_raw(fd);
		middle = now_ns();
		for (int i = 0; i < BLOCK; i++) {
			int32_t status = wsk_server_query();

			if (status)
				die("WskControlSocket: %08x", (unsigned int)status);
		}
		if (block) { /* the first one is to warm up */
			raw[block - 1] = (double)(middle - begun) / BLOCK;
			kernel[block - 1] = (double)(now_ns() - middle) / BLOCK;
		}
	}
	kill(client, SIGKILL);
	waitpid(client, NULL, 0);
	printf("getsockopt %.1f\n", undisturbed(raw, blocks));
	printf("wskcontrol %.1f\n", undisturbed(kernel, blocks));
	free(raw);
	free(kernel);
}

static void watch(int epoll, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl");
}

static void send_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);

		if (sent < 0)
			die("send");
		bytes += sent;
		size -= (size_t)sent;
	}
}

/* A connection of the plain echo: what it received, as long as it could not send it. */
struct plain_end {
	char bytes[BENCH_MESSAGE];
	int fd;
	size_t begin;
	size_t end;
};

/* As far as it goes without waiting; false when the connection is over. */
static bool serve_one(struct plain_end *one)
{
	for (;;) {
		ssize_t moved;

		if (one->begin == one->end) {
			moved = recv(one->fd, one->bytes, sizeof(one->bytes), MSG_DONTWAIT);
			if (moved <= 0)
				return moved && errno == EAGAIN;
			one->begin = 0;
			one->end = (size_t)moved;
		}
		moved = send(one->fd, one->bytes + one->begin, one->end - one->begin,
			     MSG_DONTWAIT | MSG_NOSIGNAL);
		if (moved < 0)
			return errno == EAGAIN;
		one->begin += (size_t)moved;
		/* The level tells when there is more to read. */
		if (one->begin == one->end)
			return true;
	}
}

static void *serve_plainly(void *argument)
{
	int listener = *(int *)argument, epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event events[CONNECTIONS], arrival = {.events = EPOLLIN};

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &arrival))
		die("epoll_ctl");
	for (;;) {
		int count = epoll_wait(epoll, events, CONNECTIONS, -1);

		for (int i = 0; i < count; i++) {
			struct plain_end *one = events[i].data.ptr;

			if (!one) {
				one = aligned_alloc(4096, (size_t)2 * BENCH_MESSAGE);
				memset(one, 0, sizeof(*one));
				one->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
				arrival.data.ptr = one;
				if (epoll_ctl(epoll, EPOLL_CTL_ADD, one->fd, &arrival))
					die("epoll_ctl");
			} else if (!serve_one(one)) {
				close(one->fd);
				free(one);
			}
		}
	}
	return NULL;
}

/* CONNECTIONS to a port, and where each is in its message. */
struct clients {
	int epoll;
	int fds[CONNECTIONS];
	size_t come[1024]; /* by descriptor */
};

static void connect_clients(struct clients *clients, uint16_t port)
{
	char address[32];

	memset(clients, 0, sizeof(*clients));
	clients->epoll = epoll_create1(EPOLL_CLOEXEC);
	snprintf(address, sizeof(address), "127.0.0.1:%u", port);
	for (int i = 0; i < CONNECTIONS; i++) {
		clients->fds[i] = connect_to(address);
		watch(clients->epoll, clients->fds[i]);
	}
}

/* Each connection sends a message, and the next when it is back; nanoseconds a message. */
static double exchange(struct clients *clients)
{
	static char bytes[BENCH_MESSAGE];
	struct epoll_event events[CONNECTIONS];
	int left = ECHO_BLOCK, begun = 0;
	uint64_t start = now_ns();

	for (int i = 0; i < CONNECTIONS; i++, begun++)
		send_all(clients->fds[i], bytes, sizeof(bytes));
	while (left) {
		int count = epoll_wait(clients->epoll, events, CONNECTIONS, -1);

		for (int i = 0; i < count; i++) {
			int fd = events[i].data.fd;
			ssize_t size = recv(fd, bytes, sizeof(bytes), 0);

			if (size <= 0)
				die("recv");
			clients->come[fd] += (size_t)size;
			if (clients->come[fd] < BENCH_MESSAGE)
				continue;
			clients->come[fd] = 0;
			left--;
			if (begun < ECHO_BLOCK) {
				send_all(fd, bytes, sizeof(bytes));
				begun++;
			}
		}
	}
	return (double)(now_ns() - start) / ECHO_BLOCK;
}

/* In a process of its own: what it finds out is its output. */
static void measure(size_t blocks, uint16_t plain_port, uint16_t kernel_port)
{
	double *plain = calloc(blocks, sizeof(*plain)), *kernel = calloc(blocks, sizeof(*kernel));
	struct clients *clients = calloc(2, sizeof(*clients));

	connect_clients(&clients[0], plain_port);
	connect_clients(&clients[1], kernel_port);
	for (size_t block = 0; block <= blocks; block++) {
		double one = exchange(&clients[0]), other = exchange(&clients[1]);

		if (block) {
			plain[block - 1] = one;
			kernel[block - 1] = other;
		}
	}
	printf("epoll %.1f\n", undisturbed(plain, blocks));
	printf("wsk %.1f\n", undisturbed(kernel, blocks));
	fflush(stdout);
	free(plain);
	free(kernel);
	free(clients);
}

static void echo(char **arguments)
{
	size_t blocks = (size_t)argument_number(arguments, "count", 20000) / ECHO_BLOCK + 2;
	char *plain[] = {(char *)"listen=127.0.0.1:0", NULL};
	union whither_address name = {0};
	socklen_t size = sizeof(name);
	pthread_t thread;
	uint16_t port;
	int listener, status;
	pid_t child;

	listener = listen_here(plain);
	if (getsockname(listener, &name.sa, &size))
		die("getsockname");
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		if (read(pipe_ends[0], &port, sizeof(port)) != sizeof(port))
			die("pipe");
		measure(blocks, ntohs(name.in.sin_port), port);
		_exit(0);
	}
	if (pthread_create(&thread, NULL, serve_plainly, &listener))
		die("thread");
	wsk_server_begin();
	port = wsk_server_echo();
	if (write(pipe_ends[1], &port, sizeof(port)) != sizeof(port))
		die("pipe");
	if (waitpid(child, &status, 0) != child || status)
		die("the clients");
}

int main(int count, char **arguments)
{
	(void)count;
	settle(arguments);
	if (pipe(pipe_ends))
		die("pipe");
	if (!strcmp(argument(arguments, "mode", ""), "query"))
		query(arguments);
	else
		echo(arguments);
	fflush(stdout);
	_exit(0); /* the connections are still open */
}
