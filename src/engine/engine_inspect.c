/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "engine_inspect.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "bind_guard.h"
#include "engine_internal.h"
#include "learned_process.h"
#include "listener_scan.h"
#include "process_identity.h"
#include "scope_exit.h"
#include "socket_holder.h"

/* Returns 1, 0 when the socket has none, or a negative errno. */
static int look_up(int map, int fd, void *ret)
{
	int error = bpf_map_lookup_elem(map, &fd, ret);

	return error == -ENOENT ? 0 : error ? error : 1;
}

int wh_engine_carried(const struct wh_engine *engine, int fd, struct wh_carried *ret)
{
	struct wh_carried carried = {};
	int found[4] = {look_up(engine->maps.client, fd, &carried.client),
			look_up(engine->maps.outbound, fd, &carried.outbound),
			look_up(engine->maps.accepted, fd, &carried.accepted),
			look_up(engine->maps.accepted_chain, fd, &carried.chain)};

	for (size_t i = 0; i < 4; i++)
		if (found[i] < 0)
			return found[i];
	carried.is_client = found[0];
	carried.is_outbound = found[1];
	carried.is_accepted = found[2];
	carried.is_chained = found[3];
	*ret = carried;
	return 0;
}

int wh_engine_learned(const struct wh_engine *engine, const struct wh_identity *who,
		      struct wh_passed *ret)
{
	struct wh_process_key key = {.start_tick = who->start_time / WH_TICK_NS, .pid = who->pid};
	struct wh_learned learned;

	if (bpf_map_lookup_elem(engine->maps.learned, &key, &learned))
		return 0;
	*ret = learned.passed;
	return 1;
}

void wh_engine_cgroup(const struct wh_engine *engine, __u64 id, struct wh_cgroup_path *ret)
{
	if (bpf_map_lookup_elem(engine->maps.cgroups, &id, ret))
		memset(ret, 0, sizeof(*ret));
}

static __u32 check_bounds(const struct wh_engine *engine, uint32_t uid)
{
	__u32 slot = uid % WH_USER_SLOTS;
	struct wh_settings settings;
	struct wh_totals totals;
	__u64 flights = 0;

	if (wh_engine_settings(engine, &settings) || wh_engine_totals(engine, &totals) ||
	    bpf_map_lookup_elem(engine->maps.user_flights, &slot, &flights))
		return WH_CAUSE_MEMORY;
	if (totals.flights >= settings.flight_limit)
		return WH_CAUSE_BOUND;
	return flights >= settings.user_flight_limit ? WH_CAUSE_USER_BOUND : WH_CAUSE_NONE;
}

static void fill_executable(__u32 pid, struct wh_listening *listening)
{
	char link[64];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/%u/exe", pid);
	length = readlink(link, listening->executable, sizeof(listening->executable) - 1);
	listening->executable[length < 0 ? 0 : length] = '\0';
}

/* Who the kernel programs take for the listener; else, for people, who holds it. */
static void identify(const struct wh_engine *engine, const struct wh_redirector *redirector,
		     const struct wh_found_listener *listener, struct wh_listening *ret)
{
	struct wh_cgroup_path path = {};
	struct wh_process process = {.who = &ret->who, .path = &path};
	WH_AUTO_FD socket = -1;

	*ret = (struct wh_listening){.present = 1};
	for (size_t i = 0; socket < 0 && i < listener->holder_count; i++)
		socket = wh_socket_borrow(listener->holders[i].pid, listener->holders[i].fd);
	if (socket >= 0 && look_up(engine->maps.listening, socket, &ret->who) > 0) {
		ret->known = 1;
		wh_engine_cgroup(engine, ret->who.cgroup, &path);
		ret->allowed = wh_process_may_listen(redirector, &process);
	} else if (listener->holder_count &&
		   !wh_process_identity(listener->holders[0].pid, &ret->who)) {
		ret->known = 1;
		ret->allowed = !(redirector->owner.flags & WH_OWNER_STATED);
	}
	if (ret->known)
		fill_executable(ret->who.pid, ret);
}

/* The listener that would get the connection: of its own address before a wildcard's. */
static const struct wh_found_listener *best_listener(const struct wh_listener_scan *scan,
						     const struct wh_endpoint *target)
{
	const struct wh_found_listener *best = NULL;

	for (size_t i = 0; i < scan->count; i++) {
		const struct wh_endpoint *bound = &scan->listeners[i].bound;

		if (!wh_endpoint_covers(bound, target))
			continue;
		if (wh_address_equal(&bound->address, &target->address))
			return &scan->listeners[i];
		if (!best || wh_address_is_v4(&bound->address))
			best = &scan->listeners[i];
	}
	return best;
}

int wh_engine_obstacle(const struct wh_engine *engine, const struct wh_redirector *redirector,
		       const struct wh_endpoint *target, uint32_t uid, struct wh_obstacle *ret)
{
	struct wh_obstacle obstacle = {.cause = WH_CAUSE_NONE};
	const struct wh_found_listener *listener;
	struct wh_listener_scan scan;
	uint64_t netns;
	int error = wh_netns_cookie(&netns);

	if (error)
		return error;
	if (redirector->netns != netns) {
		obstacle.cause = check_bounds(engine, uid);
		*ret = obstacle;
		return 0;
	}
	error = wh_listeners_scan(engine->rules, &scan);
	if (error)
		return error;
	obstacle.looked = 1;
	listener = best_listener(&scan, target);
	if (listener)
		identify(engine, redirector, listener, &obstacle.listening);
	wh_listeners_free(&scan);
	if (!obstacle.listening.present)
		obstacle.cause = WH_CAUSE_ABSENT;
	else if ((redirector->owner.flags & WH_OWNER_STATED) && !obstacle.listening.allowed)
		obstacle.cause = WH_CAUSE_INTRUDER;
	else
		obstacle.cause = check_bounds(engine, uid);
	*ret = obstacle;
	return 0;
}
