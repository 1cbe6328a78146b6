/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The supervisor of one command. It runs in threads of its own; all functions but new, start and
 * free may be called from any thread.
 *
 *	wh_supervisor_new()        with the rules and the run's directory
 *	wh_notify_filter_install() in the command's process, before it executes; the descriptor
 *	                           that it returns is handed over to
 *	wh_supervisor_start()      from now on the command's calls are answered
 *	wh_supervisor_free()       they fail with ENOSYS
 */
#ifndef WH_SUPERVISOR_H
#define WH_SUPERVISOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel_state.h"
#include "notify_filter.h"

struct wh_supervisor;

/* What somebody has to say something about before the connect is made. */
struct wh_pended {
	const struct wh_identity *who;
	const struct wh_endpoint *destination;
	const char *redirector; /* that would take it */
};

enum wh_pended_verdict {
	WH_PENDED_REDIRECT, /* go on: the redirector takes it */
	WH_PENDED_BLOCK,    /* EPERM */
};

struct wh_supervisor_options {
	/* Where the library finds us: a directory of this user's; its socket is made in there. NULL:
	 * only those that run under us are answered. */
	const char *directory;
	/* The bytes of a context: by the key that the rules give. Good until new rules come. */
	const struct wh_context *contexts;
	size_t context_count;
	/* Do without what Linux 6.1 does not have. */
	bool plain;
	/* Called from a thread that may wait as long as it likes; EINTR says that it need not any
	 * more. *ret_remember: the same process going to the same place is not asked about again.
	 * NULL: nothing is pended. */
	enum wh_pended_verdict (*pend)(const struct wh_pended *pended, bool *ret_remember,
				       void *data);
	/* A connection accepted after it was pended, not blocking; the receiver's to close. Without
	 * it connects of non-blocking sockets wait for their verdict like others. */
	void (*deliver)(int fd, void *data);
	/* Somebody asks for the rule files to be read again: 0 or a negative errno. NULL: nobody may. */
	int (*reload)(void *data);
	void *data;
};

/* rules are copied. Returns 0 or a negative errno: -ENOENT, the kernel does not tell which sockets
 * there are (CONFIG_INET_TCP_DIAG). */
int wh_supervisor_new(struct wh_supervisor **ret, const struct wh_rules *rules,
		      const struct wh_supervisor_options *options);

/* Takes the descriptor of the command's filter over, in any case. */
int wh_supervisor_start(struct wh_supervisor *supervisor, int notifications);

/* Stops the threads; connects that wait fail. NULL is allowed. */
void wh_supervisor_free(struct wh_supervisor *supervisor);

/* Other rules from now on. */
int wh_supervisor_replace(struct wh_supervisor *supervisor, const struct wh_rules *rules,
			  const struct wh_context *contexts, size_t context_count);

/*
 * The options of whither.h, for this process itself. get: size 0 asks for the length; returns 0
 * and *ret_length, or a negative errno.
 */
int wh_supervisor_query(struct wh_supervisor *supervisor, int fd, int option, void *buffer,
			size_t size, size_t *ret_length);

struct wh_supervisor_totals {
	uint64_t connects;   /* of TCP, that were looked at */
	uint64_t redirected; /* sent to a redirector */
	uint64_t failed;     /* were to be, and the kernel did not connect them */
	uint64_t passed;     /* made as they were asked for */
	uint64_t refused[WH_CAUSE_SLOTS];
	uint64_t absent;          /* times that one went on without a proxy that is absent */
	uint64_t pended, blocked; /* somebody was asked; and said no */
	uint64_t unreachable;     /* processes whose sockets may not be taken: EPERM */
	uint64_t records;         /* now */
	uint64_t callers_most;    /* threads at once, so far */
};
void wh_supervisor_count(struct wh_supervisor *supervisor, struct wh_supervisor_totals *ret);

#endif /* WH_SUPERVISOR_H */
