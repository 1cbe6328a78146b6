/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A request: the provider's block for one IRP, from the call that accepted it to the return of its
 * completion routine. The IRP is the client's memory: nothing is kept in it but the pointer to the
 * request, and nothing is read of it once its routine has been called.
 *
 * The exchange of Irp->CancelRoutine decides who completes a queued request: whoever takes the
 * routine out. A request whose routine was taken by IoCancelIrp() stays in its queue until
 * wsk_request_cancel() removes it; everyone else passes it over.
 */
#ifndef WHITHER_WSK_REQUEST_H
#define WHITHER_WSK_REQUEST_H

#include "wsk_host.h"

#include <pthread.h>
#include <wsk.h>

struct wsk_socket;
struct wsk_registration;

/* A call of the client's: its name on Windows, and where it came from. For the verifier. */
struct wsk_site {
	const char *what;
	const void *place;
};

#define WSK_SITE(name) ((struct wsk_site){name, __builtin_return_address(0)})

/* What is asked; each socket has a queue for each of the first ones. */
enum wsk_queue {
	WSK_QUEUE_ACCEPT,
	WSK_QUEUE_CONNECT,
	WSK_QUEUE_SEND, /* and disconnect, which must not overtake data */
	WSK_QUEUE_RECEIVE,
	WSK_QUEUE_OTHER, /* waits for an event that is not I/O */
	WSK_QUEUES,
};

/* The client's bytes. The header is ours, the MDL chain is the client's until completion. */
struct wsk_bytes {
	PMDL mdl;
	size_t offset;
	size_t length;
};

struct wsk_request {
	struct wsk_site site;
	bool lent; /* the verifier watches its bytes */
	LIST_ENTRY link;
	pthread_mutex_t *lock;                 /* of the queue it is in */
	struct wsk_socket *socket;             /* referenced; NULL: of a client */
	struct wsk_registration *registration; /* held by a call count; NULL: of a socket */
	PIRP irp;                              /* NULL: the provider's own */
	SIZE_T *size_returned;
	/* Tries to make progress: STATUS_PENDING, or the outcome, with *information. */
	NTSTATUS (*advance)(struct wsk_socket *socket, struct wsk_request *request);
	/* A last word, under the socket's lock, for a request that ends otherwise; may be NULL. */
	void (*abandon)(struct wsk_socket *socket, struct wsk_request *request);
	/* Frees what the request owns, when its routine has returned; may be NULL. */
	void (*release)(struct wsk_request *request);
	NTSTATUS status;
	ULONG_PTR information;
	ULONG flags;
	struct wsk_bytes bytes;
	size_t done; /* bytes moved so far */
	struct wsk_address address;
	union {
		struct {
			PVOID context;
			const void *dispatch;
			PSOCKADDR local;
			PSOCKADDR remote;
			struct wsk_socket *socket; /* the new one, referenced */
		} accept;
		struct {
			bool started;
			bool creates; /* WskSocketConnect() */
		} connect;
		struct {
			bool finished; /* the end of the stream is sent */
			bool abortive;
		} disconnect;
		struct {
			PSOCKADDR remote;
			PULONG control_length;
			PCMSGHDR control;
			size_t room; /* for control information */
			PULONG control_flags;
			void *owned; /* control information of ours, to be sent */
			size_t owned_size;
			PWSK_BUF_LIST list;
		} message;
		struct {
			ULONG mask; /* the events that must have returned */
		} disable;
		void *call;
	} u;
};

/* Accepts the IRP of a call: takes its next stack location. NULL, with *ret_status, when there is
 * no IRP, no location or no memory; in the last case the IRP has been completed. */
struct wsk_request *wsk_request_accept(struct wsk_site site, struct wsk_socket *socket,
				       struct wsk_registration *registration, PIRP irp,
				       NTSTATUS *ret_status);

/* The request of a call on a client, which must be on a socket from here on. */
void wsk_request_move(struct wsk_request *request, struct wsk_socket *socket);

/* Ends a request, outside every lock; at once, or from a thread of the provider where routines
 * nest too deep or WHITHER_WSK_INLINE=none asks for it. Returns STATUS_PENDING. */
NTSTATUS wsk_finish(struct wsk_request *request, NTSTATUS status, ULONG_PTR information);
/* The same at once, and returns status: for what never pends. */
NTSTATUS wsk_finish_now(struct wsk_request *request, NTSTATUS status, ULONG_PTR information);

/* The only place that completes an IRP: outside locks, once each. Frees the request. */
void wsk_complete(struct wsk_request *request, NTSTATUS status, ULONG_PTR information);
/* The same for a list of requests that hold their outcomes. */
void wsk_complete_list(LIST_ENTRY *list);
/* Moves every request that is not being cancelled from a queue to a list, cancelled. Under the
 * queue's lock. */
void wsk_request_cancel_queue(LIST_ENTRY *queue, LIST_ENTRY *list);

/* Appends to a queue, under its lock. False when it has been cancelled meanwhile: it is in no
 * queue, and the caller completes it. */
bool wsk_request_enqueue(struct wsk_request *request, LIST_ENTRY *queue, pthread_mutex_t *lock);
/* Takes a queued request out of IoCancelIrp()'s reach, under the lock; false: it is cancelled. */
bool wsk_request_claim(struct wsk_request *request);
/* Gives it back, still in its queue; false when it has been cancelled meanwhile, and is claimed. */
bool wsk_request_unclaim(struct wsk_request *request);

/* WHITHER_WSK_INLINE */
enum wsk_inline {
	WSK_INLINE_AUTO,
	WSK_INLINE_NONE,
	WSK_INLINE_ALL
};
enum wsk_inline wsk_inline_mode(void);
/* Whether a routine may be called from within the client's call. */
bool wsk_may_complete_inline(void);

#endif /* WHITHER_WSK_REQUEST_H */
