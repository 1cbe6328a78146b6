/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A call of the command's: who makes it, what it asks for, and its answer. */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scope_exit.h"
#include "supervisor_internal.h"

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

/* Whether it is about to become another user: that needs nobody's permission here. */
static bool changes_user(const struct seccomp_notif *notice)
{
	switch (notice->data.nr) {
	case SYS_setuid:
	case SYS_setgid:
	case SYS_setreuid:
	case SYS_setregid:
	case SYS_setresuid:
	case SYS_setresgid:
	case SYS_setfsuid:
	case SYS_setfsgid:
		return true;
	default:
		return false;
	}
}

void wh_call_handle(struct wh_worker *worker, const struct seccomp_notif *notice)
{
	struct wh_supervisor *supervisor = worker->supervisor;

	if (changes_user(notice)) {
		wh_caller_changes_user(supervisor->callers, notice->pid);
		wh_worker_end(worker);
		wh_notify_continue(supervisor->notifications, notice->id);
		return;
	}
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
	wh_worker_end(call->worker);
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
	wh_worker_begin(call->worker, 0);
	wh_worker_waits(call->worker);
}

void wh_call_waits(struct wh_call *call)
{
	wh_worker_waits(call->worker);
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
