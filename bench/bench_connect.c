/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * bench_connect listen=A:P target=A:P count=N [pended=N other=A:P]
 *
 * socket + connect + close, over and over, to somebody at listen who accepts and closes, on another
 * processor. Prints the nanoseconds of one: the lower quartile of blocks of them. pended: beside so
 * many processes whose connects to other wait.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_support.h"

#define BLOCK 50
#define PENDED_SECONDS 2 /* until all of them wait */

/* In a process of its own, and made there: who listens is the proxy, and would not be redirected. */
static pid_t accept_all(char **arguments)
{
	int ready[2], listener;
	pid_t pid;
	char byte = 0;

	if (pipe(ready))
		die("pipe");
	pid = fork();
	if (pid) {
		close(ready[1]);
		if (read(ready[0], &byte, 1) != 1)
			die("nobody listens");
		return pid;
	}
	listener = listen_here(arguments);
	(void)!write(ready[1], &byte, 1);
	for (;;)
		close(accept(listener, NULL, NULL));
}

/* Children that connect, and wait for that until they are killed. */
static void pend(char **arguments, long count)
{
	union whither_address other;
	socklen_t size;

	if (!count)
		return;
	size = parse_address(argument(arguments, "other", NULL), &other);
	for (long i = 0; i < count; i++)
		if (!fork()) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			(void)!connect(make_socket(&other), &other.sa, size);
			fprintf(stderr, "a connect was to wait\n");
			_exit(1);
		}
	sleep(PENDED_SECONDS);
	if (waitpid(-1, NULL, WNOHANG) > 0)
		die("one of them did not wait");
}

int main(int argc, char **argv)
{
	long count = argument_number(argv, "count", 5000);
	size_t blocks = (size_t)(count + BLOCK - 1) / BLOCK;
	union whither_address target;
	socklen_t size = parse_address(argument(argv, "target", NULL), &target);
	double *times = calloc(blocks, sizeof(*times));
	pid_t peer = accept_all(argv);

	if (argc < 3 || !times || peer < 0)
		die("no memory, or no process");
	pend(argv, argument_number(argv, "pended", 0));
	settle(argv);
	for (size_t block = 0; block < blocks; block++) {
		uint64_t begun = now_ns();

		for (int i = 0; i < BLOCK; i++) {
			int client = make_socket(&target);

			if (connect(client, &target.sa, size))
				die("connect");
			close(client);
		}
		times[block] = (double)(now_ns() - begun) / BLOCK;
	}
	kill(peer, SIGKILL);
	waitpid(peer, NULL, 0);
	printf("connect %.1f\n", undisturbed(times, blocks));
	free(times);
	return 0;
}
