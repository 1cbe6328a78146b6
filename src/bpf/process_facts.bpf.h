/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Who is calling? Reads the current process and the cgroup of a socket, once each.
 */
#ifndef WH_PROCESS_FACTS_BPF_H
#define WH_PROCESS_FACTS_BPF_H

#include "state_maps.bpf.h"

/* Reads the process; cgroup and netns belong to the socket and are left 0. */
static __always_inline void identity_read(struct wh_identity *ret)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
	struct task_struct *leader = task->group_leader;
	const struct cred *cred = task->cred;
	struct inode *inode = task->mm->exe_file->f_inode;

	ret->pid = (__u32)task->tgid;
	ret->start_time = leader->start_boottime;
	ret->uid = cred->euid.val;
	ret->gid = cred->egid.val;
	ret->executable_inode = inode->i_ino;
	ret->executable_device = inode->i_sb->s_dev;
	ret->cgroup = 0;
	ret->netns = 0;
	bpf_probe_read_kernel_str(ret->comm, sizeof(ret->comm), leader->comm);
}

/* Matches no rule: stands for the path of a cgroup that is not known. Never written, but not
 * const: the verifier would not let it into a global function. */
struct wh_cgroup_path unknown_cgroup = {};

/* The ids of cgroup and its ancestors. They never change, so they are kept by id. */
static __noinline int cgroup_learn(struct bpf_sock *sk, __u64 id, struct cgroup *cgroup)
{
	struct wh_cgroup_path *fresh;
	int level = BPF_CORE_READ(cgroup, level);

	fresh = bpf_sk_storage_get(&wh_scratch, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!fresh)
		return 0;
	for (int i = 0; i < WH_CGROUP_LEVELS; i++) {
		struct cgroup *ancestor;

		if (i > level)
			break;
		ancestor = BPF_CORE_READ(cgroup, ancestors[i]);
		fresh->id[i] = BPF_CORE_READ(ancestor, kn, id);
	}
	bpf_map_update_elem(&wh_cgroups, &id, fresh, BPF_ANY);
	bpf_sk_storage_delete(&wh_scratch, sk);
	return 0;
}

/* The path of the cgroup with this id, if it has been met. Never NULL. */
static __always_inline struct wh_cgroup_path *cgroup_known(__u64 id)
{
	struct wh_cgroup_path *known = bpf_map_lookup_elem(&wh_cgroups, &id);

	return known ? known : &unknown_cgroup;
}

/* The path of cgroup; NULL is not known. sk lends its storage. Never NULL. */
static __always_inline struct wh_cgroup_path *cgroup_path(struct bpf_sock *sk,
							  struct cgroup *cgroup)
{
	struct wh_cgroup_path *known;
	__u64 id;

	if (!cgroup)
		return &unknown_cgroup;
	id = cgroup->kn->id;
	known = bpf_map_lookup_elem(&wh_cgroups, &id);
	if (known)
		return known;
	cgroup_learn(sk, id, cgroup);
	return cgroup_known(id);
}

static __always_inline struct cgroup *socket_cgroup(struct bpf_sock *sk)
{
	struct sock *sock = (struct sock *)bpf_skc_to_tcp_sock(sk);

	return sock ? sock->sk_cgrp_data.cgroup : NULL;
}

/* Whether the socket's network namespace is owned by the initial user namespace. Others are made
 * by ordinary users, who may give them any address. */
static __always_inline int in_host_netns(struct bpf_sock *sk)
{
	struct sock *sock = (struct sock *)bpf_skc_to_tcp_sock(sk);

	return sock && sock->__sk_common.skc_net.net->user_ns->level == 0;
}

static __always_inline struct cgroup *process_cgroup(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();

	return task->cgroups->dfl_cgrp;
}

#endif /* WH_PROCESS_FACTS_BPF_H */
