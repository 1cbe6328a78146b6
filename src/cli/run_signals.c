/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "run_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "scope_exit.h"

/* Those that are about ourselves stay as they are: a fault is a fault. */
static const int not_taken[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};

int wh_run_signals_open(struct wh_run_signals *ret)
{
	struct wh_run_signals signals = {.fd = -1};
	const struct sigaction plain = {.sa_handler = SIG_DFL}, ignore = {.sa_handler = SIG_IGN};
	sigset_t taken;

	sigfillset(&taken);
	for (size_t i = 0; i < sizeof(not_taken) / sizeof(not_taken[0]); i++)
		sigdelset(&taken, not_taken[i]);
	signals.fd = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals.fd < 0)
		return -errno;
	/* Whoever ignores SIGCHLD is not told how a child ended; and we may have inherited that. */
	sigaction(SIGCHLD, &plain, &signals.child);
	sigaction(SIGPIPE, &ignore, &signals.pipe);
	sigprocmask(SIG_BLOCK, &taken, &signals.mask);
	*ret = signals;
	return 0;
}

void wh_run_signals_restore(const struct wh_run_signals *signals)
{
	sigaction(SIGCHLD, &signals->child, NULL);
	sigaction(SIGPIPE, &signals->pipe, NULL);
	sigprocmask(SIG_SETMASK, &signals->mask, NULL);
}

void wh_run_signals_close(struct wh_run_signals *signals)
{
	if (signals->fd >= 0)
		close(signals->fd);
	signals->fd = -1;
}

bool wh_run_signals_next(const struct wh_run_signals *signals, struct signalfd_siginfo *ret)
{
	return read(signals->fd, ret, sizeof(*ret)) == sizeof(*ret);
}

bool wh_run_signal_passes(const struct signalfd_siginfo *signal, pid_t command, bool same_group)
{
	switch (signal->ssi_signo) {
	case SIGCHLD:
	case SIGPIPE:
	case SIGTTIN: /* of the terminal's, and about us */
	case SIGTTOU:
		return false;
	default:
		break;
	}
	/* The kernel's own come from the terminal; everybody else's have a code of 0 or less. */
	if (signal->ssi_code > 0)
		return !same_group;
	/* What the command itself sends to all of us it does not want back. */
	return signal->ssi_pid != (uint32_t)command;
}

bool wh_run_signal_ends(unsigned int signal)
{
	return signal == SIGHUP || signal == SIGINT || signal == SIGQUIT || signal == SIGTERM;
}

void wh_run_stop_along(int signal, pid_t command)
{
	WH_AUTO_FD terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	pid_t own = getpgrp(), its = getpgid(command), listening;

	/* Without a terminal nobody would continue us: then only the command has been stopped. */
	if (terminal < 0)
		return;
	listening = tcgetpgrp(terminal);
	if (signal == SIGSTOP && listening != own && listening != its)
		return;
	kill(getpid(), SIGSTOP);
	/* We are what a shell puts into the foreground; if the command is a shell itself, the
	 * terminal was with a group of its own and is to be so again. */
	if (its > 0 && its != own && listening == its && tcgetpgrp(terminal) == own)
		tcsetpgrp(terminal, its);
}
