/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What the files of the relay share.
 *
 *	relay_loop.c        the epoll set, new and free
 *	relay_timer.c       the lists that connections are on, and how long they may be
 *	relay_accept.c      listeners: accepting, pausing when nothing more can be accepted
 *	relay_connect.c     from an accepted client to a connected destination
 *	relay_upstream.c    from a connected upstream proxy to the destination
 *	relay_handshake.h   what is said to it, by protocol: relay_socks.c, relay_http.c, ...
 *	relay_users.c       how many connections a user has
 *	relay_connection.c  the connection's events, and its end
 *	relay_report.c      what is remembered and told about it
 *	relay_copy.c        one direction of it, by recv() and send()
 *	relay_splice.c      the same through a pipe, for those that carry much
 *
 * A connection has two ends, the client's and the destination's. Each end owns the flow that
 * leaves it: ends[s].flow carries what is read from ends[s] to ends[!s]. A flow
 *
 *	runs, then has *ended* (nothing more will be read: FIN, or the end broke),
 *	then is *finished* (all was written and FIN passed on, or it has nowhere to go).
 *
 * A connection is on one of four lists, each in the order in which its connections' time runs out:
 * connecting, in a handshake with an upstream proxy, open, aborting.
 *
 * An end is *broken* when its peer reset it. What it had sent before is still delivered to the
 * other end, within WH_RELAY_ABORT_NS; then the other end is reset too.
 */
#ifndef WH_RELAY_INTERNAL_H
#define WH_RELAY_INTERNAL_H

#include "relay.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#define WH_RELAY_COPY_SIZE (64u << 10)  /* bytes moved at once by recv() and send() */
#define WH_RELAY_PIPE_SIZE (1u << 20)   /* capacity asked for each pipe */
#define WH_RELAY_BULK_SIZE (256u << 10) /* a flow that has carried as much is spliced */
#define WH_RELAY_TURN_SIZE (1u << 20)   /* bytes of one flow before others get their turn */
#define WH_RELAY_PIPES_MAX 64           /* pipes at once; flows without one are copied */
#define WH_RELAY_ACCEPTS_MAX 64         /* connections accepted before others get their turn */
#define WH_RELAY_TICK_NS 20000000L      /* how often what cannot be waited for is looked at */
#define WH_RELAY_ABORT_NS 2000000000ULL /* to deliver what a broken end had sent */
#define WH_RELAY_NOT_WATCHED UINT32_MAX

/* A descriptor in the epoll set. */
struct wh_relay_watch {
	int fd;
	uint32_t events; /* WH_RELAY_NOT_WATCHED: not in the set */
	enum {
		WH_RELAY_WATCH_TIMER,
		WH_RELAY_WATCH_WAKEUP,
		WH_RELAY_WATCH_LISTENER,
		WH_RELAY_WATCH_CLIENT,
		WH_RELAY_WATCH_DESTINATION,
	} kind;
};

struct wh_relay_listener {
	struct wh_relay_watch watch;
	struct wh_relay_listener *next;
};

struct wh_relay_pipe {
	int read_fd;
	int write_fd;
	struct wh_relay_pipe *next;
};

struct wh_relay_flow {
	uint64_t written;           /* bytes */
	unsigned char *buffer;      /* owned; holds what is pending, or NULL */
	struct wh_relay_pipe *pipe; /* owned; the same, when spliced */
	uint32_t start;             /* of what is pending in buffer */
	uint32_t pending; /* bytes read and not written: while there are any, nothing is read */
	bool ended;
	bool finished;
	bool copied_only; /* splice() does not serve this flow */
};

struct wh_relay_end {
	struct wh_relay_watch watch;
	struct wh_relay_flow flow;
	bool broken;
};

enum {
	WH_RELAY_CLIENT = 0,
	WH_RELAY_DESTINATION = 1
};

/* What the accepted socket answered. Kept for as long as the connection when there is an
 * on_event, in its exact size: hops and context follow each other in tail. */
struct wh_relay_facts {
	struct whither_origin origin;
	uint32_t hop_count;
	uint32_t context_size;
	unsigned char tail[];
};

/* A user with connections. */
struct wh_relay_user {
	uint32_t uid;
	size_t count;
};

enum wh_relay_stage {
	WH_RELAY_CONNECTING,
	WH_RELAY_HANDSHAKE,
	WH_RELAY_OPEN,
	WH_RELAY_ABORTING, /* one end broken, the other not yet told */
	WH_RELAY_STAGES,
};

struct wh_relay_list {
	struct wh_relay_connection *head; /* the oldest */
	struct wh_relay_connection *tail;
	uint64_t patience; /* ns; 0: none of it is given up */
};

struct wh_relay_connection {
	struct wh_relay *relay;
	struct wh_relay_connection *previous;
	struct wh_relay_connection *next;
	struct wh_relay_end ends[2];
	struct wh_relay_facts *facts;   /* owned; NULL: nobody wants to know */
	struct wh_handshake *handshake; /* owned, in WH_RELAY_HANDSHAKE alone */
	struct wh_relay_user *user;     /* NULL: users are not counted */
	uint64_t number;
	uint64_t accepted_at; /* ns, CLOCK_MONOTONIC */
	uint64_t since;       /* the same: on this list, or (open) without a byte */
	int error;            /* negative errno of the first end that broke */
	uint8_t stage;
	uint8_t address; /* of the upstream, that is tried */
	bool closed;
};

/* Who answers: the library, or a test. */
struct wh_relay_source {
	int (*query_origin)(int fd, struct whither_origin *origin);
	int (*query_hops)(int fd, struct whither_hop *hops, size_t capacity, size_t *count);
	int (*query_context)(int fd, void *buffer, size_t size, size_t *needed);
	int (*relate)(int outbound, int accepted);
};

struct wh_relay {
	int epoll_fd;
	int spare_fd; /* kept for the outbound socket of the next client; -1: used up */
	struct wh_relay_watch timer;
	uint64_t timer_at; /* 0: it is not armed */
	uint64_t now;      /* ns, CLOCK_MONOTONIC, of the events that are handled */
	bool paused;       /* listeners are not watched */
	struct wh_relay_options options;
	struct wh_relay_upstream *upstream; /* owned; NULL: to the destinations themselves */
	const char *problem;                /* of the connection that is reported on; or NULL */
	void *users;                        /* of tsearch(): struct wh_relay_user */
	const struct wh_relay_source *source;
	struct wh_relay_listener *listeners;
	struct wh_relay_list lists[WH_RELAY_STAGES];
	struct wh_relay_connection *closed; /* freed when no event can name them any more */
	size_t connection_count;
	uint64_t accepted_count;
	struct wh_relay_pipe *idle_pipes;
	size_t pipe_count; /* idle or not */
	size_t pipe_limit;
	bool pipe_signal_blocked; /* SIGPIPE, in this thread; signals_before: what was before */
	sigset_t signals_before;
	bool woken;
	struct wh_relay_watch wakeup; /* somebody else's descriptor; fd -1: there is none */
	unsigned char buffer[WH_RELAY_COPY_SIZE];
};

/* relay_loop.c */

/* ns, CLOCK_MONOTONIC */
uint64_t wh_relay_now(void);

/* Puts a descriptor into the epoll set, changes what is waited for, or takes it out. */
int wh_relay_watch(struct wh_relay *relay, struct wh_relay_watch *watch, uint32_t events);

/* For tests: others answer than the library. */
void wh_relay_set_source(struct wh_relay *relay, const struct wh_relay_source *source);

/* relay_timer.c */

/* Puts a connection at the end of a stage's list, after taking it off its own. */
void wh_relay_list_add(struct wh_relay_connection *connection, enum wh_relay_stage stage);
void wh_relay_list_remove(struct wh_relay_connection *connection);
void wh_relay_list_move(struct wh_relay_connection *connection, enum wh_relay_stage stage);

/* Something came or went: the time of an open connection begins anew. */
void wh_relay_touch(struct wh_relay_connection *connection);

/* How long connections may be on each list, as the options say. */
void wh_relay_set_patience(struct wh_relay *relay);

/* Has the timer fire a tick from now. */
void wh_relay_arm_tick(struct wh_relay *relay);

/* The timer has fired. */
void wh_relay_timer_event(struct wh_relay *relay);

/* relay_users.c */

/* One connection more of a user, or -EBUSY when that would be too many. */
int wh_relay_user_enter(struct wh_relay_connection *connection, uint32_t uid);
void wh_relay_user_leave(struct wh_relay_connection *connection);

/* relay_accept.c */

/* Accepts what waits. */
void wh_relay_listener_event(struct wh_relay *relay, struct wh_relay_listener *listener);
void wh_relay_pause_accepting(struct wh_relay *relay);
void wh_relay_resume_accepting(struct wh_relay *relay);

/* relay_connect.c */

/* Takes an accepted, non-blocking socket and owns it from then on. Returns 0, or a negative errno
 * when the client was turned away; unless memory ran out, that has then been reported. */
int wh_relay_adopt(struct wh_relay *relay, int fd);

/* An event of a connection whose destination has not answered yet. */
void wh_relay_connecting_event(struct wh_relay_connection *connection, int side);

/* The peer did not answer: goes on with its next address, or ends. */
void wh_relay_connect_failed(struct wh_relay_connection *connection, int error);

/* relay_upstream.c */

/* The upstream proxy answers: speaks to it. */
void wh_relay_handshake_start(struct wh_relay_connection *connection);
void wh_relay_handshake_event(struct wh_relay_connection *connection, int side);

/* It does not let the connection through. problem: NULL for the error alone. */
void wh_relay_handshake_failed(struct wh_relay_connection *connection, int error,
			       const char *problem);

/* What is waited for on the proxy's end. */
uint32_t wh_relay_handshake_wants(const struct wh_relay_connection *connection);

/* relay_connection.c */

/* Counts it, and waits for its events. */
void wh_relay_connection_open(struct wh_relay_connection *connection);

/* The destination answered. */
void wh_relay_connection_connected(struct wh_relay_connection *connection);

/* After anything has happened: passes ends on, closes what is done, waits for what is next. */
void wh_relay_settle(struct wh_relay_connection *connection);

/* Closes both ends, by RST or by FIN, and reports it. The memory goes when the current events are
 * handled. */
void wh_relay_connection_end(struct wh_relay_connection *connection, int kind, int error,
			     bool reset);

void wh_relay_connection_event(struct wh_relay_connection *connection, int side, uint32_t events);

/* The peer of this end reset it (error: negative errno), or cannot be served any more. */
void wh_relay_break(struct wh_relay_connection *connection, int side, int error);

/* Its time on its list is over. */
void wh_relay_expire(struct wh_relay_connection *connection);

/* Resets both ends without a report. */
void wh_relay_connection_drop(struct wh_relay_connection *connection);

/* Closes the sockets that there are. */
void wh_relay_close_ends(struct wh_relay_connection *connection, bool reset);

/* Closes with a RST: the peer sees an error, not the end of the stream. */
void wh_relay_close_by_reset(int fd);

/* Takes a socket's error: negative errno, or 0. */
int wh_relay_pending_error(int fd);

/* relay_report.c */

/* Asks an accepted socket. ret_facts is the caller's to free. */
int wh_relay_ask(struct wh_relay *relay, int fd, struct wh_relay_facts **ret_facts);

/* Tells about a connection; one that was never set up has a number and facts alone. */
void wh_relay_report(const struct wh_relay_connection *connection, int kind, int error);

/* relay_copy.c */

/* Moves what can be moved from ends[side] to the other end, within one turn. */
void wh_relay_flow_run(struct wh_relay_connection *connection, int side);

/* Has bytes that belong to this flow, and were read elsewhere, pending in it. */
int wh_relay_flow_keep(struct wh_relay_flow *flow, const void *bytes, size_t size);

/* Throws away what is pending and gives its storage back. */
void wh_relay_flow_discard(struct wh_relay *relay, struct wh_relay_flow *flow);

/* relay_splice.c */

/* An empty pipe, or NULL. */
struct wh_relay_pipe *wh_relay_pipe_take(struct wh_relay *relay);

/* Gives one back; one that is not empty is closed. */
void wh_relay_pipe_give(struct wh_relay *relay, struct wh_relay_pipe *pipe, bool empty);

void wh_relay_pipes_free(struct wh_relay *relay);

/* Bytes moved, 0 at the end of the stream, or a negative errno. */
ssize_t wh_relay_splice_in(const struct wh_relay_pipe *pipe, int fd);
ssize_t wh_relay_splice_out(struct wh_relay *relay, const struct wh_relay_pipe *pipe, int fd,
			    size_t size);

/* Undoes what splicing did to the thread's signal mask; due when events have been handled. */
void wh_relay_pipe_signal_restore(struct wh_relay *relay);

#endif /* WH_RELAY_INTERNAL_H */
