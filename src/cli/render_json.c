/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A status for programs. whither(8) describes it; members are only ever added. */
#include <string.h>

#include "json_redirector.h"
#include "json_text.h"
#include "status.h"
#include "time_text.h"

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
		wh_json_append(redirectors, wh_json_redirector(status, &status->redirectors[i]));
	wh_json_member(object, "redirectors", redirectors);
	for (__u32 i = 0; i < status->rules->filter_count; i++)
		wh_json_append(filters, make_filter(status, &status->filters[i]));
	wh_json_member(object, "filters", filters);
	wh_json_member(totals, "blocked", wh_json_refused(status->totals.refused));
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
