/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A status for people. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "address_text.h"
#include "process_text.h"
#include "rule_text.h"
#include "safe_text.h"
#include "status.h"
#include "time_text.h"

#define LABEL "     %-13s"

static const char *safe(const char *text, char *ret, size_t size)
{
	return wh_safe_text(text, strlen(text), false, ret, size);
}

static void print_head(const struct wh_status *status, FILE *file)
{
	const struct wh_settings *settings = &status->settings;
	char span[WH_SPAN_TEXT], moment[WH_MOMENT_TEXT];

	fprintf(file, "whither %s, kernel %s\n", WHITHER_VERSION, status->kernel);
	fprintf(file, "engine   kernel programs of whither %.*s, layout %u, pinned in %s\n",
		(int)sizeof(settings->program_version), settings->program_version, settings->layout,
		status->pins);
	fprintf(file, "active   since %s (%s)\n", wh_moment_text(settings->made, moment),
		wh_age_text(wh_boot_to_real(status->now), settings->made, span));
	fprintf(file, "rules    version %" PRIu64 ", changed %s ago\n",
		(uint64_t)status->rules->version,
		wh_age_text(wh_boot_to_real(status->now), status->rules->installed, span));
}

static void print_sets(const struct wh_status *status, FILE *file)
{
	fprintf(file, "sets     ");
	for (__u32 i = 0; i < status->rules->set_count; i++) {
		const struct wh_set *set = &status->rules->set[i];
		char source[1024];

		fprintf(file, "%s%s", i ? ", " : "", set->name);
		if (set->process_pid)
			fprintf(file, " (ends with process %u)", set->process_pid);
		else
			fprintf(file, " (%s)",
				safe(status->text(status, set->text), source, sizeof(source)));
	}
	fprintf(file, "%s\n", status->rules->set_count ? "" : "none");
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

static void print_listener(const struct wh_status_listener *listener, FILE *file)
{
	char address[WH_ADDRESS_TEXT];

	if (!listener->endpoint.port)
		return;
	fprintf(file, LABEL "%s, ", "listener",
		wh_address_text(&listener->endpoint.address, listener->endpoint.port, address));
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
static void print_refused(const __u64 refused[WH_CAUSE_SLOTS], FILE *file)
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
		fprintf(file, LABEL "not stated: who listens (learned)\n", "owner");
		free(text);
		return;
	}
	fprintf(file, LABEL "stated: ", "owner");
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

static void print_conditions(const char *text, FILE *file)
{
	char *part = wh_rule_text_part(text, false);

	fprintf(file, LABEL "%s\n", "conditions", part && *part ? part : "none: every connect");
	free(part);
}

static void print_context(const struct wh_redirector *rule, FILE *file)
{
	switch (rule->context_kind) {
	case WH_CONTEXT_BYTES:
		fprintf(file, LABEL "%u bytes\n", "context", rule->context_size);
		break;
	case WH_CONTEXT_DESTINATION:
		fprintf(file, LABEL "the destination\n", "context");
		break;
	case WH_CONTEXT_ENDPOINTS:
		fprintf(file, LABEL "the destination and the client\n", "context");
		break;
	default:
		break;
	}
}

static void print_redirector(const struct wh_status *status, __u32 index, FILE *file)
{
	const struct wh_status_redirector *redirector = &status->redirectors[index];
	const struct wh_redirector_counters *counters = &redirector->counters;
	char span[WH_SPAN_TEXT];

	fprintf(file, "%3u. %s/%s", index + 1, redirector->set, redirector->rule->name);
	if (redirector->rule->weight)
		fprintf(file, ", weight %d", redirector->rule->weight);
	fprintf(file, "\n");
	print_conditions(redirector->text, file);
	print_owner(redirector, file);
	print_listener(&redirector->listener[0], file);
	print_listener(&redirector->listener[1], file);
	print_context(redirector->rule, file);
	if (redirector->rule->flags & WH_LOCAL_ADDRESS_PROXY)
		fprintf(file, LABEL "the proxy's own\n", "local address");
	fprintf(file, LABEL "%" PRIu64 ", arrived %" PRIu64, "taken", (uint64_t)counters->taken,
		(uint64_t)counters->arrived);
	if (!status->connections_error)
		fprintf(file, ", open %" PRIu64, redirector->open);
	if (counters->last_taken)
		fprintf(file, ", last %s ago",
			wh_age_text(status->now, counters->last_taken, span));
	fprintf(file, "\n" LABEL, "blocked");
	print_refused(counters->refused, file);
	fprintf(file, LABEL "%" PRIu64 " by records, %" PRIu64 " by process\n", "related",
		(uint64_t)counters->related_by_records, (uint64_t)counters->related_by_process);
	if (counters->binds_refused)
		fprintf(file, LABEL "%" PRIu64 " of others on its address refused\n", "binds",
			(uint64_t)counters->binds_refused);
}

static void print_filter(const struct wh_status *status, __u32 index, FILE *file)
{
	const struct wh_status_filter *filter = &status->filters[index];
	char span[WH_SPAN_TEXT];

	fprintf(file, "  -  %s %s/%s\n", filter->kind == WH_RULE_BLOCK ? "block" : "permit",
		filter->set, filter->rule->name);
	print_conditions(filter->text, file);
	fprintf(file, LABEL "%" PRIu64, "hits", (uint64_t)filter->counters.hits);
	if (filter->counters.last_hit)
		fprintf(file, ", last %s ago",
			wh_age_text(status->now, filter->counters.last_hit, span));
	fprintf(file, "\n");
}

static void print_totals(const struct wh_status *status, FILE *file)
{
	const struct wh_occupancy *occupancy = &status->occupancy;

	fprintf(file, "\ntotals\n" LABEL, "blocked");
	print_refused(status->totals.refused, file);
	fprintf(file, LABEL "%" PRIu64 " connections arrived without their record\n", "lost",
		(uint64_t)status->totals.lost);
	fprintf(file, LABEL, "held now");
	if (!occupancy->flights && !occupancy->flight_chains && !occupancy->issued &&
	    !occupancy->issued_chains && !occupancy->accepted)
		fprintf(file, "nothing: no redirected connection lives\n");
	else
		fprintf(file,
			"%" PRIu64 " pending (%" PRIu64 " with older hops), %" PRIu64
			" accepted, %" PRIu64 " whose records were asked (%" PRIu64
			" with older hops)\n",
			occupancy->flights, occupancy->flight_chains, occupancy->accepted,
			occupancy->issued, occupancy->issued_chains);
	fprintf(file, LABEL "%u pending, %u of one user\n", "bounds", status->settings.flight_limit,
		status->settings.user_flight_limit);
}

static void print_hooks(const struct wh_status *status, FILE *file)
{
	char cgroup[sizeof(status->hooks[0].cgroup) * WH_SAFE_FACTOR];
	char names[sizeof(status->hooks[0].other_names) * WH_SAFE_FACTOR];

	fprintf(file, "\nhooks\n");
	for (int i = 0; i < status->hook_count; i++) {
		const struct wh_hook *hook = &status->hooks[i];

		if (!hook->needed && !hook->attached)
			continue;
		fprintf(file, LABEL "%s", hook->name, hook->attached ? "at " : "NOT ATTACHED at ");
		fprintf(file, "%s", safe(hook->cgroup, cgroup, sizeof(cgroup)));
		if (hook->others)
			fprintf(file, ", beside %u other%s: %s", hook->others,
				hook->others == 1 ? "" : "s",
				safe(hook->other_names, names, sizeof(names)));
		fprintf(file, "\n");
	}
}

void wh_status_print_text(const struct wh_status *status, FILE *file)
{
	print_head(status, file);
	print_sets(status, file);
	fprintf(file, "\nchain, in order\n");
	for (__u32 i = 0; i < status->rules->redirector_count; i++)
		print_redirector(status, i, file);
	if (!status->rules->redirector_count)
		fprintf(file, "  no redirector\n");
	if (status->rules->filter_count)
		fprintf(file, "\nfilters, in order\n");
	for (__u32 i = 0; i < status->rules->filter_count; i++)
		print_filter(status, i, file);
	print_totals(status, file);
	print_hooks(status, file);
	if (status->warning_count)
		fprintf(file, "\nwarnings\n");
	for (size_t i = 0; i < status->warning_count; i++)
		fprintf(file, "  -  %s\n", status->warnings[i]);
	fprintf(file, "\nnot covered (docs/security.md)\n");
	for (const char *const *phrase = wh_not_covered; *phrase; phrase++)
		fprintf(file, "  -  %s\n", *phrase);
}
