/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Whose process? Where no owner is stated, a redirector's processes are those that call listen()
 * on its address, and those that ask about a connection that it was sent: a process is learned by
 * id and start, so a child does not inherit it and a later process with the same id is not it.
 */
#ifndef WH_LEARN_BPF_H
#define WH_LEARN_BPF_H

#include "decide.bpf.h"
#include "process_facts.bpf.h"

/* The process belongs to the redirectors that hold slots: it called listen(), or it asked. */
static __noinline int learn_process(const struct wh_rules *rules, const struct wh_process_key *key,
				    const struct wh_slot_set *slots, __u32 listened)
{
	struct wh_learned learned = {}, *known = bpf_map_lookup_elem(&wh_learned, key);

	if (known)
		learned = *known;
	wh_learned_add(&learned, rules, slots, listened, bpf_ktime_get_boot_ns());
	bpf_map_update_elem(&wh_learned, key, &learned, BPF_ANY);
	return 0;
}

/* The current process has asked about a connection that was sent to its redirector. Others may
 * have asked before: a proxy's master, and now the worker that will relate it. */
static __noinline int learn_asker(struct wh_record *record)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
	const struct wh_rules *rules = active_rules();
	const struct wh_redirector *redirector;
	struct wh_process_key key = {};
	struct wh_slot_set slots = {};
	struct wh_learned *known;
	__u32 index;

	record->asker = (__u32)task->tgid;
	if (!rules)
		return 0;
	index = wh_redirector_find(rules, record);
	if (index >= WH_REDIRECTORS_MAX)
		return 0;
	redirector = &rules->redirector[index % WH_REDIRECTORS_MAX];
	if (redirector->owner.flags & WH_OWNER_STATED)
		return 0;
	key.start_tick = task->group_leader->start_boottime / WH_TICK_NS;
	key.pid = (__u32)task->tgid;
	known = bpf_map_lookup_elem(&wh_learned, &key);
	if (known && wh_passed_has(&known->passed, redirector->slot, redirector->since))
		return 0;
	wh_slot_set_add(&slots, redirector->slot);
	return learn_process(rules, &key, &slots, 0);
}

#endif /* WH_LEARN_BPF_H */
