/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * bench_memory listen=A:P target=A:P connections=N sources=N ask=NAME[,NAME]
 *
 * Opens N connections, from sources addresses 127.0.1.1, 127.0.1.2, ..., both ends on this
 * machine, and has each asked. Prints the kernel memory of one, both ends, as /proc/meminfo's
 * Slab tells, and what /proc/slabinfo tells of each cache that grew by it.
 *
 * As many pairs of processes hold them as the limit on descriptors makes necessary.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench_ask.h"
#include "bench_slab.h"
#include "bench_support.h"

#define BATCH 1000
#define OTHER_DESCRIPTORS 64

static int listener;
static ask_function ask[2];

/* The proxy's side: accepts and asks as many as it is told to, and keeps them. */
static void serve(int from, int to)
{
	int batch;

	while (read(from, &batch, sizeof(batch)) == sizeof(batch)) {
		for (int i = 0; i < batch; i++) {
			int fd = accept(listener, NULL, NULL);

			if (fd < 0 || ask[0](fd) || ask[1](fd))
				die("accepting");
		}
		if (write(to, &batch, sizeof(batch)) != sizeof(batch))
			die("pipe");
	}
	_exit(0);
}

static void open_one(const union whither_address *target, socklen_t size, long source)
{
	union whither_address address = {.in = {.sin_family = AF_INET}};
	int fd = make_socket(target), one = 1;

	address.in.sin_addr.s_addr = htonl((uint32_t)(0x7f000101 + source));
	setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	if (bind(fd, &address.sa, sizeof(address.in)))
		die("bind");
	if (connect(fd, &target->sa, size))
		die("connect");
}

/* The client's side: opens count connections, keeps them, says so on done and waits there. */
static void open_all(char **arguments, long count, int done)
{
	long sources = argument_number(arguments, "sources", 10);
	int to_proxy[2], from_proxy[2], batch = 0;
	union whither_address target;
	socklen_t size = parse_address(argument(arguments, "target", ""), &target);
	pid_t proxy;
	char byte;

	if (pipe(to_proxy) || pipe(from_proxy))
		die("pipe");
	proxy = fork();
	if (proxy < 0)
		die("fork");
	if (proxy == 0) {
		close(to_proxy[1]);
		close(done);
		serve(to_proxy[0], from_proxy[1]);
	}
	close(from_proxy[1]);
	for (long i = 0; i < count; i++) {
		open_one(&target, size, i % sources);
		if (++batch < BATCH && i + 1 < count)
			continue;
		if (write(to_proxy[1], &batch, sizeof(batch)) != sizeof(batch) ||
		    read(from_proxy[0], &batch, sizeof(batch)) != sizeof(batch))
			die("the proxy");
		batch = 0;
	}
	if (write(done, "", 1) != 1)
		die("pipe");
	if (read(done, &byte, 1) < 0)
		die("pipe");
	_exit(0);
}

/* One pair of processes; returns when all of its connections are open. The other end of what is
 * returned must stay open as long as they are to. */
static int open_share(char **arguments, long count)
{
	int ends[2];
	char byte;
	pid_t client;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		die("socketpair");
	client = fork();
	if (client < 0)
		die("fork");
	if (client == 0) {
		close(ends[0]);
		open_all(arguments, count, ends[1]);
	}
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		die("the client");
	return ends[0];
}

int main(int count, char **arguments)
{
	char *names = strdup(argument(arguments, "ask", "nothing")), *comma = strchr(names, ',');
	long connections = argument_number(arguments, "connections", 100000), slab, share;
	struct rlimit limit;

	raise_limits();
	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur <= OTHER_DESCRIPTORS)
		die("the limit on descriptors");
	share = (long)limit.rlim_cur - OTHER_DESCRIPTORS;
	if (comma)
		*comma = '\0';
	ask[0] = ask_named(names);
	ask[1] = ask_named(comma ? comma + 1 : "nothing");
	listener = listen_elsewhere(arguments);
	slab = slab_settled();
	caches_remember();
	for (long left = connections; left > 0; left -= share)
		open_share(arguments, left < share ? left : share);
	caches_print_growth((double)connections);
	printf("slab %.1f\n", (double)(slab_settled() - slab) / (double)connections);
	free(names);
	return 0;
}
