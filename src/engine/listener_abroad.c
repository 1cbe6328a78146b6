/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "listener_abroad.h"

#include <errno.h>
#include <string.h>

#include "engine_problem.h"
#include "process_identity.h"
#include "spread_address.h"

static int may_listen(const struct wh_redirector *redirector, __u32 pid)
{
	struct wh_cgroup_path path = {};
	struct wh_identity who;
	struct wh_process process = {.who = &who, .path = &path};

	if (wh_process_identity(pid, &who))
		return 0;
	if (wh_process_cgroup_path(pid, &path))
		memset(&path, 0, sizeof(path));
	return wh_process_may_listen(redirector, &process);
}

static int is_the_owners(const struct wh_redirector *redirector,
			 const struct wh_found_listener *listener)
{
	for (size_t i = 0; i < listener->holder_count; i++)
		if (may_listen(redirector, listener->holders[i].pid))
			return 1;
	return 0;
}

static int check_one(const struct wh_rules *rules, const struct wh_redirector *redirector,
		     const struct wh_listener_scan *scan, struct wh_problem *problem)
{
	for (size_t i = 0; i < scan->count; i++) {
		const struct wh_found_listener *listener = &scan->listeners[i];

		if (!wh_redirector_at(redirector, &listener->bound) ||
		    is_the_owners(redirector, listener))
			continue;
		return wh_problem_set(problem, -EADDRINUSE,
				      "redirector %s of set %s: its address is held by pid %u, "
				      "which is not its owner and would be given the connections "
				      "of other network namespaces: it has to end first",
				      redirector->name, rules->set[redirector->set].name,
				      listener->holder_count ? listener->holders[0].pid : 0);
	}
	return 0;
}

int wh_listeners_check_abroad(const struct wh_rules *rules, const struct wh_listener_scan *scan,
			      struct wh_problem *problem)
{
	uint64_t netns;
	int error = wh_netns_cookie(&netns);

	for (__u32 i = 0; !error && i < rules->redirector_count; i++) {
		const struct wh_redirector *redirector = &rules->redirector[i];

		if ((redirector->flags & WH_REDIRECTOR_ABROAD) && redirector->netns == netns &&
		    (redirector->owner.flags & WH_OWNER_STATED))
			error = check_one(rules, redirector, scan, problem);
	}
	return error;
}
