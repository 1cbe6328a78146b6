/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "socket_answers.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "address_text.h"
#include "json_text.h"
#include "process_text.h"
#include "safe_text.h"
#include "time_text.h"

int wh_answers_ask(int fd, struct wh_socket_answers *ret, const char **ret_question)
{
	struct wh_socket_answers answers = {
		.now = wh_boot_now(),
		.origin = {.size = sizeof(answers.origin)},
	};
	int error;

	*ret_question = "its origin";
	error = whither_query_origin(fd, &answers.origin);
	if (error)
		return error;
	*ret_question = "its hops";
	error = whither_query_hops(fd, answers.hops, WHITHER_HOPS_MAX, &answers.hop_count);
	if (error)
		return error;
	*ret_question = "its context";
	error = whither_query_context(fd, answers.context, sizeof(answers.context),
				      &answers.context_size);
	answers.has_context = !error;
	if (error && error != -ENOENT)
		return error;
	*ret_question = "its records";
	error = whither_query_records(fd, answers.records, sizeof(answers.records),
				      &answers.records_size);
	if (error)
		return error;
	*ret = answers;
	return 0;
}

static struct wh_identity identity_of(const struct whither_origin *origin)
{
	struct wh_identity who = {
		.pid = origin->pid,
		.uid = origin->uid,
		.gid = origin->gid,
		.executable_device = origin->executable_device,
		.start_time = origin->start_time,
		.executable_inode = origin->executable_inode,
		.cgroup = origin->cgroup,
		.netns = origin->netns_cookie,
	};

	memcpy(who.comm, origin->comm, sizeof(who.comm));
	return who;
}

static void print_process(const struct whither_origin *origin, FILE *file)
{
	struct wh_identity who = identity_of(origin);
	const struct group *group = getgrgid(origin->gid);
	char name[sizeof(origin->comm) * WH_SAFE_FACTOR + 3], user[WH_USER_TEXT];
	char path[WH_PATH_TEXT], safe_path[WH_PATH_TEXT * WH_SAFE_FACTOR];

	fprintf(file, "process      %u %s\n", origin->pid,
		wh_safe_text(origin->comm, strnlen(origin->comm, sizeof(origin->comm)), true, name,
			     sizeof(name)));
	fprintf(file, "user         %s (%u), group %s (%u)\n", wh_user_text(origin->uid, user),
		origin->uid, group ? group->gr_name : "?", origin->gid);
	wh_executable_text(&who, path);
	fprintf(file, "executable   inode %" PRIu64 " on device %u:%u", origin->executable_inode,
		origin->executable_device >> 20, origin->executable_device & 0xfffff);
	if (*path)
		fprintf(file, ", %s",
			wh_safe_text(path, strlen(path), false, safe_path, sizeof(safe_path)));
	fprintf(file, "\ncgroup       id %" PRIu64 "\nnetns        cookie %" PRIu64 "\n",
		origin->cgroup, origin->netns_cookie);
}

static void print_context(const struct wh_socket_answers *answers, FILE *file)
{
	char text[WHITHER_ANSWER_MAX * WH_SAFE_FACTOR + 1];

	if (!answers->has_context)
		fprintf(file, "context      none\n");
	else if (wh_is_printable(answers->context, answers->context_size))
		fprintf(file, "context      text:%.*s\n", (int)answers->context_size,
			(const char *)answers->context);
	else
		fprintf(file, "context      hex:%s\n",
			wh_hex_text(answers->context, answers->context_size, text, sizeof(text)));
}

void wh_answers_print_text(const struct wh_socket_answers *answers, FILE *file)
{
	const struct whither_origin *origin = &answers->origin;
	char address[WH_ADDRESS_TEXT], guid[WH_GUID_TEXT], span[WH_SPAN_TEXT];

	fprintf(file, "destination  %s\n", wh_sockaddr_text(&origin->destination, address));
	fprintf(file, "client       %s\n", wh_sockaddr_text(&origin->client, address));
	print_process(origin, file);
	fprintf(file, "redirector   %s\n", wh_guid_text(&origin->redirector, guid));
	fprintf(file, "connected    %s ago\n", wh_age_text(answers->now, origin->time, span));
	for (size_t i = 0; i < answers->hop_count; i++) {
		const struct whither_hop *hop = &answers->hops[i];

		fprintf(file, "hop %zu        %s, by %s", i + 1,
			wh_sockaddr_text(&hop->destination, address),
			wh_guid_text(&hop->redirector, guid));
		fprintf(file, ", %s ago%s\n", wh_age_text(answers->now, hop->time, span),
			hop->flags & WHITHER_HOP_BY_PROCESS ?
				", by process: its proxy set no records" :
				"");
	}
	print_context(answers, file);
	fprintf(file, "records      %zu bytes\n", answers->records_size);
}

static json_t *make_address(const union whither_address *address)
{
	struct wh_address plain;

	switch (address->sa.sa_family) {
	case AF_INET:
		wh_address_from_v4(&plain, address->in.sin_addr.s_addr);
		return wh_json_address(&plain, address->in.sin_port);
	case AF_INET6:
		memcpy(plain.word, &address->in6.sin6_addr, sizeof(plain.word));
		return wh_json_address(&plain, address->in6.sin6_port);
	default:
		return json_null();
	}
}

static void add_context(const struct wh_socket_answers *answers, json_t *object)
{
	const char *bytes = (const char *)answers->context;
	char hex[2 * WHITHER_ANSWER_MAX + 1];
	json_t *context;

	if (!answers->has_context) {
		wh_json_member(object, "context", json_null());
		return;
	}
	context = json_object();
	wh_json_number(context, "size", answers->context_size);
	wh_json_string(context, "hex", wh_hex_text(bytes, answers->context_size, hex, sizeof(hex)));
	if (wh_is_printable(bytes, answers->context_size))
		wh_json_text(context, "text", bytes, answers->context_size);
	wh_json_member(object, "context", context);
}

int wh_answers_print_json(const struct wh_socket_answers *answers, FILE *file)
{
	const struct wh_identity who = identity_of(&answers->origin);
	json_t *object = json_object(), *hops = json_array();
	char hex[2 * WHITHER_RECORDS_MAX + 1];

	wh_json_member(object, "destination", make_address(&answers->origin.destination));
	wh_json_member(object, "client", make_address(&answers->origin.client));
	wh_json_member(object, "origin", wh_json_identity(&who));
	wh_json_guid(object, "redirector", &answers->origin.redirector);
	wh_json_member(object, "when", wh_json_time(answers->now, answers->origin.time));
	for (size_t i = 0; i < answers->hop_count; i++) {
		const struct whither_hop *hop = &answers->hops[i];
		json_t *entry = json_object();

		wh_json_guid(entry, "guid", &hop->redirector);
		wh_json_member(entry, "destination", make_address(&hop->destination));
		wh_json_flag(entry, "by_process", hop->flags & WHITHER_HOP_BY_PROCESS);
		wh_json_member(entry, "when", wh_json_time(answers->now, hop->time));
		wh_json_append(hops, entry);
	}
	wh_json_member(object, "hops", hops);
	add_context(answers, object);
	wh_json_string(object, "records",
		       wh_hex_text(answers->records, answers->records_size, hex, sizeof(hex)));
	return wh_json_print(object, file);
}
