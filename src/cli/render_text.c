/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A status for people. */
#include <inttypes.h>
#include <string.h>

#include "render_redirector.h"
#include "safe_text.h"
#include "status.h"
#include "time_text.h"

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

static void print_filter(const struct wh_status *status, __u32 index, FILE *file)
{
	const struct wh_status_filter *filter = &status->filters[index];
	char span[WH_SPAN_TEXT];

	fprintf(file, "  -  %s %s/%s\n", filter->kind == WH_RULE_BLOCK ? "block" : "permit",
		filter->set, filter->rule->name);
	wh_render_conditions(filter->text, file);
	fprintf(file, WH_LABEL "%" PRIu64, "hits", (uint64_t)filter->counters.hits);
	if (filter->counters.last_hit)
		fprintf(file, ", last %s ago",
			wh_age_text(status->now, filter->counters.last_hit, span));
	fprintf(file, "\n");
}

static void print_totals(const struct wh_status *status, FILE *file)
{
	const struct wh_occupancy *occupancy = &status->occupancy;

	fprintf(file, "\ntotals\n" WH_LABEL, "blocked");
	wh_render_refused(status->totals.refused, file);
	fprintf(file, WH_LABEL "%" PRIu64 " connections arrived without their record\n", "lost",
		(uint64_t)status->totals.lost);
	fprintf(file, WH_LABEL, "held now");
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
	fprintf(file, WH_LABEL "%u pending, %u of one user\n", "bounds",
		status->settings.flight_limit, status->settings.user_flight_limit);
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
		fprintf(file, WH_LABEL "%s", hook->name,
			hook->attached ? "at " : "NOT ATTACHED at ");
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
		wh_render_redirector(status, i, file);
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
