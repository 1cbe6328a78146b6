/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The records of redirected connections, while they live. Found by the client's socket, by the
 * accepted one, by the two ends, or by a token's id. Not thread-safe: the supervisor's lock is for
 * that.
 *
 * Nobody tells when a socket is gone, so the table asks, when it has grown (wh_redirects_sweep()).
 */
#ifndef WH_REDIRECT_TABLE_H
#define WH_REDIRECT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel_state.h"

#define WH_REDIRECTS_MAX 262144

struct wh_redirect {
	struct wh_record record;  /* the accepted side's: proof, no proxy */
	struct wh_endpoint proxy; /* where it was sent */
	struct wh_chain *chain;   /* older hops, owned; NULL: none */
	__u64 client_cookie;
	__u64 accepted_cookie; /* 0: nobody has asked for it yet */
	__u64 holder_start;    /* of a token that was issued: see struct wh_issued */
	__u32 holder_pid;
	int connecting; /* the client's socket, while it is being connected; else -1 */
	__u32 slot;
	bool published; /* found by its ends */
	__u8 missed;    /* sweeps that found neither of its sockets */
	struct wh_redirect *next_client, *next_accepted, *next_ends, *next_connecting;
};

struct wh_redirects;

/* finder: of wh_socket_finder_open(); stays the caller's. */
int wh_redirects_new(struct wh_redirects **ret, int finder);
void wh_redirects_free(struct wh_redirects *redirects);

size_t wh_redirects_count(const struct wh_redirects *redirects);

/*
 * Adds a connect that is about to be made on socket: record.id is set, the rest is the caller's to
 * fill before anybody else looks. Returns 0 or -ENOBUFS.
 */
int wh_redirects_add(struct wh_redirects *redirects, int socket, __u64 client_cookie,
		     struct wh_redirect **ret);

/* The client's socket is used for something else from now on. */
void wh_redirects_leave(struct wh_redirects *redirects, __u64 client_cookie);

/* The client's end is known: from now on it is found by its ends. */
void wh_redirects_publish(struct wh_redirects *redirects, struct wh_redirect *redirect,
			  const struct wh_endpoint *client);

void wh_redirects_remove(struct wh_redirects *redirects, struct wh_redirect *redirect);

/* NULL: not there. */
struct wh_redirect *wh_redirects_by_client(struct wh_redirects *redirects, __u64 cookie);
struct wh_redirect *wh_redirects_by_accepted(struct wh_redirects *redirects, __u64 cookie);
struct wh_redirect *wh_redirects_by_id(struct wh_redirects *redirects, __u64 id);

/*
 * The one that an accepted socket with these ends belongs to, from now on its own; NULL: none.
 * Ends are used again and again: the client's socket has to have them still.
 */
struct wh_redirect *wh_redirects_claim(struct wh_redirects *redirects, __u64 accepted_cookie,
				       const struct wh_endpoint *client,
				       const struct wh_endpoint *proxy, __u64 netns);

/* Whether the accepted socket of this one still has its connection. */
bool wh_redirects_lives(const struct wh_redirects *redirects, const struct wh_redirect *redirect);

/* Whether it is time for a sweep. */
bool wh_redirects_grown(const struct wh_redirects *redirects);

/* Forgets those of which both sockets are gone; as many as count at a time. Returns true when the
 * whole table has been gone through. */
bool wh_redirects_sweep(struct wh_redirects *redirects, size_t count);

#endif /* WH_REDIRECT_TABLE_H */
