/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What in a status deserves attention. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "address_text.h"
#include "config.h"
#include "process_text.h"
#include "rule_text.h"
#include "safe_text.h"
#include "status.h"

static int add(struct wh_status *status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int add(struct wh_status *status, const char *format, ...)
{
	char **more = realloc(status->warnings, (status->warning_count + 1) * sizeof(char *));
	va_list arguments;
	char *text;
	int length;

	if (!more)
		return -ENOMEM;
	status->warnings = more;
	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		return -ENOMEM;
	more[status->warning_count++] = text;
	return 0;
}

/* For the paths in a rule's text: each must still name the executable that it did when the rule
 * was made. */
struct executable_search {
	struct wh_status *status;
	const char *rule_kind, *set, *name;
	const struct wh_test *tests; /* of the rule */
	__u32 test_count;
	const struct wh_owner *owner; /* or NULL */
};

static bool is_known(const struct executable_search *search, bool of_owner, uint32_t device,
		     uint64_t inode)
{
	if (of_owner)
		return !search->owner || (search->owner->executable_device == device &&
					  search->owner->executable_inode == inode);
	for (__u32 i = 0; i < search->test_count; i++)
		if (search->tests[i].kind == WH_TEST_EXE && search->tests[i].number == device &&
		    search->tests[i].id == inode)
			return true;
	return false;
}

static int check_path(const struct executable_search *search, bool of_owner, const char *path)
{
	const char *key = of_owner ? "owner-exe" : "exe";
	uint32_t device;
	uint64_t inode;

	if (wh_config_resolve_executable(path, &device, &inode))
		return add(search->status,
			   "%s %s/%s: %s = %s: there is no such executable any more",
			   search->rule_kind, search->set, search->name, key, path);
	if (is_known(search, of_owner, device, inode))
		return 0;
	return add(search->status,
		   "%s %s/%s: %s = %s is another file than when the rules were read (updated?): "
		   "whither up %s",
		   search->rule_kind, search->set, search->name, key, path, search->set);
}

static int check_clause(const char *key, char *value, void *data)
{
	const struct executable_search *search = data;
	int error = 0;

	if (!strcmp(key, "owner-exe"))
		return check_path(search, true, value);
	if (strcmp(key, "exe") != 0)
		return 0;
	for (char *rest = value, *item; !error && (item = strsep(&rest, ","));)
		error = check_path(search, false, item + strspn(item, " "));
	return error;
}

static int check_executables(struct executable_search *search, const char *text)
{
	return wh_rule_text_visit(text, check_clause, search);
}

/* The rule of a redirector or filter in the table. */
static const struct wh_rule *find_rule(const struct wh_rules *rules, bool redirects, __u32 index)
{
	for (__u32 i = 0; i < rules->rule_count; i++)
		if ((rules->rule[i].kind == WH_RULE_REDIRECT) == redirects &&
		    rules->rule[i].index == index)
			return &rules->rule[i];
	return NULL;
}

static void set_tests(struct executable_search *search, bool redirects, __u32 index)
{
	const struct wh_rules *rules = search->status->rules;
	const struct wh_rule *rule = find_rule(rules, redirects, index);

	if (!rule)
		return;
	search->tests = &rules->test[rule->first];
	search->test_count = (__u32)rule->end - rule->first;
}

static int warn_listener(struct wh_status *status, const struct wh_status_redirector *redirector,
			 const struct wh_status_listener *listener)
{
	const struct wh_listening *listening = &listener->listening;
	char address[WH_ADDRESS_TEXT], user[WH_USER_TEXT], path[sizeof(listening->executable) * 4];

	if (!listener->endpoint.port || listener->error)
		return 0;
	wh_address_text(&listener->endpoint.address, listener->endpoint.port, address);
	if (!listening->present)
		return add(status, "redirector %s/%s: nobody listens at %s: connects that match %s",
			   redirector->set, redirector->rule->name, address,
			   redirector->rule->flags & WH_WHEN_ABSENT_PERMIT ? "go on without it" :
									     "are refused");
	if (listening->allowed)
		return 0;
	wh_safe_text(listening->executable, strlen(listening->executable), false, path,
		     sizeof(path));
	return add(status,
		   "redirector %s/%s: %s is held by somebody else than its owner: pid %u, user "
		   "%s, %s",
		   redirector->set, redirector->rule->name, address, listening->who.pid,
		   wh_user_text(listening->who.uid, user), *path ? path : "program unknown");
}

static int warn_redirector(struct wh_status *status, __u32 index)
{
	const struct wh_status_redirector *redirector = &status->redirectors[index];
	const struct wh_redirector_counters *counters = &redirector->counters;
	struct executable_search search = {
		.status = status,
		.rule_kind = "redirector",
		.set = redirector->set,
		.name = redirector->rule->name,
		.owner = &redirector->rule->owner,
	};
	char user[WH_USER_TEXT];
	int error;

	error = warn_listener(status, redirector, &redirector->listener[0]) ?:
			warn_listener(status, redirector, &redirector->listener[1]);
	if (!error && !(redirector->rule->owner.flags & WH_OWNER_STATED))
		error = add(status,
			    "redirector %s/%s: its owner is not stated (owner-user, owner-exe, "
			    "owner-cgroup): it is who listens",
			    redirector->set, redirector->rule->name);
	if (!error && counters->intruder_pid)
		error = add(status,
			    "redirector %s/%s: somebody else than its owner was kept from its "
			    "address, last pid %u, user %s (%" PRIu64 " binds refused)",
			    redirector->set, redirector->rule->name, counters->intruder_pid,
			    wh_user_text(counters->intruder_uid, user),
			    (uint64_t)counters->binds_refused);
	if (error)
		return error;
	set_tests(&search, true, index);
	return check_executables(&search, redirector->text);
}

static int warn_filter(struct wh_status *status, __u32 index)
{
	const struct wh_status_filter *filter = &status->filters[index];
	struct executable_search search = {
		.status = status,
		.rule_kind = "filter",
		.set = filter->set,
		.name = filter->rule->name,
	};

	set_tests(&search, false, index);
	return check_executables(&search, filter->text);
}

static int warn_hook(struct wh_status *status, const struct wh_hook *hook)
{
	char cgroup[sizeof(hook->cgroup) * WH_SAFE_FACTOR];

	if (!hook->needed || hook->attached)
		return 0;
	wh_safe_text(hook->cgroup, strlen(hook->cgroup), false, cgroup, sizeof(cgroup));
	return add(status,
		   "hook %s is not attached at %s: connections pass unseen; 'whither up' of any "
		   "set attaches it again",
		   hook->name, *cgroup ? cgroup : "its cgroup");
}

int wh_status_warn(struct wh_status *status)
{
	int error = 0;

	for (int i = 0; !error && i < status->hook_count; i++)
		error = warn_hook(status, &status->hooks[i]);
	for (__u32 i = 0; !error && i < status->rules->redirector_count; i++)
		error = warn_redirector(status, i);
	for (__u32 i = 0; !error && i < status->rules->filter_count; i++)
		error = warn_filter(status, i);
	if (!error && status->totals.lost)
		error = add(status,
			    "%" PRIu64 " connections arrived without their record: their proxies "
			    "were told ENOENT",
			    (uint64_t)status->totals.lost);
	return error;
}
