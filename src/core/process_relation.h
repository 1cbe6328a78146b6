/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Whose process is it? A process belongs to a redirector because its stated owner matches, or,
 * where none is stated, because the process called listen() on the redirector's address.
 *
 * A process that belongs to a redirector and connects without records must have got the
 * connection from that redirector or from one before it; which, nobody knows. It has therefore
 * passed all of them.
 */
#ifndef WH_PROCESS_RELATION_H
#define WH_PROCESS_RELATION_H

#include "plain_loop.h"
#include "rule_table.h"

/* The process in question. */
struct wh_process {
	const struct wh_identity *who;
	const struct wh_cgroup_path *path; /* of the process; NULL: not known */
	const struct wh_passed *learned; /* the redirectors on whose addresses it listens, or NULL */
};

#define WH_NO_REDIRECTOR 0xffffffffu

struct wh_relation {
	const struct wh_rules *rules;
	const struct wh_process *process;
	struct wh_passed passed; /* out: every redirector up to the last it belongs to */
	__u32 last;              /* out: index of that one, or WH_NO_REDIRECTOR */
};

/* Whether the stated parts of owner match; 0 when none is stated. */
WH_RULE int wh_owner_matches(const struct wh_owner *owner, const struct wh_process *process)
{
	if (!(owner->flags & WH_OWNER_STATED))
		return 0;
	if ((owner->flags & WH_OWNER_USER) && owner->uid != process->who->uid)
		return 0;
	if ((owner->flags & WH_OWNER_EXE) &&
	    (owner->executable_inode != process->who->executable_inode ||
	     owner->executable_device != process->who->executable_device))
		return 0;
	if ((owner->flags & WH_OWNER_CGROUP) &&
	    (!process->path || owner->cgroup_level >= WH_CGROUP_LEVELS ||
	     process->path->id[owner->cgroup_level % WH_CGROUP_LEVELS] != owner->cgroup))
		return 0;
	return 1;
}

WH_RULE int wh_process_belongs(const struct wh_redirector *redirector,
			       const struct wh_process *process)
{
	if (redirector->owner.flags & WH_OWNER_STATED)
		return wh_owner_matches(&redirector->owner, process);
	return process->learned &&
	       wh_passed_has(process->learned, redirector->slot, redirector->since);
}

/* Whether the process may bind and listen on the redirector's address while it is protected. */
WH_RULE int wh_process_may_listen(const struct wh_redirector *redirector,
				  const struct wh_process *process)
{
	const struct wh_owner *owner = &redirector->owner;

	if (!(owner->flags & WH_OWNER_STATED))
		return 1;
	if ((owner->flags & WH_OWNER_LISTEN_USER) && owner->listen_uid == process->who->uid)
		return 1;
	return wh_owner_matches(owner, process);
}

static long wh_relation_step(__u64 index, void *context)
{
	struct wh_relation *relation = context;
	const struct wh_redirector *redirector;

	if (index >= relation->rules->redirector_count || index >= WH_REDIRECTORS_MAX)
		return 1;
	redirector = &relation->rules->redirector[index % WH_REDIRECTORS_MAX];
	if (wh_process_belongs(redirector, relation->process)) {
		wh_slot_set_unite(&relation->passed.slots, &redirector->upto);
		relation->last = (__u32)index;
	}
	return 0;
}

/* Finds all redirectors to which the process belongs. */
WH_RULE void wh_relation_find(struct wh_relation *relation, const struct wh_rules *rules,
			      const struct wh_process *process)
{
	*relation = (struct wh_relation){.rules = rules,
					 .process = process,
					 .passed = {.version = rules->version},
					 .last = WH_NO_REDIRECTOR};
	wh_loop(WH_REDIRECTORS_MAX, wh_relation_step, relation, 0);
}

#endif /* WH_PROCESS_RELATION_H */
