/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* "whither why" for people: the answer first, then who was asked about, then each rule. */
#include <string.h>

#include "address_text.h"
#include "process_text.h"
#include "rule_names.h"
#include "safe_text.h"
#include "status.h"
#include "text_columns.h"
#include "why.h"

static void print_rules(const struct wh_why *why, FILE *file)
{
	static const char *const kinds[] = {[WH_RULE_BLOCK] = "  block",
					    [WH_RULE_PERMIT] = "  permit",
					    [WH_RULE_REDIRECT] = "  redirector"};
	struct wh_columns columns = {.count = 3};

	for (__u32 i = 0; i < why->explanation.row_count; i++) {
		char name[WH_WHY_NAME], text[WH_WHY_LINE];
		const char *const cells[] = {kinds[why->rules->rule[i].kind], name, text};

		wh_why_rule_name(why->rules, i, name);
		wh_why_describe(why, &why->explanation.row[i], text, sizeof(text));
		if (wh_columns_add(&columns, cells))
			break;
	}
	if (why->explanation.row_count)
		fprintf(file, "rules\n");
	wh_columns_print(&columns, file);
	wh_columns_free(&columns);
}

static void print_who(const struct wh_why *why, FILE *file)
{
	const struct wh_identity *who = why->attempt.chain ? &why->attempt.chain->who : &why->who;
	char user[WH_USER_TEXT], path[WH_PATH_TEXT], safe[WH_PATH_TEXT * WH_SAFE_FACTOR];

	fprintf(file, "asked for  ");
	if (why->is_process || why->attempt.chain)
		fprintf(file, "%spid %u, ", why->attempt.chain ? "the origin, " : "", who->pid);
	fprintf(file, "user %s", wh_user_text(who->uid, user));
	if (why->exe || why->is_process) {
		if (why->exe)
			snprintf(path, sizeof(path), "%s", why->exe);
		else
			wh_executable_text(who, path);
		wh_safe_text(path, strlen(path), false, safe, sizeof(safe));
		fprintf(file, ", %s", *safe ? safe : "a program that is gone");
	}
	if (why->cgroup) {
		wh_safe_text(why->cgroup, strlen(why->cgroup), false, safe, sizeof(safe));
		fprintf(file, ", cgroup %s", safe);
	}
	fprintf(file, "\n");
	if (why->attempt.related != WH_NO_REDIRECTOR && why->rules->redirector_count) {
		char name[WH_WHY_NAME];

		wh_why_redirector_name(why->rules, why->attempt.related, name);
		fprintf(file, "which is   a process of redirector %s\n", name);
	}
}

static void print_verdict(const struct wh_why *why, FILE *file)
{
	const struct wh_verdict *verdict = &why->attempt.verdict;
	char address[WH_ADDRESS_TEXT], target[WH_ADDRESS_TEXT], name[WH_WHY_NAME];
	const struct wh_endpoint *to = &why->attempt.destination;

	if (why->any_destination) {
		static const char *const phrases[] = {
			[WH_WHY_REDIRECT] = "some of its connects are redirected",
			[WH_WHY_PERMIT] = "none of its connects is redirected",
			[WH_WHY_BLOCK] = "all of its connects are blocked"};

		fprintf(file, "%s\n", phrases[why->outcome]);
		return;
	}
	fprintf(file, "%s: ", wh_address_text(&to->address, to->port, address));
	switch (why->outcome) {
	case WH_WHY_REDIRECT:
		fprintf(file, "redirected by %s to %s\n",
			wh_why_redirector_name(why->rules, verdict->redirector, name),
			wh_address_text(&verdict->target.address, verdict->target.port, target));
		break;
	case WH_WHY_BLOCK:
		fprintf(file, "blocked (%s): %s", strerrorname_np((int)wh_cause_error(why->cause)),
			wh_cause_meaning(why->cause));
		if (verdict->rule < WH_RULES_MAX)
			fprintf(file, ", %s", wh_why_rule_name(why->rules, verdict->rule, name));
		else if (verdict->redirector != WH_NO_REDIRECTOR)
			fprintf(file, ", %s",
				wh_why_redirector_name(why->rules, verdict->redirector, name));
		fprintf(file, "\n");
		break;
	default:
		if (!why->engine)
			fprintf(file, "goes direct: whither is not active\n");
		else if (verdict->rule < WH_RULES_MAX)
			fprintf(file, "goes direct: permitted by %s\n",
				wh_why_rule_name(why->rules, verdict->rule, name));
		else
			fprintf(file, "goes direct: no rule takes it\n");
	}
}

static void print_chain(const struct wh_rule_names *names, const struct wh_record *record,
			const struct wh_chain *chain, FILE *file)
{
	char text[WH_CHAIN_TEXT] = "";

	for (unsigned int i = 0; chain && i < chain->hop_count && i < WH_HOPS_MAX; i++)
		wh_chain_text_add(names, &chain->hop[i].redirector,
				  chain->hop[i].flags & WH_HOP_BY_PROCESS, text);
	if (record)
		wh_chain_text_add(names, &record->redirector, false, text);
	fprintf(file, "%s\n", text);
}

static void print_socket(const struct wh_why *why, FILE *file)
{
	const struct wh_why_socket *socket = &why->socket;
	const struct wh_carried *carried = &socket->carried;
	char local[WH_ADDRESS_TEXT], remote[WH_ADDRESS_TEXT];
	const struct wh_chain *outbound = carried->is_outbound ? &carried->outbound : NULL;
	struct wh_rule_names *names = NULL;

	if (wh_rule_names_new(&names, why->rules))
		return;
	fprintf(file, "socket     %s to %s, descriptor %d of pid %u\n",
		wh_address_text(&socket->local.address, socket->local.port, local),
		wh_address_text(&socket->remote.address, socket->remote.port, remote), socket->fd,
		socket->pid);
	if (carried->is_client) {
		fprintf(file, "%s",
			wh_why_is_past(why) ? "records    redirected, by " :
					      "records    of an earlier connect, by ");
		print_chain(names, &carried->client, outbound, file);
	} else if (carried->is_accepted) {
		fprintf(file, "records    accepted, by ");
		print_chain(names, &carried->accepted, carried->is_chained ? &carried->chain : NULL,
			    file);
		fprintf(file, "           was going to %s\n",
			wh_address_text(&carried->accepted.destination,
					carried->accepted.destination_port, remote));
	} else if (outbound && outbound->source == WH_CHAIN_SET) {
		fprintf(file, "records    set on it, of ");
		print_chain(names, NULL, outbound, file);
	} else {
		fprintf(file, "records    none\n");
	}
	wh_rule_names_free(names);
}

/* Of a socket that is connected: what did happen. */
static void print_fact(const struct wh_why *why, FILE *file)
{
	const struct wh_carried *carried = &why->socket.carried;
	const struct wh_endpoint *to = &why->attempt.destination;
	char address[WH_ADDRESS_TEXT];

	fprintf(file, "%s: ", wh_address_text(&to->address, to->port, address));
	if (!wh_why_is_past(why))
		fprintf(file, "not redirected\n");
	else if (carried->is_accepted)
		fprintf(file, "was redirected to here\n");
	else
		fprintf(file, "was redirected to %s\n",
			wh_address_text(&carried->client.proxy, carried->client.proxy_port,
					address));
}

void wh_why_print_text(const struct wh_why *why, FILE *file)
{
	if (why->is_live)
		print_fact(why, file);
	else
		print_verdict(why, file);
	if (why->socket.given)
		print_socket(why, file);
	print_who(why, file);
	if (why->is_live && why->socket.carried.is_accepted)
		return;
	if (why->is_live) {
		fprintf(file, "by the rules of now, a new one like it:\n");
		print_verdict(why, file);
	}
	print_rules(why, file);
	if (why->any_destination && why->is_process && !why->socket.given)
		wh_why_print_sockets(why, file);
}
