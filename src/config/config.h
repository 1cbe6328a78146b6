/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Reads a rule file, whither.conf(5), into a struct wh_rule_set. Nothing of a bad file comes
 * out: either the whole set or a list of everything that is wrong with it.
 */
#ifndef WH_CONFIG_H
#define WH_CONFIG_H

#include <stdint.h>
#include <stdio.h>

#include "rule_set.h"

/*
 * Everything that was wrong, and everything worth a warning, in the order of the file. Texts are
 * UTF-8 without control characters. Of more than a thousand messages the last counts the others.
 */
struct wh_config_report {
	char **errors; /* each one line without a newline: "web.conf:7: remote-port: found ..." */
	size_t error_count;
	char **warnings;
	size_t warning_count;
};

/*
 * Reads the file at path ("-": standard input, called "<stdin>" in messages) as the set name
 * (NULL: the file's base name without ".conf"; "-" then needs a name).
 *
 * netns: cookie of the namespace that rules mean when they name none.
 *
 * Returns 0 and *ret_set, to be freed by wh_config_free(); or -EINVAL when the report has
 * errors; or another negative errno (-ENOENT, -EACCES, -EFBIG, -ENOMEM ...), with an error in
 * the report as well, as far as memory allows. Warnings come only with a good file. report must be zeroed by the caller and be given to wh_config_report_free().
 */
int wh_config_read(const char *path, const char *name, uint64_t netns, struct wh_rule_set **ret_set,
		   struct wh_config_report *report);

/*
 * The same for rules given as words, for "whither run": each of conditions is "KEY=VALUE" with
 * the keys of a condition; they are appended, AND-ed, to conditions (which may be empty, is
 * unchanged on failure, and is freed by wh_conditions_free()). Words of one key make one list; a
 * key of which conditions already holds a test is refused. Unless it holds one, a test for netns
 * is added. Errors are reported as "argument 'KEY=VALUE': ...".
 */
int wh_config_read_conditions(char *const words[], size_t count, uint64_t netns,
			      struct wh_conditions *conditions, struct wh_config_report *report);

/* "127.0.0.1:80", "[::1]:80" into an endpoint at which a proxy can be reached; 0 or -EINVAL. No
 * names, no wildcards, no link-local or multicast addresses. "[::ffff:127.0.0.1]:80" is IPv4. */
int wh_config_parse_endpoint(const char *text, struct wh_endpoint *ret);

/* The identity that the rules compare for the executable at path: the kernel's device number
 * and inode. Returns 0 or a negative errno: -EACCES for what is not executable, -ENOEXEC for a
 * script, since the kernel would see its interpreter. */
int wh_config_resolve_executable(const char *path, uint32_t *ret_device, uint64_t *ret_inode);

/* The id and level of a cgroup v2, given as a path below the cgroup root ("/user.slice") or as
 * a path of the file system. Returns 0 or a negative errno: -E2BIG for one below level 15, -EXDEV
 * when its level cannot be known, inside a cgroup namespace. */
int wh_config_resolve_cgroup(const char *path, uint64_t *ret_id, uint32_t *ret_level);

void wh_conditions_free(struct wh_conditions *conditions);
void wh_config_free(struct wh_rule_set *set);
void wh_config_report_free(struct wh_config_report *report);

#endif /* WH_CONFIG_H */
