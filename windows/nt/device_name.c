/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "device_name.h"
#include "nt_internal.h"
#include "verifier.h"

/* Links to links to links. */
#define MOST_LINKS 8

struct name {
	struct name *next;
	/* NULL: a symbolic link. */
	PDEVICE_OBJECT device;
	WCHAR *target;
	size_t target_length;
	size_t length;
	WCHAR text[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct name *names;

static WCHAR lower(WCHAR letter)
{
	return (WCHAR)(letter >= 'A' && letter <= 'Z' ? letter + 'a' - 'A' : letter);
}

static bool same(const WCHAR *one, const WCHAR *other, size_t length)
{
	while (length && lower(*one) == lower(*other)) {
		one++;
		other++;
		length--;
	}
	return !length;
}

/* The ways to write the folder of symbolic links. */
static size_t link_prefix(const WCHAR *text, size_t length)
{
	static const WCHAR *const prefixes[] = {u"\\DosDevices\\", u"\\\\.\\",
						u"\\\\?\\",        u"\\??\\",
						u"\\GLOBAL??\\",   u"\\DosDevices\\Global\\"};
	size_t longest = 0;

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t size = 0;

		while (prefixes[i][size])
			size++;
		if (size <= length && size > longest && same(prefixes[i], text, size))
			longest = size;
	}
	return longest;
}

/* Links are kept without their folder. Locked. */
static struct name **locate(const WCHAR *text, size_t length)
{
	const size_t prefix = link_prefix(text, length);
	struct name **link = &names;

	while (*link && ((*link)->length != length - prefix || !(*link)->device != (prefix != 0) ||
			 !same((*link)->text, text + prefix, length - prefix)))
		link = &(*link)->next;
	return link;
}

/* Locked. */
static NTSTATUS add(PCUNICODE_STRING name, PDEVICE_OBJECT device, PCUNICODE_STRING target)
{
	const size_t length = name->Length / sizeof(WCHAR);
	const size_t prefix = link_prefix(name->Buffer, length);
	const size_t target_size = target ? target->Length : 0;
	struct name *entry;

	if (length == prefix || !device != (prefix != 0))
		return STATUS_OBJECT_NAME_INVALID;
	if (*locate(name->Buffer, length))
		return STATUS_OBJECT_NAME_COLLISION;
	entry = malloc(sizeof(*entry) + (length - prefix) * sizeof(WCHAR) + target_size);
	if (!entry)
		return STATUS_INSUFFICIENT_RESOURCES;
	entry->device = device;
	entry->length = length - prefix;
	memcpy(entry->text, name->Buffer + prefix, entry->length * sizeof(WCHAR));
	entry->target = entry->text + entry->length;
	entry->target_length = target_size / sizeof(WCHAR);
	if (target_size)
		memcpy(entry->target, target->Buffer, target_size);
	entry->next = names;
	names = entry;
	return STATUS_SUCCESS;
}

NTSTATUS nt_device_name_add(PCUNICODE_STRING name, PDEVICE_OBJECT device)
{
	NTSTATUS status;

	pthread_mutex_lock(&lock);
	status = add(name, device, NULL);
	pthread_mutex_unlock(&lock);
	return status;
}

void nt_device_name_remove(PDEVICE_OBJECT device)
{
	struct name **link = &names;
	struct name *found;

	pthread_mutex_lock(&lock);
	while (*link && (*link)->device != device)
		link = &(*link)->next;
	found = *link;
	if (found)
		*link = found->next;
	pthread_mutex_unlock(&lock);
	free(found);
}

NTSTATUS nt_device_name_find(PCUNICODE_STRING name, PDEVICE_OBJECT *ret_device)
{
	NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
	const WCHAR *text = name->Buffer;
	size_t length = name->Length / sizeof(WCHAR);

	pthread_mutex_lock(&lock);
	for (int i = 0; i < MOST_LINKS; i++) {
		const struct name *found = *locate(text, length);

		if (found && found->device) {
			ObfReferenceObject(found->device);
			*ret_device = found->device;
			status = STATUS_SUCCESS;
		}
		if (!found || found->device)
			break;
		text = found->target;
		length = found->target_length;
	}
	pthread_mutex_unlock(&lock);
	return status;
}

NTSTATUS NTAPI IoCreateSymbolicLink(PUNICODE_STRING SymbolicLinkName, PUNICODE_STRING DeviceName)
{
	NTSTATUS status;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	pthread_mutex_lock(&lock);
	status = add(SymbolicLinkName, NULL, DeviceName);
	pthread_mutex_unlock(&lock);
	return status;
}

NTSTATUS NTAPI IoCreateUnprotectedSymbolicLink(PUNICODE_STRING SymbolicLinkName,
					       PUNICODE_STRING DeviceName)
{
	return IoCreateSymbolicLink(SymbolicLinkName, DeviceName);
}

NTSTATUS NTAPI IoDeleteSymbolicLink(PUNICODE_STRING SymbolicLinkName)
{
	const size_t length = SymbolicLinkName->Length / sizeof(WCHAR);
	struct name *found = NULL;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	pthread_mutex_lock(&lock);
	if (link_prefix(SymbolicLinkName->Buffer, length)) {
		struct name **link = locate(SymbolicLinkName->Buffer, length);

		found = *link;
		if (found)
			*link = found->next;
	}
	pthread_mutex_unlock(&lock);
	free(found);
	return found ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}
