/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Is the proxy there? Whether the listener to which a connect would be sent is the owner's, and
 * what becomes of the connect when it is not.
 */
#ifndef WH_LISTENER_CHECK_H
#define WH_LISTENER_CHECK_H

#include "process_relation.h"
#include "redirect_choice.h"

/* A connect passes over at most so many absent proxies; one more, and it is refused. */
#define WH_ABSENT_MAX 8

/* Whether anything depends on who listens. */
WH_RULE int wh_listener_matters(const struct wh_redirector *redirector)
{
	return (redirector->owner.flags & WH_OWNER_STATED) ||
	       (redirector->flags & WH_WHEN_ABSENT_PERMIT);
}

/* Returns 0 or a cause. present: somebody listens; holder: who, NULL when that is not known. */
WH_RULE __u32 wh_listener_cause(const struct wh_redirector *redirector, __u32 present,
				const struct wh_process *holder)
{
	if (!present)
		return WH_CAUSE_ABSENT;
	if (!(redirector->owner.flags & WH_OWNER_STATED))
		return WH_CAUSE_NONE;
	if (!holder || !wh_process_may_listen(redirector, holder))
		return WH_CAUSE_INTRUDER;
	return WH_CAUSE_NONE;
}

/* Whether the connect goes on as if the redirector were not there. That somebody else holds its
 * address is no more than that its proxy is absent. */
WH_RULE int wh_absence_permits(const struct wh_redirector *redirector, __u32 cause)
{
	return (redirector->flags & WH_WHEN_ABSENT_PERMIT) &&
	       (cause == WH_CAUSE_ABSENT || cause == WH_CAUSE_INTRUDER);
}

/*
 * The proxy of redirector is not there, for this cause, and tried absent ones were passed over
 * before it. Returns 1 when the connect goes on without it, which passed then holds: let
 * wh_choice_final() decide again. Returns 0 when the cause refuses the connect.
 */
WH_RULE int wh_pass_over(const struct wh_redirector *redirector, __u32 cause, __u32 tried,
			 struct wh_slot_set *passed)
{
	if (tried >= WH_ABSENT_MAX || !wh_absence_permits(redirector, cause))
		return 0;
	wh_slot_set_add(passed, redirector->slot);
	return 1;
}

#endif /* WH_LISTENER_CHECK_H */
