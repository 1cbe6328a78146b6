/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Why a connect is decided as it is: what each rule has to say of it. The reasons are found by a
 * walk of their own, which comes to a decision too: core_reason_test shows that it never differs
 * from wh_attempt_decide()'s.
 *
 * For user space; nothing here is fit for the verifier.
 */
#ifndef WH_CHOICE_REASON_H
#define WH_CHOICE_REASON_H

#include "connect_attempt.h"

enum wh_reason {
	WH_REASON_DECIDES = 0,   /* the rule decides */
	WH_REASON_CONDITION = 1, /* a condition does not match: .kind */
	WH_REASON_PASSED = 2,    /* the connection has passed this redirector already */
	WH_REASON_LISTENER = 3,  /* who goes to a redirector's own address is not redirected */
	WH_REASON_LATER = 4,     /* a rule before it decides */
	WH_REASON_OPEN = 5,      /* it would decide, if the destination matches */
	WH_REASON_UNSEEN = 6,    /* refused before any rule was looked at */
	WH_REASON_ABSENT = 7,    /* its proxy is absent, and it permits that the connect goes on */
};

struct wh_reason_row {
	__u16 rule;  /* its index */
	__u8 reason; /* WH_REASON_* */
	__u8 kind;   /* WH_TEST_*: of the condition that does not match */
};

struct wh_explanation {
	struct wh_verdict verdict; /* as the rows have it */
	__u32 row_count;           /* one for each rule, in their order */
	struct wh_reason_row row[WH_RULES_MAX];
};

WH_RULE int wh_test_is_remote(const struct wh_test *test)
{
	return test->kind == WH_TEST_REMOTE_PORT || test->kind == WH_TEST_REMOTE_ADDRESS;
}

/* The kind of the first condition that does not match, or 0. Without a destination the
 * conditions on it are passed over, and *ret_open says that there are some. */
WH_RULE __u8 wh_rule_mismatch(const struct wh_rules *rules, const struct wh_rule *rule,
			      const struct wh_facts *facts, int *ret_open)
{
	*ret_open = 0;
	for (__u32 at = rule->first; at < rule->end;) {
		const struct wh_test *test = &rules->test[at % WH_TESTS_MAX];

		if (!facts->destination.port && wh_test_is_remote(test)) {
			*ret_open = 1;
			at = test->next;
		} else if (wh_test_matches(test, facts)) {
			at = test->next;
		} else if (test->last) {
			return test->kind;
		} else {
			at++;
		}
	}
	return 0;
}

/* What the rule that decides makes of the connect. */
WH_RULE void wh_explain_end(const struct wh_attempt *attempt, __u32 index, struct wh_verdict *ret)
{
	const struct wh_rule *rule = &attempt->rules->rule[index];
	const struct wh_endpoint *target;

	ret->rule = index;
	if (rule->kind == WH_RULE_PERMIT)
		return;
	if (rule->kind == WH_RULE_BLOCK) {
		wh_verdict_refuse(ret, WH_CAUSE_FILTER);
		return;
	}
	ret->redirector = rule->index;
	if (attempt->hops >= WH_HOPS_MAX) {
		wh_verdict_refuse(ret, WH_CAUSE_HOPS);
		return;
	}
	target = wh_redirector_target(&attempt->rules->redirector[rule->index], attempt->inet6,
				      (__u32)wh_address_is_v4(&attempt->destination.address));
	if (!target) {
		wh_verdict_refuse(ret, WH_CAUSE_FAMILY);
		return;
	}
	if (!wh_target_reached(&attempt->rules->redirector[rule->index], target, attempt->netns)) {
		wh_verdict_refuse(ret, WH_CAUSE_NAMESPACE);
		return;
	}
	ret->action = WH_ACTION_REDIRECT;
	ret->target = *target;
}

/* One rule; sets *decided when it ends the search. */
WH_RULE __u8 wh_explain_rule(const struct wh_attempt *attempt, __u32 index, int *decided,
			     struct wh_explanation *ret)
{
	const struct wh_rule *rule = &attempt->rules->rule[index];
	struct wh_facts facts = wh_attempt_facts(attempt);
	const struct wh_redirector *redirector;
	int open;

	ret->row[index].kind = wh_rule_mismatch(attempt->rules, rule, &facts, &open);
	if (ret->row[index].kind)
		return WH_REASON_CONDITION;
	if (rule->kind == WH_RULE_REDIRECT) {
		redirector = &attempt->rules->redirector[rule->index];
		if (attempt->listener != WH_NO_REDIRECTOR)
			return WH_REASON_LISTENER;
		if (wh_slot_set_has(&attempt->absent, redirector->slot))
			return WH_REASON_ABSENT;
		if (wh_passed_has(&attempt->passed, redirector->slot, redirector->since))
			return WH_REASON_PASSED;
	}
	if (open)
		return WH_REASON_OPEN;
	*decided = 1;
	wh_explain_end(attempt, index, &ret->verdict);
	return WH_REASON_DECIDES;
}

/* What each rule has to say of an attempt of which wh_attempt_decide() has looked at what lies
 * behind. Without a destination, rules that ask for one are WH_REASON_OPEN. */
WH_RULE void wh_attempt_explain(const struct wh_attempt *attempt, struct wh_explanation *ret)
{
	int decided = attempt->listener != WH_NO_REDIRECTOR && attempt->own;
	__u8 after = decided ? WH_REASON_UNSEEN : WH_REASON_LATER;

	ret->verdict = (struct wh_verdict){.rule = WH_RULES_MAX, .redirector = WH_NO_REDIRECTOR};
	ret->row_count = attempt->rules->rule_count;
	if (decided) {
		ret->verdict.redirector = attempt->listener;
		wh_verdict_refuse(&ret->verdict, WH_CAUSE_OWN_LISTENER);
	}
	for (__u32 i = 0; i < ret->row_count; i++) {
		ret->row[i] = (struct wh_reason_row){.rule = (__u16)i, .reason = after};
		if (!decided)
			ret->row[i].reason = wh_explain_rule(attempt, i, &decided, ret);
	}
}

#endif /* WH_CHOICE_REASON_H */
