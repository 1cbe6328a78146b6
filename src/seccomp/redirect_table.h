/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The records of redirected connections, while they live: found by the client's socket, by the
 * accepted one, or by a token's id, never by an address. Not thread-safe: the supervisor's lock is
 * for that.
 *
 * Nobody tells when a socket is gone, so the kernel is asked which there are, when the table has
 * grown (wh_redirects_sweep()).
 */
#ifndef WH_REDIRECT_TABLE_H
#define WH_REDIRECT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel_state.h"

#define WH_REDIRECTS_MAX 262144

struct wh_redirect {
	struct wh_record record; /* the accepted side's: proof, no proxy; client once it is claimed */
	struct wh_endpoint proxy; /* where it was sent */
	struct wh_chain *chain;   /* older hops, owned; NULL: none */
	__u64 client_cookie;      /* 0: that socket is used for something else by now */
	__u64 accepted_cookie;    /* 0: nobody has asked for it yet */
	__u64 holder_start;       /* of a token that was issued: see struct wh_issued */
	__u32 holder_pid;
	__u32 slot;
	bool connecting; /* connect() has not returned */
	bool seen;       /* in this sweep */
	struct wh_redirect *next_client, *next_accepted;
};

struct wh_redirects;

int wh_redirects_new(struct wh_redirects **ret);
void wh_redirects_free(struct wh_redirects *redirects);

size_t wh_redirects_count(const struct wh_redirects *redirects);

/* Adds a connect that is about to be made, and forgets the socket's earlier one. record.id is set.
 * Returns 0 or -ENOBUFS. */
int wh_redirects_add(struct wh_redirects *redirects, __u64 client_cookie, struct wh_redirect **ret);

/* The client's socket is used for something else from now on. */
void wh_redirects_leave(struct wh_redirects *redirects, __u64 client_cookie);

void wh_redirects_remove(struct wh_redirects *redirects, struct wh_redirect *redirect);

/* NULL: not there. */
struct wh_redirect *wh_redirects_by_client(const struct wh_redirects *redirects, __u64 cookie);
struct wh_redirect *wh_redirects_by_accepted(const struct wh_redirects *redirects, __u64 cookie);
struct wh_redirect *wh_redirects_by_id(const struct wh_redirects *redirects, __u64 id);

/* The accepted socket of this one is known from now on, and so is the client's end. */
void wh_redirects_claim(struct wh_redirects *redirects, struct wh_redirect *redirect,
			__u64 accepted_cookie, const struct wh_endpoint *client);

/* Whether it is time for a sweep. */
bool wh_redirects_grown(const struct wh_redirects *redirects);

/*
 * A sweep: begin, then each socket that there is, then end, which forgets those that were not seen.
 * What was added after begin stays. waits: it is of a connection that is over, but its other side
 * may not have been accepted yet.
 */
void wh_redirects_sweep_begin(struct wh_redirects *redirects);
void wh_redirects_sweep_see(struct wh_redirects *redirects, __u64 cookie, bool waits);
void wh_redirects_sweep_end(struct wh_redirects *redirects);

#endif /* WH_REDIRECT_TABLE_H */
