/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "run_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "context_parse.h"
#include "report_writer.h"
#include "rule_text.h"

#define NAMES_MAX 16

static int report_one(struct wh_config_report *report, const char *word, const char *text)
{
	struct wh_report_writer writer = {.word = word};

	wh_report_error(&writer, WH_LINE_NONE, NULL, "%s", text);
	return wh_report_finish(&writer, report);
}

static int add_context(struct wh_redirector_rule *rule, const char *context,
		       struct wh_config_report *report)
{
	struct wh_parse_fault fault;
	int error = context ? wh_parse_context(context, rule, &fault) : 0;

	return error == -EINVAL ? report_one(report, "--context", fault.text) : error;
}

/* The command's cgroup is a condition already; which one is known later. */
static int add_conditions(struct wh_redirector_rule *rule,
			  const struct wh_run_conditions *conditions, uint64_t netns,
			  struct wh_config_report *report)
{
	rule->conditions.tests = calloc(1, sizeof(*rule->conditions.tests));
	rule->conditions.text = strdup("");
	if (!rule->conditions.tests || !rule->conditions.text)
		return -ENOMEM;
	rule->conditions.tests[0].kind = WH_TEST_CGROUP;
	rule->conditions.test_count = 1;
	return wh_config_read_conditions(conditions->words, conditions->word_count, netns,
					 &rule->conditions, report);
}

static int fill(struct wh_rule_set *set, const struct wh_run_conditions *conditions,
		struct wh_config_report *report)
{
	struct wh_redirector_rule *rule = set->redirectors;
	uint64_t netns;
	int error = wh_netns_cookie(&netns);

	if (error)
		return error;
	rule->netns = netns;
	snprintf(rule->name, sizeof(rule->name), "%s", conditions->to.port ? "to" : "relay");
	rule->line = 1; /* it is a new one */
	rule->owner_text = strdup("");
	if (asprintf(&set->source, "run %s", conditions->command) < 0)
		set->source = NULL;
	if (!rule->owner_text || !set->source)
		return -ENOMEM;
	if (wh_address_is_v4(&conditions->to.address))
		rule->listen4 = conditions->to;
	else
		rule->listen6 = conditions->to;
	error = add_context(rule, conditions->context, report);
	return error ? error : add_conditions(rule, conditions, netns, report);
}

int wh_run_rules_read(const struct wh_run_conditions *conditions, struct wh_rule_set **ret_set,
		      struct wh_config_report *report)
{
	struct wh_rule_set *set = calloc(1, sizeof(*set));
	int error = -ENOMEM;

	if (set)
		set->redirectors = calloc(1, sizeof(*set->redirectors));
	if (set && set->redirectors) {
		set->redirector_count = 1;
		error = fill(set, conditions, report);
	}
	if (error)
		wh_config_free(set);
	else
		*ret_set = set;
	return error;
}

static int name_set(struct wh_rule_set *set, const struct wh_rules *active,
		    struct wh_problem *problem)
{
	for (int try = 1; try <= NAMES_MAX; try++) {
		__u32 i = 0;

		snprintf(set->name, sizeof(set->name), try == 1 ? "run-%d" : "run-%d-%d",
			 (int)getpid(), try);
		while (i < active->set_count && strcmp(active->set[i].name, set->name) != 0)
			i++;
		if (i == active->set_count)
			return 0;
	}
	snprintf(problem->text, sizeof(problem->text),
		 "other sets have the names run-%d to run-%d-%d", (int)getpid(), (int)getpid(),
		 NAMES_MAX);
	return -EEXIST;
}

static int resolve(const char *path, uint64_t *ret_id, uint32_t *ret_level,
		   struct wh_problem *problem)
{
	int error = wh_config_resolve_cgroup(path, ret_id, ret_level);

	if (error == -E2BIG)
		snprintf(problem->text, sizeof(problem->text),
			 "the cgroup %s lies too deep: at most %d levels below the root", path,
			 WH_CGROUP_LEVELS - 1);
	else if (error == -EXDEV)
		snprintf(
			problem->text, sizeof(problem->text),
			"the cgroup %s: its level cannot be known inside of a cgroup namespace; run "
			"it outside",
			path);
	else if (error)
		snprintf(problem->text, sizeof(problem->text), "the cgroup %s: %s", path,
			 strerror(-error));
	return error;
}

static int place_command(struct wh_conditions *conditions, const char *path,
			 struct wh_problem *problem)
{
	uint64_t id;
	uint32_t level;
	char *text;
	int error = resolve(path, &id, &level, problem);

	if (error)
		return error;
	for (__u32 i = 0; i < conditions->test_count; i++)
		if (conditions->tests[i].kind == WH_TEST_CGROUP) {
			conditions->tests[i].id = id;
			conditions->tests[i].number = level;
		}
	if (asprintf(&text, "%s%scgroup = %s", conditions->text, *conditions->text ? "; " : "",
		     path) < 0) {
		snprintf(problem->text, sizeof(problem->text), "out of memory");
		return -ENOMEM;
	}
	free(conditions->text);
	conditions->text = text;
	return 0;
}

static int place_owner(struct wh_redirector_rule *rule, const char *path,
		       struct wh_problem *problem)
{
	uint64_t id;
	uint32_t level;
	char *text;
	int error = resolve(path, &id, &level, problem);

	if (error)
		return error;
	if (asprintf(&text, "owner-cgroup = %s", path) < 0) {
		snprintf(problem->text, sizeof(problem->text), "out of memory");
		return -ENOMEM;
	}
	free(rule->owner_text);
	rule->owner_text = text;
	rule->owner.flags = WH_OWNER_CGROUP;
	rule->owner.cgroup = id;
	rule->owner.cgroup_level = level;
	return 0;
}

int wh_run_rules_place(struct wh_rule_set *set, const struct wh_rules *active,
		       const struct wh_run_cgroup *cgroup, const struct wh_endpoint *listen4,
		       const struct wh_endpoint *listen6, struct wh_problem *problem)
{
	struct wh_redirector_rule *rule = set->redirectors;
	uint64_t start, slack;
	int error = wh_process_start((uint32_t)getpid(), &start, &slack);

	if (error) {
		snprintf(problem->text, sizeof(problem->text),
			 "/proc does not tell when this process began: %s", strerror(-error));
		return error;
	}
	set->process_pid = (__u32)getpid();
	set->process_start = start;
	error = name_set(set, active, problem);
	if (!error)
		error = place_command(&rule->conditions, cgroup->command, problem);
	if (error || rule->listen4.port || rule->listen6.port)
		return error; /* a proxy of its own: who it is, is not for us to say */
	rule->listen4 = *listen4;
	rule->listen6 = *listen6;
	error = place_owner(rule, cgroup->relay, problem);
	if (!error && wh_rule_set_describe(set)) {
		snprintf(problem->text, sizeof(problem->text), "out of memory");
		error = -ENOMEM;
	}
	return error;
}

static void drop_cgroup_tests(struct wh_conditions *conditions)
{
	__u32 kept = 0;

	for (__u32 i = 0; i < conditions->test_count; i++)
		if (conditions->tests[i].kind != WH_TEST_CGROUP)
			conditions->tests[kept++] = conditions->tests[i];
	conditions->test_count = kept;
}

int wh_run_rules_supervise(struct wh_rule_set *set, const struct wh_endpoint *listen4,
			   const struct wh_endpoint *listen6, struct wh_problem *problem)
{
	struct wh_redirector_rule *rule = set->redirectors;

	snprintf(set->name, sizeof(set->name), "run-%d", (int)getpid());
	drop_cgroup_tests(&rule->conditions);
	if (rule->listen4.port || rule->listen6.port)
		return 0;
	rule->listen4 = *listen4;
	rule->listen6 = *listen6;
	/* Stated, and nobody below the supervisor: the relay is above it. */
	rule->owner.flags = WH_OWNER_CGROUP;
	rule->owner.cgroup = UINT64_MAX;
	return 0;
}
