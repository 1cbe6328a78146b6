/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * connect(): the address is read once, the socket is taken once, and it is connected from here.
 * What the command does to either meanwhile changes nothing. For sockets of the internet's
 * families the kernel is never told to go on by itself: it would read the address again.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "pended_connect.h"
#include "supervisor_internal.h"

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif
#define LOOPBACK_INDEX 1 /* in every network namespace */

int wh_call_read_address(struct wh_call *call, __u64 at, int size, struct wh_call_address *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (size < 0 || (size_t)size > sizeof(ret->bytes))
		return -EINVAL;
	ret->size = (socklen_t)size;
	return size ? wh_caller_read(call->caller, at, &ret->bytes, (size_t)size) : 0;
}

/* Whether the other side is this machine, and answers at once as a rule. */
static bool is_near(const struct wh_call_address *address)
{
	struct wh_endpoint endpoint;

	return !wh_endpoint_from_bytes(&address->bytes, address->size, &endpoint) &&
	       wh_address_is_loopback(&endpoint.address);
}

/* Whether the caller waits on a socket that does. */
static bool waits(const struct wh_call *call)
{
	int flags = fcntl(call->taken.fd, F_GETFL);

	return flags < 0 ||
	       (!(flags & O_NONBLOCK) && (!call->sending || wh_sending_waits(call->sending)));
}

/* Connects it, wherever to, and sends what there is to send. Waits if the socket is one that waits.
 * Returns what the call returns. */
static int connect_taken(struct wh_call *call, const struct wh_call_address *address)
{
	if ((call->sending || !is_near(address)) && waits(call))
		wh_call_waits(call);
	if (call->sending)
		return wh_sending_open(call, address);
	return connect(call->taken.fd, (const struct sockaddr *)&address->bytes, address->size) ?
		       -errno :
		       0;
}

static void count(struct wh_supervisor *supervisor, uint64_t *counter)
{
	pthread_mutex_lock(&supervisor->lock);
	(*counter)++;
	pthread_mutex_unlock(&supervisor->lock);
}

static int refuse(struct wh_supervisor *supervisor, struct wh_connect *connect, __u32 cause)
{
	wh_verdict_refuse(&connect->attempt.verdict, cause);
	count(supervisor, &supervisor->totals.refused[cause % WH_CAUSE_SLOTS]);
	return -(int)connect->attempt.verdict.error;
}

/* A socket that is bound to a device does not reach the proxy, and only the privileged may take it
 * off again. */
static bool is_bound_elsewhere(const struct wh_taken *taken)
{
	int device = 0;
	socklen_t size = sizeof(device);

	return !getsockopt(taken->fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device, &size) && device &&
	       device != LOOPBACK_INDEX;
}

/* The connect has been made, has begun, or has failed. */
static void settle(struct wh_supervisor *supervisor, struct wh_redirect *redirect, __u64 id,
		   int error)
{
	bool failed = error < 0 && error != -EINPROGRESS;

	pthread_mutex_lock(&supervisor->lock);
	if (!failed)
		supervisor->totals.redirected++;
	if (wh_redirects_by_id(supervisor->redirects, id) == redirect) {
		redirect->connecting = false;
		if (failed)
			wh_redirects_remove(supervisor->redirects, redirect);
	}
	pthread_mutex_unlock(&supervisor->lock);
}

/* Connects it to target. Its record is there before the proxy can ask. */
static int redirect(struct wh_call *call, struct wh_connect *connect,
		    const struct wh_endpoint *target)
{
	struct wh_supervisor *supervisor = call->supervisor;
	struct wh_redirect *redirect;
	struct wh_call_address address;
	__u64 id = 0;
	int error;

	pthread_mutex_lock(&supervisor->lock);
	error = wh_connect_record(supervisor, connect, target, &redirect);
	if (!error)
		id = redirect->record.id;
	pthread_mutex_unlock(&supervisor->lock);
	if (error > 0)
		return refuse(supervisor, connect, (__u32)error);
	if (error)
		return error;
	address.size = wh_endpoint_to_bytes(target, call->taken.family, &address.bytes);
	error = connect_taken(call, &address);
	settle(supervisor, redirect, id, error);
	if (error >= 0 || error == -EINPROGRESS)
		return error;
	if (is_bound_elsewhere(&call->taken))
		return refuse(supervisor, connect, WH_CAUSE_DEVICE);
	count(supervisor, &supervisor->totals.failed);
	return error;
}

static int blocked(struct wh_supervisor *supervisor)
{
	count(supervisor, &supervisor->totals.blocked);
	return -EPERM;
}

/* The question took its time: the proxy may have gone, and somebody else may listen there. */
static int redirect_late(struct wh_call *call, struct wh_connect *connect)
{
	struct wh_supervisor *supervisor = call->supervisor;
	__u32 cause;

	pthread_mutex_lock(&supervisor->lock);
	cause = wh_connect_absence(supervisor, connect);
	pthread_mutex_unlock(&supervisor->lock);
	return cause ? refuse(supervisor, connect, cause) :
		       redirect(call, connect, &connect->attempt.verdict.target);
}

/* Somebody has to be asked before. The thread waits; or the socket, if it is one that does not. */
static int pend(struct wh_call *call, struct wh_connect *connect)
{
	struct wh_supervisor *supervisor = call->supervisor;
	const struct wh_endpoint *holder = wh_pended_holder(supervisor, connect);
	const __u64 cookie = call->taken.cookie;
	enum wh_pended_verdict verdict;
	int error;

	wh_call_waits(call);
	if (!holder || waits(call)) {
		verdict = wh_pended_ask(supervisor, connect);
		return verdict == WH_PENDED_BLOCK ? blocked(supervisor) :
						    redirect_late(call, connect);
	}
	error = redirect(call, connect, holder);
	if (error < 0 && error != -EINPROGRESS)
		return error;
	wh_call_answer(call, call->sending ? wh_sending_result(call, error) : error);
	wh_call_continues(call);
	verdict = wh_pended_ask(supervisor, connect);
	if (verdict == WH_PENDED_BLOCK)
		blocked(supervisor);
	wh_pended_settle(supervisor, cookie, verdict);
	return 0;
}

/* Who decides, and what is asked of whom, with the address of a fresh TCP socket. */
static int decide(struct wh_call *call, const struct wh_call_address *address,
		  struct wh_connect *connect)
{
	struct wh_supervisor *supervisor = call->supervisor;
	enum wh_pended_verdict known;

	wh_caller_identity(call->caller, &connect->who, &connect->path);
	connect->who.netns = call->taken.netns;
	pthread_mutex_lock(&supervisor->lock);
	supervisor->totals.connects++;
	wh_connect_decide(supervisor, connect);
	pthread_mutex_unlock(&supervisor->lock);
	switch (connect->attempt.verdict.action) {
	case WH_ACTION_REFUSE:
		return refuse(supervisor, connect, connect->attempt.verdict.cause);
	case WH_ACTION_REDIRECT:
		if (wh_pended_wanted(supervisor, connect, &known))
			return pend(call, connect);
		return known == WH_PENDED_BLOCK ?
			       blocked(supervisor) :
			       redirect(call, connect, &connect->attempt.verdict.target);
	default:
		count(supervisor, &supervisor->totals.passed);
		return connect_taken(call, address);
	}
}

/* The address as the kernel would understand it; false: whatever it is, no rule is about it. */
static bool understand(const struct wh_taken *taken, const struct wh_call_address *address,
		       struct wh_endpoint *ret)
{
	struct wh_endpoint local = {};

	if (address->bytes.ss_family != taken->family ||
	    wh_endpoint_from_bytes(&address->bytes, address->size, ret) || !ret->port)
		return false;
	if (wh_address_is_any(&ret->address)) {
		if (wh_taken_local(taken, &local))
			return false;
		wh_address_settle(&ret->address, &local.address);
	}
	return true;
}

/* Forgets what an earlier connect of the socket left. Returns 0, or the error of a connect while
 * that one is being made, or has been since the socket was described, by another thread. */
static int leave_earlier(struct wh_supervisor *supervisor, const struct wh_taken *taken)
{
	int error;

	pthread_mutex_lock(&supervisor->lock);
	error = wh_connect_beside(supervisor, taken);
	if (!error)
		wh_redirects_leave(supervisor->redirects, taken->cookie);
	pthread_mutex_unlock(&supervisor->lock);
	return error;
}

int wh_call_connect(struct wh_call *call, const struct wh_call_address *address)
{
	struct wh_supervisor *supervisor = call->supervisor;
	struct wh_connect connect = {.taken = &call->taken};
	struct wh_call_address nowhere = {.size = address->size};
	int error;

	/* Connected, or on its way: the kernel does not look at the address either, unless another
	 * thread has dissolved that by now. */
	if (address->bytes.ss_family != AF_UNSPEC && call->taken.state != TCP_CLOSE) {
		nowhere.bytes.ss_family = address->bytes.ss_family;
		return connect_taken(call, &nowhere);
	}
	error = leave_earlier(supervisor, &call->taken);
	if (error)
		return error;
	if (!understand(&call->taken, address, &connect.attempt.destination))
		return connect_taken(call, address);
	return decide(call, address, &connect);
}

void wh_connect_call(struct wh_call *call)
{
	const __u64 *args = call->notice->data.args;
	struct wh_call_address address;
	int error = wh_call_read_address(call, args[1], (int)args[2], &address);

	/* Taken after it was read: the memory was the caller's if the caller is still there. */
	if (!wh_call_take_socket(call))
		return;
	if (!wh_taken_is_inet(&call->taken)) {
		wh_call_continue(call);
		return;
	}
	if (!error)
		error = wh_taken_is_tcp(&call->taken) ? wh_call_connect(call, &address) :
							connect_taken(call, &address);
	if (!call->answered)
		wh_call_answer(call, error);
}
