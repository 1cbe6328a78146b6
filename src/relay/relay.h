/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The embedded proxy: accepts redirected connections, asks each where it was going, relates and
 * connects an outbound socket, and copies both ways. It uses only the public library, as any
 * proxy would. One thread, one epoll.
 */
#ifndef WH_RELAY_H
#define WH_RELAY_H

#include <whither/whither.h>

struct wh_relay;

/* What is told about each connection. */
struct wh_relay_event {
	enum {
		WH_RELAY_CONNECTED, /* the destination answered */
		WH_RELAY_REFUSED,   /* it could not be reached: error is set */
		WH_RELAY_DIRECT,    /* the client was not redirected and was turned away */
		WH_RELAY_CLOSED,    /* both sides are done, or failed: error may be set */
	} kind;
	int error;                           /* negative errno, or 0 */
	uint64_t number;                     /* of the connection, from 1 */
	const struct whither_origin *origin; /* NULL with WH_RELAY_DIRECT */
	const struct whither_hop *hops;
	size_t hop_count;
	const void *context;
	size_t context_size;     /* 0: none */
	uint64_t bytes_sent;     /* client to destination, so far */
	uint64_t bytes_received; /* destination to client */
	uint64_t duration;       /* ns since accept */
};

struct wh_relay_options {
	/* Called from wh_relay_dispatch(); may be NULL. Pointers are good for the call only. */
	void (*on_event)(const struct wh_relay_event *event, void *data);
	void *data;
	size_t max_connections; /* 0: as many as the limit on descriptors allows */
};

/* Makes a relay without listeners. Returns 0 or a negative errno. */
int wh_relay_new(struct wh_relay **ret_relay, const struct wh_relay_options *options);

/* Adds a listening TCP socket; the relay owns it from then on, also on failure. */
int wh_relay_add_listener(struct wh_relay *relay, int fd);

/* A descriptor that is readable when wh_relay_dispatch() has something to do (an epoll set,
 * so it can be put into another one). */
int wh_relay_fd(const struct wh_relay *relay);

/* Handles what is ready, waiting at most timeout_ms (-1: for ever, 0: not at all). Returns the
 * number of events handled or a negative errno. */
int wh_relay_dispatch(struct wh_relay *relay, int timeout_ms);

/* Stops accepting; connections go on. */
void wh_relay_stop_accepting(struct wh_relay *relay);

/* Open connections. */
size_t wh_relay_connections(const struct wh_relay *relay);

/* Closes everything. NULL is allowed. */
void wh_relay_free(struct wh_relay *relay);

#endif /* WH_RELAY_H */
