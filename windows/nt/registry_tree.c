/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "registry_tree.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <ntstatus.h>
#include <wdm_thread.h>

#include "utf_case.h"

#define LONGEST_NAME (255 * sizeof(WCHAR))
#define LONGEST_VALUE_NAME (16383 * sizeof(WCHAR))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* \ itself, whose only key is Registry. */
static struct nt_key *root;

void nt_registry_lock(void)
{
	pthread_mutex_lock(&lock);
}

void nt_registry_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

static bool same(const WCHAR *one, size_t one_size, const WCHAR *other, size_t other_size)
{
	if (one_size != other_size)
		return false;
	for (size_t i = 0; i < one_size / sizeof(WCHAR); i++)
		if (nt_upcase(one[i]) != nt_upcase(other[i]))
			return false;
	return true;
}

static void touch(struct nt_key *key)
{
	LARGE_INTEGER now;

	KeQuerySystemTime(&now);
	key->written = now.QuadPart;
}

/* At the end of those that its parent has, so that they are told in the order of their making. */
static struct nt_key *make_key(struct nt_key *parent, const WCHAR *name, size_t size)
{
	struct nt_key *key = calloc(1, sizeof(*key) + size);
	struct nt_key **last;

	if (!key)
		return NULL;
	key->references = 1;
	key->name_size = (USHORT)size;
	if (size)
		memcpy(key->name, name, size);
	touch(key);
	if (!parent)
		return key;
	key->parent = parent;
	for (last = &parent->first; *last; last = &(*last)->next)
		;
	*last = key;
	touch(parent);
	return key;
}

static bool make_root(void)
{
	static const WCHAR *const first[] = {u"Registry", u"Machine", u"User"};
	struct nt_key *registry;

	if (root)
		return true;
	root = make_key(NULL, NULL, 0);
	registry = root ? make_key(root, first[0], 8 * sizeof(WCHAR)) : NULL;
	if (registry)
		make_key(registry, first[1], 7 * sizeof(WCHAR));
	return registry && make_key(registry, first[2], 4 * sizeof(WCHAR));
}

bool nt_key_is_deleted(const struct nt_key *key)
{
	return key != root && !key->parent;
}

static struct nt_key *below(const struct nt_key *key, const WCHAR *name, size_t size)
{
	struct nt_key *found = key->first;

	while (found && !same(found->name, found->name_size, name, size))
		found = found->next;
	return found;
}

/* The bytes of the first name of a path; *path goes behind it and its backslash. */
static size_t split(const WCHAR **path, size_t *size, const WCHAR **ret_name)
{
	size_t length = 0;

	*ret_name = *path;
	while (length < *size && (*path)[length / sizeof(WCHAR)] != '\\')
		length += sizeof(WCHAR);
	*path += length / sizeof(WCHAR);
	*size -= length;
	if (*size) {
		(*path)++;
		*size -= sizeof(WCHAR);
	}
	return length;
}

static NTSTATUS walk(struct nt_key *key, const WCHAR *path, size_t size, bool create, bool all,
		     bool *ret_created, struct nt_key **ret_key)
{
	bool created = false;

	while (size) {
		const WCHAR *name;
		const size_t length = split(&path, &size, &name);
		struct nt_key *next = below(key, name, length);

		if (!length)
			return STATUS_OBJECT_NAME_INVALID;
		if (length > LONGEST_NAME)
			return STATUS_INVALID_PARAMETER;
		if (!next && create && (all || !size)) {
			if (key == root || key->parent == root)
				return STATUS_ACCESS_DENIED;
			next = make_key(key, name, length);
			if (!next)
				return STATUS_INSUFFICIENT_RESOURCES;
			created = true;
		}
		if (!next)
			return STATUS_OBJECT_NAME_NOT_FOUND;
		key = next;
	}
	if (ret_created)
		*ret_created = created;
	if (ret_key) {
		key->references++;
		*ret_key = key;
	}
	return STATUS_SUCCESS;
}

static NTSTATUS begin(struct nt_key **from, const WCHAR **path, size_t *size)
{
	if (!make_root())
		return STATUS_INSUFFICIENT_RESOURCES;
	if (*size % sizeof(WCHAR))
		return STATUS_OBJECT_NAME_INVALID;
	if (*from)
		return nt_key_is_deleted(*from)    ? STATUS_KEY_DELETED :
		       *size && (*path)[0] == '\\' ? STATUS_OBJECT_PATH_SYNTAX_BAD :
						     STATUS_SUCCESS;
	if (!*size || (*path)[0] != '\\')
		return STATUS_OBJECT_PATH_SYNTAX_BAD;
	*from = root;
	(*path)++;
	*size -= sizeof(WCHAR);
	return STATUS_SUCCESS;
}

NTSTATUS nt_key_open(struct nt_key *from, const WCHAR *path, size_t size, bool create,
		     bool *ret_created, struct nt_key **ret_key)
{
	NTSTATUS status = begin(&from, &path, &size);

	return status ? status : walk(from, path, size, create, false, ret_created, ret_key);
}

NTSTATUS nt_key_ensure(const WCHAR *path, size_t size)
{
	struct nt_key *from = NULL;
	NTSTATUS status = begin(&from, &path, &size);

	return status ? status : walk(from, path, size, true, true, NULL, NULL);
}

static void free_value(struct nt_value *value)
{
	free(value->data);
	free(value);
}

void nt_key_release(struct nt_key *key)
{
	if (--key->references)
		return;
	while (key->values) {
		struct nt_value *next = key->values->next;

		free_value(key->values);
		key->values = next;
	}
	free(key);
}

NTSTATUS nt_key_delete(struct nt_key *key)
{
	struct nt_key **place;

	if (nt_key_is_deleted(key))
		return STATUS_KEY_DELETED;
	if (key->first || key == root || key->parent == root || key->parent->parent == root)
		return STATUS_CANNOT_DELETE;
	for (place = &key->parent->first; *place != key; place = &(*place)->next)
		;
	*place = key->next;
	touch(key->parent);
	key->parent = NULL;
	key->next = NULL;
	nt_key_release(key);
	return STATUS_SUCCESS;
}

size_t nt_key_path(const struct nt_key *key, WCHAR *room, size_t size)
{
	size_t before;

	if (key == root || !key->parent)
		return 0;
	before = nt_key_path(key->parent, room, size);
	if (before < size)
		room[before / sizeof(WCHAR)] = '\\';
	before += sizeof(WCHAR);
	if (before < size)
		memcpy(room + before / sizeof(WCHAR), key->name,
		       key->name_size < size - before ? key->name_size : size - before);
	return before + key->name_size;
}

static struct nt_value **place_of(const struct nt_key *key, const WCHAR *name, size_t size)
{
	struct nt_value **place = (struct nt_value **)(uintptr_t)&key->values;

	while (*place && !same((*place)->name, (*place)->name_size, name, size))
		place = &(*place)->next;
	return place;
}

struct nt_value *nt_value_find(const struct nt_key *key, const WCHAR *name, size_t size)
{
	return *place_of(key, name, size);
}

NTSTATUS nt_value_set(struct nt_key *key, const WCHAR *name, size_t name_size, ULONG type,
		      const void *data, ULONG size)
{
	struct nt_value **place = place_of(key, name, name_size);
	struct nt_value *value = *place;
	void *copy;

	if (name_size > LONGEST_VALUE_NAME)
		return STATUS_INVALID_PARAMETER;
	copy = malloc(size ? size : 1);
	if (copy && !value)
		value = calloc(1, sizeof(*value) + name_size);
	if (!copy || !value) {
		free(copy);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	if (size)
		memcpy(copy, data, size);
	if (!*place) {
		value->name_size = (USHORT)name_size;
		if (name_size)
			memcpy(value->name, name, name_size);
		*place = value;
	}
	free(value->data);
	value->data = copy;
	value->size = size;
	value->type = type;
	touch(key);
	return STATUS_SUCCESS;
}

bool nt_value_delete(struct nt_key *key, const WCHAR *name, size_t size)
{
	struct nt_value **place = place_of(key, name, size);
	struct nt_value *found = *place;

	if (!found)
		return false;
	*place = found->next;
	free_value(found);
	touch(key);
	return true;
}
