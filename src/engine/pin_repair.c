/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "pin_repair.h"

#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "program_load.h"
#include "scope_exit.h"

#define MAPS_MAX 64 /* of one program */

static int pin_again(const struct wh_pins *pins, __u32 id)
{
	WH_AUTO_FD map = bpf_map_get_fd_by_id(id);
	char path[WH_PIN_PATH_SIZE];
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);
	const char *name;
	int error;

	if (map < 0)
		return map;
	if (bpf_obj_get_info_by_fd(map, &info, &size))
		return -errno;
	name = wh_maps_pin_name(info.name);
	if (!name)
		return 0;
	wh_pins_name(pins, name, path);
	error = bpf_obj_pin(map, path);
	return error == -EEXIST ? 0 : error;
}

/* The maps of the program behind a pinned link. */
static int repair_by(const struct wh_pins *pins, const char *link_name)
{
	__u32 ids[MAPS_MAX], size = sizeof(struct bpf_link_info);
	struct bpf_prog_info program_info = {
		.map_ids = (__u64)(unsigned long)ids,
		.nr_map_ids = MAPS_MAX,
	};
	struct bpf_link_info link_info = {};
	char path[WH_PIN_PATH_SIZE];
	WH_AUTO_FD program = -1;
	WH_AUTO_FD link = -1;
	int error = 0;

	wh_pins_name(pins, link_name, path);
	link = bpf_obj_get(path);
	if (link < 0 || bpf_obj_get_info_by_fd(link, &link_info, &size))
		return 0; /* no link, whatever its name says */
	program = bpf_prog_get_fd_by_id(link_info.prog_id);
	if (program < 0)
		return program == -ENOENT ? 0 : program;
	size = sizeof(program_info);
	if (bpf_obj_get_info_by_fd(program, &program_info, &size))
		return -errno;
	for (__u32 i = 0; !error && i < program_info.nr_map_ids && i < MAPS_MAX; i++)
		error = pin_again(pins, ids[i]);
	return error;
}

int wh_pins_repair(const struct wh_pins *pins)
{
	return wh_pins_each_link(pins, repair_by);
}
