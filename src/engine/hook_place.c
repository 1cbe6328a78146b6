/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "hook_place.h"
#include "cgroup_handle.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "engine_problem.h"
#include "machine_facts.h"
#include "mount_table.h"
#include "scope_exit.h"

static void fill_path(struct wh_place *place)
{
	char link[64];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", place->fd);
	length = readlink(link, place->path, sizeof(place->path) - 1);
	place->path[length < 0 ? 0 : length] = '\0';
}

static int is_below(const char *path, const char *above)
{
	size_t length = strlen(above);

	return !strncmp(path, above, length) && (path[length] == '/' || path[length] == '\0');
}

/* Adds the cgroup with this id unless it, or one above it, is there already; drops those below
 * it. A cgroup that is gone holds no proxy and is passed over. */
static int add_proxy(struct wh_places *places, const char *mount, __u64 id)
{
	struct wh_place place = {.fd = wh_cgroup_open(mount, id), .id = id}, *grown;

	if (place.fd < 0)
		return place.fd == -ESTALE || place.fd == -ENOENT ? 0 : place.fd;
	fill_path(&place);
	for (size_t i = 0; i < places->proxy_count; i++)
		if (is_below(place.path, places->proxies[i].path)) {
			close(place.fd);
			return 0;
		}
	for (size_t i = 0; i < places->proxy_count;)
		if (is_below(places->proxies[i].path, place.path)) {
			close(places->proxies[i].fd);
			places->proxies[i] = places->proxies[--places->proxy_count];
		} else {
			i++;
		}
	grown = realloc(places->proxies, (places->proxy_count + 1) * sizeof(*grown));
	if (!grown) {
		close(place.fd);
		return -ENOMEM;
	}
	places->proxies = grown;
	places->proxies[places->proxy_count++] = place;
	return 0;
}

void wh_places_free(struct wh_places *places)
{
	for (size_t i = 0; i < places->proxy_count; i++)
		close(places->proxies[i].fd);
	free(places->proxies);
	wh_close_fd(&places->root.fd);
}

int wh_places_find(struct wh_places *ret_places, const struct wh_rules *rules,
		   struct wh_problem *problem)
{
	struct wh_places places = {.root = {.fd = -1, .is_root = 1},
				   .owned = !!(rules->flags & WH_RULES_OWNED)};
	int all_stated = rules->redirector_count > 0, error;
	WH_AUTO_FREE char *mount = NULL;

	error = wh_find_mount("cgroup2", "/sys/fs/cgroup", &mount);
	if (error)
		return wh_problem_set(problem, error,
				      "cgroup v2 is not mounted here (mount -t cgroup2 none DIR)");
	places.root.fd = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (places.root.fd < 0)
		return wh_problem_set(problem, -errno, "cannot open %s: %s", mount,
				      strerror(errno));
	fill_path(&places.root);
	error = wh_cgroup_id(mount, &places.root.id);
	for (__u32 i = 0; i < rules->redirector_count; i++)
		if (!(rules->redirector[i].owner.flags & WH_OWNER_CGROUP))
			all_stated = 0;
	for (__u32 i = 0; !error && all_stated && i < rules->redirector_count; i++)
		error = add_proxy(&places, mount, rules->redirector[i].owner.cgroup);
	if (error) {
		wh_places_free(&places);
		return wh_problem_set(problem, error, "cannot look into %s: %s", mount,
				      strerror(-error));
	}
	*ret_places = places;
	return 0;
}

size_t wh_places_count(const struct wh_places *places, const struct wh_hook_kind *kind)
{
	if (kind->scope == WH_AT_ROOT_IF_OWNED)
		return places->owned ? 1 : 0;
	if (kind->scope == WH_AT_PROXIES && places->proxy_count)
		return places->proxy_count;
	return 1;
}

const struct wh_place *wh_places_at(const struct wh_places *places, const struct wh_hook_kind *kind,
				    size_t index)
{
	if (kind->scope == WH_AT_PROXIES && places->proxy_count)
		return &places->proxies[index];
	return &places->root;
}
