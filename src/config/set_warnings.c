/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "set_warnings.h"

static void warn_owner(const struct wh_redirector_rule *rule, struct wh_report_writer *writer)
{
	if (!(rule->owner.flags & WH_OWNER_STATED))
		wh_report_warning(writer, rule->line, NULL,
				  "the owner of redirector '%s' is not stated (owner-user, "
				  "owner-exe, owner-cgroup): it will be who listens",
				  rule->name);
}

/* Whether a prefix has IPv4 addresses, ::ffff:0:0/96, or others. */
static int has_family(const struct wh_test *test, int v4)
{
	struct wh_address any4, mask;

	if (test->bits >= WH_V4_PREFIX_BITS)
		return wh_address_is_v4(&test->address) == v4;
	wh_address_from_v4(&any4, 0);
	wh_address_mask(&mask, test->bits);
	return !v4 || wh_address_in_prefix(&any4, &test->address, &mask);
}

/* Whether the rule can match destinations of a family. */
static int can_match(const struct wh_redirector_rule *rule, int v4)
{
	int is_restricted = 0;

	for (__u32 i = 0; i < rule->conditions.test_count; i++) {
		const struct wh_test *test = &rule->conditions.tests[i];

		if (test->kind != WH_TEST_REMOTE_ADDRESS)
			continue;
		if (has_family(test, v4))
			return 1;
		is_restricted = 1;
	}
	return !is_restricted;
}

static void warn_family(const struct wh_redirector_rule *rule, struct wh_report_writer *writer)
{
	if (!rule->listen4.port && can_match(rule, 1))
		wh_report_warning(writer, rule->line, NULL,
				  "redirector '%s' listens on IPv6 only: connects of IPv4 sockets "
				  "that match will be refused",
				  rule->name);
	if (!rule->listen6.port && can_match(rule, 0))
		wh_report_warning(writer, rule->line, NULL,
				  "redirector '%s' listens on IPv4 only: connects of IPv6 sockets "
				  "with IPV6_V6ONLY that match will fail",
				  rule->name);
}

static int same_owner(const struct wh_owner *a, const struct wh_owner *b)
{
	__u32 flags = a->flags & WH_OWNER_STATED;

	return flags && flags == (b->flags & WH_OWNER_STATED) && a->uid == b->uid &&
	       a->executable_device == b->executable_device &&
	       a->executable_inode == b->executable_inode && a->cgroup == b->cgroup;
}

static int same_listener(const struct wh_endpoint *a, const struct wh_endpoint *b)
{
	return a->port && a->port == b->port && wh_address_equal(&a->address, &b->address);
}

static void warn_pair(const struct wh_redirector_rule *first,
		      const struct wh_redirector_rule *second, struct wh_report_writer *writer)
{
	if (same_listener(&first->listen4, &second->listen4) ||
	    same_listener(&first->listen6, &second->listen6))
		wh_report_warning(writer, second->line, NULL,
				  "redirector '%s' listens where '%s' of line %d does: that proxy "
				  "sees a connection that matches both twice",
				  second->name, first->name, first->line);
	else if (same_owner(&first->owner, &second->owner))
		wh_report_warning(writer, second->line, NULL,
				  "redirector '%s' has the owner of '%s' of line %d: a proxy that "
				  "does not set records passes both at once",
				  second->name, first->name, first->line);
}

/* All tests but that of the namespace. */
static void warn_filter(const struct wh_filter_rule *rule, struct wh_report_writer *writer)
{
	if (rule->conditions.test_count <= 1)
		wh_report_warning(writer, rule->line, NULL,
				  "filter '%s' has no condition: every connect of this network "
				  "namespace %s",
				  rule->name,
				  rule->kind == WH_RULE_BLOCK ?
					  "is blocked" :
					  "is permitted, and none redirected");
}

void wh_warn_set(const struct wh_rule_set *set, struct wh_report_writer *writer)
{
	for (__u32 i = 0; i < set->redirector_count; i++) {
		warn_owner(&set->redirectors[i], writer);
		warn_family(&set->redirectors[i], writer);
		for (__u32 j = 0; j < i; j++)
			warn_pair(&set->redirectors[j], &set->redirectors[i], writer);
	}
	for (__u32 i = 0; i < set->filter_count; i++)
		warn_filter(&set->filters[i], writer);
}
