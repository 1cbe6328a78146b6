/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Signals while a command runs. The command shares our process group, so that the terminal's
 * signals (Ctrl-C) reach both of us once; those that somebody sends to us alone are passed on.
 * We end when the command does, and stop when it does.
 */
#ifndef WH_RUN_SIGNALS_H
#define WH_RUN_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/signalfd.h>
#include <sys/types.h>

struct wh_run_signals {
	int fd;                 /* of signalfd(); -1: not open */
	sigset_t mask;          /* as it was before */
	struct sigaction child; /* of SIGCHLD, SIGPIPE, as they were before */
	struct sigaction pipe;
};

/* From here on signals arrive at fd alone. Returns 0 or a negative errno. */
int wh_run_signals_open(struct wh_run_signals *ret);

/* Everything as it was: for the command, between fork and exec. */
void wh_run_signals_restore(const struct wh_run_signals *signals);

void wh_run_signals_close(struct wh_run_signals *signals);

/* The next one; false: none is waiting. */
bool wh_run_signals_next(const struct wh_run_signals *signals, struct signalfd_siginfo *ret);

/*
 * Whether a signal is to be passed on to the command. same_group: it is in our process group,
 * and so has had for itself what the terminal sends.
 */
bool wh_run_signal_passes(const struct signalfd_siginfo *signal, pid_t command, bool same_group);

/* Whether a signal that came before there was a command means that there should not be one. */
bool wh_run_signal_ends(unsigned int signal);

/* Stops this process as the command was stopped by signal, if job control is what it is about.
 * Returns when it is continued. */
void wh_run_stop_along(int signal, pid_t command);

#endif /* WH_RUN_SIGNALS_H */
