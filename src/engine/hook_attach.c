/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "hook_attach.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "connection_list.h"
#include "engine_problem.h"
#include "hook_place.h"
#include "hook_survey.h"
#include "program_load.h"
#include "scope_exit.h"

/* In the order of attaching: nobody is diverted before everything else is in place. */
const struct wh_hook_kind wh_hook_kinds[] = {
	{"sock_ops", "wh_sock_ops", BPF_CGROUP_SOCK_OPS, WH_AT_ROOT},
	{"getsockopt", "wh_getsockopt", BPF_CGROUP_GETSOCKOPT, WH_AT_PROXIES},
	{"setsockopt", "wh_setsockopt", BPF_CGROUP_SETSOCKOPT, WH_AT_PROXIES},
	{"getsockname4", "wh_getsockname4", BPF_CGROUP_INET4_GETSOCKNAME, WH_AT_PROXIES},
	{"getsockname6", "wh_getsockname6", BPF_CGROUP_INET6_GETSOCKNAME, WH_AT_PROXIES},
	{"getpeername4", "wh_getpeername4", BPF_CGROUP_INET4_GETPEERNAME, WH_AT_ROOT},
	{"getpeername6", "wh_getpeername6", BPF_CGROUP_INET6_GETPEERNAME, WH_AT_ROOT},
	{"bind4", "wh_bind4", BPF_CGROUP_INET4_BIND, WH_AT_ROOT_IF_OWNED},
	{"bind6", "wh_bind6", BPF_CGROUP_INET6_BIND, WH_AT_ROOT_IF_OWNED},
	{"connect4", "wh_connect4", BPF_CGROUP_INET4_CONNECT, WH_AT_ROOT},
	{"connect6", "wh_connect6", BPF_CGROUP_INET6_CONNECT, WH_AT_ROOT},
};

const size_t wh_hook_kind_count = sizeof(wh_hook_kinds) / sizeof(wh_hook_kinds[0]);

/* The name of the pin of a hook at a cgroup. */
static void pin_name(const struct wh_hook_kind *kind, const struct wh_place *place, char *ret,
		     size_t size)
{
	if (place->is_root)
		snprintf(ret, size, "link_%s", kind->name);
	else
		snprintf(ret, size, "link_%s_%llx", kind->name, (unsigned long long)place->id);
}

/* The id of the program behind a pinned link that is alive at place; 0: there is none. */
static __u32 pinned_program(const char *path, const struct wh_place *place, int *ret_fd)
{
	struct bpf_link_info info = {};
	__u32 size = sizeof(info);
	int fd = bpf_obj_get(path);

	if (fd < 0)
		return 0;
	if (bpf_obj_get_info_by_fd(fd, &info, &size) || info.cgroup.cgroup_id != place->id) {
		close(fd);
		unlink(path); /* its cgroup is gone */
		return 0;
	}
	*ret_fd = fd;
	return info.prog_id;
}

static int attach_error(const struct wh_hook_kind *kind, const struct wh_place *place, int error,
			struct wh_problem *problem)
{
	char names[128] = "";

	if (error == -EPERM && wh_hook_exclusive(kind, place, names, sizeof(names)))
		return wh_problem_set(problem, error,
				      "the hook %s of %s is held exclusively by another program "
				      "(%s): it has to be attached with BPF_F_ALLOW_MULTI, or go",
				      kind->name, place->path, names);
	return wh_problem_set(problem, error, "cannot attach %s to %s: %s", kind->name, place->path,
			      strerror(-error));
}

/* Programs loaded on first need, and whether links must follow to this build. */
struct loader {
	const struct wh_pins *pins;
	struct whither_bpf *programs;
	int replace;
	struct wh_problem *problem;
};

static int loader_need(struct loader *loader)
{
	return loader->programs ?
		       0 :
		       wh_programs_load(&loader->programs, loader->pins, loader->problem);
}

static int attach_one(struct loader *loader, const struct wh_hook_kind *kind,
		      const struct wh_place *place)
{
	char name[96], path[WH_PIN_PATH_SIZE];
	const struct bpf_program *program;
	WH_AUTO_FD linked = -1;
	struct bpf_link *link;
	int error;

	pin_name(kind, place, name, sizeof(name));
	wh_pins_name(loader->pins, name, path);
	if (pinned_program(path, place, &linked) && !loader->replace)
		return 0;
	error = loader_need(loader);
	if (error)
		return error;
	program = wh_programs_find(loader->programs, kind->program);
	if (linked >= 0) {
		error = bpf_link_update(linked, bpf_program__fd(program), NULL);
		return error ? attach_error(kind, place, error, loader->problem) : 0;
	}
	link = bpf_program__attach_cgroup(program, place->fd);
	if (!link)
		return attach_error(kind, place, -errno, loader->problem);
	error = bpf_link__pin(link, path);
	bpf_link__destroy(link); /* the pin holds it, or it goes */
	return error ? wh_problem_set(loader->problem, error, "cannot pin %s: %s", path,
				      strerror(-error)) :
		       0;
}

/* The list of connections: a link that "show" opens and reads. */
static int attach_list(struct loader *loader)
{
	DECLARE_LIBBPF_OPTS(bpf_iter_attach_opts, options);
	union bpf_iter_link_info info = {};
	char path[WH_PIN_PATH_SIZE];
	struct bpf_link *link;
	struct stat status;
	int error;

	wh_pins_name(loader->pins, WH_LIST_PIN, path);
	if (!lstat(path, &status)) {
		if (!loader->replace)
			return 0;
		unlink(path);
	}
	error = loader_need(loader);
	if (error)
		return error;
	info.map.map_fd = (__u32)wh_programs_accepted_map(loader->programs);
	options.link_info = &info;
	options.link_info_len = sizeof(info);
	link = bpf_program__attach_iter(wh_programs_find(loader->programs, "wh_list_accepted"),
					&options);
	if (!link)
		return wh_problem_set(loader->problem, -errno,
				      "cannot attach the list of connections: %s", strerror(errno));
	error = bpf_link__pin(link, path);
	bpf_link__destroy(link);
	return error ? wh_problem_set(loader->problem, error, "cannot pin %s: %s", path,
				      strerror(-error)) :
		       0;
}

/* Were the attached programs built by another whither than this? */
static int other_build(const struct wh_pins *pins)
{
	struct wh_settings settings = {};
	char path[WH_PIN_PATH_SIZE];
	WH_AUTO_FD fd = -1;
	__u32 zero = 0;

	wh_pins_name(pins, "wh_settings", path);
	fd = bpf_obj_get(path);
	if (fd < 0 || bpf_map_lookup_elem(fd, &zero, &settings))
		return 1;
	return settings.program_build != wh_programs_build();
}

int wh_hooks_attach(const struct wh_pins *pins, const struct wh_rules *rules,
		    struct wh_problem *problem)
{
	struct loader loader = {.pins = pins, .replace = other_build(pins), .problem = problem};
	struct wh_places places;
	int error = wh_places_find(&places, rules, problem);

	if (error)
		return error;
	error = wh_hooks_check_strays(pins, &places.root, problem);
	if (!error && loader.replace)
		error = loader_need(&loader);
	for (size_t i = 0; !error && i < wh_hook_kind_count; i++)
		for (size_t j = 0; !error && j < wh_places_count(&places, &wh_hook_kinds[i]); j++)
			error = attach_one(&loader, &wh_hook_kinds[i],
					   wh_places_at(&places, &wh_hook_kinds[i], j));
	if (!error)
		error = attach_list(&loader);
	wh_programs_free(loader.programs);
	wh_places_free(&places);
	return error;
}

/* Whether the pin is one that rules want. */
static int pin_wanted(const struct wh_places *places, const char *pin)
{
	char name[96];

	if (!strcmp(pin, WH_LIST_PIN))
		return 1;
	for (size_t i = 0; i < wh_hook_kind_count; i++)
		for (size_t j = 0; j < wh_places_count(places, &wh_hook_kinds[i]); j++) {
			pin_name(&wh_hook_kinds[i], wh_places_at(places, &wh_hook_kinds[i], j),
				 name, sizeof(name));
			if (!strcmp(pin, name))
				return 1;
		}
	return 0;
}

int wh_hooks_detach_unneeded(const struct wh_pins *pins, const struct wh_rules *rules,
			     struct wh_problem *problem)
{
	int copy = openat(pins->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	WH_AUTO_DIRECTORY directory = copy < 0 ? NULL : fdopendir(copy);
	struct wh_places places;
	struct dirent *entry;
	int error;

	if (!directory) {
		error = -errno;
		wh_close_fd(&copy);
		return wh_problem_set(problem, error, "cannot read %s", pins->path);
	}
	error = wh_places_find(&places, rules, problem);
	if (error)
		return error;
	while ((entry = readdir(directory)))
		if (!strncmp(entry->d_name, "link_", 5) && !pin_wanted(&places, entry->d_name)) {
			int failed = wh_pins_unlink(pins, entry->d_name);

			if (failed)
				error = wh_problem_set(problem, failed, "cannot remove %s/%s: %s",
						       pins->path, entry->d_name,
						       strerror(-failed));
		}
	wh_places_free(&places);
	return error;
}

int wh_hooks_describe(const struct wh_pins *pins, const struct wh_rules *rules, struct wh_hook *ret)
{
	struct wh_places places;
	int error = wh_places_find(&places, rules, NULL), count = 0;

	if (error)
		return error;
	for (size_t i = 0; i < wh_hook_kind_count && count < WH_HOOKS_MAX; i++) {
		const struct wh_hook_kind *kind = &wh_hook_kinds[i];
		const struct wh_place *place =
			wh_places_count(&places, kind) ? wh_places_at(&places, kind, 0) : NULL;
		struct wh_hook *hook = &ret[count++];
		char name[96], path[WH_PIN_PATH_SIZE];
		WH_AUTO_FD linked = -1;
		__u32 ours = 0;

		*hook = (struct wh_hook){.name = kind->name, .needed = place != NULL};
		if (!place)
			continue;
		pin_name(kind, place, name, sizeof(name));
		wh_pins_name(pins, name, path);
		ours = pinned_program(path, place, &linked);
		hook->attached = ours != 0;
		snprintf(hook->cgroup, sizeof(hook->cgroup), "%s", place->path);
		hook->others = wh_hook_others(kind, place, ours, &hook->later, hook->other_names,
					      sizeof(hook->other_names));
	}
	wh_places_free(&places);
	return count;
}
