/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "access_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scope_exit.h"

#define YAMA "/proc/sys/kernel/yama/ptrace_scope"
#define YAMA_PRIVILEGED 2 /* from here on, not even children may be looked into */

static int yama_scope(void)
{
	WH_AUTO_FD fd = open(YAMA, O_RDONLY | O_CLOEXEC);
	char text[16] = "";

	return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 ? atoi(text) : 0;
}

static int refused(struct wh_problem *problem, const char *call)
{
	int error = errno, scope = yama_scope();
	char why[64] = "in a container, its capability SYS_PTRACE may allow it";

	if (scope >= YAMA_PRIVILEGED)
		snprintf(why, sizeof(why), "kernel.yama.ptrace_scope is %d, and may be 1 at most",
			 scope);
	snprintf(problem->text, sizeof(problem->text),
		 "cannot supervise: %s of a child is refused here: %s (%s)", call, strerror(error),
		 why);
	return -error;
}

static int probe_filter(struct wh_problem *problem)
{
	const __u32 action = SECCOMP_RET_USER_NOTIF;
	int error;

	if (!syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action))
		return 0;
	error = errno;
	snprintf(problem->text, sizeof(problem->text), "cannot supervise: %s: %s",
		 error == EOPNOTSUPP ? "the kernel has no seccomp user notification" :
				       "seccomp() is refused here",
		 strerror(error));
	return -error;
}

static int failed(struct wh_problem *problem)
{
	int error = errno;

	snprintf(problem->text, sizeof(problem->text), "cannot supervise: %s", strerror(error));
	return -error;
}

/* Says that it is there, and is. */
static void __attribute__((noreturn)) be_looked_into(int out, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* As the command will be, whatever this program's file is. */
	prctl(PR_SET_DUMPABLE, 1);
	if (getppid() != parent || write(out, "", 1) != 1)
		_exit(0);
	for (;;)
		pause();
}

static int look_into(pid_t child, int number, struct wh_problem *problem)
{
	WH_AUTO_FD process = pidfd_open(child, 0);
	WH_AUTO_FD taken = -1;
	int there = number, here = 0;
	const struct iovec from = {.iov_base = &there, .iov_len = sizeof(there)};
	const struct iovec to = {.iov_base = &here, .iov_len = sizeof(here)};

	if (process < 0)
		return refused(problem, "pidfd_open()");
	taken = pidfd_getfd(process, number, 0);
	if (taken < 0)
		return refused(problem, "pidfd_getfd()");
	if (process_vm_readv(child, &to, 1, &from, 1, 0) != sizeof(here))
		return refused(problem, "process_vm_readv()");
	return 0;
}

int wh_access_probe(struct wh_problem *problem)
{
	WH_AUTO_FD in = -1;
	WH_AUTO_FD out = -1;
	pid_t parent = getpid(), child;
	int ends[2], error = probe_filter(problem);
	char byte;

	if (error)
		return error;
	if (pipe2(ends, O_CLOEXEC))
		return failed(problem);
	in = ends[0];
	out = ends[1];
	child = fork();
	if (child < 0)
		return failed(problem);
	if (!child)
		be_looked_into(out, parent);
	close(wh_take_fd(&out));
	while (read(in, &byte, 1) < 0 && errno == EINTR)
		;
	error = look_into(child, in, problem);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return error;
}
