/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "context_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <bpf/bpf.h>

#include "connection_list.h"
#include "engine_problem.h"
#include "scope_exit.h"

static int find(int map, const struct wh_context *wanted, __u32 *ret_key, __u32 *ret_count)
{
	__u32 key, *previous = NULL;
	struct wh_context stored;

	*ret_count = 0;
	while (!bpf_map_get_next_key(map, previous, &key)) {
		(*ret_count)++;
		previous = &key;
		*ret_key = key;
		if (!bpf_map_lookup_elem(map, &key, &stored) && stored.size == wanted->size &&
		    !memcmp(stored.bytes, wanted->bytes, wanted->size))
			return 0;
	}
	return -ENOENT;
}

/* The keys in use, growing. */
struct keys {
	__u32 *key;
	size_t count;
	int error;
};

static void keys_add(struct keys *keys, __u32 key)
{
	__u32 *grown;

	for (size_t i = 0; i < keys->count; i++)
		if (keys->key[i] == key)
			return;
	grown = realloc(keys->key, (keys->count + 1) * sizeof(*grown));
	if (!grown) {
		keys->error = -ENOMEM;
		return;
	}
	keys->key = grown;
	grown[keys->count++] = key;
}

static int add_live(const struct wh_listing *listing, const struct wh_chain *chain, void *data)
{
	(void)chain;
	if (listing->record.context_kind == WH_CONTEXT_BYTES)
		keys_add(data, listing->record.context);
	return 0;
}

static void add_flights(const struct wh_maps *maps, struct keys *keys)
{
	struct wh_flight_key key, *previous = NULL;
	struct wh_record record;

	while (!bpf_map_get_next_key(maps->flight, previous, &key)) {
		previous = &key;
		if (!bpf_map_lookup_elem(maps->flight, &key, &record) &&
		    record.context_kind == WH_CONTEXT_BYTES)
			keys_add(keys, record.context);
	}
}

static int drop_unused(const struct wh_maps *maps, const char *list_path,
		       const struct wh_rules *rules)
{
	__u32 key, next, *previous = NULL;
	struct keys keys = {};
	int error, more;

	for (__u32 i = 0; i < rules->redirector_count; i++)
		if (rules->redirector[i].context_kind == WH_CONTEXT_BYTES)
			keys_add(&keys, rules->redirector[i].context);
	/* First those on their way: they may arrive meanwhile, and are then found again. */
	add_flights(maps, &keys);
	error = wh_connections_read(list_path, add_live, &keys, NULL);
	if (!error)
		error = keys.error;
	more = error ? -1 : bpf_map_get_next_key(maps->contexts, previous, &key);
	while (!more) {
		int used = 0;

		more = bpf_map_get_next_key(maps->contexts, &key, &next);
		for (size_t i = 0; i < keys.count; i++)
			used |= keys.key[i] == key;
		if (!used)
			bpf_map_delete_elem(maps->contexts, &key);
		key = next;
	}
	free(keys.key);
	return error;
}

int wh_context_store(const struct wh_maps *maps, const char *list_path,
		     const struct wh_rules *rules, const void *bytes, __u32 size, __u32 *ret_key,
		     struct wh_problem *problem)
{
	struct wh_context context = {.size = size};
	__u32 key, count;
	int error;

	if (size > WH_CONTEXT_MAX)
		return wh_problem_set(problem, -EMSGSIZE, "a context has at most %u bytes",
				      WH_CONTEXT_MAX);
	if (size)
		memcpy(context.bytes, bytes, size);
	if (!find(maps->contexts, &context, ret_key, &count))
		return 0;
	if (count >= WH_CONTEXTS_MAX - 1) {
		error = drop_unused(maps, list_path, rules);
		if (error)
			return wh_problem_set(problem, error, "cannot tidy the contexts: %s",
					      strerror(-error));
	}
	do {
		if (getrandom(&key, sizeof(key), 0) != sizeof(key))
			return wh_problem_set(problem, -errno, "no random bytes: %s",
					      strerror(errno));
		error = key ? bpf_map_update_elem(maps->contexts, &key, &context, BPF_NOEXIST) :
			      -EEXIST;
	} while (error == -EEXIST);
	if (error)
		return wh_problem_set(problem, error == -E2BIG ? -ENOSPC : error,
				      "cannot store a context: %s (at most %u are kept)",
				      strerror(-error), WH_CONTEXTS_MAX);
	*ret_key = key;
	return 0;
}
