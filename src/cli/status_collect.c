/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "status.h"
#include "time_text.h"

static const struct {
	const char *name, *meaning;
} causes[WH_CAUSES] = {
	[WH_CAUSE_FILTER] = {"filter", "a filter blocks"},
	[WH_CAUSE_OWN_LISTENER] = {"own_listener", "a proxy called itself"},
	[WH_CAUSE_FAMILY] = {"family", "no listener of this address family"},
	[WH_CAUSE_HOPS] = {"hops", "a ninth hop"},
	[WH_CAUSE_BOUND] = {"bound", "too many connections pending"},
	[WH_CAUSE_USER_BOUND] = {"user_bound", "too many connections of one user pending"},
	[WH_CAUSE_MEMORY] = {"memory", "no memory in the kernel"},
	[WH_CAUSE_ABSENT] = {"absent", "nobody listens"},
	[WH_CAUSE_INTRUDER] = {"intruder", "somebody else than the owner listens"},
	[WH_CAUSE_NAMESPACE] = {"namespace", "the listener is another namespace's loopback"},
	[WH_CAUSE_DEVICE] = {"device", "the client is bound to a device and may not leave it"},
};

const char *wh_cause_name(unsigned int cause)
{
	return cause < WH_CAUSES ? causes[cause].name : NULL;
}

const char *wh_cause_meaning(unsigned int cause)
{
	return cause < WH_CAUSES ? causes[cause].meaning : NULL;
}

const char *const wh_not_covered[] = {
	"UDP and every other protocol than TCP",
	"traffic that this host forwards, and that of virtual machines",
	"sockets that were connected before the rules came",
	"network namespaces other than the one that a rule was made in, unless it says netns",
	"sockets made in another cgroup than a rule names, wherever they are used",
	NULL,
};

static const char *text_of(const struct wh_status *status, uint32_t offset)
{
	return wh_engine_text(status->engine, offset);
}

static void look_at_listener(struct wh_status *status, struct wh_status_redirector *redirector,
			     int inet6)
{
	struct wh_status_listener *listener = &redirector->listener[inet6];

	listener->endpoint = inet6 ? redirector->rule->listen6 : redirector->rule->listen4;
	if (!listener->endpoint.port)
		return;
	listener->error = redirector->elsewhere ?
				  -EXDEV :
				  wh_engine_listening(status->engine, redirector->rule, inet6,
						      &listener->listening);
}

static int collect_redirectors(struct wh_status *status)
{
	uint64_t netns = 0;

	wh_netns_cookie(&netns);
	for (__u32 i = 0; i < status->rules->redirector_count; i++) {
		const struct wh_redirector *rule = &status->rules->redirector[i];
		struct wh_status_redirector *redirector = &status->redirectors[i];
		int error;

		redirector->rule = rule;
		redirector->set = status->rules->set[rule->set % WH_SETS_MAX].name;
		redirector->text = text_of(status, rule->text);
		redirector->elsewhere = rule->netns != netns;
		error = wh_engine_redirector_counters(status->engine, rule, &redirector->counters);
		if (error)
			return error;
		look_at_listener(status, redirector, 0);
		look_at_listener(status, redirector, 1);
		redirector->processes = calloc(WH_STATUS_PROCESSES, sizeof(*redirector->processes));
		if (!redirector->processes)
			return -ENOMEM;
		redirector->process_count = wh_engine_processes(
			status->engine, rule, redirector->processes, WH_STATUS_PROCESSES);
	}
	return 0;
}

static int collect_filters(struct wh_status *status)
{
	const struct wh_rules *rules = status->rules;

	for (__u32 i = 0; i < rules->filter_count; i++) {
		struct wh_status_filter *filter = &status->filters[i];
		int error;

		filter->rule = &rules->filter[i];
		filter->set = rules->set[filter->rule->set % WH_SETS_MAX].name;
		filter->text = text_of(status, filter->rule->text);
		error = wh_engine_filter_counters(status->engine, filter->rule, &filter->counters);
		if (error)
			return error;
	}
	for (__u32 i = 0; i < rules->rule_count; i++)
		if (rules->rule[i].kind != WH_RULE_REDIRECT)
			status->filters[rules->rule[i].index].kind = rules->rule[i].kind;
	return 0;
}

static int count_open(const struct wh_listing *listing, const struct wh_chain *chain, void *data)
{
	struct wh_status *status = data;
	struct wh_redirector_search search = {
		.rules = status->rules,
		.guid = listing->record.redirector,
		.slot = listing->record.slot,
		.found = WH_NO_REDIRECTOR,
	};

	for (__u64 i = 0; !wh_redirector_step(i, &search); i++)
		;
	if (search.found != WH_NO_REDIRECTOR)
		status->redirectors[search.found].open++;
	return 0;
}

static int collect_all(struct wh_engine *engine, struct wh_status *status,
		       struct wh_problem *problem)
{
	int error;

	status->rules = wh_engine_rules(engine);
	status->redirectors =
		calloc(status->rules->redirector_count + 1ul, sizeof(*status->redirectors));
	status->filters = calloc(status->rules->filter_count + 1ul, sizeof(*status->filters));
	if (!status->redirectors || !status->filters)
		return -ENOMEM;
	error = wh_engine_settings(engine, &status->settings)           ?:
			wh_engine_totals(engine, &status->totals)       ?:
			wh_engine_occupancy(engine, &status->occupancy) ?:
			collect_redirectors(status)                     ?:
									  collect_filters(status);
	if (error)
		return error;
	status->hook_count = wh_engine_hooks(engine, status->hooks);
	if (status->hook_count < 0)
		return status->hook_count;
	status->connections_error = wh_engine_connections(engine, count_open, status, problem);
	return wh_status_warn(status);
}

int wh_status_collect(struct wh_engine *engine, struct wh_status *ret, struct wh_problem *problem)
{
	struct wh_status status = {
		.now = wh_boot_now(),
		.pins = wh_engine_pin_path(),
		.text = text_of,
		.engine = engine,
	};
	struct utsname name;
	int error;

	if (!uname(&name))
		memcpy(status.kernel, name.release, sizeof(name.release));
	problem->text[0] = '\0';
	error = collect_all(engine, &status, problem);
	if (error) {
		wh_status_clear(&status);
		if (!problem->text[0])
			snprintf(problem->text, sizeof(problem->text),
				 "the kernel's counters cannot be read: %s", strerror(-error));
		return error;
	}
	*ret = status;
	return 0;
}

void wh_status_clear(struct wh_status *status)
{
	for (size_t i = 0; i < status->warning_count; i++)
		free(status->warnings[i]);
	free(status->warnings);
	for (__u32 i = 0; status->redirectors && i < status->rules->redirector_count; i++)
		free(status->redirectors[i].processes);
	free(status->redirectors);
	free(status->filters);
	*status = (struct wh_status){0};
}
