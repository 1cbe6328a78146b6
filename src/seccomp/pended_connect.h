/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Connects about which somebody is asked before they are made. A socket that waits lets its thread
 * wait for the answer. One that does not is connected at once, to a listener of ours at which nobody
 * serves it before the answer is there.
 */
#ifndef WH_PENDED_CONNECT_H
#define WH_PENDED_CONNECT_H

#include "supervisor_internal.h"

int wh_pended_new(struct wh_supervisor *supervisor);
void wh_pended_free(struct wh_supervisor *supervisor);

/* Whether somebody has to be asked. *ret_verdict is the answer if it is known already. */
bool wh_pended_wanted(struct wh_supervisor *supervisor, const struct wh_connect *connect,
		      enum wh_pended_verdict *ret_verdict);

/* Asks, and waits for the answer; another thread of the process may have asked the same before. */
enum wh_pended_verdict wh_pended_ask(struct wh_supervisor *supervisor,
				     const struct wh_connect *connect);

/* Where a connect is sent that does not wait for its answer. NULL: it has to wait. */
const struct wh_endpoint *wh_pended_holder(const struct wh_supervisor *supervisor,
					   const struct wh_connect *connect);

/* The connection of this client's socket that was sent there goes on, or is reset. */
void wh_pended_settle(struct wh_supervisor *supervisor, __u64 client_cookie,
		      enum wh_pended_verdict verdict);

#endif /* WH_PENDED_CONNECT_H */
