/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "connection_list.h"

#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "engine_problem.h"
#include "scope_exit.h"

/* Reads exactly size bytes. Returns 1, 0 at the end of the list, or a negative errno. */
static int read_whole(FILE *file, void *to, size_t size)
{
	size_t length = fread(to, 1, size, file);

	if (length == size)
		return 1;
	if (ferror(file))
		return -EIO;
	return length ? -EPROTO : 0;
}

static int visit_all(FILE *file, wh_connection_visit visit, void *data)
{
	struct wh_listing listing;
	struct wh_chain chain;
	int more, result;

	while ((more = read_whole(file, &listing, sizeof(listing))) > 0) {
		if (listing.chained) {
			more = read_whole(file, &chain, sizeof(chain));
			if (more <= 0)
				return more ? more : -EPROTO;
			if (chain.hop_count > WH_HOPS_MAX)
				return -EPROTO;
		}
		result = visit(&listing, listing.chained ? &chain : NULL, data);
		if (result)
			return result;
	}
	return more;
}

int wh_connections_read(const char *path, wh_connection_visit visit, void *data,
			struct wh_problem *problem)
{
	WH_AUTO_FD link = bpf_obj_get(path);
	WH_AUTO_FILE file = NULL;
	int fd, result;

	if (link == -ENOENT)
		return 0;
	if (link < 0)
		return wh_problem_set(problem, link, "cannot open %s: %s", path, strerror(-link));
	fd = bpf_iter_create(link);
	if (fd < 0)
		return wh_problem_set(problem, fd, "cannot list the connections: %s",
				      strerror(-fd));
	file = fdopen(fd, "r");
	if (!file) {
		close(fd);
		return -errno;
	}
	result = visit_all(file, visit, data);
	if (result == -EIO || result == -EPROTO)
		wh_problem_set(problem, result, "the list of connections cannot be read: %s",
			       strerror(-result));
	return result;
}
