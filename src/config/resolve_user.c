/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "resolve.h"

#define LARGEST ((size_t)1024 * 1024) /* entry of a user */

static int find_user_in(const char *name, char *buffer, size_t size, uint32_t *ret_uid)
{
	struct passwd entry, *found = NULL;
	int result = getpwnam_r(name, &entry, buffer, size, &found);

	if (found) {
		*ret_uid = entry.pw_uid;
		return 0;
	}
	/* All of these mean "not found", getpwnam(3) says. */
	if (!result || result == ESRCH || result == EBADF || result == EPERM)
		return -ENOENT;
	return -result;
}

/* With as much room as the entry takes. */
static int find_user(const char *name, uint32_t *ret_uid)
{
	int result = -ERANGE;

	for (size_t size = 1024; result == -ERANGE && size <= LARGEST; size *= 4) {
		char *buffer = malloc(size);

		if (!buffer)
			return -ENOMEM;
		do
			result = find_user_in(name, buffer, size, ret_uid);
		while (result == -EINTR);
		free(buffer);
	}
	return result;
}

int wh_resolve_user(const char *name, uint32_t *ret_uid, struct wh_parse_fault *fault)
{
	uint64_t number;
	int result;

	if (!wh_parse_number(name, UINT32_MAX - 1, &number)) {
		*ret_uid = (uint32_t)number;
		return 0;
	}
	if (name[strspn(name, "0123456789")] == '\0')
		return wh_parse_fault(fault, "expected a user number from 0 to 4294967294");
	result = find_user(name, ret_uid);
	if (result == -ENOENT)
		wh_parse_fault(fault, "there is no such user; expected a name or a number");
	else if (result)
		wh_parse_fault(fault, "the user cannot be looked up: %s", strerror(-result));
	return result;
}
