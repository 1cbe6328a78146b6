/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What "whither why" has to say: who is asked about, what becomes of the connect, and what each
 * rule has to say of it. Finding out (why_question.c, why_socket.c) is apart from saying it
 * (why_text.c, why_json.c).
 */
#ifndef WH_WHY_H
#define WH_WHY_H

#include <stdbool.h>
#include <stdio.h>

#include "choice_reason.h"
#include "engine_inspect.h"

/* The exit statuses that whither(8) promises. */
enum wh_why_outcome {
	WH_WHY_REDIRECT = 0,
	WH_WHY_PERMIT = 1, /* it goes direct */
	WH_WHY_BLOCK = 2,
	WH_WHY_FAILED = 3, /* there is no answer */
};

/* As the arguments have it; NULL: not given. */
struct wh_why_request {
	const char *destination, *user, *exe, *cgroup, *socket;
	__u32 pid; /* 0: not given */
	bool json;
};

struct wh_why_socket {
	__u32 pid; /* 0: no socket is asked about, or nobody holds it */
	int fd;    /* its number there */
	bool given, by_ends, inet6, connected, listening;
	struct wh_endpoint local, remote; /* remote as the kernel has it: maybe a proxy */
	struct wh_carried carried;
};

struct wh_why {
	const struct wh_engine *engine; /* NULL: whither is not active */
	const struct wh_rules *rules;
	struct wh_identity who;
	struct wh_cgroup_path process_path, origin_path;
	struct wh_passed learned;
	bool is_process;          /* who is one that lives; else what the arguments state */
	bool has_exe;             /* the executable is known */
	const char *exe, *cgroup; /* as the arguments name them, or NULL */
	bool any_destination;
	bool is_live; /* the socket is connected, and no other destination is asked about */
	struct wh_why_socket socket;

	struct wh_attempt attempt;
	struct wh_explanation explanation;
	struct wh_obstacle obstacle; /* of the redirector that decides */
	bool has_obstacle;           /* it was looked at */
	enum wh_why_outcome outcome;
	__u32 cause; /* WH_CAUSE_*, of WH_WHY_BLOCK */
};

/* Fills in who and what is asked about. Returns 0, or a negative errno after saying on stderr what
 * was wrong. The strings are the request's. */
int wh_why_ask(const struct wh_why_request *request, struct wh_why *why);

/* The socket of the request: finds it and reads what it carries. As above. */
int wh_why_find_socket(const struct wh_why_request *request, struct wh_why *why);

/* Decides. Returns 0 or a negative errno, said on stderr. */
int wh_why_decide(struct wh_why *why);

/* What the answer is: of a socket that is connected what did happen, else what would. */
enum wh_why_outcome wh_why_status(const struct wh_why *why);

/* Whether the socket is one that was redirected already, so that its connect is past. */
bool wh_why_is_past(const struct wh_why *why);

#define WH_WHY_NAME (2ul * WH_NAME_SIZE + 1)

/* "web/inspect"; and what a rule's text says of a condition, "remote-port = 80". Return ret. */
char *wh_why_rule_name(const struct wh_rules *rules, __u32 rule, char ret[WH_WHY_NAME]);
char *wh_why_redirector_name(const struct wh_rules *rules, __u32 index, char ret[WH_WHY_NAME]);
char *wh_why_condition(const struct wh_why *why, const struct wh_reason_row *row, char *ret,
		       size_t size);

/* "skipped: does not match remote-port = 80". Returns ret. */
#define WH_WHY_LINE 1536
char *wh_why_describe(const struct wh_why *why, const struct wh_reason_row *row, char *ret,
		      size_t size);

/* "permit" */
const char *wh_why_outcome_name(enum wh_why_outcome outcome);

/* Each TCP socket of the process in one line: what it carries. */
void wh_why_print_sockets(const struct wh_why *why, FILE *file);

void wh_why_print_text(const struct wh_why *why, FILE *file);
int wh_why_print_json(const struct wh_why *why, FILE *file);

#endif /* WH_WHY_H */
