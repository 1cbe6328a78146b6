/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "hook_survey.h"

#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "engine_problem.h"
#include "hook_attach.h"
#include "scope_exit.h"

#define PROGRAMS_MAX 64

static int program_name(__u32 id, char *ret, size_t size)
{
	WH_AUTO_FD fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info = {};
	__u32 length = sizeof(info);

	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &length))
		return -errno;
	snprintf(ret, size, "%s", info.name);
	return 0;
}

static void add_name(__u32 id, char *names, size_t size)
{
	char name[32] = "?";
	size_t length = strlen(names);

	program_name(id, name, sizeof(name));
	snprintf(names + length, size - length, "%s%s (id %u)", length ? ", " : "",
		 name[0] ? name : "unnamed", id);
}

__u32 wh_hook_others(const struct wh_hook_kind *kind, const struct wh_place *place, __u32 ours,
		     __u32 *ret_later, char *names, size_t size)
{
	__u32 ids[PROGRAMS_MAX], count = PROGRAMS_MAX, flags = 0, others = 0;
	int ours_seen = 0;

	*ret_later = 0;
	names[0] = '\0';
	if (bpf_prog_query(place->fd, kind->type, BPF_F_QUERY_EFFECTIVE, &flags, ids, &count))
		return 0;
	for (__u32 i = 0; i < count && i < PROGRAMS_MAX; i++)
		if (ids[i] == ours) {
			ours_seen = 1;
		} else {
			others++;
			*ret_later += (__u32)ours_seen;
			add_name(ids[i], names, size);
		}
	return others;
}

int wh_hook_exclusive(const struct wh_hook_kind *kind, const struct wh_place *place, char *names,
		      size_t size)
{
	__u32 ids[PROGRAMS_MAX], count = PROGRAMS_MAX, flags = 0, later;

	names[0] = '\0';
	if (bpf_prog_query(place->fd, kind->type, 0, &flags, ids, &count) ||
	    (flags & BPF_F_ALLOW_MULTI) || !count)
		return wh_hook_others(kind, place, 0, &later, names, size) > 0;
	for (__u32 i = 0; i < count && i < PROGRAMS_MAX; i++)
		add_name(ids[i], names, size);
	return 1;
}

/* Whether the program with this id is held by one of our pinned links of that kind. */
static int is_pinned(const struct wh_pins *pins, const struct wh_hook_kind *kind, __u32 id)
{
	char name[96], path[WH_PIN_PATH_SIZE];
	struct bpf_link_info info = {};
	__u32 size = sizeof(info);
	WH_AUTO_FD fd = -1;

	snprintf(name, sizeof(name), "link_%s", kind->name);
	wh_pins_name(pins, name, path);
	fd = bpf_obj_get(path);
	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) && info.prog_id == id;
}

int wh_hooks_check_strays(const struct wh_pins *pins, const struct wh_place *root,
			  struct wh_problem *problem)
{
	for (size_t i = 0; i < wh_hook_kind_count; i++) {
		__u32 ids[PROGRAMS_MAX], count = PROGRAMS_MAX, flags = 0;
		const struct wh_hook_kind *kind = &wh_hook_kinds[i];
		char name[32];

		if (kind->type != BPF_CGROUP_INET4_CONNECT ||
		    bpf_prog_query(root->fd, kind->type, 0, &flags, ids, &count))
			continue;
		for (__u32 j = 0; j < count && j < PROGRAMS_MAX; j++)
			if (!program_name(ids[j], name, sizeof(name)) &&
			    !strcmp(name, kind->program) && !is_pinned(pins, kind, ids[j]))
				return wh_problem_set(
					problem, -EBUSY,
					"another whither is active whose pins are not in %s (in "
					"another mount namespace?): use it there, or end it with "
					"'whither down --all'",
					pins->path);
	}
	return 0;
}

static int is_ours(__u32 program)
{
	char name[32];

	if (program_name(program, name, sizeof(name)))
		return 0;
	for (size_t i = 0; i < wh_hook_kind_count; i++)
		if (!strcmp(name, wh_hook_kinds[i].program))
			return 1;
	return 0;
}

int wh_hooks_detach_strays(void)
{
	__u32 id = 0;
	int error = 0;

	while (!bpf_link_get_next_id(id, &id)) {
		WH_AUTO_FD fd = bpf_link_get_fd_by_id(id);
		struct bpf_link_info info = {};
		__u32 size = sizeof(info);

		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) ||
		    info.type != BPF_LINK_TYPE_CGROUP || !info.cgroup.cgroup_id ||
		    !is_ours(info.prog_id))
			continue;
		if (bpf_link_detach(fd))
			error = -errno;
	}
	return error;
}
