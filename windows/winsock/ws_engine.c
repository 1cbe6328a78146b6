/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "ws_engine.h"

#include "ws_track.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>

static struct ws_socket **sockets;
static size_t sockets_size;
static int epoll = -1;

struct ws_socket *ws_engine_find(int fd)
{
	return fd >= 0 && (size_t)fd < sockets_size ? sockets[fd] : NULL;
}

struct ws_socket *ws_engine_make(int fd)
{
	struct ws_socket **larger;
	size_t size = ((size_t)fd + 256) & ~(size_t)255;

	if (fd < 0)
		return NULL;
	if ((size_t)fd >= sockets_size) {
		larger = reallocarray(sockets, size, sizeof(struct ws_socket *));
		if (!larger)
			return NULL;
		sockets = larger;
		while (sockets_size < size)
			sockets[sockets_size++] = NULL;
	}
	if (!sockets[fd])
		sockets[fd] = calloc(1, sizeof(*sockets[fd]));
	return sockets[fd];
}

struct ws_object *ws_engine_port(int fd, ULONG_PTR *ret_key)
{
	struct ws_socket *socket = ws_engine_find(fd);

	if (!socket || !socket->port)
		return NULL;
	*ret_key = socket->key;
	return socket->port;
}

static void finish(struct ws_operation *operation, int error)
{
	NTSTATUS status = error ? ws_overlapped_status(-error) : STATUS_SUCCESS;

	ws_overlapped_complete(operation->fd, operation->overlapped, operation->routine,
			       operation->thread, status, (DWORD)operation->bytes);
	if (operation->thread)
		ws_thread_release(operation->thread);
	ws_operation_free(operation);
}

static int keep(struct ws_operation *operation);

static void advance(struct ws_socket *socket, int direction)
{
	struct ws_operation *operation;
	int error;

	while ((operation = socket->first[direction])) {
		error = operation->attempt(operation);
		if (error == -EAGAIN)
			return;
		socket->first[direction] = operation->next;
		operation->next = NULL;
		/* It goes on with another socket, or fails there. */
		if (error == -EXDEV)
			error = keep(operation);
		if (error != -EINPROGRESS)
			finish(operation, error);
	}
}

static void handle(const struct epoll_event *event)
{
	int fd = (int)event->data.u64;
	struct ws_socket *socket = ws_engine_find(fd);
	bool ended = (event->events & (EPOLLERR | EPOLLHUP)) != 0;
	unsigned int found = (event->events & EPOLLIN ? NET_IN : 0) |
			     (event->events & EPOLLOUT ? NET_OUT : 0) |
			     (event->events & EPOLLPRI ? NET_PRIORITY : 0) |
			     (event->events & EPOLLERR ? NET_FAILED : 0) |
			     (event->events & (EPOLLHUP | EPOLLRDHUP) ? NET_HUNG_UP : 0);

	if (!socket)
		return;
	if (ended || event->events & (EPOLLIN | EPOLLPRI | EPOLLRDHUP))
		advance(socket, 0);
	if (ended || event->events & EPOLLOUT)
		advance(socket, 1);
	if (socket->event)
		ws_network_found(fd, socket, found);
	ws_engine_watch(fd, socket);
}

static void *run_engine(void *context)
{
	struct epoll_event events[32];

	for (;;) {
		int count = epoll_wait(epoll, events, 32, -1);

		ws_lock();
		for (int i = 0; i < count; i++)
			handle(&events[i]);
		ws_unlock();
	}
	return context;
}

/* The thread takes none of the program's signals. */
static bool start_engine(void)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	pthread_t thread;
	int error;

	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		return false;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	error = pthread_create(&thread, &attributes, run_engine, NULL);
	pthread_attr_destroy(&attributes);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error) {
		net_host_close(epoll);
		epoll = -1;
	}
	return !error;
}

bool ws_engine_watch(int fd, struct ws_socket *socket)
{
	unsigned int wants = ws_network_wants(socket);
	struct epoll_event event = {.events = EPOLLONESHOT};

	if (socket->first[0] || wants & NET_IN)
		event.events |= EPOLLIN;
	if (socket->first[1] || wants & NET_OUT)
		event.events |= EPOLLOUT;
	if (wants & NET_PRIORITY)
		event.events |= EPOLLPRI;
	if (wants & NET_HUNG_UP)
		event.events |= EPOLLRDHUP;
	if (event.events == EPOLLONESHOT)
		return true;
	if (epoll < 0 && !start_engine())
		return false;
	event.data.u64 = (uint64_t)fd;
	if (socket->in_epoll && epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) == 0)
		return true;
	/* Not known, or closed behind our back and opened again. */
	socket->in_epoll = epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0 ||
			   (errno == EEXIST && epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) == 0);
	return socket->in_epoll;
}

/* Behind those that already wait. */
static int keep(struct ws_operation *operation)
{
	struct ws_socket *socket = ws_engine_make(operation->fd);
	struct ws_operation **last;

	if (!socket)
		return -ENOMEM;
	for (last = &socket->first[operation->sends]; *last; last = &(*last)->next)
		;
	*last = operation;
	if (ws_engine_watch(operation->fd, socket))
		return -EINPROGRESS;
	*last = NULL;
	return -ENOMEM;
}

int ws_engine_start(struct ws_operation *operation)
{
	struct ws_thread *self = operation->routine ? ws_thread_self() : NULL;
	struct ws_socket *socket;
	int error = -EAGAIN;

	if (operation->routine && !self)
		return -ENOMEM;
	ws_lock();
	socket = ws_engine_find(operation->fd);
	if (!socket || !socket->first[operation->sends])
		error = operation->attempt(operation);
	if (error == -EXDEV || error == -EAGAIN) {
		operation->thread = self;
		if (self)
			self->references++;
		error = keep(operation);
		if (error != -EINPROGRESS && self)
			self->references--;
	}
	ws_unlock();
	return error;
}

static size_t cancel_all(struct ws_socket *socket, const OVERLAPPED *overlapped)
{
	struct ws_operation *cancelled = NULL;
	struct ws_operation **last = &cancelled;
	struct ws_operation *operation;
	size_t count = 0;

	for (int direction = 0; direction < 2; direction++) {
		struct ws_operation **place = &socket->first[direction];

		while ((operation = *place)) {
			if (overlapped && operation->overlapped != overlapped) {
				place = &operation->next;
				continue;
			}
			*place = operation->next;
			operation->next = NULL;
			*last = operation;
			last = &operation->next;
		}
	}
	while ((operation = cancelled)) {
		cancelled = operation->next;
		operation->bytes = 0;
		finish(operation, -ECANCELED);
		count++;
	}
	return count;
}

size_t ws_engine_cancel(int fd, const OVERLAPPED *overlapped)
{
	struct ws_socket *socket;
	size_t count;

	ws_lock();
	socket = ws_engine_find(fd);
	count = socket ? cancel_all(socket, overlapped) : 0;
	ws_unlock();
	return count;
}

int ws_close(int fd)
{
	struct ws_socket *socket;
	struct epoll_event none = {0};
	int error;

	/* A socket that gets the same number must not be opened before this one is forgotten. */
	ws_lock();
	socket = ws_engine_find(fd);
	if (socket) {
		cancel_all(socket, NULL);
		if (socket->in_epoll)
			epoll_ctl(epoll, EPOLL_CTL_DEL, fd, &none);
		if (socket->event)
			ws_object_release(socket->event);
		if (socket->port)
			ws_object_release(socket->port);
		sockets[fd] = NULL;
		free(socket);
	}
	error = net_host_close(fd);
	ws_unlock();
	return error;
}
