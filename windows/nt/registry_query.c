/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* RtlQueryRegistryValues: a table of what a driver wants to know, gone through entry by entry. */
#include "registry_handle.h"

#include <stdlib.h>
#include <string.h>

#include <wdm_registry.h>

#include "nt_internal.h"
#include "string_memory.h"
#include "verifier.h"

#define STORED_TYPE 0x00ffffffu

/* A copy of a value, because a driver's routine runs without the lock. Ends with two zero units. */
struct found {
	WCHAR *name;
	void *data;
	ULONG type;
	ULONG size;
	bool there;
};

static bool is_text(ULONG type)
{
	return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ;
}

static void *copy_ended(const void *from, size_t size)
{
	char *copy = calloc(1, size + 2 * sizeof(WCHAR));

	if (copy && size)
		memcpy(copy, from, size);
	return copy;
}

static void forget(struct found *found)
{
	free(found->name);
	free(found->data);
}

static bool keep(struct found *found, const WCHAR *name, size_t name_size, ULONG type,
		 const void *data, ULONG size)
{
	*found = (struct found){copy_ended(name, name_size), copy_ended(data, size), type, size,
				true};
	if (found->name && found->data)
		return true;
	forget(found);
	return false;
}

/* By name, or by number where that is NULL. Without a value, there is nothing to forget. */
static NTSTATUS fetch(struct nt_key *key, PCWSTR name, ULONG index, struct found *ret_found)
{
	NTSTATUS status = STATUS_SUCCESS;
	const struct nt_value *value;

	*ret_found = (struct found){0};
	nt_registry_lock();
	value = name ? nt_value_find(key, name, nt_text_size(name)) : key->values;
	while (!name && value && index--)
		value = value->next;
	if (value &&
	    !keep(ret_found, value->name, value->name_size, value->type, value->data, value->size))
		status = STATUS_INSUFFICIENT_RESOURCES;
	nt_registry_unlock();
	return status;
}

static NTSTATUS use_default(const RTL_QUERY_REGISTRY_TABLE *entry, struct found *ret_found)
{
	const ULONG type = entry->DefaultType & STORED_TYPE;
	const WCHAR *text = entry->DefaultData;
	ULONG size = entry->DefaultLength;

	if (type == REG_NONE)
		return STATUS_SUCCESS;
	if (!size && type == REG_MULTI_SZ) {
		while (text && text[size / sizeof(WCHAR)])
			size += (ULONG)(nt_text_size(text + size / sizeof(WCHAR)) + sizeof(WCHAR));
		size += sizeof(WCHAR);
	} else if (!size && is_text(type)) {
		size = (ULONG)(nt_text_size(text) + sizeof(WCHAR));
	}
	return keep(ret_found, entry->Name, nt_text_size(entry->Name), type, entry->DefaultData,
		    entry->DefaultData ? size : 0) ?
		       STATUS_SUCCESS :
		       STATUS_INSUFFICIENT_RESOURCES;
}

/* Into a UNICODE_STRING, whose buffer is made when it has none. */
static NTSTATUS store_text(PUNICODE_STRING string, const void *data, ULONG size)
{
	/* The zero at the end is no part of the length. */
	const WCHAR *text = data;
	ULONG length = size;

	while (length >= sizeof(WCHAR) && !text[length / sizeof(WCHAR) - 1])
		length -= (ULONG)sizeof(WCHAR);
	length &= ~1u;
	if (length + sizeof(WCHAR) > 0xfffe)
		return STATUS_BUFFER_TOO_SMALL;
	if (!string->Buffer) {
		string->Buffer = nt_string_allocate(length + sizeof(WCHAR));
		if (!string->Buffer)
			return STATUS_INSUFFICIENT_RESOURCES;
		string->MaximumLength = (USHORT)(length + sizeof(WCHAR));
	} else if (length + sizeof(WCHAR) > string->MaximumLength) {
		return STATUS_BUFFER_TOO_SMALL;
	}
	memcpy(string->Buffer, data, length);
	string->Buffer[length / sizeof(WCHAR)] = 0;
	string->Length = (USHORT)length;
	return STATUS_SUCCESS;
}

/* What is not text: as it is up to a ULONG, else behind a length that the driver has put there. */
static NTSTATUS store_bytes(void *room, const struct found *found)
{
	LONG told;

	if (found->size <= sizeof(ULONG)) {
		memcpy(room, found->data, found->size);
		return STATUS_SUCCESS;
	}
	memcpy(&told, room, sizeof(told));
	if (told < 0) {
		if (found->size > (ULONG) - (LONGLONG)told)
			return STATUS_BUFFER_TOO_SMALL;
		memcpy(room, found->data, found->size);
		return STATUS_SUCCESS;
	}
	if ((ULONG)told < 2 * sizeof(ULONG) || found->size > (ULONG)told - 2 * sizeof(ULONG))
		return STATUS_BUFFER_TOO_SMALL;
	memcpy(room, &found->size, sizeof(ULONG));
	memcpy((char *)room + sizeof(ULONG), &found->type, sizeof(ULONG));
	memcpy((char *)room + 2 * sizeof(ULONG), found->data, found->size);
	return STATUS_SUCCESS;
}

static NTSTATUS store(const RTL_QUERY_REGISTRY_TABLE *entry, const struct found *found)
{
	const ULONG expected = entry->DefaultType >> RTL_QUERY_REGISTRY_TYPECHECK_SHIFT;

	if (entry->Flags & RTL_QUERY_REGISTRY_TYPECHECK && expected != found->type)
		return STATUS_OBJECT_TYPE_MISMATCH;
	if (is_text(found->type) && !(entry->Flags & RTL_QUERY_REGISTRY_NOSTRING))
		return store_text(entry->EntryContext, found->data, found->size);
	return store_bytes(entry->EntryContext, found);
}

static NTSTATUS tell(const RTL_QUERY_REGISTRY_TABLE *entry, const struct found *found,
		     PVOID context)
{
	const bool expands = !(entry->Flags & RTL_QUERY_REGISTRY_NOEXPAND);
	const ULONG type = found->type == REG_EXPAND_SZ && expands ? REG_SZ : found->type;
	const WCHAR *text = found->data;
	NTSTATUS status = STATUS_SUCCESS;

	if (entry->Flags & RTL_QUERY_REGISTRY_DIRECT)
		return store(entry, found);
	if (found->type != REG_MULTI_SZ || !expands)
		return entry->QueryRoutine(found->name, type, found->data, found->size, context,
					   entry->EntryContext);
	/* String by string. The copy ends with a zero of its own. */
	while (NT_SUCCESS(status) && (const char *)text < (const char *)found->data + found->size &&
	       *text) {
		const size_t size = nt_text_size(text) + sizeof(WCHAR);

		status = entry->QueryRoutine(found->name, REG_SZ, (PVOID)(ULONG_PTR)text,
					     (ULONG)size, context, entry->EntryContext);
		text += size / sizeof(WCHAR);
	}
	return status;
}

static NTSTATUS one_value(struct nt_key *key, const RTL_QUERY_REGISTRY_TABLE *entry, PVOID context)
{
	struct found found;
	NTSTATUS status = fetch(key, entry->Name, 0, &found);
	const bool there = found.there;

	if (NT_SUCCESS(status) && !there && entry->Flags & RTL_QUERY_REGISTRY_REQUIRED)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (NT_SUCCESS(status) && !there)
		status = use_default(entry, &found);
	if (!NT_SUCCESS(status) || !found.there)
		return status;
	status = tell(entry, &found, context);
	if (NT_SUCCESS(status) && there && entry->Flags & RTL_QUERY_REGISTRY_DELETE) {
		nt_registry_lock();
		nt_value_delete(key, entry->Name, nt_text_size(entry->Name));
		nt_registry_unlock();
	}
	forget(&found);
	return status;
}

static NTSTATUS every_value(struct nt_key *key, const RTL_QUERY_REGISTRY_TABLE *entry,
			    PVOID context)
{
	NTSTATUS status = STATUS_SUCCESS;
	struct found found;
	ULONG index = 0;

	while (NT_SUCCESS(status)) {
		status = fetch(key, NULL, index++, &found);
		if (!NT_SUCCESS(status))
			return status;
		if (!found.there)
			break;
		status = tell(entry, &found, context);
		forget(&found);
	}
	return index == 1 && entry->Flags & RTL_QUERY_REGISTRY_REQUIRED ?
		       STATUS_OBJECT_NAME_NOT_FOUND :
		       status;
}

/* The key that the entries from here on are about; NULL where it is not there. */
static NTSTATUS turn_to(struct nt_key *top, const RTL_QUERY_REGISTRY_TABLE *entry,
			struct nt_key **key)
{
	NTSTATUS status = STATUS_SUCCESS;

	nt_registry_lock();
	if (*key)
		nt_key_release(*key);
	*key = NULL;
	if (top && entry->Flags & RTL_QUERY_REGISTRY_SUBKEY && entry->Name) {
		status = nt_key_open(top, entry->Name, nt_text_size(entry->Name), false, NULL, key);
	} else if (top) {
		top->references++;
		*key = top;
	}
	nt_registry_unlock();
	return status;
}

static NTSTATUS answer(struct nt_key *key, const RTL_QUERY_REGISTRY_TABLE *entry, PVOID context)
{
	static struct nt_key nothing;
	const bool direct = entry->Flags & RTL_QUERY_REGISTRY_DIRECT;

	if (direct && (!entry->Name || entry->QueryRoutine || !entry->EntryContext))
		return STATUS_INVALID_PARAMETER;
	if (!direct && !entry->QueryRoutine)
		return STATUS_SUCCESS;
	if (entry->Flags & RTL_QUERY_REGISTRY_NOVALUE)
		return entry->QueryRoutine ? entry->QueryRoutine(NULL, REG_NONE, NULL, 0, context,
								 entry->EntryContext) :
					     STATUS_INVALID_PARAMETER;
	if (entry->Name && !(entry->Flags & RTL_QUERY_REGISTRY_SUBKEY))
		return one_value(key ? key : &nothing, entry, context);
	return every_value(key ? key : &nothing, entry, context);
}

NTSTATUS NTAPI RtlQueryRegistryValues(ULONG RelativeTo, PCWSTR Path,
				      PRTL_QUERY_REGISTRY_TABLE QueryTable, PVOID Context,
				      PVOID Environment)
{
	const ULONG turns = RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_TOPKEY;
	const RTL_QUERY_REGISTRY_TABLE start = {.Flags = RTL_QUERY_REGISTRY_TOPKEY};
	struct nt_key *top = NULL;
	struct nt_key *key = NULL;
	NTSTATUS status;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	status = nt_registry_relative(RelativeTo, Path, false, &top);
	if (status == STATUS_OBJECT_NAME_NOT_FOUND && RelativeTo & RTL_REGISTRY_OPTIONAL)
		status = STATUS_SUCCESS;
	if (!NT_SUCCESS(status))
		return status;
	turn_to(top, &start, &key);
	for (const RTL_QUERY_REGISTRY_TABLE *entry = QueryTable;
	     NT_SUCCESS(status) &&
	     (entry->QueryRoutine ||
	      entry->Flags & (RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_DIRECT));
	     entry++) {
		if (entry->Flags & turns)
			status = turn_to(top, entry, &key);
		if (status == STATUS_OBJECT_NAME_NOT_FOUND &&
		    !(entry->Flags & RTL_QUERY_REGISTRY_REQUIRED))
			status = STATUS_SUCCESS;
		if (NT_SUCCESS(status))
			status = answer(key, entry, Context);
	}
	nt_registry_lock();
	if (key)
		nt_key_release(key);
	if (top)
		nt_key_release(top);
	nt_registry_unlock();
	return status;
}
