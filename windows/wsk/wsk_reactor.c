/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_reactor.h"

#include "wsk_drain.h"
#include "wsk_slot.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define REACTORS_MAX 4
#define EVENTS_AT_ONCE 64

struct wsk_reactor {
	int epoll;
	int wake;
	pthread_t thread;
	pthread_mutex_t lock; /* taken after a socket's */
	bool woken;
	LIST_ENTRY tasks;     /* sockets, referenced */
	LIST_ENTRY later;     /* sockets, referenced */
	LIST_ENTRY completed; /* requests that hold their outcomes */
	struct wsk_drain_list drains;
	struct wsk_slots slots;
};

static struct wsk_reactor reactors[REACTORS_MAX];
static unsigned int reactor_count;
static atomic_uint turn;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

/* Under the lock. */
static void wake(struct wsk_reactor *reactor)
{
	static const uint64_t one = 1;

	if (reactor->woken || pthread_equal(pthread_self(), reactor->thread))
		return;
	reactor->woken = true;
	if (write(reactor->wake, &one, sizeof(one)) < 0)
		reactor->woken = false;
}

void wsk_reactor_post(struct wsk_socket *socket, unsigned int tasks)
{
	struct wsk_reactor *reactor = socket->reactor;

	pthread_mutex_lock(&reactor->lock);
	if (!socket->tasks) {
		wsk_socket_ref(socket);
		InsertTailList(&reactor->tasks, &socket->task_link);
		wake(reactor);
	}
	socket->tasks |= tasks;
	pthread_mutex_unlock(&reactor->lock);
}

void wsk_reactor_post_later(struct wsk_socket *socket, unsigned int milliseconds)
{
	struct wsk_reactor *reactor = socket->reactor;

	pthread_mutex_lock(&reactor->lock);
	if (!socket->later) {
		wsk_socket_ref(socket);
		socket->later = now() + milliseconds;
		InsertTailList(&reactor->later, &socket->later_link);
		wake(reactor);
	}
	pthread_mutex_unlock(&reactor->lock);
}

void wsk_reactor_complete(struct wsk_request *request)
{
	struct wsk_reactor *reactor = request->socket ? request->socket->reactor :
							wsk_reactor_choose();

	/* Without any thread of ours the caller's must do. */
	if (!reactor) {
		wsk_complete(request, request->status, request->information);
		return;
	}
	pthread_mutex_lock(&reactor->lock);
	InsertTailList(&reactor->completed, &request->link);
	wake(reactor);
	pthread_mutex_unlock(&reactor->lock);
}

void wsk_reactor_drain(struct wsk_reactor *reactor, int fd, bool reset)
{
	pthread_mutex_lock(&reactor->lock);
	wsk_drain_add(&reactor->drains, fd, reset, now());
	wake(reactor);
	pthread_mutex_unlock(&reactor->lock);
}

int wsk_reactor_watch(struct wsk_socket *socket)
{
	struct wsk_reactor *reactor = socket->reactor;
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET};
	int error = 0;

	pthread_mutex_lock(&reactor->lock);
	if (!socket->watched) {
		event.data.u64 = wsk_slot_take(&reactor->slots, socket);
		if (!event.data.u64) {
			error = -ENOMEM;
		} else {
			socket->slot = event.data.u64;
			wsk_socket_ref(socket);
			socket->watched = true;
			if (epoll_ctl(reactor->epoll, EPOLL_CTL_ADD, socket->fd, &event))
				error = -errno;
		}
	}
	pthread_mutex_unlock(&reactor->lock);
	if (error && socket->watched)
		wsk_reactor_forget(socket);
	return error;
}

void wsk_reactor_forget(struct wsk_socket *socket)
{
	struct wsk_reactor *reactor = socket->reactor;
	bool found;

	pthread_mutex_lock(&reactor->lock);
	found = socket->watched;
	if (found) {
		epoll_ctl(reactor->epoll, EPOLL_CTL_DEL, socket->fd, NULL);
		wsk_slot_give(&reactor->slots, socket->slot);
		socket->watched = false;
	}
	pthread_mutex_unlock(&reactor->lock);
	if (found)
		wsk_socket_unref(socket);
}

static void on_event(struct wsk_reactor *reactor, const struct epoll_event *event)
{
	struct wsk_socket *socket;

	if (!event->data.u64) {
		uint64_t count;

		if (read(reactor->wake, &count, sizeof(count)) < 0)
			return;
		pthread_mutex_lock(&reactor->lock);
		reactor->woken = false;
		pthread_mutex_unlock(&reactor->lock);
		return;
	}
	pthread_mutex_lock(&reactor->lock);
	socket = wsk_slot_find(&reactor->slots, event->data.u64);
	if (socket)
		wsk_socket_ref(socket);
	pthread_mutex_unlock(&reactor->lock);
	if (!socket)
		return;
	wsk_lock(socket);
	if (event->events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		socket->readable = true;
	if (event->events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
		socket->writable = true;
	if (event->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		socket->hung_up = true;
	if (event->events & (EPOLLHUP | EPOLLERR))
		socket->broken = true;
	wsk_unlock(socket);
	wsk_pump(socket);
	wsk_socket_unref(socket);
}

/* The next socket with something to do, with the reference of its list; and what. */
static struct wsk_socket *next_task(struct wsk_reactor *reactor, LIST_ENTRY *list,
				    unsigned int *ret_tasks)
{
	struct wsk_socket *socket = NULL;

	pthread_mutex_lock(&reactor->lock);
	if (!IsListEmpty(list)) {
		socket = CONTAINING_RECORD(RemoveHeadList(list), struct wsk_socket, task_link);
		*ret_tasks = socket->tasks;
		socket->tasks = 0;
	}
	pthread_mutex_unlock(&reactor->lock);
	return socket;
}

static void take(LIST_ENTRY *to, LIST_ENTRY *from)
{
	InitializeListHead(to);
	while (!IsListEmpty(from))
		InsertTailList(to, RemoveHeadList(from));
}

static void run_completed(struct wsk_reactor *reactor)
{
	LIST_ENTRY completed;

	pthread_mutex_lock(&reactor->lock);
	take(&completed, &reactor->completed);
	pthread_mutex_unlock(&reactor->lock);
	wsk_complete_list(&completed);
}

/* What is posted meanwhile waits for the next turn. */
static void run_tasks(struct wsk_reactor *reactor)
{
	struct wsk_socket *socket;
	unsigned int tasks, most = 0;
	LIST_ENTRY *entry;

	pthread_mutex_lock(&reactor->lock);
	for (entry = reactor->tasks.Flink; entry != &reactor->tasks; entry = entry->Flink)
		most++;
	pthread_mutex_unlock(&reactor->lock);
	while (most-- && (socket = next_task(reactor, &reactor->tasks, &tasks))) {
		if (tasks & WSK_TASK_PUMP)
			wsk_pump(socket);
		if (tasks & WSK_TASK_CLOSE)
			wsk_close_step(socket);
		wsk_socket_unref(socket);
	}
}

/* Posts what is due; how long to wait for the next, in ms, -1 for ever. */
static int run_timers(struct wsk_reactor *reactor)
{
	LIST_ENTRY due, *entry, *next;
	uint64_t time = now();
	int timeout;

	InitializeListHead(&due);
	pthread_mutex_lock(&reactor->lock);
	timeout = wsk_drain_run(&reactor->drains, time);
	for (entry = reactor->later.Flink; entry != &reactor->later; entry = next) {
		struct wsk_socket *socket = CONTAINING_RECORD(entry, struct wsk_socket, later_link);

		next = entry->Flink;
		if (socket->later <= time) {
			socket->later = 0;
			RemoveEntryList(entry);
			InsertTailList(&due, entry);
		} else if (timeout < 0 || socket->later - time < (uint64_t)timeout) {
			timeout = (int)(socket->later - time);
		}
	}
	while (!IsListEmpty(&due)) {
		struct wsk_socket *socket =
			CONTAINING_RECORD(RemoveHeadList(&due), struct wsk_socket, later_link);

		if (socket->tasks) {
			socket->tasks |= WSK_TASK_PUMP;
			pthread_mutex_unlock(&reactor->lock);
			wsk_socket_unref(socket);
			pthread_mutex_lock(&reactor->lock);
			continue;
		}
		socket->tasks = WSK_TASK_PUMP;
		InsertTailList(&reactor->tasks, &socket->task_link);
	}
	if (!IsListEmpty(&reactor->tasks) || !IsListEmpty(&reactor->completed))
		timeout = 0;
	pthread_mutex_unlock(&reactor->lock);
	return timeout;
}

static void *run(void *argument)
{
	struct wsk_reactor *reactor = argument;
	struct epoll_event events[EVENTS_AT_ONCE];

	for (;;) {
		int timeout = run_timers(reactor);
		int count = epoll_wait(reactor->epoll, events, EVENTS_AT_ONCE, timeout);

		for (int i = 0; i < count; i++)
			on_event(reactor, &events[i]);
		run_completed(reactor);
		run_tasks(reactor);
	}
	return NULL;
}

static bool start(struct wsk_reactor *reactor)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0};
	sigset_t all, before;
	int error;

	pthread_mutex_init(&reactor->lock, NULL);
	InitializeListHead(&reactor->tasks);
	InitializeListHead(&reactor->later);
	InitializeListHead(&reactor->completed);
	wsk_drain_init(&reactor->drains);
	reactor->epoll = epoll_create1(EPOLL_CLOEXEC);
	reactor->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (reactor->epoll >= 0 && reactor->wake >= 0 &&
	    !epoll_ctl(reactor->epoll, EPOLL_CTL_ADD, reactor->wake, &event)) {
		/* Signals are the program's business. */
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before);
		pthread_mutex_lock(&reactor->lock);
		error = pthread_create(&reactor->thread, NULL, run, reactor);
		pthread_mutex_unlock(&reactor->lock);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
		if (!error)
			return true;
	}
	wsk_host_close(reactor->epoll);
	wsk_host_close(reactor->wake);
	return false;
}

static void start_all(void)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int wanted = processors < 2            ? 2 :
			      processors > REACTORS_MAX ? REACTORS_MAX :
							  (unsigned int)processors;

	while (reactor_count < wanted && start(&reactors[reactor_count]))
		reactor_count++;
}

struct wsk_reactor *wsk_reactor_choose(void)
{
	pthread_once(&once, start_all);
	return reactor_count ? &reactors[atomic_fetch_add_explicit(&turn, 1, memory_order_relaxed) %
					 reactor_count] :
			       NULL;
}
