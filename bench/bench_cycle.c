/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * bench_cycle listen=A:P target=A:P ask=NAME[,NAME] count=N [split=1] [relate=1]
 *             [user=UID] [cgroup=DIR] [transparent=1]
 *
 * connect + accept + ask + close, over and over. Prints the nanoseconds of a cycle: the
 * lower quartile of blocks of them. In one thread; or, split, with the proxy in a process of its own on the same
 * processor, which also makes an outbound socket and, with relate, relates it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_ask.h"
#include "bench_support.h"

#define BLOCK 50

static int listener;
static union whither_address target;
static socklen_t target_size;
static ask_function ask[2];

static int next_accepted(void)
{
	int accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (accepted < 0)
		die("accept");
	if (ask[0](accepted) || ask[1](accepted))
		die("the question");
	return accepted;
}

static void cycle(int split)
{
	int client = make_socket(&target);
	char byte;

	if (connect(client, &target.sa, target_size))
		die("connect");
	if (split) {
		if (read(client, &byte, 1))
			die("the proxy's end");
		close(client);
	} else {
		int accepted = next_accepted();

		close(client);
		close(accepted);
	}
}

static void serve(char **arguments)
{
	int relate = (int)argument_number(arguments, "relate", 0);

	become_owner(arguments);
	for (;;) {
		int accepted = next_accepted(), outbound = make_socket(&target);

		if (relate && ask_and_relate(outbound, accepted))
			die("relating");
		close(outbound);
		close(accepted);
	}
}

int main(int count, char **arguments)
{
	size_t blocks = (size_t)argument_number(arguments, "count", 5000) / BLOCK;
	char *names = strdup(argument(arguments, "ask", "nothing")), *comma = strchr(names, ',');
	int split = (int)argument_number(arguments, "split", 0);
	double *times = calloc(blocks, sizeof(*times));
	pid_t proxy = 0;

	settle(arguments);
	if (comma)
		*comma = '\0';
	ask[0] = ask_named(names);
	ask[1] = ask_named(comma ? comma + 1 : "nothing");
	target_size = parse_address(argument(arguments, "target", ""), &target);
	listener = listen_elsewhere(arguments);
	if (split) {
		proxy = fork();
		if (proxy < 0)
			die("fork");
		if (proxy == 0)
			serve(arguments);
		close(listener);
	}
	for (size_t i = 0; i < blocks * BLOCK / 10; i++)
		cycle(split);
	for (size_t block = 0; block < blocks; block++) {
		uint64_t begun = now_ns();

		for (int i = 0; i < BLOCK; i++)
			cycle(split);
		times[block] = (double)(now_ns() - begun) / BLOCK;
	}
	if (proxy) {
		kill(proxy, SIGKILL);
		waitpid(proxy, NULL, 0);
	}
	printf("cycle %.1f\n", undisturbed(times, blocks));
	free(times);
	free(names);
	return 0;
}
