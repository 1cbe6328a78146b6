/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "render_redirector.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "address_text.h"
#include "process_text.h"
#include "rule_text.h"
#include "safe_text.h"
#include "time_text.h"

static const char *safe(const char *text, char *ret, size_t size)
{
	return wh_safe_text(text, strlen(text), false, ret, size);
}

static void print_who(const struct wh_listening *listening, FILE *file)
{
	char comm[WH_COMM_SIZE * WH_SAFE_FACTOR + 3], user[WH_USER_TEXT];
	char path[sizeof(listening->executable) * WH_SAFE_FACTOR];

	if (!listening->known) {
		fprintf(file, "listening, by whom is not known\n");
		return;
	}
	fprintf(file, "listening: pid %u, user %s", listening->who.pid,
		wh_user_text(listening->who.uid, user));
	if (listening->executable[0])
		fprintf(file, ", %s\n", safe(listening->executable, path, sizeof(path)));
	else
		fprintf(file, ", %s (gone)\n",
			wh_safe_text(listening->who.comm,
				     strnlen(listening->who.comm, WH_COMM_SIZE), true, comm,
				     sizeof(comm)));
}

static void print_listener(const struct wh_status_listener *listener,
			   const struct wh_spread *spread, FILE *file)
{
	char address[WH_ADDRESS_TEXT], range[WH_PREFIX_TEXT];

	if (!listener->endpoint.port)
		return;
	fprintf(file, WH_LABEL "%s, ", "listener",
		wh_address_text(&listener->endpoint.address, listener->endpoint.port, address));
	if (spread->host_bits)
		fprintf(file, "spread over %s, ",
			wh_prefix_text(&spread->prefix, spread->bits, range));
	if (listener->error == -EXDEV)
		fprintf(file, "in another network namespace\n");
	else if (listener->error)
		fprintf(file, "who listens is not known: %s\n", strerror(-listener->error));
	else if (!listener->listening.present)
		fprintf(file, "NOBODY LISTENS\n");
	else
		print_who(&listener->listening, file);
}

/* "3: 2 nobody listens, 1 a ninth hop" */
void wh_render_refused(const __u64 refused[WH_CAUSE_SLOTS], FILE *file)
{
	uint64_t total = 0;
	const char *separator = ": ";

	for (unsigned int cause = 0; cause < WH_CAUSE_SLOTS; cause++)
		total += refused[cause];
	fprintf(file, "%" PRIu64, total);
	for (unsigned int cause = 0; cause < WH_CAUSE_SLOTS; cause++) {
		const char *meaning = wh_cause_meaning(cause);

		if (!refused[cause])
			continue;
		fprintf(file, "%s%" PRIu64 " %s", separator, (uint64_t)refused[cause],
			meaning ? meaning : "for another cause");
		separator = ", ";
	}
	fprintf(file, "\n");
}

static void print_owner(const struct wh_status_redirector *redirector, FILE *file)
{
	const struct wh_owner *owner = &redirector->rule->owner;
	char *text = wh_rule_text_part(redirector->text, true);
	char user[WH_USER_TEXT];
	const char *separator = "";

	if (!(owner->flags & WH_OWNER_STATED)) {
		fprintf(file, WH_LABEL "not stated: who listens (learned)\n", "owner");
		free(text);
		return;
	}
	fprintf(file, WH_LABEL "stated: ", "owner");
	if (text && *text) {
		fprintf(file, "%s\n", text);
		free(text);
		return;
	}
	/* A table that another version has made may be without. */
	free(text);
	if (owner->flags & WH_OWNER_USER) {
		fprintf(file, "user %s", wh_user_text(owner->uid, user));
		separator = ", ";
	}
	if (owner->flags & WH_OWNER_EXE) {
		fprintf(file, "%sexecutable inode %" PRIu64, separator,
			(uint64_t)owner->executable_inode);
		separator = ", ";
	}
	if (owner->flags & WH_OWNER_CGROUP)
		fprintf(file, "%scgroup id %" PRIu64, separator, (uint64_t)owner->cgroup);
	if (owner->flags & WH_OWNER_LISTEN_USER)
		fprintf(file, "; user %s may listen", wh_user_text(owner->listen_uid, user));
	fprintf(file, "\n");
}

#define SHOWN_PROCESSES 8

/* "pid 4711 (haproxy), user proxy: the owner's, since 2 h" */
static void print_processes(const struct wh_status *status,
			    const struct wh_status_redirector *redirector, FILE *file)
{
	static const char *const reasons[] = {
		[WH_PROCESS_OWNER] = "is the owner's, began",
		[WH_PROCESS_LISTENED] = "called listen(),",
		[WH_PROCESS_ASKED] = "asked about a connection,",
	};

	for (int i = 0; i < redirector->process_count && i < SHOWN_PROCESSES; i++) {
		const struct wh_redirector_process *process = &redirector->processes[i];
		char comm[WH_COMM_SIZE * WH_SAFE_FACTOR + 3], user[WH_USER_TEXT];
		char span[WH_SPAN_TEXT];

		fprintf(file, WH_LABEL "pid %u (%s), user %s: %s %s ago\n", i ? "" : "processes",
			process->who.pid,
			wh_safe_text(process->who.comm, strnlen(process->who.comm, WH_COMM_SIZE),
				     true, comm, sizeof(comm)),
			wh_user_text(process->who.uid, user), reasons[process->reason],
			wh_age_text(status->now, process->since, span));
	}
	if (redirector->process_count > SHOWN_PROCESSES)
		fprintf(file, WH_LABEL "and %d more\n", "",
			redirector->process_count - SHOWN_PROCESSES);
	else if (redirector->process_count < 0)
		fprintf(file, WH_LABEL "not known: %s\n", "processes",
			strerror(-redirector->process_count));
	else if (!redirector->process_count)
		fprintf(file, WH_LABEL "none is the proxy's now\n", "processes");
}

void wh_render_conditions(const char *text, FILE *file)
{
	char *part = wh_rule_text_part(text, false);

	fprintf(file, WH_LABEL "%s\n", "conditions", part && *part ? part : "none: every connect");
	free(part);
}

static void print_context(const struct wh_redirector *rule, FILE *file)
{
	switch (rule->context_kind) {
	case WH_CONTEXT_BYTES:
		fprintf(file, WH_LABEL "%u bytes\n", "context", rule->context_size);
		break;
	case WH_CONTEXT_DESTINATION:
		fprintf(file, WH_LABEL "the destination\n", "context");
		break;
	case WH_CONTEXT_ENDPOINTS:
		fprintf(file, WH_LABEL "the destination and the client\n", "context");
		break;
	default:
		break;
	}
}

/* Only where it may happen. */
static void print_absent(const struct wh_status *status,
			 const struct wh_redirector_counters *counters, FILE *file)
{
	char span[WH_SPAN_TEXT];

	fprintf(file, WH_LABEL "permitted; %" PRIu64 " went on without it", "when absent",
		(uint64_t)counters->absent_permitted);
	if (counters->last_absent)
		fprintf(file, ", last %s ago",
			wh_age_text(status->now, counters->last_absent, span));
	fprintf(file, "\n");
}

void wh_render_redirector(const struct wh_status *status, __u32 index, FILE *file)
{
	const struct wh_status_redirector *redirector = &status->redirectors[index];
	const struct wh_redirector_counters *counters = &redirector->counters;
	char span[WH_SPAN_TEXT];

	fprintf(file, "%3u. %s/%s", index + 1, redirector->set, redirector->rule->name);
	if (redirector->rule->weight)
		fprintf(file, ", weight %d", redirector->rule->weight);
	fprintf(file, "\n");
	wh_render_conditions(redirector->text, file);
	print_owner(redirector, file);
	print_processes(status, redirector, file);
	print_listener(&redirector->listener[0], &redirector->rule->spread4, file);
	print_listener(&redirector->listener[1], &redirector->rule->spread6, file);
	print_context(redirector->rule, file);
	if (redirector->rule->flags & WH_LOCAL_ADDRESS_PROXY)
		fprintf(file, WH_LABEL "the proxy's own\n", "local address");
	if (redirector->rule->flags & WH_WHEN_ABSENT_PERMIT)
		print_absent(status, counters, file);
	fprintf(file, WH_LABEL "%" PRIu64 ", arrived %" PRIu64, "taken", (uint64_t)counters->taken,
		(uint64_t)counters->arrived);
	if (!status->connections_error)
		fprintf(file, ", open %" PRIu64, redirector->open);
	if (counters->last_taken)
		fprintf(file, ", last %s ago",
			wh_age_text(status->now, counters->last_taken, span));
	fprintf(file, "\n" WH_LABEL, "blocked");
	wh_render_refused(counters->refused, file);
	fprintf(file, WH_LABEL "%" PRIu64 " by records, %" PRIu64 " by process\n", "related",
		(uint64_t)counters->related_by_records, (uint64_t)counters->related_by_process);
	if (counters->binds_refused)
		fprintf(file, WH_LABEL "%" PRIu64 " of others on its address refused\n", "binds",
			(uint64_t)counters->binds_refused);
}
