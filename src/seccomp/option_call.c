/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What the command itself asks of its sockets: so proxies among it need no library either. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "abi_answer.h"
#include "bind_guard.h"
#include "supervisor_internal.h"
#include "token_codec.h"

/* Writes an answer and its length as the kernel does: nothing but an error tells that it did not
 * fit. */
static int write_answer(struct wh_call *call, const void *answer, size_t size, __u64 buffer,
			__u64 length_at, int room)
{
	const int length = (int)size;
	int error = 0;

	if (buffer && room && (size_t)room < size)
		return -ENOBUFS;
	if (buffer && !room)
		return -EFAULT;
	if (buffer)
		error = wh_caller_write(call->caller, buffer, answer, size);
	return error ? error : wh_caller_write(call->caller, length_at, &length, sizeof(length));
}

void wh_option_get_call(struct wh_call *call)
{
	struct wh_supervisor *supervisor = call->supervisor;
	const __u64 *args = call->notice->data.args;
	unsigned char answer[WH_ANSWER_MAX] __attribute__((aligned(8)));
	int error, room = 0, bad = wh_caller_read(call->caller, args[4], &room, sizeof(room));
	struct wh_cgroup_path path;
	struct wh_identity who;
	size_t size = 0;

	if (!wh_call_take_socket(call))
		return;
	if (bad || room < 0) {
		wh_call_answer(call, bad ? -EFAULT : -EINVAL);
		return;
	}
	wh_caller_identity(call->caller, &who, &path);
	pthread_mutex_lock(&supervisor->lock);
	error = wh_socket_answer(supervisor, &call->taken, (int)args[2],
				 &(struct wh_asker){.who = &who, .path = &path}, answer, &size);
	pthread_mutex_unlock(&supervisor->lock);
	if (!error)
		error = write_answer(call, answer, size, args[3], args[4], room);
	wh_call_answer(call, error);
}

void wh_option_set_call(struct wh_call *call)
{
	struct wh_supervisor *supervisor = call->supervisor;
	const __u64 *args = call->notice->data.args;
	unsigned char bytes[WH_TOKEN_MAX] = {0};
	int size = (int)args[4], error = 0;
	struct wh_cgroup_path path;
	struct wh_identity who;

	if (size > 0)
		error = wh_caller_read(call->caller, args[3], bytes,
				       (size_t)size < sizeof(bytes) ? (size_t)size : sizeof(bytes));
	if (!wh_call_take_socket(call))
		return;
	if (size < 0)
		error = -EINVAL;
	else if ((int)args[2] != WH_OPTION_RECORDS)
		error = -ENOPROTOOPT;
	if (!error) {
		wh_caller_identity(call->caller, &who, &path);
		pthread_mutex_lock(&supervisor->lock);
		error = wh_socket_relate(supervisor, &call->taken, bytes, (size_t)size,
					 &(struct wh_asker){.who = &who, .path = &path});
		pthread_mutex_unlock(&supervisor->lock);
	}
	wh_call_answer(call, error);
}

/* Whether the socket is connected to a redirector, and where it wanted to go. */
static bool find_destination(struct wh_call *call, struct wh_endpoint *ret)
{
	struct wh_supervisor *supervisor = call->supervisor;
	struct wh_redirect *redirect;
	struct wh_endpoint peer;
	bool found = false;

	if (!wh_taken_is_tcp(&call->taken) || wh_taken_peer(&call->taken, &peer))
		return false;
	pthread_mutex_lock(&supervisor->lock);
	redirect = wh_redirects_by_client(supervisor->redirects, call->taken.cookie);
	if (redirect && redirect->proxy.port == peer.port &&
	    wh_address_equal(&redirect->proxy.address, &peer.address)) {
		ret->address = redirect->record.destination;
		ret->port = redirect->record.destination_port;
		found = true;
	}
	pthread_mutex_unlock(&supervisor->lock);
	return found;
}

/* A client sees the peer that it asked for. */
void wh_peer_name_call(struct wh_call *call)
{
	const __u64 *args = call->notice->data.args;
	struct wh_endpoint destination = {};
	struct sockaddr_storage address;
	int room = 0, size, error;

	error = wh_caller_read(call->caller, args[2], &room, sizeof(room));
	if (!wh_call_take_socket(call))
		return;
	if (error || room < 0 || !find_destination(call, &destination)) {
		wh_call_continue(call); /* the kernel knows best; nothing is connected by it */
		return;
	}
	size = (int)wh_endpoint_to_bytes(&destination, call->taken.family, &address);
	if (room)
		error = wh_caller_write(call->caller, args[1], &address,
					(size_t)(room < size ? room : size));
	if (!error)
		error = wh_caller_write(call->caller, args[2], &size, sizeof(size));
	wh_call_answer(call, error);
}

/* Whose process listens at a redirector's address is a process of it. */
void wh_listen_call(struct wh_call *call)
{
	struct wh_supervisor *supervisor = call->supervisor;
	struct wh_bind_search search = {};
	struct wh_cgroup_path path;
	struct wh_identity who;
	struct wh_process process = {.who = &who, .path = &path};

	if (!wh_call_take_socket(call))
		return;
	if (wh_taken_is_tcp(&call->taken) && !wh_taken_local(&call->taken, &search.bound)) {
		wh_caller_identity(call->caller, &who, &path);
		search.netns = call->taken.netns;
		search.process = &process;
		pthread_mutex_lock(&supervisor->lock);
		search.rules = supervisor->rules;
		if (wh_rules_listen_port(supervisor->rules, WH_HOST16(search.bound.port))) {
			wh_bind_find(&search);
			wh_memory_learn(supervisor->memory, supervisor->rules, &who, &search.at);
		}
		pthread_mutex_unlock(&supervisor->lock);
	}
	wh_call_continue(call);
}
