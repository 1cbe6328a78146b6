/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A new program in the relay's place, without a connection lost. The process id stays with the
 * listening sockets, so neither a service manager nor the kernel's idea of whose listener this is
 * notices; the open connections go on in a child.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "relay_service.h"
#include "scope_exit.h"

#define VARIABLE "WHITHER_RELAY_LISTENERS" /* "PID FD FD ..." */
#define LISTENERS_MAX 128

static char program[PATH_MAX];
static char **program_words;

void wh_relay_replace_note(char **argv)
{
	/* Now: when there is a newer one, the link tells of a deleted file. */
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	program[length < 0 ? 0 : length] = '\0';
	program_words = argv;
}

/* Whether the sockets stay open in what is executed. */
static void set_inherited(const int *fds, size_t count, int flags)
{
	for (size_t i = 0; i < count; i++)
		fcntl(fds[i], F_SETFD, flags);
}

static void write_variable(const int *fds, size_t count)
{
	char text[16 * (LISTENERS_MAX + 1)];
	int length = snprintf(text, sizeof(text), "%d", (int)getpid());

	for (size_t i = 0; i < count; i++)
		length += snprintf(text + length, sizeof(text) - (size_t)length, " %d", fds[i]);
	setenv(VARIABLE, text, 1);
}

static int replace_here(const int *fds, size_t count)
{
	int error;

	set_inherited(fds, count, 0);
	write_variable(fds, count);
	execv(program, program_words);
	error = -errno;
	unsetenv(VARIABLE);
	set_inherited(fds, count, FD_CLOEXEC);
	return error;
}

/* In the child: the pipe ends without a byte when the parent executes. */
static int wait_for_parent(int report)
{
	char byte;
	ssize_t size;

	do
		size = read(report, &byte, 1);
	while (size < 0 && errno == EINTR);
	if (size)
		_exit(0); /* it goes on, with all of it */
	return 1;
}

int wh_relay_replace(const struct wh_relay *relay)
{
	WH_AUTO_FD report = -1;
	WH_AUTO_FD report_end = -1;
	int fds[LISTENERS_MAX], ends[2], error;
	size_t count = wh_relay_listeners(relay, fds, LISTENERS_MAX);
	pid_t child;

	if (!*program)
		return -ENOENT;
	if (access(program, X_OK))
		return -errno;
	if (count > LISTENERS_MAX)
		return -E2BIG;
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	report = ends[0];
	report_end = ends[1];
	/* What is in a buffer would be written twice. */
	fflush(NULL);
	child = fork();
	if (child < 0)
		return -errno;
	if (!child) {
		close(wh_take_fd(&report_end));
		return wait_for_parent(report);
	}
	error = replace_here(fds, count);
	(void)!write(report_end, "", 1);
	return error;
}

int wh_relay_replace_inherited(int *fds, int capacity)
{
	const char *text = getenv(VARIABLE);
	long number;
	char *end;
	int count = 0;

	if (!text)
		return 0;
	number = strtol(text, &end, 10);
	if (number != getpid()) {
		unsetenv(VARIABLE);
		return 0;
	}
	while (*end == ' ' && count < capacity) {
		number = strtol(end + 1, &end, 10);
		if (number < 3 || number > INT_MAX || fcntl((int)number, F_SETFD, FD_CLOEXEC))
			return -EINVAL;
		fds[count++] = (int)number;
	}
	if (*end)
		return -EINVAL;
	unsetenv(VARIABLE);
	return count;
}
