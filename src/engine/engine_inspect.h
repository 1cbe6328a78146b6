/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What the kernel programs know of one process, one socket, one listener: what "whither why"
 * and "whither doctor" ask. As engine.h: 0 or a negative errno.
 */
#ifndef WH_ENGINE_INSPECT_H
#define WH_ENGINE_INSPECT_H

#include "engine.h"

/* What a socket carries. */
struct wh_carried {
	int is_client;   /* its connect() was redirected: client */
	int is_outbound; /* something lies behind its connect(): outbound */
	int is_accepted; /* it was accepted, and has records: accepted */
	int is_chained;  /* with older hops: chain */
	struct wh_record client;
	struct wh_chain outbound;
	struct wh_record accepted;
	struct wh_chain chain;
};

/* Looks at the socket behind a descriptor of this process. */
int wh_engine_carried(const struct wh_engine *engine, int fd, struct wh_carried *ret);

/* The redirectors that the process was seen to listen for or to ask for. Returns 1, or 0 when
 * there are none, and then *ret is as it was. */
int wh_engine_learned(const struct wh_engine *engine, const struct wh_identity *who,
		      struct wh_passed *ret);

/* The path of a cgroup that the kernel programs have met; all 0 when they have not. */
void wh_engine_cgroup(const struct wh_engine *engine, __u64 id, struct wh_cgroup_path *ret);

/* What keeps a redirector from taking a connect that is decided to be its own. */
struct wh_obstacle {
	__u32 cause;                   /* WH_CAUSE_*; WH_CAUSE_NONE: nothing */
	int looked;                    /* who listens could be seen from here */
	struct wh_listening listening; /* at the target: present, and who */
};

/* Looks as the kernel programs do, for a client of this user. target is the listener that the
 * decision names. Who listens is seen in the caller's network namespace only. */
int wh_engine_obstacle(const struct wh_engine *engine, const struct wh_redirector *redirector,
		       const struct wh_endpoint *target, uint32_t uid, struct wh_obstacle *ret);

#endif /* WH_ENGINE_INSPECT_H */
