/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * bench_bulk listen=A:P target=A:P mib=N cpu=N sink-cpu=N [watch=PID] [messages=N]
 *
 * Sends N MiB to target; a process of its own listens, reads and drops them. Prints MiB per
 * second, and the milliseconds of processor per GiB that both of them used, and, with watch=,
 * the process of this id (a relay), whose own are printed besides.
 *
 * With messages=, 64 bytes go there and back so often on one connection instead, and microseconds
 * per message are printed, of time and of that process's processor.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_support.h"

#define CHUNK (256 * 1024)
#define MESSAGE 64

static char bytes[CHUNK];

/* Nanoseconds on a processor, of a process with one thread. */
static uint64_t watched_ns(long process)
{
	unsigned long long used = 0;
	char path[64];
	FILE *file;

	if (!process)
		return 0;
	snprintf(path, sizeof(path), "/proc/%ld/schedstat", process);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%llu", &used) != 1)
		die("%s", path);
	fclose(file);
	return used;
}

static void echo(int fd)
{
	ssize_t size;

	while ((size = read(fd, bytes, MESSAGE)) > 0)
		if (write(fd, bytes, (size_t)size) != size)
			die("write");
}

static void talk(int fd, long count, long watch)
{
	uint64_t used = watched_ns(watch), begun = now_ns();

	for (long i = 0; i < count; i++) {
		if (write(fd, bytes, MESSAGE) != MESSAGE)
			die("write");
		for (ssize_t got = 0, size; got < MESSAGE; got += size) {
			size = read(fd, bytes, (size_t)(MESSAGE - got));
			if (size <= 0)
				die("read");
		}
	}
	printf("message %.2f\n", (double)(now_ns() - begun) / 1e3 / (double)count);
	printf("message_proxy %.2f\n", (double)(watched_ns(watch) - used) / 1e3 / (double)count);
}

static void sink(char **arguments, int ready)
{
	static char cpu[32];
	char *own[] = {cpu, NULL};
	int listener, fd;

	snprintf(cpu, sizeof(cpu), "cpu=%s", argument(arguments, "sink-cpu", "-1"));
	settle(own);
	become_owner(arguments);
	listener = listen_here(arguments);
	if (write(ready, "", 1) != 1)
		die("pipe");
	fd = accept(listener, NULL, NULL);
	if (argument_number(arguments, "messages", 0))
		echo(fd);
	while (read(fd, bytes, sizeof(bytes)) > 0)
		;
	/* The sender waits for this end: then everything has arrived. */
	close(fd);
	_exit(0);
}

int main(int count, char **arguments)
{
	long size = argument_number(arguments, "mib", 1024) << 20, left = size;
	long watch = argument_number(arguments, "watch", 0);
	uint64_t begun, used, time;
	int ready[2], fd;
	double gib = (double)size / (1 << 30);
	pid_t child;
	char byte;

	if (pipe(ready))
		die("pipe");
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0)
		sink(arguments, ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		die("the sink");
	settle(arguments);
	fd = connect_to(argument(arguments, "target", ""));
	if (argument_number(arguments, "messages", 0)) {
		talk(fd, argument_number(arguments, "messages", 0), watch);
		close(fd);
		waitpid(child, NULL, 0);
		return 0;
	}
	used = watched_ns(watch);
	begun = now_ns();
	while (left > 0) {
		ssize_t sent = write(fd, bytes,
				     left < (int64_t)sizeof(bytes) ? (size_t)left : sizeof(bytes));

		if (sent <= 0)
			die("write");
		left -= sent;
	}
	shutdown(fd, SHUT_WR);
	if (read(fd, &byte, 1) < 0)
		die("the end");
	time = now_ns() - begun;
	waitpid(child, NULL, 0);
	used = watched_ns(watch) - used;
	printf("throughput %.1f\n", (double)(size >> 20) * 1e9 / (double)time);
	printf("processor %.1f\n", (double)(cpu_used_ns() + used) / gib / 1e6);
	if (watch)
		printf("proxy %.1f\n", (double)used / gib / 1e6);
	return 0;
}
