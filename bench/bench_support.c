/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "bench_support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void die(const char *format, ...)
{
	int error = errno;
	va_list values;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(values, format);
	vfprintf(stderr, format, values);
	va_end(values);
	fprintf(stderr, ": %s\n", strerror(error));
	exit(1);
}

const char *argument(char **arguments, const char *name, const char *fallback)
{
	size_t length = strlen(name);

	for (; *arguments; arguments++)
		if (!strncmp(*arguments, name, length) && (*arguments)[length] == '=')
			return *arguments + length + 1;
	return fallback;
}

long argument_number(char **arguments, const char *name, long fallback)
{
	const char *text = argument(arguments, name, NULL);

	return text ? strtol(text, NULL, 10) : fallback;
}

void settle(char **arguments)
{
	long processor = argument_number(arguments, "cpu", -1);
	cpu_set_t set;

	if (processor >= 0) {
		CPU_ZERO(&set);
		CPU_SET(processor, &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			die("processor %ld", processor);
	}
	setpriority(PRIO_PROCESS, 0, -20);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t cpu_used_ns(void)
{
	struct rusage children;
	uint64_t used = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

	getrusage(RUSAGE_CHILDREN, &children);
	used += (uint64_t)(children.ru_utime.tv_sec + children.ru_stime.tv_sec) * 1000000000;
	used += (uint64_t)(children.ru_utime.tv_usec + children.ru_stime.tv_usec) * 1000;
	return used;
}

socklen_t parse_address(const char *text, union whither_address *ret)
{
	const char *colon = strrchr(text, ':');
	char host[64];
	int length;

	memset(ret, 0, sizeof(*ret));
	if (!colon)
		die("%s is not ADDRESS:PORT", text);
	length = (int)(colon - text);
	if (*text == '[') {
		snprintf(host, sizeof(host), "%.*s", length - 2, text + 1);
		ret->in6.sin6_family = AF_INET6;
		ret->in6.sin6_port = htons((uint16_t)atoi(colon + 1));
		if (inet_pton(AF_INET6, host, &ret->in6.sin6_addr) == 1)
			return sizeof(ret->in6);
	} else {
		snprintf(host, sizeof(host), "%.*s", length, text);
		ret->in.sin_family = AF_INET;
		ret->in.sin_port = htons((uint16_t)atoi(colon + 1));
		if (inet_pton(AF_INET, host, &ret->in.sin_addr) == 1)
			return sizeof(ret->in);
	}
	die("%s is not ADDRESS:PORT", text);
}

int make_socket(const union whither_address *address)
{
	int fd = socket(address->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	return fd;
}

void become_owner(char **arguments)
{
	const char *cgroup = argument(arguments, "cgroup", NULL);
	long user = argument_number(arguments, "user", 0);
	char path[512];
	int procs;

	if (cgroup) {
		snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
		procs = open(path, O_WRONLY | O_CLOEXEC);
		if (procs < 0 || write(procs, "0", 1) != 1)
			die("%s", path);
		close(procs);
	}
	if (user && seteuid((uid_t)user))
		die("user %ld", user);
}

int listen_here(char **arguments)
{
	const char *text = argument(arguments, "listen", "");
	union whither_address address;
	socklen_t size = parse_address(text, &address);
	int fd = make_socket(&address), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (argument_number(arguments, "transparent", 0) &&
	    setsockopt(fd, SOL_IP, IP_TRANSPARENT, &one, sizeof(one)))
		die("IP_TRANSPARENT");
	if (bind(fd, &address.sa, size))
		die("bind %s", text);
	if (listen(fd, 4096))
		die("listen %s", text);
	return fd;
}

int listen_elsewhere(char **arguments)
{
	pid_t child;
	int status;

	/* It shares our descriptors, so what it opens stays. */
	child = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (child < 0)
		die("clone");
	if (child == 0) {
		become_owner(arguments);
		_exit(listen_here(arguments));
	}
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) < 3)
		die("the listener of %s", argument(arguments, "listen", ""));
	return WEXITSTATUS(status);
}

int connect_to(const char *address)
{
	union whither_address target;
	socklen_t size = parse_address(address, &target);
	int fd = make_socket(&target);

	if (connect(fd, &target.sa, size))
		die("connect %s", address);
	return fd;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

double undisturbed(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 4];
}

void raise_limits(void)
{
	struct rlimit limit = {.rlim_cur = 1048576, .rlim_max = 1048576};

	if (setrlimit(RLIMIT_NOFILE, &limit) && !getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}
