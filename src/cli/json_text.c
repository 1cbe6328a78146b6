/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "json_text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "address_text.h"
#include "clean_text.h"
#include "process_text.h"
#include "safe_text.h"
#include "time_text.h"

static bool incomplete; /* memory ran out since the last wh_json_print() */

void wh_json_member(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		incomplete = true;
}

void wh_json_append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value))
		incomplete = true;
}

/* The length of the character at text, or 0 when it is no UTF-8. Control characters are. */
static size_t character(const char *text, size_t length)
{
	const unsigned char *byte = (const unsigned char *)text;
	size_t clean = wh_clean_character(text, length);

	if (clean)
		return clean;
	if (byte[0] < 0x80)
		return 1;
	return length > 1 && byte[0] == 0xc2 && byte[1] >= 0x80 && byte[1] < 0xa0 ? 2 : 0;
}

static json_t *repaired(const char *bytes, size_t length, bool *ret_damaged)
{
	static const char replacement[] = "\xef\xbf\xbd";
	char *text = malloc(3 * length + 1), *next = text;
	json_t *value;

	*ret_damaged = false;
	if (!text)
		return NULL;
	for (size_t offset = 0; offset < length;) {
		size_t size = character(bytes + offset, length - offset);

		if (size) {
			memcpy(next, bytes + offset, size);
			next += size;
		} else {
			memcpy(next, replacement, 3);
			next += 3;
			*ret_damaged = true;
		}
		offset += size ? size : 1;
	}
	value = json_stringn(text, (size_t)(next - text));
	free(text);
	return value;
}

void wh_json_append_string(json_t *array, const char *text)
{
	bool damaged;

	wh_json_append(array, repaired(text, strlen(text), &damaged));
}

void wh_json_text(json_t *object, const char *key, const char *bytes, size_t length)
{
	char hex_key[64], *hex;
	bool damaged;

	wh_json_member(object, key, repaired(bytes, length, &damaged));
	if (!damaged)
		return;
	hex = malloc(2 * length + 1);
	if (!hex) {
		incomplete = true;
		return;
	}
	snprintf(hex_key, sizeof(hex_key), "%s_hex", key);
	wh_json_member(object, hex_key,
		       json_string(wh_hex_text(bytes, length, hex, 2 * length + 1)));
	free(hex);
}

void wh_json_string(json_t *object, const char *key, const char *text)
{
	wh_json_text(object, key, text, strlen(text));
}

void wh_json_number(json_t *object, const char *key, uint64_t number)
{
	char text[24];

	if (number <= INT64_MAX) {
		wh_json_member(object, key, json_integer((json_int_t)number));
		return;
	}
	snprintf(text, sizeof(text), "%" PRIu64, number);
	wh_json_member(object, key, json_string(text));
}

void wh_json_flag(json_t *object, const char *key, int flag)
{
	wh_json_member(object, key, json_boolean(flag));
}

void wh_json_word(json_t *object, const char *key, uint64_t word)
{
	char text[24];

	snprintf(text, sizeof(text), "%016" PRIx64, word);
	wh_json_member(object, key, json_string(text));
}

json_t *wh_json_address(const struct wh_address *address, __be16 port)
{
	char text[INET6_ADDRSTRLEN];
	json_t *object;

	if (!port && wh_address_is_any(address))
		return json_null();
	if (wh_address_is_v4(address))
		inet_ntop(AF_INET, &address->word[3], text, sizeof(text));
	else
		inet_ntop(AF_INET6, address->word, text, sizeof(text));
	object = json_object();
	wh_json_string(object, "address", text);
	wh_json_number(object, "port", ntohs(port));
	return object;
}

void wh_json_guid(json_t *object, const char *key, const void *guid)
{
	char text[WH_GUID_TEXT];

	wh_json_string(object, key, wh_guid_text(guid, text));
}

json_t *wh_json_identity(const struct wh_identity *who)
{
	json_t *object = json_object();
	char user[WH_USER_TEXT], path[WH_PATH_TEXT];

	wh_json_number(object, "pid", who->pid);
	wh_json_number(object, "start_ns", who->start_time);
	wh_json_text(object, "comm", who->comm, strnlen(who->comm, sizeof(who->comm)));
	wh_json_number(object, "uid", who->uid);
	wh_json_string(object, "user", wh_user_text(who->uid, user));
	wh_json_number(object, "gid", who->gid);
	wh_executable_text(who, path);
	if (*path)
		wh_json_string(object, "executable", path);
	else
		wh_json_member(object, "executable", json_null());
	wh_json_number(object, "executable_device", who->executable_device);
	wh_json_number(object, "executable_inode", who->executable_inode);
	wh_json_number(object, "cgroup_id", who->cgroup);
	if (who->netns)
		wh_json_number(object, "netns_cookie", who->netns);
	else
		wh_json_member(object, "netns_cookie", json_null());
	return object;
}

json_t *wh_json_time(uint64_t now, uint64_t then)
{
	char moment[WH_MOMENT_TEXT];
	json_t *object;

	if (!then)
		return json_null();
	object = json_object();
	wh_json_string(object, "time", wh_moment_text(wh_boot_to_real(then), moment));
	wh_json_member(object, "age", json_real(now > then ? (double)(now - then) / 1e9 : 0));
	return object;
}

static int print(json_t *value, FILE *file, size_t form)
{
	int error = !value || incomplete ? -ENOMEM : 0;

	incomplete = false;
	if (!error && json_dumpf(value, file, form | JSON_REAL_PRECISION(12)))
		error = ferror(file) ? 0 : -ENOMEM; /* a broken output is found at the end */
	if (!error)
		fputc('\n', file);
	json_decref(value);
	return error;
}

int wh_json_print(json_t *value, FILE *file)
{
	return print(value, file, JSON_INDENT(2));
}

int wh_json_print_line(json_t *value, FILE *file)
{
	return print(value, file, JSON_COMPACT);
}
