/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * bench_call listen=A:P target=A:P calls=NAME,... count=N
 *
 * A connection whose accepted socket is asked in a loop, all questions in turn; for each the
 * nanoseconds of a call, the lower quartile of blocks. This process is the owner's (user=, cgroup=), so
 * that it may set records; the client is another one. Besides the questions of bench_ask.c:
 *
 *	wsaioctl       the records, by WSAIoctl of the library that BENCH_WINDOWS names
 *	set            the records, on one socket over and over
 *	udp-connect    connect() of a UDP socket to target
 *	tcp-connect    socket, connect() to target, accept and close
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_ask.h"
#include "bench_support.h"

#define BLOCK 200
#define LONG_BLOCK 20 /* of whole connections */
#define MOST_CALLS 32

static int listener, accepted, outbound = -1, datagram = -1;
static union whither_address target;
static socklen_t target_size;
static char records[WHITHER_RECORDS_MAX];
static socklen_t records_size = sizeof(records);

static int set_records(int fd)
{
	return setsockopt(outbound, SOL_WHITHER, WHITHER_RECORDS, records, records_size);
}

/* As winsock2.h has it, which no file may include that sees the system's sockets. */
typedef int (*wsa_ioctl)(uintptr_t socket, uint32_t code, const void *in, uint32_t in_size,
			 void *out, uint32_t out_size, uint32_t *returned, void *overlapped,
			 void *routine);
static wsa_ioctl control;

static int windows_records(int fd)
{
	char answer[WHITHER_RECORDS_MAX];
	uint32_t size = 0;

	return control((uintptr_t)fd, 0x980000dcu, NULL, 0, answer, sizeof(answer), &size, NULL,
		       NULL);
}

/* The owner may not be allowed to. */
static void load_windows(void)
{
	const char *path = getenv("BENCH_WINDOWS");
	void *library = path ? dlopen(path, RTLD_NOW) : NULL;

	control = library ? (wsa_ioctl)dlsym(library, "WSAIoctl") : NULL;
	if (!control)
		die("BENCH_WINDOWS: %s", path ? dlerror() : "not set");
}

static int udp_connect(int fd)
{
	return connect(datagram, &target.sa, target_size);
}

static int tcp_connect(int fd)
{
	int client = make_socket(&target), other;

	if (connect(client, &target.sa, target_size))
		die("connect");
	other = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	close(client);
	close(other);
	return other < 0 ? -1 : 0;
}

static ask_function prepare(const char *name)
{
	if (!strcmp(name, "set")) {
		union whither_address any = {.in = {.sin_family = AF_INET}};

		outbound = make_socket(&any);
		if (getsockopt(accepted, SOL_WHITHER, WHITHER_RECORDS, records, &records_size))
			die("the records");
		return set_records;
	}
	if (!strcmp(name, "udp-connect")) {
		datagram = socket(target.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		return udp_connect;
	}
	if (!strcmp(name, "wsaioctl"))
		return windows_records;
	if (!strcmp(name, "tcp-connect"))
		return tcp_connect;
	return ask_named(name);
}

/* A client in a process of its own, which stays until it is told to go. */
static pid_t begin_client(char **arguments)
{
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (child == 0) {
		connect_to(argument(arguments, "target", ""));
		pause();
		_exit(0);
	}
	return child;
}

int main(int count, char **arguments)
{
	size_t blocks = (size_t)argument_number(arguments, "count", 20000) / BLOCK, calls = 0;
	char *names = strdup(argument(arguments, "calls", "so-type")), *name, *rest;
	const char *name_of[MOST_CALLS];
	ask_function call[MOST_CALLS];
	double *times[MOST_CALLS];
	pid_t client;

	settle(arguments);
	if (strstr(names, "wsaioctl"))
		load_windows();
	listener = listen_elsewhere(arguments);
	client = begin_client(arguments);
	become_owner(arguments);
	target_size = parse_address(argument(arguments, "target", ""), &target);
	accepted = accept(listener, NULL, NULL);
	if (accepted < 0)
		die("accept");
	for (name = strtok_r(names, ",", &rest); name && calls < MOST_CALLS;
	     name = strtok_r(NULL, ",", &rest)) {
		name_of[calls] = name;
		call[calls] = prepare(name);
		times[calls++] = calloc(blocks, sizeof(double));
	}
	for (size_t block = 0; block <= blocks; block++) {
		for (size_t which = 0; which < calls; which++) {
			int rounds = call[which] == tcp_connect ? LONG_BLOCK : BLOCK;
			uint64_t begun = now_ns();

			for (int i = 0; i < rounds; i++)
				if (call[which](accepted))
					die("%s", name_of[which]);
			if (block) /* the first one is to warm up */
				times[which][block - 1] = (double)(now_ns() - begun) / rounds;
		}
	}
	kill(client, SIGKILL);
	waitpid(client, NULL, 0);
	for (size_t which = 0; which < calls; which++) {
		printf("%s %.1f\n", name_of[which], undisturbed(times[which], blocks));
		free(times[which]);
	}
	free(names);
	return 0;
}
