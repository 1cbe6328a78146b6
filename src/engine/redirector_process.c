/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "redirector_process.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "engine_internal.h"
#include "learned_process.h"
#include "process_identity.h"
#include "process_relation.h"
#include "scope_exit.h"

struct finder {
	const struct wh_engine *engine;
	const struct wh_redirector *redirector;
	struct wh_redirector_process *found;
	size_t room, count;
};

static void add(struct finder *finder, const struct wh_identity *who, enum wh_process_reason reason,
		uint64_t since)
{
	if (finder->count++ >= finder->room)
		return;
	finder->found[finder->count - 1] =
		(struct wh_redirector_process){.who = *who, .reason = reason, .since = since};
}

/* What was learned of a process, which may have ended since; its number may be another's now. */
static void look_at_learned(struct finder *finder, const struct wh_process_key *key)
{
	const struct wh_redirector *redirector = finder->redirector;
	struct wh_learned learned;
	struct wh_identity who;
	int listened;

	if (bpf_map_lookup_elem(finder->engine->maps.learned, key, &learned) ||
	    !wh_passed_has(&learned.passed, redirector->slot, redirector->since) ||
	    wh_process_identity(key->pid, &who) || who.start_time / WH_TICK_NS != key->start_tick)
		return;
	listened = wh_slot_set_has(&learned.listened, redirector->slot);
	add(finder, &who, listened ? WH_PROCESS_LISTENED : WH_PROCESS_ASKED, learned.since);
}

static int find_learned(struct finder *finder)
{
	struct wh_process_key key, *before = NULL;

	for (unsigned int i = 0; i < WH_LEARNED_MAX; i++) {
		if (bpf_map_get_next_key(finder->engine->maps.learned, before, &key))
			return errno == ENOENT ? 0 : -errno;
		before = &key;
		look_at_learned(finder, &key);
	}
	return 0;
}

static void look_at_owner(struct finder *finder, __u32 pid)
{
	const struct wh_owner *owner = &finder->redirector->owner;
	struct wh_cgroup_path path = {};
	struct wh_identity who;
	struct wh_process process = {.who = &who, .path = &path};

	if (wh_process_identity(pid, &who) || !who.executable_inode)
		return; /* gone, or a thread of the kernel */
	if ((owner->flags & WH_OWNER_CGROUP) && wh_process_cgroup_path(pid, &path))
		return;
	if (wh_owner_matches(owner, &process))
		add(finder, &who, WH_PROCESS_OWNER, who.start_time);
}

static int find_owners(struct finder *finder)
{
	WH_AUTO_DIRECTORY directory = opendir("/proc");
	struct dirent *entry;

	if (!directory)
		return -errno;
	while ((entry = readdir(directory))) {
		char *end;
		unsigned long pid = strtoul(entry->d_name, &end, 10);

		if (pid && !*end)
			look_at_owner(finder, (__u32)pid);
	}
	return 0;
}

int wh_engine_processes(const struct wh_engine *engine, const struct wh_redirector *redirector,
			struct wh_redirector_process *ret, size_t room)
{
	struct finder finder = {
		.engine = engine, .redirector = redirector, .found = ret, .room = room};
	int error = redirector->owner.flags & WH_OWNER_STATED ? find_owners(&finder) :
								find_learned(&finder);

	return error ? error : (int)finder.count;
}
