/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "json_redirector.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "address_text.h"
#include "json_text.h"
#include "process_text.h"
#include "rule_text.h"

json_t *wh_json_refused(const __u64 refused[WH_CAUSE_SLOTS])
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

static json_t *make_spread(const struct wh_redirector *rule)
{
	const struct wh_spread *spreads[] = {&rule->spread4, &rule->spread6};
	json_t *array = json_array();
	char text[WH_PREFIX_TEXT];

	for (size_t i = 0; i < 2; i++)
		if (spreads[i]->host_bits)
			wh_json_append_string(array, wh_prefix_text(&spreads[i]->prefix,
								    spreads[i]->bits, text));
	return array;
}

static json_t *make_processes(const struct wh_status *status,
			      const struct wh_status_redirector *redirector)
{
	static const char *const reasons[] = {
		[WH_PROCESS_OWNER] = "owner",
		[WH_PROCESS_LISTENED] = "listened",
		[WH_PROCESS_ASKED] = "asked",
	};
	json_t *array = json_array();

	if (redirector->process_count < 0)
		return json_null();
	for (int i = 0; i < redirector->process_count && i < WH_STATUS_PROCESSES; i++) {
		const struct wh_redirector_process *process = &redirector->processes[i];
		json_t *object = wh_json_identity(&process->who);

		wh_json_string(object, "why", reasons[process->reason]);
		wh_json_member(object, "since", wh_json_time(status->now, process->since));
		wh_json_append(array, object);
	}
	return array;
}

json_t *wh_json_redirector(const struct wh_status *status,
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
	wh_json_member(object, "processes", make_processes(status, redirector));
	wh_json_number(object, "process_count",
		       redirector->process_count < 0 ? 0 : (uint64_t)redirector->process_count);
	for (int i = 0; i < 2; i++)
		if (redirector->listener[i].endpoint.port)
			wh_json_append(listeners, make_listener(&redirector->listener[i]));
	wh_json_member(object, "listeners", listeners);
	wh_json_member(object, "spread", make_spread(redirector->rule));
	wh_json_member(object, "context", make_context(redirector->rule));
	wh_json_string(object, "local_address",
		       redirector->rule->flags & WH_LOCAL_ADDRESS_PROXY ? "proxy" : "original");
	wh_json_string(object, "when_absent",
		       redirector->rule->flags & WH_WHEN_ABSENT_PERMIT ? "permit" : "block");
	wh_json_number(object, "netns_cookie", redirector->rule->netns);
	wh_json_number(object, "taken", counters->taken);
	wh_json_number(object, "arrived", counters->arrived);
	if (status->connections_error)
		wh_json_member(object, "open", json_null());
	else
		wh_json_number(object, "open", redirector->open);
	wh_json_member(object, "last_taken", wh_json_time(status->now, counters->last_taken));
	wh_json_member(object, "blocked", wh_json_refused(counters->refused));
	wh_json_number(object, "absent_permitted", counters->absent_permitted);
	wh_json_member(object, "last_absent", wh_json_time(status->now, counters->last_absent));
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
