/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "mount_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* mountinfo writes blanks and backslashes as \ooo. */
static void decode_octal(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' &&
		    from[2] <= '7' && from[3] >= '0' && from[3] <= '7') {
			*to++ = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 |
				       (from[3] - '0'));
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

static int copy_text(char *to, size_t size, const char *from)
{
	size_t length = strlen(from);

	if (length >= size)
		return -ENAMETOOLONG;
	memcpy(to, from, length + 1);
	return 0;
}

/* ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG]... - TYPE SOURCE OPTIONS */
static int parse_line(char *line, struct wh_mount *mount)
{
	char *type = strstr(line, " - ");
	unsigned int major, minor;
	char *position = NULL;
	char *root, *point;
	int fields_end = 0;

	if (!type || sscanf(line, "%d %*d %u:%u %n", &mount->id, &major, &minor, &fields_end) != 3)
		return -EINVAL;
	mount->device = major << 20 | minor;
	root = strtok_r(line + fields_end, " ", &position);
	point = strtok_r(NULL, " ", &position);
	type = strtok_r(type + 3, " ", &position);
	if (!root || !point || !type)
		return -EINVAL;
	decode_octal(root);
	decode_octal(point);
	if (copy_text(mount->root, sizeof(mount->root), root) ||
	    copy_text(mount->point, sizeof(mount->point), point))
		return -ENAMETOOLONG;
	return copy_text(mount->file_system, sizeof(mount->file_system), type);
}

int wh_mounts_visit(int (*visit)(const struct wh_mount *mount, void *data), void *data)
{
	FILE *table = fopen("/proc/self/mountinfo", "re");
	struct wh_mount mount;
	char *line = NULL;
	size_t size = 0;
	int result = 0;

	if (!table)
		return -errno;
	while (!result && getline(&line, &size, table) >= 0)
		if (!parse_line(line, &mount))
			result = visit(&mount, data);
	free(line);
	fclose(table);
	return result;
}

struct mount_search {
	const char *type, *preferred;
	char *found;
};

static int visit_type(const struct wh_mount *mount, void *data)
{
	struct mount_search *search = data;
	int is_preferred = search->preferred && !strcmp(mount->point, search->preferred);

	if (strcmp(mount->file_system, search->type) != 0 || (search->found && !is_preferred))
		return 0;
	free(search->found);
	search->found = strdup(mount->point);
	if (!search->found)
		return -ENOMEM;
	return is_preferred;
}

int wh_find_mount(const char *type, const char *preferred, char **ret_path)
{
	struct mount_search search = {.type = type, .preferred = preferred};
	int error = wh_mounts_visit(visit_type, &search);

	if (error < 0) {
		free(search.found);
		return error;
	}
	if (!search.found)
		return -ENOENT;
	*ret_path = search.found;
	return 0;
}
