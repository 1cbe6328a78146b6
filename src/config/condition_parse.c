/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "condition_parse.h"

#include <errno.h>
#include <string.h>

#include "address_parse.h"

unsigned int wh_condition_kind(enum wh_config_key key)
{
	switch (key) {
	case WH_KEY_REMOTE_ADDRESS:
		return WH_TEST_REMOTE_ADDRESS;
	case WH_KEY_REMOTE_PORT:
		return WH_TEST_REMOTE_PORT;
	case WH_KEY_USER:
		return WH_TEST_USER;
	case WH_KEY_EXE:
		return WH_TEST_EXE;
	case WH_KEY_CGROUP:
		return WH_TEST_CGROUP;
	case WH_KEY_NETNS:
		return WH_TEST_NETNS;
	default:
		return 0; /* tcp is all there is */
	}
}

/* Whether path is directory or lies below it; both begin with a slash. */
static int is_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	if (length == 1)
		return 1;
	return !strncmp(path, directory, length) && (!path[length] || path[length] == '/');
}

/* A rule of a file about clients must match both cgroups: that is the inner one of the two. */
static int narrow(const struct wh_clients *clients, struct wh_cgroup_identity *cgroup,
		  struct wh_parse_fault *fault)
{
	if (!clients || !clients->line || is_below(cgroup->path, clients->cgroup.path))
		return 0;
	if (!is_below(clients->cgroup.path, cgroup->path))
		return wh_parse_fault(fault,
				      "expected a cgroup below %.200s, the clients of line %d: "
				      "this can never match",
				      clients->cgroup.path, clients->line);
	*cgroup = clients->cgroup;
	return 0;
}

static int parse_cgroup(const char *item, const struct wh_clients *clients, struct wh_test *test,
			struct wh_parse_fault *fault)
{
	struct wh_cgroup_identity cgroup;
	int result = wh_resolve_cgroup(item, &cgroup, fault);

	if (!result)
		result = narrow(clients, &cgroup, fault);
	if (result)
		return result;
	test->id = cgroup.id;
	test->number = cgroup.level;
	return 0;
}

static int parse_executable(const char *item, struct wh_test *test, struct wh_parse_fault *fault)
{
	uint32_t device;
	uint64_t inode;
	int result = wh_resolve_executable(item, &device, &inode, fault);

	if (result)
		return result;
	test->id = inode;
	test->number = device;
	return 0;
}

/* id 0: any that is owned by the initial user namespace. */
static int parse_netns(const char *item, uint64_t netns, struct wh_test *test,
		       struct wh_parse_fault *fault)
{
	uint64_t cookie = netns;
	int result = 0;

	if (!strcmp(item, "any"))
		cookie = 0;
	else if (strcmp(item, "current") != 0)
		result = wh_resolve_netns(item, &cookie, fault);
	if (!result)
		test->id = cookie;
	return result;
}

int wh_condition_parse(enum wh_config_key key, const char *item, const struct wh_clients *clients,
		       uint64_t netns, struct wh_test *ret, struct wh_parse_fault *fault)
{
	struct wh_test test = {.kind = (__u8)wh_condition_kind(key)};
	int result = 0;

	switch (key) {
	case WH_KEY_REMOTE_ADDRESS:
		result = wh_parse_prefix(item, &test.address, &test.bits, fault);
		break;
	case WH_KEY_REMOTE_PORT:
		result = wh_parse_port_range(item, &test.low, &test.high, fault);
		break;
	case WH_KEY_PROTOCOL:
		if (strcmp(item, "tcp") != 0)
			result = wh_parse_fault(fault, "this version knows only tcp");
		break;
	case WH_KEY_USER:
		result = wh_resolve_user(item, &test.number, fault);
		break;
	case WH_KEY_EXE:
		result = parse_executable(item, &test, fault);
		break;
	case WH_KEY_CGROUP:
		result = parse_cgroup(item, clients, &test, fault);
		break;
	case WH_KEY_NETNS:
		result = parse_netns(item, netns, &test, fault);
		break;
	default:
		result = wh_parse_fault(fault, "it is no condition");
	}
	if (!result)
		*ret = test;
	return result;
}
