/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * bench_connect listen=A:P target=A:P count=N [pended=N other=A:P]
 *
 * socket + connect + close, over and over, to somebody at listen who accepts in the pauses between
 * blocks of them: to wake him takes as long as a connect, or twice as long if his processor sleeps,
 * and would be all that is seen. Prints the nanoseconds of one: the lower quartile of the blocks.
 * pended: beside so many processes whose connects to other wait.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_support.h"

#define BLOCK 50
#define PENDED_SECONDS 2 /* until all of them wait */

struct peer {
	pid_t pid;
	int socket; /* a byte, and the same one back: it has accepted all that there was */
};

static void accept_and_answer(int listener, int socket)
{
	char byte;

	fcntl(listener, F_SETFL, O_NONBLOCK);
	while (read(socket, &byte, 1) == 1) {
		int accepted;

		while ((accepted = accept(listener, NULL, NULL)) >= 0)
			close(accepted);
		if (write(socket, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

static void let_accept(const struct peer *peer)
{
	char byte = 0;

	if (write(peer->socket, &byte, 1) != 1 || read(peer->socket, &byte, 1) != 1)
		die("nobody accepts");
}

/* In a process of its own, and made there: who listens is the proxy, and would not be redirected. */
static struct peer make_peer(char **arguments)
{
	struct peer peer;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		die("socketpair");
	peer = (struct peer){.pid = fork(), .socket = ends[0]};
	if (peer.pid < 0)
		die("fork");
	if (!peer.pid) {
		close(ends[0]);
		accept_and_answer(listen_here(arguments), ends[1]);
	}
	close(ends[1]);
	let_accept(&peer);
	return peer;
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
	struct peer peer = make_peer(argv);

	if (argc < 3 || !times)
		die("no memory");
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
		let_accept(&peer);
	}
	close(peer.socket);
	waitpid(peer.pid, NULL, 0);
	printf("connect %.1f\n", undisturbed(times, blocks));
	free(times);
	return 0;
}
