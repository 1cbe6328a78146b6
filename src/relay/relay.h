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
	int error;           /* negative errno, or 0 */
	const char *problem; /* in words, where error alone says too little; or NULL */
	uint64_t number;     /* of the connection, from 1 */
	const struct whither_origin *origin; /* NULL with WH_RELAY_DIRECT */
	const struct whither_hop *hops;
	size_t hop_count;
	const void *context;
	size_t context_size;     /* 0: none */
	uint64_t bytes_sent;     /* client to destination, so far */
	uint64_t bytes_received; /* destination to client */
	uint64_t duration;       /* ns since accept */
};

/* Where all connections go first. */
enum wh_relay_protocol {
	WH_RELAY_SOCKS5,
	WH_RELAY_HTTP,         /* CONNECT */
	WH_RELAY_PROXY_HEADER, /* the PROXY protocol, version 2 */
};

#define WH_RELAY_UPSTREAM_ADDRESSES 8
#define WH_RELAY_CREDENTIAL_MAX 255 /* bytes of a user, and of a password */

struct wh_relay_upstream {
	enum wh_relay_protocol protocol;
	size_t address_count; /* 1 or more; each is tried when those before it do not answer */
	union whither_address addresses[WH_RELAY_UPSTREAM_ADDRESSES];
	int has_credentials;
	char user[WH_RELAY_CREDENTIAL_MAX + 1];
	char password[WH_RELAY_CREDENTIAL_MAX + 1];
};

struct wh_relay_options {
	/* Called from wh_relay_dispatch(); may be NULL. Pointers are good for the call only. */
	void (*on_event)(const struct wh_relay_event *event, void *data);
	void *data;
	size_t max_connections;    /* 0: as many as the limit on descriptors allows */
	size_t max_per_user;       /* of one user (the origin's); 0: any number */
	unsigned int connect_ms;   /* to connect to one address; 0: as long as the kernel tries */
	unsigned int handshake_ms; /* for an upstream proxy to let a connection through; 0: ever */
	unsigned int idle_ms; /* without a byte either way, then both ends are reset; 0: ever */
};

/* Makes a relay without listeners. Returns 0 or a negative errno. */
int wh_relay_new(struct wh_relay **ret_relay, const struct wh_relay_options *options);

/* Has connections made from now on go through another proxy. May be called again; the upstream is
 * copied. Returns 0 or a negative errno. */
int wh_relay_set_upstream(struct wh_relay *relay, const struct wh_relay_upstream *upstream);

/* Adds a listening TCP socket; the relay owns it from then on, also on failure. */
int wh_relay_add_listener(struct wh_relay *relay, int fd);

/* A descriptor that is readable when wh_relay_dispatch() has something to do (an epoll set,
 * so it can be put into another one). */
int wh_relay_fd(const struct wh_relay *relay);

/* Handles what is ready, waiting at most timeout_ms (-1: for ever, 0: not at all). Returns the
 * number of events handled or a negative errno. */
int wh_relay_dispatch(struct wh_relay *relay, int timeout_ms);

/* Has wh_relay_dispatch() return also while this descriptor is readable, for whoever waits for
 * nothing else: one call then does where poll() and it were two. -1: for none. After a fork() it
 * is due again when the descriptor is one of signals. Returns 0 or a negative errno. */
int wh_relay_wake_for(struct wh_relay *relay, int fd);

/* Was it, when wh_relay_dispatch() looked last? */
int wh_relay_woken(const struct wh_relay *relay);

/* Stops accepting; connections go on. */
void wh_relay_stop_accepting(struct wh_relay *relay);

/* The descriptors of the listeners, at most capacity of them. Returns how many there are. */
size_t wh_relay_listeners(const struct wh_relay *relay, int *fds, size_t capacity);

/* Open connections. */
size_t wh_relay_connections(const struct wh_relay *relay);

/* Closes everything. NULL is allowed. */
void wh_relay_free(struct wh_relay *relay);

#endif /* WH_RELAY_H */
