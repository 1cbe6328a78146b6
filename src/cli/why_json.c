/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* "whither why" for programs. */
#include <string.h>

#include "json_text.h"
#include "rule_names.h"
#include "status.h"
#include "why.h"

static json_t *make_listener(const struct wh_why *why)
{
	const struct wh_listening *listening = &why->obstacle.listening;
	json_t *object, *who;

	if (!why->has_obstacle || !why->obstacle.looked)
		return json_null();
	object = json_object();
	wh_json_flag(object, "listening", listening->present);
	if (!listening->present)
		return object;
	wh_json_flag(object, "allowed", listening->allowed);
	who = listening->known ? wh_json_identity(&listening->who) : json_null();
	if (listening->known && listening->executable[0])
		wh_json_string(who, "executable", listening->executable);
	wh_json_member(object, "by", who);
	return object;
}

static void add_name(json_t *object, const char *key, const char *name)
{
	if (name)
		wh_json_string(object, key, name);
	else
		wh_json_member(object, key, json_null());
}

static void add_verdict(json_t *object, const struct wh_why *why)
{
	const struct wh_verdict *verdict = &why->attempt.verdict;
	const struct wh_endpoint *to = &why->attempt.destination;
	bool ends = !why->any_destination, redirects;
	char name[WH_WHY_NAME];

	redirects = ends && verdict->redirector != WH_NO_REDIRECTOR;
	wh_json_string(object, "verdict", wh_why_outcome_name(wh_why_status(why)));
	wh_json_string(object, "by_rules_now", wh_why_outcome_name(why->outcome));
	wh_json_member(object, "destination", wh_json_address(&to->address, to->port));
	add_name(object, "cause", why->outcome == WH_WHY_BLOCK ? wh_cause_name(why->cause) : NULL);
	add_name(object, "error",
		 why->outcome == WH_WHY_BLOCK && ends ?
			 strerrorname_np((int)wh_cause_error(why->cause)) :
			 NULL);
	add_name(object, "rule",
		 ends && verdict->rule < WH_RULES_MAX ?
			 wh_why_rule_name(why->rules, verdict->rule, name) :
			 NULL);
	add_name(object, "redirector",
		 redirects ? wh_why_redirector_name(why->rules, verdict->redirector, name) : NULL);
	wh_json_member(object, "target",
		       redirects ? wh_json_address(&verdict->target.address, verdict->target.port) :
				   json_null());
	wh_json_member(object, "listener", make_listener(why));
}

static json_t *make_row(const struct wh_why *why, const struct wh_reason_row *row)
{
	static const char *const kinds[] = {[WH_RULE_BLOCK] = "block",
					    [WH_RULE_PERMIT] = "permit",
					    [WH_RULE_REDIRECT] = "redirector"};
	static const char *const reasons[] = {
		[WH_REASON_DECIDES] = "decides",  [WH_REASON_CONDITION] = "condition",
		[WH_REASON_PASSED] = "passed",    [WH_REASON_LISTENER] = "listener",
		[WH_REASON_LATER] = "not_asked",  [WH_REASON_OPEN] = "depends_on_destination",
		[WH_REASON_UNSEEN] = "not_asked", [WH_REASON_ABSENT] = "absent",
	};
	char name[WH_WHY_NAME], condition[1024];
	json_t *object = json_object();

	wh_json_string(object, "kind", kinds[why->rules->rule[row->rule].kind]);
	wh_json_string(object, "name", wh_why_rule_name(why->rules, row->rule, name));
	wh_json_string(object, "reason", reasons[row->reason]);
	if (row->reason == WH_REASON_CONDITION)
		wh_json_string(object, "condition",
			       wh_why_condition(why, row, condition, sizeof(condition)));
	return object;
}

static json_t *make_hop(const struct wh_rule_names *names, const struct wh_guid *guid,
			const struct wh_address *destination, __be16 port, bool by_process)
{
	char name[WH_RULE_NAME_TEXT];
	json_t *object = json_object();

	add_name(object, "redirector",
		 wh_rule_is_known(names, guid) ? wh_rule_name(names, guid, name) : NULL);
	wh_json_guid(object, "guid", guid);
	wh_json_member(object, "destination", wh_json_address(destination, port));
	wh_json_flag(object, "by_process", by_process);
	return object;
}

static json_t *make_hops(const struct wh_rule_names *names, const struct wh_record *record,
			 const struct wh_chain *chain)
{
	json_t *hops = json_array();

	for (unsigned int i = 0; chain && i < chain->hop_count && i < WH_HOPS_MAX; i++)
		wh_json_append(hops,
			       make_hop(names, &chain->hop[i].redirector,
					&chain->hop[i].destination, chain->hop[i].destination_port,
					chain->hop[i].flags & WH_HOP_BY_PROCESS));
	if (record)
		wh_json_append(hops, make_hop(names, &record->redirector, &record->destination,
					      record->destination_port, false));
	return hops;
}

static json_t *make_socket(const struct wh_why *why)
{
	const struct wh_why_socket *socket = &why->socket;
	const struct wh_carried *carried = &socket->carried;
	const struct wh_chain *chain = carried->is_outbound ? &carried->outbound : NULL;
	const struct wh_record *record = carried->is_client ? &carried->client : NULL;
	struct wh_rule_names *names = NULL;
	const char *carries = "none";
	json_t *object;

	if (!socket->given || wh_rule_names_new(&names, why->rules))
		return json_null();
	object = json_object();
	if (carried->is_accepted) {
		record = &carried->accepted;
		chain = carried->is_chained ? &carried->chain : NULL;
		carries = "accepted";
	} else if (record) {
		carries = wh_why_is_past(why) ? "redirected" : "redirected_before";
	} else if (chain && chain->source == WH_CHAIN_SET) {
		carries = "set";
	} else {
		chain = NULL;
	}
	wh_json_number(object, "pid", socket->pid);
	wh_json_number(object, "fd", (uint64_t)socket->fd);
	wh_json_member(object, "local",
		       wh_json_address(&socket->local.address, socket->local.port));
	wh_json_member(object, "remote",
		       wh_json_address(&socket->remote.address, socket->remote.port));
	wh_json_string(object, "records", carries);
	wh_json_member(object, "hops", make_hops(names, record, chain));
	wh_rule_names_free(names);
	return object;
}

int wh_why_print_json(const struct wh_why *why, FILE *file)
{
	json_t *object = json_object(), *rows = json_array();
	char name[WH_WHY_NAME];
	bool related = why->attempt.related != WH_NO_REDIRECTOR && why->rules->redirector_count;

	wh_json_flag(object, "active", why->engine != NULL);
	add_verdict(object, why);
	wh_json_member(object, "process", wh_json_identity(&why->who));
	wh_json_member(object, "origin",
		       why->attempt.chain ? wh_json_identity(&why->attempt.chain->who) :
					    json_null());
	add_name(object, "process_of",
		 related ? wh_why_redirector_name(why->rules, why->attempt.related, name) : NULL);
	for (__u32 i = 0; i < why->explanation.row_count; i++)
		wh_json_append(rows, make_row(why, &why->explanation.row[i]));
	wh_json_member(object, "rules", rows);
	wh_json_member(object, "socket", make_socket(why));
	return wh_json_print(object, file);
}
