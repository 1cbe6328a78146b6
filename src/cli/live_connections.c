/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "live_connections.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "address_text.h"
#include "json_text.h"
#include "process_text.h"
#include "safe_text.h"
#include "text_columns.h"
#include "time_text.h"

int wh_live_add(const struct wh_listing *listing, const struct wh_chain *chain, void *data)
{
	struct wh_live_connections *connections = data;
	struct wh_live_connection *entry;

	if (connections->count == connections->capacity) {
		size_t capacity = connections->capacity ? 2 * connections->capacity : 64;
		struct wh_live_connection *more =
			realloc(connections->entries, capacity * sizeof(*more));

		if (!more)
			return -ENOMEM;
		connections->entries = more;
		connections->capacity = capacity;
	}
	entry = &connections->entries[connections->count];
	*entry = (struct wh_live_connection){.listing = *listing};
	if (chain) {
		entry->chain = malloc(sizeof(*chain));
		if (!entry->chain)
			return -ENOMEM;
		*entry->chain = *chain;
	}
	connections->count++;
	return 0;
}

static int by_time(const void *left, const void *right)
{
	const struct wh_live_connection *a = left, *b = right;

	if (a->listing.record.time != b->listing.record.time)
		return a->listing.record.time < b->listing.record.time ? -1 : 1;
	return 0;
}

int wh_live_collect(struct wh_engine *engine, struct wh_live_connections *ret,
		    struct wh_problem *problem)
{
	struct wh_live_connections connections = {.now = wh_boot_now()};
	int error;

	snprintf(problem->text, sizeof(problem->text), "out of memory");
	error = wh_rule_names_new(&connections.names, wh_engine_rules(engine)) ?:
			wh_engine_connections(engine, wh_live_add, &connections, problem);
	if (error) {
		wh_live_clear(&connections);
		return error;
	}
	if (connections.count)
		qsort(connections.entries, connections.count, sizeof(*connections.entries),
		      by_time);
	*ret = connections;
	return 0;
}

void wh_live_clear(struct wh_live_connections *connections)
{
	for (size_t i = 0; i < connections->count; i++)
		free(connections->entries[i].chain);
	free(connections->entries);
	wh_rule_names_free(connections->names);
	*connections = (struct wh_live_connections){0};
}

static const char *state_name(__u16 state)
{
	static const char *const names[] = {
		[1] = "ESTAB",      [2] = "SYN-SENT",  [3] = "SYN-RECV", [4] = "FIN-WAIT-1",
		[5] = "FIN-WAIT-2", [6] = "TIME-WAIT", [7] = "CLOSED",   [8] = "CLOSE-WAIT",
		[9] = "LAST-ACK",   [10] = "LISTEN",   [11] = "CLOSING",
	};

	return state < sizeof(names) / sizeof(names[0]) && names[state] ? names[state] : "UNKNOWN";
}

/* The process and address that began the chain. */
static const struct wh_identity *origin_of(const struct wh_live_connection *connection)
{
	return connection->chain && connection->chain->hop_count ? &connection->chain->who :
								   &connection->listing.record.who;
}

static void add_chain_text(const struct wh_live_connections *connections,
			   const struct wh_live_connection *connection, char text[WH_CHAIN_TEXT])
{
	const struct wh_chain *chain = connection->chain;

	text[0] = '\0';
	for (unsigned int i = 0; chain && i < chain->hop_count; i++)
		wh_chain_text_add(connections->names, &chain->hop[i].redirector,
				  chain->hop[i].flags & WH_HOP_BY_PROCESS, text);
	wh_chain_text_add(connections->names, &connection->listing.record.redirector, false, text);
}

static int add_row(const struct wh_live_connections *connections,
		   const struct wh_live_connection *connection, struct wh_columns *columns)
{
	const struct wh_record *record = &connection->listing.record;
	const struct wh_identity *who = origin_of(connection);
	char client[WH_ADDRESS_TEXT], destination[WH_ADDRESS_TEXT], proxy[WH_ADDRESS_TEXT];
	char chain[WH_CHAIN_TEXT], age[WH_SPAN_TEXT], pid[16], user[WH_USER_TEXT];
	char comm[WH_COMM_SIZE * WH_SAFE_FACTOR + 3], path[WH_PATH_TEXT];
	char safe_path[WH_PATH_TEXT * WH_SAFE_FACTOR];
	const char *const cells[] = {state_name(connection->listing.state),
				     client,
				     destination,
				     proxy,
				     chain,
				     age,
				     pid,
				     user,
				     comm,
				     safe_path};

	wh_address_text(&record->client, record->client_port, client);
	wh_address_text(&record->destination, record->destination_port, destination);
	wh_address_text(&connection->listing.proxy, connection->listing.proxy_port, proxy);
	add_chain_text(connections, connection, chain);
	wh_age_text(connections->now, record->time, age);
	snprintf(pid, sizeof(pid), "%u", who->pid);
	wh_user_text(who->uid, user);
	wh_safe_text(who->comm, strnlen(who->comm, WH_COMM_SIZE), true, comm, sizeof(comm));
	wh_executable_text(who, path);
	if (*path)
		wh_safe_text(path, strlen(path), true, safe_path, sizeof(safe_path));
	else
		strcpy(safe_path, "-");
	return wh_columns_add(columns, cells);
}

int wh_live_print_text(const struct wh_live_connections *connections, FILE *file)
{
	static const char *const head[] = {"STATE", "CLIENT", "DESTINATION", "PROXY", "CHAIN",
					   "AGE",   "PID",    "USER",        "NAME",  "EXECUTABLE"};
	struct wh_columns columns = {.count = sizeof(head) / sizeof(head[0])};
	int error = wh_columns_add(&columns, head);

	for (size_t i = 0; !error && i < connections->count; i++)
		error = add_row(connections, &connections->entries[i], &columns);
	if (!error)
		wh_columns_print(&columns, file);
	wh_columns_free(&columns);
	return error;
}

static json_t *make_hop(const struct wh_live_connections *connections, const void *guid,
			const struct wh_address *destination, __be16 port, bool by_process,
			uint64_t time)
{
	json_t *object = json_object();
	char name[WH_RULE_NAME_TEXT];

	if (wh_rule_is_known(connections->names, guid))
		wh_json_string(object, "redirector", wh_rule_name(connections->names, guid, name));
	else
		wh_json_member(object, "redirector", json_null());
	wh_json_guid(object, "guid", guid);
	wh_json_member(object, "destination", wh_json_address(destination, port));
	wh_json_flag(object, "by_process", by_process);
	wh_json_member(object, "when", wh_json_time(connections->now, time));
	return object;
}

static json_t *make_connection(const struct wh_live_connections *connections,
			       const struct wh_live_connection *connection)
{
	const struct wh_record *record = &connection->listing.record;
	const struct wh_chain *chain = connection->chain;
	json_t *object = json_object(), *hops = json_array();

	wh_json_word(object, "id", record->id);
	wh_json_string(object, "state", state_name(connection->listing.state));
	wh_json_member(object, "client", wh_json_address(&record->client, record->client_port));
	wh_json_member(object, "destination",
		       wh_json_address(&record->destination, record->destination_port));
	wh_json_member(object, "proxy",
		       wh_json_address(&connection->listing.proxy, connection->listing.proxy_port));
	for (unsigned int i = 0; chain && i < chain->hop_count; i++)
		wh_json_append(hops,
			       make_hop(connections, &chain->hop[i].redirector,
					&chain->hop[i].destination, chain->hop[i].destination_port,
					chain->hop[i].flags & WH_HOP_BY_PROCESS,
					chain->hop[i].time));
	wh_json_append(hops, make_hop(connections, &record->redirector, &record->destination,
				      record->destination_port, false, record->time));
	wh_json_member(object, "hops", hops);
	wh_json_member(object, "when", wh_json_time(connections->now, record->time));
	/* Who connected here, and who began it all. */
	wh_json_member(object, "process", wh_json_identity(&record->who));
	wh_json_member(object, "origin", wh_json_identity(origin_of(connection)));
	return object;
}

int wh_live_print_json(const struct wh_live_connections *connections, FILE *file)
{
	json_t *object = json_object(), *array = json_array();

	wh_json_flag(object, "active", 1);
	for (size_t i = 0; i < connections->count; i++)
		wh_json_append(array, make_connection(connections, &connections->entries[i]));
	wh_json_member(object, "connections", array);
	return wh_json_print(object, file);
}
