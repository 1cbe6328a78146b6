/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The hooks: which programs have to be attached where, which are, and making the two agree.
 *
 * connect4/6, getpeername4/6 and the socket events are attached at the root of cgroup v2;
 * bind4/6 as well, when an owner is stated. The socket options cost every getsockopt() below
 * them, so they go to the proxies' own cgroups when every redirector states one.
 */
#ifndef WH_HOOK_ATTACH_H
#define WH_HOOK_ATTACH_H

#include "pin_directory.h"

struct wh_hook_set;

/*
 * Attaches and pins what rules need and is missing; loads the programs only for that. After it,
 * the rules may be put in force. Another whither that is not seen in pins: -EBUSY.
 */
int wh_hooks_attach(const struct wh_pins *pins, const struct wh_rules *rules,
		    struct wh_problem *problem);

/* Detaches what rules no longer need. */
int wh_hooks_detach_unneeded(const struct wh_pins *pins, const struct wh_rules *rules,
			     struct wh_problem *problem);

/* Detaches our programs wherever they are attached, pinned or not. */
int wh_hooks_detach_strays(void);

/* See wh_engine_hooks(). */
int wh_hooks_describe(const struct wh_pins *pins, const struct wh_rules *rules,
		      struct wh_hook *ret);

#endif /* WH_HOOK_ATTACH_H */
