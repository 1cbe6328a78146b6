/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The second half of listener_scan.h: what was found goes into the kernel's maps. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <bpf/bpf.h>

#include "bind_guard.h"
#include "learned_process.h"
#include "listener_scan.h"
#include "process_identity.h"
#include "scope_exit.h"
#include "socket_holder.h"

/* What the kernel programs would have noted at listen(). */
struct lesson {
	const struct wh_maps *maps;
	const struct wh_rules *rules;
	const struct wh_found_listener *listener;
	__u64 netns;
};

static void teach_cgroup(const struct lesson *lesson, const struct wh_holder *holder, __u64 cgroup,
			 struct wh_cgroup_path *ret_path)
{
	memset(ret_path, 0, sizeof(*ret_path));
	if (cgroup && !wh_process_cgroup_path(holder->pid, ret_path))
		bpf_map_update_elem(lesson->maps->cgroups, &cgroup, ret_path, BPF_ANY);
}

/* Redirectors without a stated owner learn that this process listens for them. */
static int teach_learned(const struct lesson *lesson, const struct wh_identity *who,
			 const struct wh_slot_set *slots)
{
	struct wh_process_key key = {.start_tick = who->start_time / WH_TICK_NS, .pid = who->pid};
	struct wh_learned learned = {};
	static const struct wh_slot_set none;
	struct timespec now;

	if (!memcmp(slots, &none, sizeof(none)))
		return 0;
	if (bpf_map_lookup_elem(lesson->maps->learned, &key, &learned))
		memset(&learned, 0, sizeof(learned));
	clock_gettime(CLOCK_BOOTTIME, &now);
	wh_learned_add(&learned, lesson->rules, slots, 1,
		       (__u64)now.tv_sec * 1000000000ULL + (__u64)now.tv_nsec);
	return bpf_map_update_elem(lesson->maps->learned, &key, &learned, BPF_ANY);
}

/* Whether who may listen there; *ret_at: the redirectors that would learn from it. */
static int may_listen(const struct lesson *lesson, const struct wh_identity *who,
		      const struct wh_cgroup_path *path, struct wh_slot_set *ret_at)
{
	struct wh_process process = {.who = who, .path = path};
	struct wh_bind_search search = {.rules = lesson->rules,
					.process = &process,
					.bound = lesson->listener->bound,
					.netns = lesson->netns};

	wh_bind_find(&search);
	*ret_at = search.at;
	return search.guarded == WH_NO_REDIRECTOR;
}

/* Does the kernel know somebody for this socket who may listen? */
static int is_known(const struct lesson *lesson, int socket, int *ret_allowed)
{
	struct wh_cgroup_path path = {};
	struct wh_identity noted;
	struct wh_slot_set at;

	if (bpf_map_lookup_elem(lesson->maps->listening, &socket, &noted))
		return 0;
	if (bpf_map_lookup_elem(lesson->maps->cgroups, &noted.cgroup, &path))
		memset(&path, 0, sizeof(path));
	*ret_allowed = may_listen(lesson, &noted, &path, &at);
	return 1;
}

/* A holder that may listen speaks for the socket before one that may not: a socket that was
 * opened by an activator is its service's. Of equals the first stays. */
static int teach_holder(const struct lesson *lesson, const struct wh_holder *holder)
{
	int error, allowed, known_allowed = 0;
	struct wh_cgroup_path path;
	struct wh_identity who;
	WH_AUTO_FD socket = -1;
	struct wh_slot_set at;

	error = wh_process_identity(holder->pid, &who);
	if (error)
		return error == -ESRCH ? 0 : error;
	who.netns = lesson->netns;
	teach_cgroup(lesson, holder, who.cgroup, &path);
	allowed = may_listen(lesson, &who, &path, &at);
	error = teach_learned(lesson, &who, &at);
	if (error)
		return error;
	socket = wh_socket_borrow(holder->pid, holder->fd);
	if (socket < 0)
		return 0; /* it has just gone, or closed it */
	if (is_known(lesson, socket, &known_allowed) && (known_allowed || !allowed))
		return 0;
	return bpf_map_update_elem(lesson->maps->listening, &socket, &who, BPF_ANY);
}

int wh_listeners_teach(const struct wh_maps *maps, const struct wh_rules *rules,
		       const struct wh_listener_scan *scan)
{
	struct lesson lesson = {.maps = maps, .rules = rules};
	uint64_t netns;
	int error = wh_netns_cookie(&netns);

	if (error)
		return error;
	lesson.netns = netns;
	for (size_t i = 0; !error && i < scan->count; i++) {
		lesson.listener = &scan->listeners[i];
		for (size_t j = 0; !error && j < lesson.listener->holder_count; j++)
			error = teach_holder(&lesson, &lesson.listener->holders[j]);
	}
	return error;
}
