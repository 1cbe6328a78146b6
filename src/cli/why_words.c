/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What a rule has to say, in words. */
#include <string.h>

#include "address_text.h"
#include "process_text.h"
#include "rule_text.h"
#include "safe_text.h"
#include "status.h"
#include "why.h"

#define PART 768 /* of a line */

char *wh_why_redirector_name(const struct wh_rules *rules, __u32 index, char ret[WH_WHY_NAME])
{
	const struct wh_redirector *redirector = &rules->redirector[index];

	snprintf(ret, WH_WHY_NAME, "%s/%s", rules->set[redirector->set].name, redirector->name);
	return ret;
}

char *wh_why_rule_name(const struct wh_rules *rules, __u32 rule, char ret[WH_WHY_NAME])
{
	const struct wh_filter *filter;

	if (rules->rule[rule].kind == WH_RULE_REDIRECT)
		return wh_why_redirector_name(rules, rules->rule[rule].index, ret);
	filter = &rules->filter[rules->rule[rule].index];
	snprintf(ret, WH_WHY_NAME, "%s/%s", rules->set[filter->set].name, filter->name);
	return ret;
}

static const char *text_of(const struct wh_why *why, __u32 index)
{
	const struct wh_rule *rule = &why->rules->rule[index];

	return wh_engine_text(why->engine, rule->kind == WH_RULE_REDIRECT ?
						   why->rules->redirector[rule->index].text :
						   why->rules->filter[rule->index].text);
}

struct clause_search {
	const char *wanted;
	char *ret;
	size_t size;
};

static int keep_clause(const char *key, char *value, void *data)
{
	struct clause_search *search = data;

	if (strcmp(key, search->wanted) != 0)
		return 0;
	snprintf(search->ret, search->size, "%s = %s", key, value);
	return 1;
}

char *wh_why_condition(const struct wh_why *why, const struct wh_reason_row *row, char *ret,
		       size_t size)
{
	static const char *const keys[] = {
		[WH_TEST_NETNS] = "netns",
		[WH_TEST_REMOTE_PORT] = "remote-port",
		[WH_TEST_REMOTE_ADDRESS] = "remote-address",
		[WH_TEST_USER] = "user",
		[WH_TEST_EXE] = "exe",
		[WH_TEST_CGROUP] = "cgroup",
	};
	struct clause_search search = {.ret = ret, .size = size};

	if (row->kind >= sizeof(keys) / sizeof(keys[0]) || !keys[row->kind]) {
		snprintf(ret, size, "a condition of another version");
		return ret;
	}
	search.wanted = keys[row->kind];
	if (wh_rule_text_visit(text_of(why, row->rule), keep_clause, &search) != 1)
		/* Its file did not write it: the default, or "clients" of the whole file. */
		snprintf(ret, size, "%s",
			 row->kind == WH_TEST_NETNS ? "the network namespace is another one" :
						      search.wanted);
	return ret;
}

static void describe_listener(const struct wh_obstacle *obstacle, char *ret, size_t size)
{
	const struct wh_listening *listening = &obstacle->listening;
	char user[WH_USER_TEXT], path[sizeof(listening->executable) * 2];
	char comm[WH_COMM_SIZE * WH_SAFE_FACTOR];

	if (!listening->known) {
		snprintf(ret, size, "a process that is not known");
		return;
	}
	wh_safe_text(listening->executable, strlen(listening->executable), false, path,
		     sizeof(path));
	wh_safe_text(listening->who.comm, strnlen(listening->who.comm, WH_COMM_SIZE), false, comm,
		     sizeof(comm));
	snprintf(ret, size, "pid %u, user %s, %s", listening->who.pid,
		 wh_user_text(listening->who.uid, user), *path ? path : comm);
}

/* "takes it", or why it cannot. */
static void describe_taker(const struct wh_why *why, char *ret, size_t size)
{
	char target[WH_ADDRESS_TEXT], who[PART];

	wh_address_text(&why->attempt.verdict.target.address, why->attempt.verdict.target.port,
			target);
	describe_listener(&why->obstacle, who, sizeof(who));
	switch (why->cause) {
	case WH_CAUSE_NONE:
		if (why->has_obstacle && why->obstacle.listening.present)
			snprintf(ret, size, "takes it, to %s, where %s listens", target, who);
		else
			snprintf(ret, size, "takes it, to %s", target);
		break;
	case WH_CAUSE_ABSENT:
		snprintf(ret, size, "would take it, but nobody listens at %s", target);
		break;
	case WH_CAUSE_INTRUDER:
		snprintf(ret, size, "would take it, but at %s listens %s, who is not its owner",
			 target, who);
		break;
	default:
		snprintf(ret, size, "would take it, but: %s", wh_cause_meaning(why->cause));
	}
}

static void describe_passed(const struct wh_why *why, char *ret, size_t size)
{
	char name[WH_WHY_NAME];

	if (why->attempt.chain)
		snprintf(ret, size, "skipped: the connection has passed it, say its records");
	else
		snprintf(ret, size, "skipped: a process of %s has passed it",
			 wh_why_redirector_name(why->rules, why->attempt.related, name));
}

static void describe_open(const struct wh_why *why, __u32 index, char *ret, size_t size)
{
	static const char *const verbs[] = {
		[WH_RULE_BLOCK] = "blocks", [WH_RULE_PERMIT] = "permits", [WH_RULE_REDIRECT] = "takes"};
	struct wh_reason_row port = {.rule = (__u16)index, .kind = WH_TEST_REMOTE_PORT};
	struct wh_reason_row address = {.rule = (__u16)index, .kind = WH_TEST_REMOTE_ADDRESS};
	char clauses[2][PART / 2];
	bool has[2];

	wh_why_condition(why, &port, clauses[0], sizeof(clauses[0]));
	wh_why_condition(why, &address, clauses[1], sizeof(clauses[1]));
	has[0] = strchr(clauses[0], '=') != NULL;
	has[1] = strchr(clauses[1], '=') != NULL;
	snprintf(ret, size, "%s what goes to %s%s%s", verbs[why->rules->rule[index].kind],
		 has[1] ? clauses[1] : "", has[0] && has[1] ? "; " : "", has[0] ? clauses[0] : "");
}

static void describe_decision(const struct wh_why *why, __u32 index, char *ret, size_t size)
{
	switch (why->rules->rule[index].kind) {
	case WH_RULE_BLOCK:
		snprintf(ret, size, "blocks it");
		break;
	case WH_RULE_PERMIT:
		snprintf(ret, size, "lets it go direct");
		break;
	default:
		if (why->any_destination)
			snprintf(ret, size, "takes all that is left");
		else
			describe_taker(why, ret, size);
	}
}

char *wh_why_describe(const struct wh_why *why, const struct wh_reason_row *row, char *ret,
		      size_t size)
{
	char text[PART], name[WH_WHY_NAME];

	switch (row->reason) {
	case WH_REASON_DECIDES:
		describe_decision(why, row->rule, ret, size);
		break;
	case WH_REASON_CONDITION:
		snprintf(ret, size, "skipped: does not match %s%s",
			 wh_why_condition(why, row, text, sizeof(text)),
			 row->kind == WH_TEST_EXE && !why->has_exe ? " (no --exe was given)" : "");
		break;
	case WH_REASON_PASSED:
		describe_passed(why, ret, size);
		break;
	case WH_REASON_LISTENER:
		snprintf(ret, size, "skipped: it goes to the address of %s",
			 wh_why_redirector_name(why->rules, why->attempt.listener, name));
		break;
	case WH_REASON_ABSENT:
		snprintf(ret, size,
			 "skipped: nobody listens for it, and it permits that (when-absent)");
		break;
	case WH_REASON_OPEN:
		describe_open(why, row->rule, ret, size);
		break;
	default:
		snprintf(ret, size, "not asked");
	}
	return ret;
}
