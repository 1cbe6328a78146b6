/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Cgroups: paths into ids and levels, and what "clients" makes of them. Who may make cgroups
 * sees all of it tested; without cgroup v2, or inside a cgroup namespace, only that it is said.
 */
#include <sys/stat.h>

#include "config_harness.h"
#include "mount_table.h"
#include "resolve.h"

static struct wh_mount mount;    /* the cgroup v2 hierarchy; .id 0: none */
static char base[PATH_MAX + 64]; /* a cgroup of our own, in the file system; "": may not be made */
static const char *base_name;    /* the same, below the root: "/whither-config-test-1" */
static int is_known;             /* levels can be known here */

static int take_mount(const struct wh_mount *candidate, void *data)
{
	if (strcmp(candidate->file_system, "cgroup2") != 0 || strcmp(candidate->root, "/") != 0)
		return 0;
	mount = *candidate;
	return 1;
}

static int make_cgroups(void **state)
{
	uint64_t id;
	uint32_t level;

	wh_mounts_visit(take_mount, NULL);
	is_known = mount.id && !wh_config_resolve_cgroup("/", &id, &level);
	snprintf(base, sizeof(base), "%s/whither-config-test-%d", mount.point, getpid());
	if (!is_known || mkdir(base, 0755))
		base[0] = '\0';
	base_name = base + (base[0] ? strlen(mount.point) : 0);
	return 0;
}

/* PATH below the base, in the file system. */
static const char *below_base(const char *path)
{
	static char joined[3 * PATH_MAX];

	snprintf(joined, sizeof(joined), "%s%s", base, path);
	return joined;
}

static int remove_cgroups(void **state)
{
	return base[0] ? rmdir(base) : 0;
}

static void the_root_is_level_0(void **state)
{
	uint64_t id = 7;
	uint32_t level = 8;
	int result = wh_config_resolve_cgroup("/", &id, &level);

	if (!is_known) {
		assert_int_equal(result, mount.id ? -EXDEV : -ENODEV);
		assert_int_equal(id, 7);
		assert_int_equal(level, 8);
		return;
	}
	assert_int_equal(result, 0);
	assert_int_equal(id, 1);
	assert_int_equal(level, 0);
	assert_int_equal(wh_config_resolve_cgroup(mount.point, &id, &level), 0);
	assert_int_equal(level, 0);
}

static void a_cgroup_has_three_names(void **state)
{
	struct wh_parse_fault fault;
	struct wh_cgroup_identity inner;
	struct stat status;
	uint64_t id;
	uint32_t level;
	char name[PATH_MAX];

	if (!base[0])
		return;
	assert_int_equal(mkdir(below_base("/inner"), 0755), 0);
	assert_int_equal(stat(below_base("/inner"), &status), 0);
	assert_int_equal(wh_resolve_cgroup(below_base("/inner"), &inner, &fault), 0);
	assert_int_equal(inner.id, status.st_ino);
	assert_int_equal(inner.level, 2);
	snprintf(name, sizeof(name), "%s/inner", base_name);
	assert_string_equal(inner.path, name);
	assert_int_equal(wh_config_resolve_cgroup(name, &id, &level), 0);
	assert_int_equal(id, inner.id);
	assert_int_equal(level, 2);
	assert_int_equal(wh_config_resolve_cgroup(name + 1, &id, &level), 0);
	assert_int_equal(id, inner.id);
	assert_int_equal(wh_config_resolve_cgroup(below_base("//inner/./../inner/"), &id, &level),
			 0);
	assert_int_equal(id, inner.id);
	assert_int_equal(level, 2);
	assert_int_equal(rmdir(below_base("/inner")), 0);
}

static void what_is_no_cgroup_is_refused(void **state)
{
	static const char *const paths[] = {"/etc", "/etc/passwd", "../../etc", "cgroup.procs"};
	struct wh_parse_fault fault;
	struct wh_cgroup_identity cgroup;

	if (!mount.id)
		return;
	assert_int_equal(wh_resolve_cgroup("/no/such", &cgroup, &fault), -ENOENT);
	assert_string_equal(fault.text, "there is no such cgroup; expected a path below the cgroup "
					"root, such as /user.slice");
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		int result = wh_resolve_cgroup(paths[i], &cgroup, &fault);

		if (result != -ENOENT)
			assert_string_equal(fault.text,
					    "it is no directory of the cgroup v2 file system; "
					    "expected a path below the cgroup root, such as "
					    "/user.slice");
		assert_int_not_equal(result, 0);
	}
}

static void level_15_is_the_deepest(void **state)
{
	struct wh_parse_fault fault;
	struct wh_cgroup_identity cgroup;
	char path[256] = "";
	size_t length = 0;

	if (!base[0])
		return;
	for (unsigned int level = 2; level <= 16; level++) {
		path[length++] = '/';
		path[length++] = 'x';
		path[length] = '\0';
		assert_int_equal(mkdir(below_base(path), 0755), 0);
		if (level == 16)
			break;
		assert_int_equal(wh_resolve_cgroup(below_base(path), &cgroup, &fault), 0);
		assert_int_equal(cgroup.level, level);
	}
	assert_int_equal(wh_resolve_cgroup(below_base(path), &cgroup, &fault), -E2BIG);
	assert_string_equal(fault.text,
			    "it lies too deep; expected one of at most 15 levels below the root");
	for (; length; path[length -= 2] = '\0')
		assert_int_equal(rmdir(below_base(path)), 0);
}

static void rules_take_cgroups(void **state)
{
	struct wh_cgroup_identity cgroup;
	struct wh_parse_fault fault;
	char rules[3 * PATH_MAX];
	struct reading reading;

	if (!base[0])
		return;
	assert_int_equal(wh_resolve_cgroup(base, &cgroup, &fault), 0);
	snprintf(rules, sizeof(rules), REDIRECTOR "owner-cgroup = %s\ncgroup = %s, /\n", base_name,
		 base);
	reading = read_good(rules);
	assert_int_equal(reading.set->redirectors[0].owner.flags, WH_OWNER_USER | WH_OWNER_CGROUP);
	assert_int_equal(reading.set->redirectors[0].owner.cgroup, cgroup.id);
	assert_int_equal(reading.set->redirectors[0].owner.cgroup_level, 1);
	assert_int_equal(reading.set->redirectors[0].conditions.test_count, 3);
	assert_int_equal(test_at(&reading.set->redirectors[0].conditions, 1, WH_TEST_CGROUP)->id,
			 cgroup.id);
	assert_int_equal(
		test_at(&reading.set->redirectors[0].conditions, 1, WH_TEST_CGROUP)->number, 1);
	assert_int_equal(test_at(&reading.set->redirectors[0].conditions, 2, WH_TEST_CGROUP)->id,
			 1);
	reading_end(&reading);
}

static void clients_are_a_condition_of_every_rule(void **state)
{
	struct wh_cgroup_identity cgroup;
	struct wh_parse_fault fault;
	char rules[2 * PATH_MAX], text[2 * PATH_MAX];
	struct reading reading;

	if (!base[0])
		return;
	assert_int_equal(wh_resolve_cgroup(base, &cgroup, &fault), 0);
	snprintf(rules, sizeof(rules), "clients = %s\n" REDIRECTOR FILTER "user = 0\n", base_name);
	reading = read_good(rules);
	snprintf(text, sizeof(text), "clients = %s", base_name);
	assert_string_equal(reading.set->redirectors[0].conditions.text, text);
	assert_int_equal(reading.set->redirectors[0].conditions.test_count, 2);
	assert_int_equal(test_at(&reading.set->redirectors[0].conditions, 1, WH_TEST_CGROUP)->id,
			 cgroup.id);
	snprintf(text, sizeof(text), "clients = %s; user = 0", base_name);
	assert_string_equal(reading.set->filters[0].conditions.text, text);
	assert_int_equal(reading.set->filters[0].conditions.test_count, 3);
	assert_int_equal(test_at(&reading.set->filters[0].conditions, 2, WH_TEST_CGROUP)->number,
			 1);
	reading_end(&reading);

	snprintf(rules, sizeof(rules), "clients = /\nclients = %s\n" FILTER, base_name);
	assert_errors(rules, TEXTS("<stdin>:2: clients: found again; it is given once, and line 1 "
				   "has it"));
	assert_errors("clients = /no/such\n" FILTER,
		      TEXTS("<stdin>:1: clients: found '/no/such'; there is no such cgroup; "
			    "expected a path below the cgroup root, such as /user.slice"));
}

static void a_cgroup_is_narrowed_to_the_clients(void **state)
{
	struct wh_cgroup_identity outer, inner;
	struct wh_parse_fault fault;
	char rules[4 * PATH_MAX], expected[4 * PATH_MAX];
	struct reading reading;
	const struct wh_conditions *conditions;

	if (!base[0])
		return;
	assert_int_equal(mkdir(below_base("/a"), 0755), 0);
	assert_int_equal(mkdir(below_base("/ab"), 0755), 0);
	assert_int_equal(wh_resolve_cgroup(base, &outer, &fault), 0);
	assert_int_equal(wh_resolve_cgroup(below_base("/a"), &inner, &fault), 0);

	/* Below: the inner one. Above: the clients. */
	snprintf(rules, sizeof(rules), "clients = %s\n" FILTER "cgroup = %s/a, /\n", base_name,
		 base_name);
	reading = read_good(rules);
	conditions = &reading.set->filters[0].conditions;
	assert_int_equal(conditions->test_count, 3);
	assert_int_equal(test_at(conditions, 1, WH_TEST_CGROUP)->id, inner.id);
	assert_int_equal(test_at(conditions, 1, WH_TEST_CGROUP)->number, 2);
	assert_int_equal(test_at(conditions, 2, WH_TEST_CGROUP)->id, outer.id);
	assert_int_equal(test_at(conditions, 2, WH_TEST_CGROUP)->number, 1);
	snprintf(expected, sizeof(expected), "clients = %s; cgroup = %s/a, /", base_name,
		 base_name);
	assert_string_equal(conditions->text, expected);
	reading_end(&reading);

	/* Beside, though its name begins alike: never. */
	snprintf(rules, sizeof(rules), "\nclients = %s/a\n" FILTER "cgroup = %s/ab\n", base_name,
		 base_name);
	snprintf(expected, sizeof(expected),
		 "<stdin>:5: cgroup: found '%s/ab'; expected a cgroup below %s/a, the clients of "
		 "line 2: this can never match",
		 base_name, base_name);
	assert_errors(rules, TEXTS(expected));
	rmdir(below_base("/a"));
	rmdir(below_base("/ab"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_root_is_level_0),
		cmocka_unit_test(a_cgroup_has_three_names),
		cmocka_unit_test(what_is_no_cgroup_is_refused),
		cmocka_unit_test(level_15_is_the_deepest),
		cmocka_unit_test(rules_take_cgroups),
		cmocka_unit_test(clients_are_a_condition_of_every_rule),
		cmocka_unit_test(a_cgroup_is_narrowed_to_the_clients),
	};

	return cmocka_run_group_tests(tests, make_cgroups, remove_cgroups);
}
