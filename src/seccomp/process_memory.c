/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "process_memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "chain_build.h"

#define PROCESSES 1024
#define CHAINS 8192 /* sockets that were related; powers of two */
#define WAYS 8      /* that each may be kept in */

struct learned {
	__u64 used;
	__u64 start_time;
	__u32 pid;
	struct wh_passed passed;
};

struct kept_chain {
	__u64 used;
	__u64 cookie;
	struct wh_chain chain;
};

struct wh_memory {
	__u64 clock;
	struct learned processes[PROCESSES];
	struct kept_chain *chains; /* made when the first is wanted */
};

int wh_memory_new(struct wh_memory **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

void wh_memory_free(struct wh_memory *memory)
{
	if (!memory)
		return;
	free(memory->chains);
	free(memory);
}

static struct learned *find_process(const struct wh_memory *memory, const struct wh_identity *who)
{
	for (__u32 way = 0; way < WAYS; way++) {
		const struct learned *learned =
			&memory->processes[(who->pid * WAYS + way) % PROCESSES];

		if (learned->pid == who->pid && learned->start_time == who->start_time)
			return (struct learned *)learned;
	}
	return NULL;
}

const struct wh_passed *wh_memory_learned(const struct wh_memory *memory,
					  const struct wh_identity *who)
{
	const struct learned *learned = find_process(memory, who);

	return learned ? &learned->passed : NULL;
}

void wh_memory_learn(struct wh_memory *memory, const struct wh_rules *rules,
		     const struct wh_identity *who, const struct wh_slot_set *slots)
{
	struct learned *learned = find_process(memory, who);

	if (!learned) {
		learned = &memory->processes[(who->pid * WAYS) % PROCESSES];
		for (__u32 way = 1; way < WAYS; way++) {
			struct learned *other =
				&memory->processes[(who->pid * WAYS + way) % PROCESSES];

			if (other->used < learned->used)
				learned = other;
		}
		*learned = (struct learned){.pid = who->pid, .start_time = who->start_time};
	}
	learned->used = ++memory->clock;
	wh_passed_update(&learned->passed, rules);
	learned->passed.version = rules->version;
	wh_slot_set_unite(&learned->passed.slots, slots);
}

static struct kept_chain *chain_place(struct wh_memory *memory, __u64 cookie, __u32 way)
{
	return &memory->chains[(cookie * WAYS + way) % CHAINS];
}

struct wh_chain *wh_memory_chain(struct wh_memory *memory, __u64 cookie)
{
	for (__u32 way = 0; memory->chains && way < WAYS; way++) {
		struct kept_chain *kept = chain_place(memory, cookie, way);

		if (kept->cookie == cookie)
			return &kept->chain;
	}
	return NULL;
}

struct wh_chain *wh_memory_chain_make(struct wh_memory *memory, __u64 cookie)
{
	struct wh_chain *chain = wh_memory_chain(memory, cookie);
	struct kept_chain *oldest;

	if (chain)
		return chain;
	if (!memory->chains)
		memory->chains = calloc(CHAINS, sizeof(*memory->chains));
	if (!memory->chains)
		return NULL;
	oldest = chain_place(memory, cookie, 0);
	for (__u32 way = 1; way < WAYS; way++)
		if (chain_place(memory, cookie, way)->used < oldest->used)
			oldest = chain_place(memory, cookie, way);
	*oldest = (struct kept_chain){.cookie = cookie, .used = ++memory->clock};
	return &oldest->chain;
}
