/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "address_parse.h"
#include "condition_draft.h"
#include "config_section.h"
#include "context_parse.h"
#include "spread_address.h"

/* A redirector while it is being read. */
struct redirector_reader {
	struct wh_section_reader *section;
	struct wh_redirector_rule *rule;
	struct wh_condition_draft draft;
	struct wh_keys_seen seen;
	int listen4_line, listen6_line;
	int spread4_line, spread6_line;
};

static int read_listen(struct redirector_reader *reader, const struct wh_ini_entry *entry,
		       struct wh_parse_fault *fault)
{
	struct wh_endpoint endpoint;
	int result = wh_parse_listen(entry->value, &endpoint, fault);
	int is_v4, *line;

	if (result)
		return result;
	is_v4 = wh_address_is_v4(&endpoint.address);
	line = is_v4 ? &reader->listen4_line : &reader->listen6_line;
	if (*line)
		return wh_parse_fault(fault, "expected one %s address, and line %d gives it",
				      is_v4 ? "IPv4" : "IPv6", *line);
	*line = entry->line;
	*(is_v4 ? &reader->rule->listen4 : &reader->rule->listen6) = endpoint;
	return 0;
}

static int read_spread(struct redirector_reader *reader, const struct wh_ini_entry *entry,
		       struct wh_parse_fault *fault)
{
	struct wh_address prefix;
	struct wh_spread spread;
	int is_v4, *line, result;
	uint8_t bits;

	result = wh_parse_prefix(entry->value, &prefix, &bits, fault);
	if (result)
		return result;
	is_v4 = wh_address_is_v4(&prefix);
	line = is_v4 ? &reader->spread4_line : &reader->spread6_line;
	if (*line)
		return wh_parse_fault(fault, "expected one %s range, and line %d gives it",
				      is_v4 ? "IPv4" : "IPv6", *line);
	*line = entry->line;
	if (wh_address_is_any(&prefix) || bits < (is_v4 ? WH_V4_PREFIX_BITS + 8 : 8) ||
	    wh_spread_set(&spread, &prefix, bits))
		return wh_parse_fault(fault, "expected a range from /8 to /%d, such as %s",
				      is_v4 ? 30 : 126, is_v4 ? "127.64.0.0/16" : "fd00:1::/64");
	*(is_v4 ? &reader->rule->spread4 : &reader->rule->spread6) = spread;
	return 0;
}

static int read_weight(struct redirector_reader *reader, const struct wh_ini_entry *entry,
		       struct wh_parse_fault *fault)
{
	int is_negative = entry->value[0] == '-';
	const char *digits = entry->value + (is_negative || entry->value[0] == '+');
	uint64_t number;

	if (wh_parse_number(digits, (uint64_t)INT32_MAX + (uint64_t)is_negative, &number))
		return wh_parse_fault(fault, "expected a whole number from -2147483648 to "
					     "2147483647");
	reader->rule->weight = (__s32)(is_negative ? -(int64_t)number : (int64_t)number);
	return 0;
}

static int read_owner(struct redirector_reader *reader, enum wh_config_key key,
		      const struct wh_ini_entry *entry, struct wh_parse_fault *fault)
{
	struct wh_owner *owner = &reader->rule->owner;
	struct wh_cgroup_identity cgroup;
	int result;

	switch (key) {
	case WH_KEY_OWNER_USER:
		owner->flags |= WH_OWNER_USER;
		return wh_resolve_user(entry->value, &owner->uid, fault);
	case WH_KEY_OWNER_EXE: {
		uint64_t inode = 0;

		owner->flags |= WH_OWNER_EXE;
		result = wh_resolve_executable(entry->value, &owner->executable_device, &inode,
					       fault);
		owner->executable_inode = inode;
		return result;
	}
	case WH_KEY_OWNER_CGROUP:
		owner->flags |= WH_OWNER_CGROUP;
		result = wh_resolve_cgroup(entry->value, &cgroup, fault);
		if (result)
			return result;
		owner->cgroup = cgroup.id;
		owner->cgroup_level = cgroup.level;
		return 0;
	default:
		owner->flags |= WH_OWNER_LISTEN_USER;
		return wh_resolve_user(entry->value, &owner->listen_uid, fault);
	}
}

static int read_when_absent(struct redirector_reader *reader, const struct wh_ini_entry *entry,
			    struct wh_parse_fault *fault)
{
	if (!strcmp(entry->value, "block"))
		return 0;
	if (strcmp(entry->value, "permit") != 0)
		return wh_parse_fault(fault, "expected block or permit");
	reader->rule->flags |= WH_WHEN_ABSENT_PERMIT;
	return 0;
}

static int read_local_address(struct redirector_reader *reader, const struct wh_ini_entry *entry,
			      struct wh_parse_fault *fault)
{
	if (!strcmp(entry->value, "original"))
		return 0;
	if (strcmp(entry->value, "proxy") != 0)
		return wh_parse_fault(fault, "expected original or proxy");
	reader->rule->flags |= WH_LOCAL_ADDRESS_PROXY;
	return 0;
}

static void read_entry(struct redirector_reader *reader, const struct wh_ini_entry *entry)
{
	struct wh_report_writer *writer = reader->section->writer;
	enum wh_config_key key = wh_key_admit(entry, WH_PLACE_REDIRECTOR, &reader->seen, writer);
	struct wh_parse_fault fault;
	int result = 0;

	switch (key) {
	case WH_KEY_NONE:
		return;
	case WH_KEY_LISTEN:
		result = read_listen(reader, entry, &fault);
		break;
	case WH_KEY_SPREAD:
		result = read_spread(reader, entry, &fault);
		break;
	case WH_KEY_WEIGHT:
		result = read_weight(reader, entry, &fault);
		break;
	case WH_KEY_OWNER_USER:
	case WH_KEY_OWNER_EXE:
	case WH_KEY_OWNER_CGROUP:
	case WH_KEY_LISTEN_USER:
		result = read_owner(reader, key, entry, &fault);
		break;
	case WH_KEY_WHEN_ABSENT:
		result = read_when_absent(reader, entry, &fault);
		break;
	case WH_KEY_LOCAL_ADDRESS:
		result = read_local_address(reader, entry, &fault);
		break;
	case WH_KEY_CONTEXT:
		result = wh_parse_context(entry->exact, reader->rule, &fault);
		break;
	default:
		wh_draft_add(&reader->draft, key, entry->value, entry->line, writer);
	}
	if (result)
		wh_section_fault(reader->section, entry, result, &fault);
}

/* "owner-user = proxy; owner-cgroup = /proxies". */
static int make_owner_text(const struct wh_ini_section *section, char **ret)
{
	char *text = strdup("");

	for (size_t i = 0; i < section->entry_count && text; i++) {
		const struct wh_ini_entry *entry = &section->entries[i];
		char *longer;

		if (strncmp(entry->key, "owner-", 6) != 0 && strcmp(entry->key, "listen-user") != 0)
			continue;
		if (asprintf(&longer, "%s%s%s = %s", text, *text ? "; " : "", entry->key,
			     entry->value) < 0)
			longer = NULL;
		free(text);
		text = longer;
	}
	if (!text)
		return -ENOMEM;
	*ret = text;
	return 0;
}

static int is_loopback(const struct wh_endpoint *listen, const struct wh_spread *spread)
{
	if (!listen->port)
		return 0;
	return wh_address_is_loopback(&listen->address) ||
	       (spread->host_bits && wh_address_is_loopback(&spread->prefix));
}

/* The loopback address of another namespace is not this one's. */
static void check_reach(const struct redirector_reader *reader)
{
	const struct wh_condition_list *list = &reader->draft.lists[WH_KEY_NETNS];
	const struct wh_redirector_rule *rule = reader->rule;

	if (!is_loopback(&rule->listen4, &rule->spread4) &&
	    !is_loopback(&rule->listen6, &rule->spread6))
		return;
	for (__u32 i = 0; i < list->count && i < WH_LIST_MAX; i++)
		if (list->tests[i].kind && list->tests[i].id != rule->netns) {
			wh_report_error(reader->section->writer, reader->seen.line[WH_KEY_NETNS],
					"netns",
					"found beside an address of loopback; expected listen and "
					"spread at addresses of this host that other namespaces "
					"reach");
			return;
		}
}

static void check_whole(struct redirector_reader *reader, const struct wh_ini_section *section)
{
	struct wh_report_writer *writer = reader->section->writer;

	if (!reader->seen.line[WH_KEY_LISTEN])
		wh_report_error(writer, section->line, "listen",
				"found none; expected listen = ADDRESS:PORT");
	check_reach(reader);
	if (reader->spread4_line && !reader->listen4_line)
		wh_report_error(writer, reader->spread4_line, "spread",
				"found without an IPv4 address; expected listen beside it");
	if (reader->spread6_line && !reader->listen6_line)
		wh_report_error(writer, reader->spread6_line, "spread",
				"found without an IPv6 address; expected listen beside it");
	if (reader->seen.line[WH_KEY_LISTEN_USER] && !reader->seen.line[WH_KEY_OWNER_USER] &&
	    !reader->seen.line[WH_KEY_OWNER_EXE] && !reader->seen.line[WH_KEY_OWNER_CGROUP])
		wh_report_error(writer, reader->seen.line[WH_KEY_LISTEN_USER], "listen-user",
				"found without an owner; expected owner-user, owner-exe or "
				"owner-cgroup beside it");
}

void wh_read_redirector(struct wh_section_reader *reader, const struct wh_ini_section *section,
			struct wh_redirector_rule *ret)
{
	struct redirector_reader state = {
		.section = reader,
		.rule = ret,
		.draft = {.clients = &reader->clients, .netns = reader->netns},
	};

	ret->netns = reader->netns;
	for (size_t i = 0; i < section->entry_count; i++)
		read_entry(&state, &section->entries[i]);
	check_whole(&state, section);
	if (make_owner_text(section, &ret->owner_text) ||
	    wh_draft_finish(&state.draft, &ret->conditions))
		wh_report_no_memory(reader->writer);
	wh_draft_free(&state.draft);
}
