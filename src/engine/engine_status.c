/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What goes on: counters, listeners, hooks, connections. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "bind_guard.h"
#include "connection_list.h"
#include "engine_internal.h"
#include "engine_problem.h"
#include "hook_attach.h"
#include "listener_scan.h"
#include "process_identity.h"
#include "rule_compile.h"

int wh_engine_redirector_counters(const struct wh_engine *engine,
				  const struct wh_redirector *redirector,
				  struct wh_redirector_counters *ret)
{
	struct wh_redirector_counters counters;
	__u32 slot = redirector->slot;
	int error = bpf_map_lookup_elem(engine->maps.redirectors, &slot, &counters);

	if (error)
		return error;
	*ret = counters;
	if (!wh_guid_equal(&counters.guid, &redirector->guid))
		*ret = (struct wh_redirector_counters){.guid = redirector->guid};
	return 0;
}

int wh_engine_filter_counters(const struct wh_engine *engine, const struct wh_filter *filter,
			      struct wh_filter_counters *ret)
{
	__u64 identity = wh_filter_identity(engine->rules->set[filter->set].name, filter->name);
	struct wh_filter_counters counters;
	__u32 slot = filter->slot;
	int error = bpf_map_lookup_elem(engine->maps.filters, &slot, &counters);

	if (error)
		return error;
	*ret = counters;
	if (counters.identity != identity)
		*ret = (struct wh_filter_counters){.identity = identity};
	return 0;
}

int wh_engine_totals(const struct wh_engine *engine, struct wh_totals *ret)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(engine->maps.totals, &zero, ret);
}

int wh_engine_settings(const struct wh_engine *engine, struct wh_settings *ret)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(engine->maps.settings, &zero, ret);
}

int wh_engine_set_limits(struct wh_engine *engine, uint32_t flights, uint32_t user_flights,
			 struct wh_problem *problem)
{
	struct wh_settings settings;
	__u32 zero = 0;
	int error;

	if (flights > WH_FLIGHTS_LIMIT || user_flights > WH_FLIGHTS_LIMIT)
		return wh_problem_set(problem, -ERANGE,
				      "at most %u connections can be in flight at a time",
				      WH_FLIGHTS_LIMIT);
	if (!engine->have_maps)
		return wh_problem_set(problem, -ENOENT, "whither is not active");
	error = wh_engine_settings(engine, &settings);
	if (error)
		return wh_problem_set(problem, error, "cannot read the settings: %s",
				      strerror(-error));
	if (flights)
		settings.flight_limit = flights;
	if (user_flights)
		settings.user_flight_limit = user_flights;
	error = bpf_map_update_elem(engine->maps.settings, &zero, &settings, BPF_ANY);
	return error ? wh_problem_set(problem, error, "cannot write the settings: %s",
				      strerror(-error)) :
		       0;
}

static uint64_t count_keys(int map, size_t key_size)
{
	unsigned char key[64], next[64], *previous = NULL;
	uint64_t count = 0;

	while (!bpf_map_get_next_key(map, previous, next)) {
		memcpy(key, next, key_size);
		previous = key;
		count++;
	}
	return count;
}

static int count_visit(const struct wh_listing *listing, const struct wh_chain *chain, void *data)
{
	(void)listing;
	(void)chain;
	++*(uint64_t *)data;
	return 0;
}

int wh_engine_occupancy(const struct wh_engine *engine, struct wh_occupancy *ret)
{
	struct wh_occupancy occupancy = {
		.flights = count_keys(engine->maps.flight, sizeof(struct wh_flight_key)),
		.flight_chains = count_keys(engine->maps.flight_chain, sizeof(__u64)),
		.issued = count_keys(engine->maps.issued, sizeof(__u64)),
		.issued_chains = count_keys(engine->maps.issued_chain, sizeof(__u64)),
	};
	int error = wh_engine_connections(engine, count_visit, &occupancy.accepted, NULL);

	if (!error)
		*ret = occupancy;
	return error;
}

int wh_engine_connections(const struct wh_engine *engine, wh_connection_visit visit, void *data,
			  struct wh_problem *problem)
{
	char path[WH_PIN_PATH_SIZE];

	wh_pins_name(&engine->pins, WH_LIST_PIN, path);
	return wh_connections_read(path, visit, data, problem);
}

int wh_engine_hooks(const struct wh_engine *engine, struct wh_hook *ret)
{
	return wh_hooks_describe(&engine->pins, engine->rules, ret);
}

static void describe_holder(const struct wh_redirector *redirector, __u32 pid,
			    struct wh_listening *ret)
{
	struct wh_cgroup_path path = {};
	struct wh_process process = {.who = &ret->who, .path = &path};
	char link[64];
	ssize_t length;

	if (wh_process_identity(pid, &ret->who))
		return;
	wh_process_cgroup_path(pid, &path);
	snprintf(link, sizeof(link), "/proc/%u/exe", pid);
	length = readlink(link, ret->executable, sizeof(ret->executable) - 1);
	ret->executable[length < 0 ? 0 : length] = '\0';
	ret->known = 1;
	ret->allowed = wh_process_may_listen(redirector, &process);
}

int wh_engine_listening(const struct wh_engine *engine, const struct wh_redirector *redirector,
			int inet6, struct wh_listening *ret)
{
	const struct wh_endpoint *wanted = inet6 ? &redirector->listen6 : &redirector->listen4;
	struct wh_listening listening = {};
	const struct wh_spread *spread = wh_redirector_spread(redirector, wanted);
	struct wh_endpoint somewhere = *wanted;
	struct wh_listener_scan scan;
	int error = wh_listeners_scan(engine->rules, &scan);

	if (error)
		return error;
	if (spread) /* who listens there listens on all of the range, or it does not do */
		wh_spread_pick(spread, 0, &somewhere.address);
	for (size_t i = 0; i < scan.count && !listening.allowed; i++) {
		if (!wanted->port || !wh_endpoint_covers(&scan.listeners[i].bound, &somewhere))
			continue;
		listening.present = 1;
		for (size_t j = 0; j < scan.listeners[i].holder_count && !listening.allowed; j++)
			describe_holder(redirector, scan.listeners[i].holders[j].pid, &listening);
	}
	wh_listeners_free(&scan);
	*ret = listening;
	return 0;
}
