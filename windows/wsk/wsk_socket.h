/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A socket. It belongs to one reactor for life, whose thread makes all its event callbacks.
 *
 * lock guards everything below it, I/O included: no call under it blocks, and no code of the
 * client runs under it. busy is the right to run code of the client for this socket.
 */
#ifndef WHITHER_WSK_SOCKET_H
#define WHITHER_WSK_SOCKET_H

#include "wsk_request.h"

#include <pthread.h>
#include <stdatomic.h>

struct wsk_reactor;
struct wsk_indication;
struct wsk_incoming;

enum wsk_category {
	WSK_BASIC,
	WSK_LISTEN,
	WSK_CONNECTION,
	WSK_DATAGRAM,
	WSK_STREAM,
};

/* What a thread of the reactor is asked to do with a socket. */
#define WSK_TASK_PUMP 0x1u
#define WSK_TASK_CLOSE 0x2u

struct wsk_socket {
	WSK_SOCKET handle; /* the client's view */
	enum wsk_category category;
	int family;
	int type;
	int protocol;
	struct wsk_registration *registration; /* counts this socket until its close has returned */
	struct wsk_reactor *reactor;
	atomic_uint references;
	struct wsk_socket *next_handle; /* the table of handles */

	LIST_ENTRY task_link; /* guarded by the reactor's lock, as is what follows up to lock */
	LIST_ENTRY later_link;
	uint64_t later; /* when it is to be pumped, in ms; 0: none */
	unsigned int tasks;
	uint64_t slot;
	bool watched;

	pthread_mutex_t lock;
	int fd;
	PVOID context;
	const WSK_CLIENT_LISTEN_DISPATCH *on_listen;
	const WSK_CLIENT_CONNECTION_DISPATCH *on_connection;
	const WSK_CLIENT_DATAGRAM_DISPATCH *on_datagram;

	bool bound;
	bool listening;
	bool connecting;
	bool connected;
	bool finishing; /* a graceful disconnect has been asked for */
	bool finished;  /* and its end of stream was sent */
	bool closing;   /* no call is accepted, no callback begins */
	bool emptied;   /* its requests were cancelled */
	bool closed;
	bool busy;
	bool again;
	bool readable;
	bool writable;
	bool hung_up;     /* the peer's end of stream is in the kernel */
	bool broken;      /* the kernel reports an error or the end of both halves */
	bool ended;       /* and has been read */
	NTSTATUS failure; /* what the connection died of */

	unsigned int requests; /* whose routines have not returned */
	LIST_ENTRY queue[WSK_QUEUES];
	struct wsk_request *closer;

	ULONG events;         /* enabled: WSK_EVENT_* */
	ULONG static_events;  /* of these, those that cannot be disabled */
	ULONG running_events; /* whose callback is in progress */
	bool receive_stopped; /* until the next WskReceive() */
	bool disconnect_said;
	bool dead_said;
	bool conditional;
	WSK_INSPECT_ID inspect_id;
	bool inspected;
	ULONG inspect_serial;

	LIST_ENTRY indications; /* those that the client holds */
	size_t indicated_bytes;
	unsigned char *stash; /* received, indicated, not accepted */
	size_t stash_size;
	size_t stash_used;

	LIST_ENTRY incoming;        /* connections not given to the client yet, oldest first */
	struct wsk_address peer;    /* while connected */
	struct wsk_address send_to; /* SIO_WSK_SET_SENDTO_ADDRESS */
};

/* A new socket around fd, with one reference, not in the table of handles. NULL: no memory, and
 * the descriptor is still the caller's. */
struct wsk_socket *wsk_socket_new(struct wsk_registration *registration, enum wsk_category category,
				  int family, int type, int protocol, int fd);
/* Gives the client a handle on it. */
void wsk_socket_publish(struct wsk_socket *socket);
/* Takes the handle back; false: it was not there any more. */
bool wsk_socket_withdraw(struct wsk_socket *socket);
/* The socket of a handle, referenced; NULL for anything else. */
struct wsk_socket *wsk_socket_get(PWSK_SOCKET handle);
void wsk_socket_ref(struct wsk_socket *socket);
void wsk_socket_unref(struct wsk_socket *socket);
static inline void wsk_socket_unref_pointer(struct wsk_socket **socket)
{
	if (*socket)
		wsk_socket_unref(*socket);
}

/* Names the open sockets of a client, NULL: of all, a line each. */
void wsk_socket_tell(const struct wsk_registration *registration,
		     void (*line)(const char *text, void *data), void *data);

/* Ends a socket that no client has, as a close without an IRP. */
void wsk_socket_discard(struct wsk_socket *socket);

#define WSK_CLEANUP(function) __attribute__((cleanup(function)))

static inline void wsk_lock(struct wsk_socket *socket)
{
	pthread_mutex_lock(&socket->lock);
}

static inline void wsk_unlock(struct wsk_socket *socket)
{
	pthread_mutex_unlock(&socket->lock);
}

/* The beginning of every call on a socket: the socket, and the request for its IRP. False, with
 * *ret_status, when the call was not accepted. */
bool wsk_begin(struct wsk_site site, PWSK_SOCKET handle, PIRP irp, struct wsk_socket **ret_socket,
	       struct wsk_request **ret_request, NTSTATUS *ret_status);

/* The same for a call on a client. */
bool wsk_client_begin(struct wsk_site site, PWSK_CLIENT client, PIRP irp,
		      struct wsk_registration **ret_registration, struct wsk_request **ret_request,
		      NTSTATUS *ret_status);

/* What WskBind() says of a negative errno. */
NTSTATUS wsk_bind_status(int error);

/* Starts a request: at once where it may, else in its queue. Returns what the call returns. */
NTSTATUS wsk_start(struct wsk_socket *socket, struct wsk_request *request, enum wsk_queue queue);

/* What the connection can say of its end: STATUS_SUCCESS, or what it died of. */
NTSTATUS wsk_socket_failed(struct wsk_socket *socket, int error);

/* Runs what can run: queued requests, then events. In a thread of the reactor. */
void wsk_pump(struct wsk_socket *socket);
/* The close that WskCloseSocket() posted. In a thread of the reactor. */
void wsk_close_step(struct wsk_socket *socket);

#endif /* WHITHER_WSK_SOCKET_H */
