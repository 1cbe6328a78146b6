/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What the files of the supervisor share.
 *
 *	supervisor.c        new and free, rules
 *	worker_pool.c       the threads: one of them receives a call, and answers it
 *	call_dispatch.c     who calls, what for, and the answer
 *	connect_call.c      connect()
 *	connect_choice.c    what becomes of it, by the core's functions; its record
 *	fast_open_call.c    sendto(), sendmsg(), sendmmsg() with MSG_FASTOPEN, which connect as well
 *	option_call.c       getsockopt(), setsockopt(), getpeername(), listen()
 *	socket_answer.c     what a socket is answered with, and what is set on one
 *	query_server.c      the same for those who ask over the run's socket
 *	pended_connect.c    connects about which somebody is asked
 *
 * lock is held for tables and rules, never while something is waited for.
 */
#ifndef WH_SUPERVISOR_INTERNAL_H
#define WH_SUPERVISOR_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "caller_process.h"
#include "connect_attempt.h"
#include "notify_channel.h"
#include "process_memory.h"
#include "redirect_table.h"
#include "supervisor.h"
#include "taken_socket.h"

#define WH_WORKERS_MAX 1024

/* A thread that answers calls. */
struct wh_worker {
	struct wh_supervisor *supervisor;
	pthread_t thread;
	struct wh_worker *next;
	bool busy;
	__u64 call;  /* the call that waits for it; 0: none */
	__u64 since; /* ns, CLOCK_MONOTONIC */
	bool ended;
};

struct wh_workers {
	pthread_mutex_t lock;
	pthread_cond_t turn, watch; /* who rests, and who watches, waits for these */
	struct wh_worker *list, *receiver, *watcher;
	unsigned int count, resting, busy, busy_most;
	__u64 received; /* calls so far */
	bool watched;   /* the watcher looks at the receiver */
	bool over;      /* nobody is left who could call */
};

struct wh_query_server;
struct wh_pended_connects;

struct wh_supervisor {
	struct wh_supervisor_options options;
	int notifications; /* -1: not started */
	int finder;        /* with the lock */
	int sweep_finder;  /* the query server's */
	pthread_mutex_t lock;
	struct wh_rules *rules;
	struct wh_context *contexts;
	size_t context_count;
	struct wh_hash_key key;
	uint64_t netns;          /* cookie of ours, which the finders look in */
	__u64 spread[WH_SLOTS];  /* by slot: connections that were spread over a range */
	__u64 ports[65536 / 64]; /* that some redirector has, or had */
	struct wh_callers *callers;
	struct wh_redirects *redirects;
	struct wh_memory *memory;
	struct wh_supervisor_totals totals;
	struct wh_query_server *server;
	struct wh_pended_connects *pended;

	struct wh_workers workers;
	atomic_bool stopping;
};

struct wh_sending; /* fast_open_call.c */

/* A call of the command's, while it is answered. */
struct wh_call {
	struct wh_supervisor *supervisor;
	const struct seccomp_notif *notice;
	struct wh_caller *caller;
	struct wh_worker *worker;
	struct wh_taken taken;      /* the socket that it is about; .fd -1: not taken */
	struct wh_sending *sending; /* what a connect sends; NULL: it is a connect() */
	bool answered;
	bool stale; /* the caller that is kept is gone, and this is another with its number */
};

/* Answers it. The socket is closed before: the caller's is then the only one again. */
void wh_call_answer(struct wh_call *call, long long result);
void wh_call_continue(struct wh_call *call);

/* It has been answered, and its worker goes on with it nevertheless. */
void wh_call_continues(struct wh_call *call);

/* Something that may wait comes now: sees to it that others are answered meanwhile. */
void wh_call_waits(struct wh_call *call);

/* Takes the socket of the first argument. False: nothing is left to do. */
bool wh_call_take_socket(struct wh_call *call);

void wh_connect_call(struct wh_call *call);
void wh_fast_open_call(struct wh_call *call);
void wh_option_get_call(struct wh_call *call);
void wh_option_set_call(struct wh_call *call);
void wh_peer_name_call(struct wh_call *call);
void wh_listen_call(struct wh_call *call);

/* call_dispatch.c: returns when it has been answered, and nothing is left to do for it. */
void wh_call_handle(struct wh_worker *worker, const struct seccomp_notif *notice);

/* worker_pool.c */

int wh_workers_init(struct wh_workers *workers);
void wh_workers_destroy(struct wh_workers *workers);

int wh_workers_start(struct wh_supervisor *supervisor);
void wh_workers_stop(struct wh_supervisor *supervisor);

/* Ends what workers wait for on behalf of callers that are gone. */
void wh_workers_release(struct wh_supervisor *supervisor);

/* A worker is busy with a call (0: one that has been answered), and is not any more. */
void wh_worker_begin(struct wh_worker *worker, __u64 call);
void wh_worker_end(struct wh_worker *worker);

/* It is about to wait for something: from now on another one receives. */
void wh_worker_waits(struct wh_worker *worker);

/* connect_call.c */

struct wh_call_address {
	struct sockaddr_storage bytes;
	socklen_t size;
};

/* Reads one of the caller's. Returns 0, or the error that the kernel would give. */
int wh_call_read_address(struct wh_call *call, __u64 at, int size, struct wh_call_address *ret);

/* Decides about the taken socket, which is one of TCP, and opens it: connects it, or connects and
 * sends. Returns what the call returns, unless that has been answered. */
int wh_call_connect(struct wh_call *call, const struct wh_call_address *address);

/* fast_open_call.c */

/* Makes the call with the taken socket, to this address; NULL: to none. Returns how much was sent,
 * or a negative errno. May wait. */
int wh_sending_open(struct wh_call *call, const struct wh_call_address *address);

/* Whether the call waits on a socket that does. */
bool wh_sending_waits(const struct wh_sending *sending);

/* What is answered, and what is done to the caller before. */
int wh_sending_result(struct wh_call *call, int result);

/* connect_choice.c; with the lock */

struct wh_connect {
	struct wh_taken *taken;
	struct wh_identity who; /* the caller */
	struct wh_cgroup_path path;
	struct wh_attempt attempt; /* in: its destination; its verdict is what comes of it */

	/* out, of one that is redirected; good whatever the rules become meanwhile */
	struct wh_record record;
	struct wh_chain chain; /* what lies behind it, if the record says that something does */
	struct wh_redirector redirector;
};

void wh_connect_decide(struct wh_supervisor *supervisor, struct wh_connect *connect);

/* Why the proxy of a redirection that was decided some time ago cannot take it now, or
 * WH_CAUSE_NONE. */
__u32 wh_connect_absence(const struct wh_supervisor *supervisor, const struct wh_connect *connect);

/* Whether another thread connects the socket, or has since it was taken: 0 or the error of a
 * connect then. */
int wh_connect_beside(const struct wh_supervisor *supervisor, const struct wh_taken *taken);

/* Writes the record of a redirection to target. Returns 0, a cause, or the error of
 * wh_connect_beside(). */
int wh_connect_record(struct wh_supervisor *supervisor, const struct wh_connect *connect,
		      const struct wh_endpoint *target, struct wh_redirect **ret);

/* socket_answer.c */

/* Who asks. */
struct wh_asker {
	const struct wh_identity *who;
	const struct wh_cgroup_path *path;
};

/* Returns 0 and the answer, at most WH_ANSWER_MAX bytes, in ret; or a negative errno. asker NULL:
 * this process itself, of which nothing is learned. */
int wh_socket_answer(struct wh_supervisor *supervisor, const struct wh_taken *taken, int option,
		     const struct wh_asker *asker, void *ret, size_t *ret_size);

/* Returns 0 or a negative errno. bytes: of size those that a token can have. */
int wh_socket_relate(struct wh_supervisor *supervisor, const struct wh_taken *taken,
		     const void *bytes, size_t size, const struct wh_asker *asker);

/* query_server.c */

/* Its socket is there, and who asks waits until it is started. */
int wh_query_server_open(struct wh_supervisor *supervisor);

int wh_query_server_start(struct wh_supervisor *supervisor);
void wh_query_server_stop(struct wh_supervisor *supervisor);

/* Wakes it for a sweep. */
void wh_query_server_wake(struct wh_supervisor *supervisor);

#endif /* WH_SUPERVISOR_INTERNAL_H */
