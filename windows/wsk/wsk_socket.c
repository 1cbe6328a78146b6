/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Sockets as objects: their making, their references, and the table of the handles clients hold. */

#include "wsk_socket.h"

#include "wsk_incoming.h"
#include "wsk_indication.h"
#include "wsk_reactor.h"
#include "wsk_registration_state.h"
#include "wsk_tables.h"
#include "wsk_verify.h"

#include <stdio.h>
#include <stdlib.h>

#define TABLE_SIZE 4096 /* a power of two */

/* A handle is the socket's address, and valid while it is found here. */
static struct {
	pthread_mutex_t lock;
	struct wsk_socket *first[TABLE_SIZE];
} table = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct wsk_socket **bucket(const void *handle)
{
	uintptr_t number = (uintptr_t)handle;

	return &table.first[(number >> 6 ^ number >> 18) % TABLE_SIZE];
}

struct wsk_socket *wsk_socket_new(struct wsk_registration *registration, enum wsk_category category,
				  int family, int type, int protocol, int fd)
{
	struct wsk_reactor *reactor = wsk_reactor_choose();
	struct wsk_socket *socket = reactor ? calloc(1, sizeof(*socket)) : NULL;

	if (!socket)
		return NULL;
	socket->handle.Dispatch = wsk_table_of(category);
	socket->category = category;
	socket->family = family;
	socket->type = type;
	socket->protocol = protocol;
	socket->registration = registration;
	socket->reactor = reactor;
	atomic_init(&socket->references, 1);
	InitializeListHead(&socket->task_link);
	InitializeListHead(&socket->later_link);
	pthread_mutex_init(&socket->lock, NULL);
	socket->fd = fd;
	for (int i = 0; i < WSK_QUEUES; i++)
		InitializeListHead(&socket->queue[i]);
	InitializeListHead(&socket->indications);
	InitializeListHead(&socket->incoming);
	wsk_registration_add_socket(registration);
	return socket;
}

void wsk_socket_publish(struct wsk_socket *socket)
{
	struct wsk_socket **first = bucket(socket);

	wsk_socket_ref(socket);
	pthread_mutex_lock(&table.lock);
	socket->next_handle = *first;
	*first = socket;
	pthread_mutex_unlock(&table.lock);
}

bool wsk_socket_withdraw(struct wsk_socket *socket)
{
	struct wsk_socket **link = bucket(socket);
	bool found;

	pthread_mutex_lock(&table.lock);
	while (*link && *link != socket)
		link = &(*link)->next_handle;
	found = *link;
	if (found)
		*link = socket->next_handle;
	pthread_mutex_unlock(&table.lock);
	if (found)
		wsk_socket_unref(socket);
	return found;
}

struct wsk_socket *wsk_socket_get(PWSK_SOCKET handle)
{
	struct wsk_socket *socket;

	pthread_mutex_lock(&table.lock);
	for (socket = *bucket(handle); socket; socket = socket->next_handle) {
		if (&socket->handle == handle) {
			wsk_socket_ref(socket);
			break;
		}
	}
	pthread_mutex_unlock(&table.lock);
	return socket;
}

void wsk_socket_ref(struct wsk_socket *socket)
{
	atomic_fetch_add_explicit(&socket->references, 1, memory_order_relaxed);
}

void wsk_socket_unref(struct wsk_socket *socket)
{
	if (atomic_fetch_sub_explicit(&socket->references, 1, memory_order_acq_rel) != 1)
		return;
	pthread_mutex_destroy(&socket->lock);
	free(socket);
}

bool wsk_begin(struct wsk_site site, PWSK_SOCKET handle, PIRP irp, struct wsk_socket **ret_socket,
	       struct wsk_request **ret_request, NTSTATUS *ret_status)
{
	struct wsk_socket *socket;

	*ret_status = STATUS_INVALID_PARAMETER;
	if (!irp) {
		wsk_report_refused(site, "without an IRP", NULL);
		return false;
	}
	*ret_status = STATUS_INVALID_HANDLE;
	socket = wsk_socket_get(handle);
	if (!socket) {
		wsk_report_refused(site, "on what is no open socket", handle);
		return false;
	}
	*ret_request = wsk_request_accept(site, socket, NULL, irp, ret_status);
	if (!*ret_request) {
		wsk_socket_unref(socket);
		return false;
	}
	*ret_socket = socket;
	return true;
}

bool wsk_client_begin(struct wsk_site site, PWSK_CLIENT client, PIRP irp,
		      struct wsk_registration **ret_registration, struct wsk_request **ret_request,
		      NTSTATUS *ret_status)
{
	*ret_status = STATUS_INVALID_PARAMETER;
	if (!irp) {
		wsk_report_refused(site, "without an IRP", NULL);
		return false;
	}
	*ret_status = STATUS_INVALID_HANDLE;
	*ret_registration = wsk_registration_enter(client);
	if (!*ret_registration) {
		wsk_report_refused(site, "on what is no client", client);
		return false;
	}
	*ret_request = wsk_request_accept(site, NULL, *ret_registration, irp, ret_status);
	if (!*ret_request)
		wsk_registration_leave(*ret_registration);
	return *ret_request;
}

static const char *state_of(const struct wsk_socket *socket)
{
	return socket->closing   ? "closing" :
	       socket->listening ? "listening" :
	       socket->connected ? "connected" :
	       socket->bound     ? "bound" :
				   "new";
}

static void tell_one(struct wsk_socket *socket, void (*line)(const char *text, void *data),
		     void *data)
{
	static const char *const categories[] = {"basic", "listening", "connection", "datagram",
						 "stream"};
	char text[200];

	/* Its lock comes before the table's: less is said when it is taken. */
	if (pthread_mutex_trylock(&socket->lock)) {
		snprintf(text, sizeof(text), "%s socket %p", categories[socket->category],
			 (void *)socket);
	} else {
		snprintf(text, sizeof(text), "%s socket %p, descriptor %d, %s, %u requests pending",
			 categories[socket->category], (void *)socket, socket->fd, state_of(socket),
			 socket->requests);
		wsk_unlock(socket);
	}
	line(text, data);
}

void wsk_socket_tell(const struct wsk_registration *registration,
		     void (*line)(const char *text, void *data), void *data)
{
	pthread_mutex_lock(&table.lock);
	for (int i = 0; i < TABLE_SIZE; i++) {
		struct wsk_socket *socket;

		for (socket = table.first[i]; socket; socket = socket->next_handle) {
			if (!registration || socket->registration == registration)
				tell_one(socket, line, data);
		}
	}
	pthread_mutex_unlock(&table.lock);
}
