/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "rule_names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wh_rule_names {
	size_t count;
	struct {
		struct wh_guid guid;
		char text[WH_RULE_NAME_TEXT];
	} entries[];
};

int wh_rule_names_new(struct wh_rule_names **ret_names, const struct wh_rules *rules)
{
	size_t count = rules ? rules->redirector_count : 0;
	struct wh_rule_names *names;

	if (count > WH_REDIRECTORS_MAX)
		count = WH_REDIRECTORS_MAX;
	names = calloc(1, sizeof(*names) + count * sizeof(names->entries[0]));
	if (!names)
		return -ENOMEM;
	names->count = count;
	for (size_t i = 0; i < count; i++) {
		const struct wh_redirector *redirector = &rules->redirector[i];

		names->entries[i].guid = redirector->guid;
		snprintf(names->entries[i].text, WH_RULE_NAME_TEXT, "%s/%s",
			 rules->set[redirector->set % WH_SETS_MAX].name, redirector->name);
	}
	*ret_names = names;
	return 0;
}

void wh_rule_names_free(struct wh_rule_names *names)
{
	free(names);
}

static const char *find(const struct wh_rule_names *names, const void *guid)
{
	for (size_t i = 0; names && i < names->count; i++)
		if (!memcmp(&names->entries[i].guid, guid, sizeof(struct wh_guid)))
			return names->entries[i].text;
	return NULL;
}

bool wh_rule_is_known(const struct wh_rule_names *names, const void *guid)
{
	return find(names, guid) != NULL;
}

char *wh_rule_name(const struct wh_rule_names *names, const void *guid, char ret[WH_RULE_NAME_TEXT])
{
	const unsigned char *byte = guid;
	const char *text = find(names, guid);

	if (text)
		snprintf(ret, WH_RULE_NAME_TEXT, "%s", text);
	else
		snprintf(ret, WH_RULE_NAME_TEXT, "%02x%02x%02x%02x", byte[0], byte[1], byte[2],
			 byte[3]);
	return ret;
}

void wh_chain_text_add(const struct wh_rule_names *names, const void *guid, bool by_process,
		       char text[WH_CHAIN_TEXT])
{
	char name[WH_RULE_NAME_TEXT];
	size_t length = strlen(text);

	snprintf(text + length, WH_CHAIN_TEXT - length, "%s%s%s", length ? "," : "",
		 wh_rule_name(names, guid, name), by_process ? "*" : "");
}
