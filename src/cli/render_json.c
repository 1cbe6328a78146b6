/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A status for programs. whither(8) describes it; members are only ever added. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json_text.h"
#include "process_text.h"
#include "rule_text.h"
#include "status.h"
#include "time_text.h"

static json_t *make_refused(const __u64 refused[WH_CAUSE_SLOTS])
{
	json_t *object = json_object();

	for (unsigned int cause = WH_CAUSE_NONE + 1; cause < WH_CAUSES; cause++)
		wh_json_number(object, wh_cause_name(cause), refused[cause]);
	return object;
}

/* A part of a rule's text. */
static void add_text(json_t *object, const char *key, const char *text, bool of_owner)
{
	char *part = wh_rule_text_part(text, of_owner);

	wh_json_string(object, key, part ? part : text);
	free(part);
}

static json_t *make_owner(const struct wh_owner *owner, const char *text)
{
	json_t *object = json_object();
	char user[WH_USER_TEXT];

	wh_json_flag(object, "stated", (owner->flags & WH_OWNER_STATED) != 0);
	add_text(object, "text", text, true);
	if (owner->flags & WH_OWNER_USER) {
		wh_json_number(object, "uid", owner->uid);
		wh_json_string(object, "user", wh_user_text(owner->uid, user));
	}
	if (owner->flags & WH_OWNER_EXE) {
		wh_json_number(object, "executable_device", owner->executable_device);
		wh_json_number(object, "executable_inode", owner->executable_inode);
	}
	if (owner->flags & WH_OWNER_CGROUP)
		wh_json_number(object, "cgroup_id", owner->cgroup);
	if (owner->flags & WH_OWNER_LISTEN_USER) {
		wh_json_number(object, "listen_uid", owner->listen_uid);
		wh_json_string(object, "listen_user", wh_user_text(owner->listen_uid, user));
	}
	return object;
}

static json_t *make_listener(const struct wh_status_listener *listener)
{
	json_t *object = wh_json_address(&listener->endpoint.address, listener->endpoint.port);
	const struct wh_listening *listening = &listener->listening;
	json_t *who;

	if (listener->error) {
		/* Not known: neither true nor false. */
		wh_json_member(object, "listening", json_null());
		wh_json_string(object, "error",
			       listener->error == -EXDEV ? "in another network namespace" :
							   strerror(-listener->error));
		return object;
	}
	wh_json_flag(object, "listening", listening->present);
	if (!listening->present)
		return object;
	wh_json_flag(object, "allowed", listening->allowed);
	if (!listening->known) {
		wh_json_member(object, "by", json_null());
		return object;
	}
	who = wh_json_identity(&listening->who);
	if (listening->executable[0])
		wh_json_string(who, "executable", listening->executable);
	wh_json_member(object, "by", who);
	return object;
}

static json_t *make_context(const struct wh_redirector *rule)
{
	static const char *const kinds[] = {
		[WH_CONTEXT_NONE] = NULL,
		[WH_CONTEXT_BYTES] = "bytes",
		[WH_CONTEXT_DESTINATION] = "destination",
		[WH_CONTEXT_ENDPOINTS] = "endpoints",
	};
	json_t *object;

	if (rule->context_kind > WH_CONTEXT_ENDPOINTS || !kinds[rule->context_kind])
		return json_null();
	object = json_object();
	wh_json_string(object, "kind", kinds[rule->context_kind]);
	if (rule->context_kind == WH_CONTEXT_BYTES)
		wh_json_number(object, "size", rule->context_size);
	return object;
}

static json_t *make_redirector(const struct wh_status *status,
			       const struct wh_status_redirector *redirector)
{
	const struct wh_redirector_counters *counters = &redirector->counters;
	json_t *object = json_object(), *listeners = json_array(), *related = json_object();

	wh_json_string(object, "set", redirector->set);
	wh_json_string(object, "name", redirector->rule->name);
	wh_json_guid(object, "guid", &redirector->rule->guid);
	wh_json_member(object, "weight", json_integer(redirector->rule->weight));
	add_text(object, "conditions", redirector->text, false);
	wh_json_member(object, "owner", make_owner(&redirector->rule->owner, redirector->text));
	for (int i = 0; i < 2; i++)
		if (redirector->listener[i].endpoint.port)
			wh_json_append(listeners, make_listener(&redirector->listener[i]));
	wh_json_member(object, "listeners", listeners);
	wh_json_member(object, "context", make_context(redirector->rule));
	wh_json_string(object, "local_address",
		       redirector->rule->flags & WH_LOCAL_ADDRESS_PROXY ? "proxy" : "original");
	wh_json_number(object, "netns_cookie", redirector->rule->netns);
	wh_json_number(object, "taken", counters->taken);
	wh_json_number(object, "arrived", counters->arrived);
	if (status->connections_error)
		wh_json_member(object, "open", json_null());
	else
		wh_json_number(object, "open", redirector->open);
	wh_json_member(object, "last_taken", wh_json_time(status->now, counters->last_taken));
	wh_json_member(object, "blocked", make_refused(counters->refused));
	wh_json_number(related, "by_records", counters->related_by_records);
	wh_json_number(related, "by_process", counters->related_by_process);
	wh_json_member(object, "related", related);
	wh_json_number(object, "binds_refused", counters->binds_refused);
	if (counters->intruder_pid) {
		json_t *intruder = json_object();

		wh_json_number(intruder, "pid", counters->intruder_pid);
		wh_json_number(intruder, "uid", counters->intruder_uid);
		wh_json_member(object, "intruder", intruder);
	} else {
		wh_json_member(object, "intruder", json_null());
	}
	return object;
}

static json_t *make_filter(const struct wh_status *status, const struct wh_status_filter *filter)
{
	json_t *object = json_object();

	wh_json_string(object, "set", filter->set);
	wh_json_string(object, "name", filter->rule->name);
	wh_json_string(object, "action", filter->kind == WH_RULE_BLOCK ? "block" : "permit");
	wh_json_string(object, "conditions", filter->text);
	wh_json_number(object, "hits", filter->counters.hits);
	wh_json_member(object, "last_hit", wh_json_time(status->now, filter->counters.last_hit));
	return object;
}

static json_t *make_set(const struct wh_status *status, const struct wh_set *set)
{
	json_t *object = json_object(), *process = json_null();

	wh_json_string(object, "name", set->name);
	wh_json_string(object, "source", status->text(status, set->text));
	if (set->process_pid) {
		process = json_object();
		wh_json_number(process, "pid", set->process_pid);
		wh_json_number(process, "start_ns", set->process_start);
	}
	wh_json_member(object, "process", process);
	return object;
}

static json_t *make_hook(const struct wh_hook *hook)
{
	json_t *object = json_object();

	wh_json_string(object, "name", hook->name);
	wh_json_flag(object, "needed", hook->needed);
	wh_json_flag(object, "attached", hook->attached);
	wh_json_string(object, "cgroup", hook->cgroup);
	wh_json_number(object, "others", hook->others);
	wh_json_string(object, "other_names", hook->other_names);
	return object;
}

static json_t *make_occupancy(const struct wh_occupancy *occupancy)
{
	json_t *object = json_object();

	wh_json_number(object, "pending", occupancy->flights);
	wh_json_number(object, "pending_chains", occupancy->flight_chains);
	wh_json_number(object, "accepted", occupancy->accepted);
	wh_json_number(object, "issued", occupancy->issued);
	wh_json_number(object, "issued_chains", occupancy->issued_chains);
	return object;
}

static void add_head(const struct wh_status *status, json_t *object)
{
	const struct wh_settings *settings = &status->settings;
	json_t *engine = json_object(), *rules = json_object();
	char moment[WH_MOMENT_TEXT];

	wh_json_flag(object, "active", 1);
	wh_json_string(object, "version", WHITHER_VERSION);
	wh_json_string(object, "kernel", status->kernel);
	wh_json_string(engine, "kind", "kernel");
	wh_json_text(engine, "version", settings->program_version,
		     strnlen(settings->program_version, sizeof(settings->program_version)));
	wh_json_number(engine, "layout", settings->layout);
	wh_json_string(engine, "pins", status->pins);
	wh_json_string(engine, "since", wh_moment_text(settings->made, moment));
	wh_json_number(engine, "max_pending", settings->flight_limit);
	wh_json_number(engine, "max_pending_per_user", settings->user_flight_limit);
	wh_json_member(object, "engine", engine);
	wh_json_number(rules, "version", status->rules->version);
	wh_json_string(rules, "installed", wh_moment_text(status->rules->installed, moment));
	wh_json_member(object, "rules", rules);
}

int wh_status_print_json(const struct wh_status *status, FILE *file)
{
	json_t *object = json_object(), *sets = json_array(), *redirectors = json_array();
	json_t *filters = json_array(), *hooks = json_array(), *warnings = json_array();
	json_t *not_covered = json_array(), *totals = json_object();

	add_head(status, object);
	for (__u32 i = 0; i < status->rules->set_count; i++)
		wh_json_append(sets, make_set(status, &status->rules->set[i]));
	wh_json_member(object, "sets", sets);
	for (__u32 i = 0; i < status->rules->redirector_count; i++)
		wh_json_append(redirectors, make_redirector(status, &status->redirectors[i]));
	wh_json_member(object, "redirectors", redirectors);
	for (__u32 i = 0; i < status->rules->filter_count; i++)
		wh_json_append(filters, make_filter(status, &status->filters[i]));
	wh_json_member(object, "filters", filters);
	wh_json_member(totals, "blocked", make_refused(status->totals.refused));
	wh_json_number(totals, "lost", status->totals.lost);
	wh_json_member(object, "totals", totals);
	wh_json_member(object, "occupancy", make_occupancy(&status->occupancy));
	for (int i = 0; i < status->hook_count; i++)
		wh_json_append(hooks, make_hook(&status->hooks[i]));
	wh_json_member(object, "hooks", hooks);
	for (size_t i = 0; i < status->warning_count; i++)
		wh_json_append_string(warnings, status->warnings[i]);
	wh_json_member(object, "warnings", warnings);
	for (const char *const *phrase = wh_not_covered; *phrase; phrase++)
		wh_json_append_string(not_covered, *phrase);
	wh_json_member(object, "not_covered", not_covered);
	return wh_json_print(object, file);
}
