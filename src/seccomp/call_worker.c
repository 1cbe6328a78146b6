/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The threads. Each takes a call and is busy with it until it is answered, however long that
 * takes; before one does something that may wait, it sees to it that another one is there to take
 * the next call. So a blocking connect, or somebody who thinks about one, holds up nobody else.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "scope_exit.h"
#include "supervisor_internal.h"

#define STACK_SIZE (256u << 10)
#define IDLE_MOST 8 /* threads that wait for a call at once; others end */
#define STOP_TURN_NS 1000000L
#define RELEASE_NS 100000000ULL /* how long one waits before it is looked at whether for nothing */

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000000ULL + (__u64)now.tv_nsec;
}

/* What makes a system call of a worker's return: it is sent to that thread alone. */
static int wake_signal(void)
{
	return SIGRTMIN + 3;
}

static void woken(int signal)
{
	(void)signal;
}

static void dispatch(struct wh_call *call)
{
	switch (call->notice->data.nr) {
	case SYS_connect:
		wh_connect_call(call);
		break;
	case SYS_sendto:
	case SYS_sendmsg:
	case SYS_sendmmsg:
		wh_fast_open_call(call);
		break;
	case SYS_getsockopt:
		wh_option_get_call(call);
		break;
	case SYS_setsockopt:
		wh_option_set_call(call);
		break;
	case SYS_getpeername:
		wh_peer_name_call(call);
		break;
	case SYS_listen:
		wh_listen_call(call);
		break;
	default:
		wh_call_answer(call, -ENOSYS);
		break;
	}
}

/* Whose sockets cannot be taken cannot be redirected, and must not pass. */
static void count_unreachable(struct wh_supervisor *supervisor)
{
	pthread_mutex_lock(&supervisor->lock);
	supervisor->totals.unreachable++;
	pthread_mutex_unlock(&supervisor->lock);
}

static void become_busy(struct wh_worker *worker, __u64 id)
{
	struct wh_supervisor *supervisor = worker->supervisor;
	unsigned int busy;

	pthread_mutex_lock(&supervisor->workers_lock);
	supervisor->idle_count--;
	worker->busy = true;
	worker->call = id;
	worker->since = now_ns();
	busy = supervisor->worker_count - supervisor->idle_count;
	if (busy > supervisor->busy_most)
		supervisor->busy_most = busy;
	pthread_mutex_unlock(&supervisor->workers_lock);
}

static void become_idle(struct wh_worker *worker)
{
	pthread_mutex_lock(&worker->supervisor->workers_lock);
	if (worker->busy)
		worker->supervisor->idle_count++;
	worker->busy = false;
	worker->call = 0;
	pthread_mutex_unlock(&worker->supervisor->workers_lock);
}

/* Whether there are idle ones enough without this one, which then is none any more. */
static bool may_leave(struct wh_worker *worker)
{
	struct wh_supervisor *supervisor = worker->supervisor;
	bool leaves;

	/* Looked at without the lock: it may be wrong now and then. */
	if (supervisor->idle_count <= IDLE_MOST && !supervisor->stopping)
		return false;
	pthread_mutex_lock(&supervisor->workers_lock);
	leaves = supervisor->stopping || supervisor->idle_count > IDLE_MOST;
	if (leaves) {
		supervisor->idle_count--;
		worker->ended = true;
	}
	pthread_mutex_unlock(&supervisor->workers_lock);
	return leaves;
}

static void handle(struct wh_worker *worker, const struct seccomp_notif *notice)
{
	struct wh_supervisor *supervisor = worker->supervisor;

	for (int try = 0; try < 2; try++) {
		struct wh_call call = {.supervisor = supervisor,
				       .worker = worker,
				       .notice = notice,
				       .taken = {.fd = -1}};
		int error = wh_caller_take(supervisor->callers, notice->pid, &call.caller);

		if (error == -EPERM || error == -EACCES)
			count_unreachable(supervisor);
		if (error) {
			/* -ESRCH: nobody waits any more. */
			wh_call_answer(&call,
				       error == -EPERM || error == -EACCES ? -EPERM : -ENOBUFS);
			return;
		}
		dispatch(&call);
		wh_caller_give(supervisor->callers, call.caller);
		if (!call.stale)
			return;
	}
	wh_notify_answer(supervisor->notifications, notice->id, -EINTR);
}

/* Before the answer: the next call may follow on its heels, and finds this worker idle. */
static void finish(struct wh_call *call)
{
	call->answered = true;
	wh_close_fd(&call->taken.fd);
	call->taken.fd = -1;
	become_idle(call->worker);
}

void wh_call_answer(struct wh_call *call, long long result)
{
	finish(call);
	wh_notify_answer(call->supervisor->notifications, call->notice->id, result);
}

void wh_call_continue(struct wh_call *call)
{
	finish(call);
	wh_notify_continue(call->supervisor->notifications, call->notice->id);
}

void wh_call_continues(struct wh_call *call)
{
	become_busy(call->worker, 0);
	wh_call_waits(call);
}

bool wh_call_take_socket(struct wh_call *call)
{
	int fd = wh_caller_descriptor(call->caller, (int)call->notice->data.args[0]);

	if (fd == -ESRCH) {
		wh_caller_forget(call->supervisor->callers, call->caller);
		call->stale = true;
		return false;
	}
	if (fd == -EPERM)
		count_unreachable(call->supervisor);
	if (fd < 0) {
		wh_call_answer(call, fd == -EBADF || fd == -EPERM ? fd : -ENOBUFS);
		return false;
	}
	call->taken.fd = fd;
	if (wh_taken_describe(fd, &call->taken)) {
		wh_call_answer(call, -ENOTSOCK);
		return false;
	}
	return true;
}

/* Nobody is left who could call: the filter ends with the last one. */
static bool is_over(const struct wh_supervisor *supervisor)
{
	struct pollfd poll_fd = {.fd = supervisor->notifications};

	return poll(&poll_fd, 1, 0) > 0 && poll_fd.revents & POLLHUP;
}

static void *work(void *data)
{
	struct wh_worker *worker = data;
	struct wh_supervisor *supervisor = worker->supervisor;
	union wh_notice notice;
	sigset_t wake;

	sigemptyset(&wake);
	sigaddset(&wake, wake_signal());
	pthread_sigmask(SIG_UNBLOCK, &wake, NULL);
	while (!may_leave(worker)) {
		if (!wh_notify_receive(supervisor->notifications, &notice)) {
			become_busy(worker, notice.call.id);
			handle(worker, &notice.call);
			become_idle(worker);
		} else if (is_over(supervisor)) {
			pthread_mutex_lock(&supervisor->workers_lock);
			supervisor->idle_count--;
			worker->ended = true;
			pthread_mutex_unlock(&supervisor->workers_lock);
			break;
		}
	}
	return NULL;
}

/* With the workers' lock. */
static int start_one(struct wh_supervisor *supervisor)
{
	struct wh_worker *worker = calloc(1, sizeof(*worker));
	pthread_attr_t attributes;
	int error;

	if (!worker)
		return -ENOMEM;
	worker->supervisor = supervisor;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	error = pthread_create(&worker->thread, &attributes, work, worker);
	pthread_attr_destroy(&attributes);
	if (error) {
		free(worker);
		return -error;
	}
	worker->next = supervisor->workers;
	supervisor->workers = worker;
	supervisor->worker_count++;
	supervisor->idle_count++;
	return 0;
}

/* Those that have ended are joined; with the workers' lock. */
static void reap(struct wh_supervisor *supervisor)
{
	struct wh_worker **link = &supervisor->workers, *worker;

	while ((worker = *link)) {
		if (!worker->ended) {
			link = &worker->next;
			continue;
		}
		*link = worker->next;
		pthread_join(worker->thread, NULL);
		free(worker);
		supervisor->worker_count--;
	}
}

void wh_call_waits(struct wh_call *call)
{
	struct wh_supervisor *supervisor = call->supervisor;

	pthread_mutex_lock(&supervisor->workers_lock);
	if (!supervisor->idle_count && !supervisor->stopping) {
		reap(supervisor);
		if (supervisor->worker_count < WH_WORKERS_MAX)
			(void)start_one(supervisor);
	}
	pthread_mutex_unlock(&supervisor->workers_lock);
}

int wh_workers_start(struct wh_supervisor *supervisor)
{
	const struct sigaction action = {.sa_handler = woken};
	int error = 0;

	sigaction(wake_signal(), &action, NULL);
	pthread_mutex_lock(&supervisor->workers_lock);
	for (int i = 0; !error && i < 2; i++)
		error = start_one(supervisor);
	pthread_mutex_unlock(&supervisor->workers_lock);
	return error;
}

void wh_workers_release(struct wh_supervisor *supervisor)
{
	__u64 now = now_ns();

	pthread_mutex_lock(&supervisor->workers_lock);
	reap(supervisor);
	for (struct wh_worker *worker = supervisor->workers; worker; worker = worker->next)
		if (worker->call && !worker->ended && now - worker->since > RELEASE_NS &&
		    !wh_notify_waits(supervisor->notifications, worker->call))
			pthread_kill(worker->thread, wake_signal());
	pthread_mutex_unlock(&supervisor->workers_lock);
}

void wh_workers_stop(struct wh_supervisor *supervisor)
{
	const struct timespec turn = {.tv_nsec = STOP_TURN_NS};
	bool left = true;

	pthread_mutex_lock(&supervisor->workers_lock);
	supervisor->stopping = true;
	while (left) {
		reap(supervisor);
		for (struct wh_worker *worker = supervisor->workers; worker; worker = worker->next)
			if (!worker->ended)
				pthread_kill(worker->thread, wake_signal());
		left = supervisor->workers;
		pthread_mutex_unlock(&supervisor->workers_lock);
		/* One that was just about to wait has not noticed: again. */
		if (left)
			nanosleep(&turn, NULL);
		pthread_mutex_lock(&supervisor->workers_lock);
	}
	pthread_mutex_unlock(&supervisor->workers_lock);
}
