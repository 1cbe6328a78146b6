/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "program_load.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "engine_problem.h"
#include "scope_exit.h"
#include "whither_bpf.skel.h"

#ifndef WHITHER_VERSION
#define WHITHER_VERSION "0.1.0"
#endif

/* Every pinned map: its pin's name, and where its descriptor goes. */
static const struct {
	const char *name;
	size_t offset;
} pinned[] = {
	{"wh_active", offsetof(struct wh_maps, active)},
	{"wh_settings", offsetof(struct wh_maps, settings)},
	{"wh_totals", offsetof(struct wh_maps, totals)},
	{"wh_redirectors", offsetof(struct wh_maps, redirectors)},
	{"wh_filters", offsetof(struct wh_maps, filters)},
	{"wh_user_flights", offsetof(struct wh_maps, user_flights)},
	{"wh_client", offsetof(struct wh_maps, client)},
	{"wh_outbound", offsetof(struct wh_maps, outbound)},
	{"wh_accepted", offsetof(struct wh_maps, accepted)},
	{"wh_accepted_chain", offsetof(struct wh_maps, accepted_chain)},
	{"wh_listening", offsetof(struct wh_maps, listening)},
	{"wh_flight", offsetof(struct wh_maps, flight)},
	{"wh_flight_chain", offsetof(struct wh_maps, flight_chain)},
	{"wh_issued", offsetof(struct wh_maps, issued)},
	{"wh_issued_chain", offsetof(struct wh_maps, issued_chain)},
	{"wh_contexts", offsetof(struct wh_maps, contexts)},
	{"wh_learned", offsetof(struct wh_maps, learned)},
	{"wh_cgroups", offsetof(struct wh_maps, cgroups)},
	{"wh_events", offsetof(struct wh_maps, events)},
	{"wh_watch", offsetof(struct wh_maps, watch)},
};

/* Those that user space does not look into. */
static const char *const unseen[] = {
	"wh_scratch",
	"wh_abroad",
};

#define PINNED_COUNT (sizeof(pinned) / sizeof(pinned[0]))

static int *map_slot(struct wh_maps *maps, size_t i)
{
	return (int *)((char *)maps + pinned[i].offset);
}

void wh_maps_close(struct wh_maps *maps)
{
	for (size_t i = 0; i < PINNED_COUNT; i++) {
		wh_close_fd(map_slot(maps, i));
		*map_slot(maps, i) = -1;
	}
}

static int is_called(const char *pin, const char *name)
{
	return !strncmp(pin, name, BPF_OBJ_NAME_LEN - 1);
}

const char *wh_maps_pin_name(const char *name)
{
	for (size_t i = 0; i < PINNED_COUNT; i++)
		if (is_called(pinned[i].name, name))
			return pinned[i].name;
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (is_called(unseen[i], name))
			return unseen[i];
	return NULL;
}

/*
 * A map's pin is gone. Verbs make the maps first and remove them last: when hooks are pinned
 * without them, somebody else was at it. The hooks still obey the rules in the map.
 */
static int say_missing(const struct wh_pins *pins, const char *path, struct wh_problem *problem)
{
	if (!wh_pins_have_links(pins))
		return wh_problem_set(problem, -ENOENT, "whither is not active");
	return wh_problem_set(problem, -EIO,
			      "%s is missing while hooks are attached, which no verb of whither "
			      "does: 'whither up' of any set puts it back, 'whither down --all' "
			      "removes everything",
			      path);
}

int wh_maps_open(struct wh_maps *ret_maps, const struct wh_pins *pins, struct wh_problem *problem)
{
	char path[WH_PIN_PATH_SIZE];
	struct wh_maps maps;
	int error = 0;

	for (size_t i = 0; i < PINNED_COUNT; i++) {
		int fd;

		wh_pins_name(pins, pinned[i].name, path);
		fd = bpf_obj_get(path);
		*map_slot(&maps, i) = fd < 0 ? -1 : fd;
		if (fd < 0 && !error)
			error = fd == -ENOENT ? say_missing(pins, path, problem) :
						wh_problem_set(problem, fd, "cannot open %s: %s",
							       path, strerror(-fd));
	}
	for (size_t i = 0; !error && i < sizeof(unseen) / sizeof(unseen[0]); i++) {
		wh_pins_name(pins, unseen[i], path);
		if (access(path, F_OK))
			error = say_missing(pins, path, problem);
	}
	if (error) {
		wh_maps_close(&maps);
		return error;
	}
	*ret_maps = maps;
	return 0;
}

/* libbpf's messages of this load; the last lines are the ones that matter. */
static __thread char load_log[2048];

static int keep_message(enum libbpf_print_level level, const char *format, va_list arguments)
{
	size_t length = strlen(load_log);
	char line[1024];
	int written;

	if (level == LIBBPF_DEBUG)
		return 0;
	written = vsnprintf(line, sizeof(line), format, arguments);
	if (written < 0)
		return 0;
	if ((size_t)written >= sizeof(line))
		written = sizeof(line) - 1;
	if (length + (size_t)written >= sizeof(load_log)) { /* keep the end */
		size_t drop = length + (size_t)written + 1 - sizeof(load_log);

		memmove(load_log, load_log + drop, length - drop);
		length -= drop;
	}
	memcpy(load_log + length, line, (size_t)written + 1);
	return written;
}

__u64 wh_programs_build(void)
{
	__u64 hash = 0xcbf29ce484222325ULL; /* FNV-1a */
	const unsigned char *bytes;
	size_t size;

	bytes = whither_bpf__elf_bytes(&size);
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3ULL;
	return hash;
}

static int write_settings(struct whither_bpf *programs, struct wh_problem *problem)
{
	int settings_fd = bpf_map__fd(programs->maps.wh_settings);
	int totals_fd = bpf_map__fd(programs->maps.wh_totals);
	struct wh_settings settings = {};
	struct wh_totals totals = {};
	__u64 build = wh_programs_build();
	struct timespec now;
	__u32 zero = 0;
	int error = bpf_map_lookup_elem(settings_fd, &zero, &settings);

	if (error)
		return wh_problem_set(problem, error, "cannot read the settings map: %s",
				      strerror(-error));
	if (settings.layout == WH_LAYOUT_VERSION && settings.program_build == build)
		return 0;
	if (settings.layout == WH_LAYOUT_VERSION) { /* another build: the hooks follow */
		settings.program_build = build;
		snprintf(settings.program_version, sizeof(settings.program_version), "%s",
			 WHITHER_VERSION);
		return bpf_map_update_elem(settings_fd, &zero, &settings, BPF_ANY);
	}
	if (settings.layout != 0)
		return wh_problem_set(problem, -EPROTO,
				      "what is pinned was made by whither %.16s, which keeps its "
				      "state in another layout (%u; this is %s with %u): run "
				      "'whither down --all', then 'up' again",
				      settings.program_version, settings.layout, WHITHER_VERSION,
				      WH_LAYOUT_VERSION);
	clock_gettime(CLOCK_REALTIME, &now);
	settings = (struct wh_settings){
		.layout = WH_LAYOUT_VERSION,
		.flight_limit = WH_FLIGHTS_LIMIT,
		.user_flight_limit = WH_USER_FLIGHTS_LIMIT,
		.program_build = build,
		.made = (__u64)now.tv_sec * 1000000000ULL + (__u64)now.tv_nsec,
	};
	snprintf(settings.program_version, sizeof(settings.program_version), "%s", WHITHER_VERSION);
	if (getrandom(&settings.key, sizeof(settings.key), 0) != sizeof(settings.key) ||
	    getrandom(&totals.next_id, sizeof(totals.next_id), 0) != sizeof(totals.next_id))
		return wh_problem_set(problem, -errno, "no random bytes: %s", strerror(errno));
	totals.next_id &= 0x7fffffffffffffffULL; /* 2^63 ids are left, and 0 is never reached */
	totals.next_id |= 1;
	error = bpf_map_update_elem(totals_fd, &zero, &totals, BPF_ANY);
	if (!error)
		error = bpf_map_update_elem(settings_fd, &zero, &settings, BPF_ANY);
	return error ? wh_problem_set(problem, error, "cannot write the settings: %s",
				      strerror(-error)) :
		       0;
}

static const char *last_lines(const char *log)
{
	size_t length = strlen(log);

	return length > 300 ? log + length - 300 : log;
}

int wh_programs_load(struct whither_bpf **ret_programs, const struct wh_pins *pins,
		     struct wh_problem *problem)
{
	libbpf_print_fn_t before = libbpf_set_print(keep_message);
	struct whither_bpf *programs;
	char path[WH_PIN_PATH_SIZE];
	int error = 0;

	load_log[0] = '\0';
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	programs = whither_bpf__open();
	if (!programs) {
		error = wh_problem_set(problem, -errno, "cannot read the built-in programs: %s",
				       strerror(errno));
		goto restore;
	}
	for (struct bpf_map *map = NULL; (map = bpf_object__next_map(programs->obj, map));) {
		if (strncmp(bpf_map__name(map), "wh_", 3) != 0)
			continue;
		wh_pins_name(pins, bpf_map__name(map), path);
		error = bpf_map__set_pin_path(map, path);
		if (error)
			goto destroy;
	}
	error = whither_bpf__load(programs);
	if (error) {
		wh_problem_set(problem, error, "the kernel refuses the programs (%s): %s",
			       strerror(-error), last_lines(load_log));
		goto destroy;
	}
	error = write_settings(programs, problem);
	if (error)
		goto destroy;
	*ret_programs = programs;
	goto restore;

destroy:
	whither_bpf__destroy(programs);
restore:
	libbpf_set_print(before);
	return error;
}

void wh_programs_free(struct whither_bpf *programs)
{
	whither_bpf__destroy(programs);
}

const struct bpf_program *wh_programs_find(const struct whither_bpf *programs, const char *name)
{
	return bpf_object__find_program_by_name(programs->obj, name);
}

int wh_programs_accepted_map(const struct whither_bpf *programs)
{
	return bpf_map__fd(programs->maps.wh_accepted);
}
