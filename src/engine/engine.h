/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The kernel side, seen from the tools: loads the programs, attaches and pins them, swaps the
 * rules and reads back what goes on. Nothing keeps running: an engine is open while a verb
 * works, and the kernel holds the state.
 *
 * Functions return 0 or a negative errno. On an error *problem says in one sentence what was
 * wrong, where, and what would be right. Results are untouched on failure. Not thread-safe.
 */
#ifndef WH_ENGINE_H
#define WH_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "kernel_state.h"
#include "rule_set.h"

struct wh_problem {
	char text[512];
};

struct wh_engine;

enum wh_engine_mode {
	WH_ENGINE_READ,   /* as it is; -ENOENT when whither is not active */
	WH_ENGINE_CHANGE, /* made ready if it is not: bpffs mounted, maps and pins made */
};

/*
 * Opens the engine and takes the lock that all verbs share; waits for a verb that holds it.
 * Sets of processes that have died are removed first. Needs the capabilities of
 * whither(8): -EPERM names the missing one.
 */
int wh_engine_open(struct wh_engine **ret_engine, enum wh_engine_mode mode,
		   struct wh_problem *problem);

/* Releases the lock and everything else. NULL is allowed. */
void wh_engine_close(struct wh_engine *engine);

/*
 * Adds set to the active sets, or replaces the one of its name. Either all of the new rules are
 * in force when this returns 0, or, whatever happened and wherever it was killed, the old ones.
 * -ENOSPC: too many rules of all sets together.
 */
int wh_engine_apply(struct wh_engine *engine, const struct wh_rule_set *set,
		    struct wh_problem *problem);

/* What wh_engine_apply() would say of set beside the sets that are active; changes nothing. */
int wh_engine_check(struct wh_engine *engine, const struct wh_rule_set *set,
		    struct wh_problem *problem);

/* Removes one set; the last one takes the programs along. -ENOENT: no such set. */
int wh_engine_remove(struct wh_engine *engine, const char *name, struct wh_problem *problem);

/*
 * Removes everything that bears whither's name: links, programs, maps, the pin directory,
 * whatever state they are in. Needs no open engine and must not be called with one.
 * *ret_removed (may be NULL) is the number of sets that were active, as far as could be told.
 */
int wh_engine_remove_all(unsigned int *ret_removed, struct wh_problem *problem);

/* Bounds of connections in flight: all, and one user's. 0 leaves one as it is. */
int wh_engine_set_limits(struct wh_engine *engine, uint32_t flights, uint32_t user_flights,
			 struct wh_problem *problem);

/* The active table, at least an empty one. The engine's; good until the next apply or remove. */
const struct wh_rules *wh_engine_rules(const struct wh_engine *engine);

/* A string of the table: offset as in its .text members. Never NULL. */
const char *wh_engine_text(const struct wh_engine *engine, uint32_t offset);

/* Counters as they are now. For a slot that is not the redirector's or filter's all are 0. */
int wh_engine_redirector_counters(const struct wh_engine *engine,
				  const struct wh_redirector *redirector,
				  struct wh_redirector_counters *ret);
int wh_engine_filter_counters(const struct wh_engine *engine, const struct wh_filter *filter,
			      struct wh_filter_counters *ret);
int wh_engine_totals(const struct wh_engine *engine, struct wh_totals *ret);
int wh_engine_settings(const struct wh_engine *engine, struct wh_settings *ret);

/* Entries in the per-connection maps now. All are 0 when no redirected connection lives. */
struct wh_occupancy {
	uint64_t flights, flight_chains, issued, issued_chains;
	uint64_t accepted; /* live accepted connections */
};
int wh_engine_occupancy(const struct wh_engine *engine, struct wh_occupancy *ret);

/* A live redirected connection. chain is NULL when there are no older hops. */
typedef int (*wh_connection_visit)(const struct wh_listing *listing, const struct wh_chain *chain,
				   void *data);

/* Calls visit for every live accepted connection that has a record, in every namespace; stops
 * and returns what visit returned when that is not 0. */
int wh_engine_connections(const struct wh_engine *engine, wh_connection_visit visit, void *data,
			  struct wh_problem *problem);

/* Who listens where a redirector is sent to. */
struct wh_listening {
	int present;            /* somebody listens */
	int known;              /* identity is known */
	struct wh_identity who; /* of the process that called listen(), or holds the socket */
	char executable[256];   /* its path now; empty when it is gone */
	int allowed;            /* it is the owner, or no owner is stated */
};

/* Looks at listen4 (inet6 = 0) or listen6 of redirector, in the caller's namespace. */
int wh_engine_listening(const struct wh_engine *engine, const struct wh_redirector *redirector,
			int inet6, struct wh_listening *ret);

/* One of our hooks and what else is attached with it. */
struct wh_hook {
	const char *name; /* "connect4" */
	int needed;       /* by the active rules */
	int attached;
	char cgroup[256];      /* where */
	uint32_t others;       /* other programs that run at this hook there */
	uint32_t later;        /* of these, run after ours */
	char other_names[128]; /* their names, as far as they fit */
};

#define WH_HOOKS_MAX 16

/* Fills ret, of WH_HOOKS_MAX entries, and returns their number, or a negative errno. */
int wh_engine_hooks(const struct wh_engine *engine, struct wh_hook *ret);

/* ---- facts about this machine; need no engine ------------------------------------------- */

/* The cookie of the caller's network namespace (SO_NETNS_COOKIE). */
int wh_netns_cookie(uint64_t *ret_cookie);

/* Start of a process, ns, CLOCK_BOOTTIME, as the kernel compares it; -ESRCH when it is gone.
 * From /proc, whose clock ticks are coarser: *ret_slack is the ns by which it may be off. */
int wh_process_start(uint32_t pid, uint64_t *ret_start, uint64_t *ret_slack);

/* Where cgroup v2 is mounted, and the path of the caller's own cgroup below it. Both strings
 * are malloc()ed. -ENOENT: not mounted. */
int wh_cgroup_self(char **ret_mount, char **ret_path, struct wh_problem *problem);

/* The kernel's key for the pins, "/sys/fs/bpf/whither", for messages. */
const char *wh_engine_pin_path(void);

#endif /* WH_ENGINE_H */
