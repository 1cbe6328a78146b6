/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What else runs at a hook: other owners' programs, and our own that have lost their pins. */
#ifndef WH_HOOK_SURVEY_H
#define WH_HOOK_SURVEY_H

#include "hook_place.h"
#include "pin_directory.h"

/* The number of programs besides ours (its id) that run at this hook of this cgroup; their
 * names, separated by commas, as far as they fit; and how many of them run after ours. */
__u32 wh_hook_others(const struct wh_hook_kind *kind, const struct wh_place *place, __u32 ours,
		     __u32 *ret_later, char *names, size_t size);

/* Whether the hook, here or above, was taken without BPF_F_ALLOW_MULTI, and by what. */
int wh_hook_exclusive(const struct wh_hook_kind *kind, const struct wh_place *place, char *names,
		      size_t size);

/* -EBUSY when a program of ours runs at the root that no link in pins holds: another whither is
 * active, whose pins are elsewhere (another mount namespace). */
int wh_hooks_check_strays(const struct wh_pins *pins, const struct wh_place *root,
			  struct wh_problem *problem);

#endif /* WH_HOOK_SURVEY_H */
