/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "event_text.h"

#include <string.h>

#include "address_text.h"
#include "json_text.h"
#include "process_text.h"
#include "safe_text.h"
#include "status.h"
#include "time_text.h"

const char *wh_event_verdict(const struct wh_event *event)
{
	switch (event->action) {
	case WH_ACTION_REDIRECT:
		return "redirect";
	case WH_ACTION_REFUSE:
		return "block";
	default:
		return "permit";
	}
}

char *wh_event_redirector(const struct wh_event_names *names, const struct wh_event *event,
			  char ret[WH_EVENT_NAME])
{
	static const struct wh_guid none;
	const struct wh_rules *rules = names->rules;

	ret[0] = '\0';
	if (wh_guid_equal(&event->redirector, &none))
		return ret;
	for (__u32 i = 0; rules && i < rules->redirector_count; i++)
		if (wh_guid_equal(&rules->redirector[i].guid, &event->redirector)) {
			snprintf(ret, WH_EVENT_NAME, "%s/%s",
				 rules->set[rules->redirector[i].set].name,
				 rules->redirector[i].name);
			return ret;
		}
	return wh_guid_text(&event->redirector, ret); /* it has left the rules */
}

/* The filter that decided, or "". */
static char *filter_name(const struct wh_event_names *names, const struct wh_event *event,
			 char ret[WH_EVENT_NAME])
{
	const struct wh_rules *rules = names->rules;
	const struct wh_filter *filter;

	ret[0] = '\0';
	if (event->rule >= WH_RULES_MAX)
		return ret;
	if (!rules || rules->version != event->version || event->rule >= rules->rule_count) {
		if (event->action != WH_ACTION_REDIRECT)
			snprintf(ret, WH_EVENT_NAME, "rule %u of version %llu", event->rule,
				 (unsigned long long)event->version);
		return ret;
	}
	if (rules->rule[event->rule].kind == WH_RULE_REDIRECT)
		return ret;
	filter = &rules->filter[rules->rule[event->rule].index];
	snprintf(ret, WH_EVENT_NAME, "%s/%s", rules->set[filter->set].name, filter->name);
	return ret;
}

/* Why, in words, without the name of the rule. */
static const char *reason(const struct wh_event *event)
{
	if (event->kind == WH_EVENT_BIND)
		return "the address is a redirector's, and this is not its owner";
	if (event->action == WH_ACTION_REFUSE)
		return wh_cause_meaning(event->cause);
	if (event->action == WH_ACTION_REDIRECT)
		return "it matches";
	if (event->rule < WH_RULES_MAX)
		return "a filter permits";
	if (event->flags & WH_EVENT_TO_LISTENER)
		return "it goes to a redirector's own address";
	return event->hops ? "all that match have been passed" : "no rule takes it";
}

void wh_event_print_text(const struct wh_event_names *names, const struct wh_event *event,
			 FILE *file)
{
	char moment[WH_MOMENT_TEXT], user[WH_USER_TEXT], name[WH_EVENT_NAME];
	char path[WH_PATH_TEXT], safe[WH_PATH_TEXT * WH_SAFE_FACTOR], address[WH_ADDRESS_TEXT];
	char comm[WH_COMM_SIZE * WH_SAFE_FACTOR + 3];
	const char *why = reason(event);

	fprintf(file, "%s pid=%u user=%s name=%s",
		wh_moment_text(wh_boot_to_real(event->time), moment), event->who.pid,
		wh_user_text(event->who.uid, user),
		wh_safe_text(event->who.comm, strnlen(event->who.comm, WH_COMM_SIZE), true, comm,
			     sizeof(comm)));
	wh_executable_text(&event->who, path);
	if (*path)
		fprintf(file, " exe=%s",
			wh_safe_text(path, strlen(path), true, safe, sizeof(safe)));
	fprintf(file, " %s=%s verdict=%s", event->kind == WH_EVENT_BIND ? "bind" : "to",
		wh_address_text(&event->destination.address, event->destination.port, address),
		wh_event_verdict(event));
	if (*wh_event_redirector(names, event, name))
		fprintf(file, " redirector=%s", name);
	if (*filter_name(names, event, name))
		fprintf(file, " filter=%s", strchr(name, ' ') ? "?" : name);
	if (event->target.port)
		fprintf(file, " at=%s",
			wh_address_text(&event->target.address, event->target.port, address));
	if (event->hops)
		fprintf(file, " hops=%u", event->hops);
	fprintf(file, " why=\"%s\"\n", why ? why : "a cause of another version");
}

static void add_name(json_t *object, const char *key, const char *name)
{
	if (*name)
		wh_json_string(object, key, name);
	else
		wh_json_member(object, key, json_null());
}

int wh_event_print_json(const struct wh_event_names *names, const struct wh_event *event,
			FILE *file)
{
	static const char *const kinds[] = {
		[WH_EVENT_CONNECT] = "connect", [WH_EVENT_FAILED] = "failed", [WH_EVENT_BIND] = "bind"};
	const char *cause = event->action == WH_ACTION_REFUSE ? wh_cause_name(event->cause) : NULL;
	char moment[WH_MOMENT_TEXT], name[WH_EVENT_NAME];
	json_t *object = json_object();
	const char *why = reason(event);

	wh_json_string(object, "event",
		       event->kind <= WH_EVENT_BIND && kinds[event->kind] ? kinds[event->kind] :
									    "unknown");
	wh_json_string(object, "time", wh_moment_text(wh_boot_to_real(event->time), moment));
	wh_json_member(object, "process", wh_json_identity(&event->who));
	wh_json_member(object, "destination",
		       wh_json_address(&event->destination.address, event->destination.port));
	wh_json_string(object, "verdict", wh_event_verdict(event));
	add_name(object, "cause", cause ? cause : "");
	add_name(object, "redirector", wh_event_redirector(names, event, name));
	add_name(object, "filter", filter_name(names, event, name));
	wh_json_member(object, "target",
		       wh_json_address(&event->target.address, event->target.port));
	wh_json_number(object, "hops", event->hops);
	wh_json_flag(object, "records_set", event->flags & WH_EVENT_SET);
	add_name(object, "why", why ? why : "");
	return wh_json_print_line(object, file);
}
