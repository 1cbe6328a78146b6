/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Keys by one of the places where drivers look, and a path below it. */
#include "registry_handle.h"

#include <stdlib.h>
#include <string.h>

#include <wdm_registry.h>

#include "nt_internal.h"
#include "verifier.h"

static const WCHAR *const places[RTL_REGISTRY_MAXIMUM] = {
	[RTL_REGISTRY_ABSOLUTE] = u"",
	[RTL_REGISTRY_SERVICES] = u"\\Registry\\Machine\\System\\CurrentControlSet\\Services",
	[RTL_REGISTRY_CONTROL] = u"\\Registry\\Machine\\System\\CurrentControlSet\\Control",
	[RTL_REGISTRY_WINDOWS_NT] =
		u"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion",
	[RTL_REGISTRY_DEVICEMAP] = u"\\Registry\\Machine\\Hardware\\DeviceMap",
	[RTL_REGISTRY_USER] = u"\\Registry\\User\\.Default",
};

size_t nt_text_size(PCWSTR text)
{
	size_t length = 0;

	while (text && text[length])
		length++;
	return length * sizeof(WCHAR);
}

static NTSTATUS of_handle(HANDLE handle, struct nt_key **ret_key)
{
	struct nt_key_object *object;
	NTSTATUS status = nt_key_hold(handle, &object);

	if (!NT_SUCCESS(status))
		return status;
	*ret_key = object->key;
	object->key->references++;
	nt_key_let_go(object);
	return STATUS_SUCCESS;
}

NTSTATUS nt_registry_relative(ULONG relative_to, PCWSTR path, bool create, struct nt_key **ret_key)
{
	const ULONG place = relative_to & ~(ULONG)(RTL_REGISTRY_HANDLE | RTL_REGISTRY_OPTIONAL);
	size_t before;
	size_t size;
	WCHAR *text;
	NTSTATUS status;

	if (relative_to & RTL_REGISTRY_HANDLE)
		return of_handle((HANDLE)(ULONG_PTR)path, ret_key);
	if (place >= RTL_REGISTRY_MAXIMUM)
		return STATUS_INVALID_PARAMETER;
	before = nt_text_size(places[place]);
	size = nt_text_size(path);
	text = malloc(before + sizeof(WCHAR) + size);
	if (!text)
		return STATUS_INSUFFICIENT_RESOURCES;
	memcpy(text, places[place], before);
	if (before && size && path[0] != '\\') {
		text[before / sizeof(WCHAR)] = '\\';
		before += sizeof(WCHAR);
	}
	if (size)
		memcpy(text + before / sizeof(WCHAR), path, size);
	nt_registry_lock();
	status = nt_key_open(NULL, text, before + size, create, NULL, ret_key);
	nt_registry_unlock();
	free(text);
	return status;
}

NTSTATUS NTAPI RtlWriteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName,
				     ULONG ValueType, PVOID ValueData, ULONG ValueLength)
{
	struct nt_key *key;
	NTSTATUS status;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	status = nt_registry_relative(RelativeTo, Path, true, &key);
	if (!NT_SUCCESS(status))
		return status;
	nt_registry_lock();
	status = nt_value_set(key, ValueName, nt_text_size(ValueName), ValueType, ValueData,
			      ValueLength);
	nt_key_release(key);
	nt_registry_unlock();
	return status;
}

NTSTATUS NTAPI RtlDeleteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName)
{
	struct nt_key *key;
	NTSTATUS status;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	status = nt_registry_relative(RelativeTo, Path, false, &key);
	if (!NT_SUCCESS(status))
		return status;
	nt_registry_lock();
	if (!nt_value_delete(key, ValueName, nt_text_size(ValueName)))
		status = STATUS_OBJECT_NAME_NOT_FOUND;
	nt_key_release(key);
	nt_registry_unlock();
	return status;
}

static NTSTATUS look(ULONG relative_to, PCWSTR path, bool create)
{
	struct nt_key *key;
	NTSTATUS status = nt_registry_relative(relative_to, path, create, &key);

	if (!NT_SUCCESS(status))
		return status;
	nt_registry_lock();
	nt_key_release(key);
	nt_registry_unlock();
	return status;
}

NTSTATUS NTAPI RtlCheckRegistryKey(ULONG RelativeTo, PWSTR Path)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return look(RelativeTo, Path, false);
}

NTSTATUS NTAPI RtlCreateRegistryKey(ULONG RelativeTo, PWSTR Path)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return look(RelativeTo, Path, true);
}
