/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The kinds of hooks, and the cgroups at which each is attached. */
#ifndef WH_HOOK_PLACE_H
#define WH_HOOK_PLACE_H

#include <linux/bpf.h>

#include "engine.h"

enum wh_hook_scope {
	WH_AT_ROOT,          /* at the root of cgroup v2 */
	WH_AT_ROOT_IF_OWNED, /* there too, while an owner is stated */
	WH_AT_PROXIES,       /* at the proxies' cgroups if all are stated, else at the root */
};

struct wh_hook_kind {
	const char *name;
	const char *program; /* its name in the object and in the kernel, 15 characters at most */
	enum bpf_attach_type type;
	enum wh_hook_scope scope;
};

extern const struct wh_hook_kind wh_hook_kinds[];
extern const size_t wh_hook_kind_count;

struct wh_place {
	int fd; /* of the cgroup */
	int is_root;
	__u64 id;
	char path[256];
};

struct wh_places {
	struct wh_place root;
	struct wh_place *proxies; /* none of them below another; NULL: the root serves */
	size_t proxy_count;
	int owned;
};

/* Finds the cgroups for rules. Free with wh_places_free(). */
int wh_places_find(struct wh_places *ret_places, const struct wh_rules *rules,
		   struct wh_problem *problem);
void wh_places_free(struct wh_places *places);

/* The places of one kind: their number, and each. */
size_t wh_places_count(const struct wh_places *places, const struct wh_hook_kind *kind);
const struct wh_place *wh_places_at(const struct wh_places *places, const struct wh_hook_kind *kind,
				    size_t index);

#endif /* WH_HOOK_PLACE_H */
