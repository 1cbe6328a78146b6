/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Handles on keys: opened, made, told about, deleted. */
#include "registry_handle.h"

#include <string.h>

#include <wdm_registry.h>

#include "nt_internal.h"
#include "verifier.h"

static void close_key(void *object)
{
	struct nt_key_object *open = object;

	nt_registry_lock();
	if (open->key)
		nt_key_release(open->key);
	nt_registry_unlock();
}

NTSTATUS nt_key_hold(HANDLE handle, struct nt_key_object **ret_object)
{
	void *object;
	NTSTATUS status = nt_handle_object(handle, NT_OBJECT_KEY, &object);

	if (!NT_SUCCESS(status))
		return status;
	nt_registry_lock();
	*ret_object = object;
	if (!nt_key_is_deleted((*ret_object)->key))
		return STATUS_SUCCESS;
	nt_key_let_go(*ret_object);
	return STATUS_KEY_DELETED;
}

void nt_key_let_go(struct nt_key_object *object)
{
	nt_registry_unlock();
	ObfDereferenceObject(object);
}

void nt_answer_put(struct nt_answer *answer, ULONG at, const void *bytes, ULONG size)
{
	if (at + size > answer->needed)
		answer->needed = at + size;
	if (at < answer->size && size)
		memcpy(answer->room + at, bytes,
		       size < answer->size - at ? size : answer->size - at);
}

NTSTATUS nt_answer_end(const struct nt_answer *answer, ULONG fixed, PULONG ret_size)
{
	*ret_size = answer->needed;
	if (answer->size < fixed)
		return STATUS_BUFFER_TOO_SMALL;
	return answer->size < answer->needed ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static NTSTATUS open_below(struct nt_key *from, PCUNICODE_STRING name, bool create,
			   bool *ret_created, struct nt_key_object *object)
{
	return nt_key_open(from, name->Buffer, name->Length, create, ret_created, &object->key);
}

static NTSTATUS open_key(PHANDLE ret_handle, const OBJECT_ATTRIBUTES *attributes, bool create,
			 bool *ret_created)
{
	static const UNICODE_STRING nothing = {0, 0, NULL};
	struct nt_key_object *from;
	struct nt_key_object *object;
	PCUNICODE_STRING name;
	NTSTATUS status;

	if (!ret_handle || !attributes)
		return STATUS_ACCESS_VIOLATION;
	if (attributes->Length != sizeof(*attributes))
		return STATUS_INVALID_PARAMETER;
	name = attributes->ObjectName ? attributes->ObjectName : &nothing;
	object = nt_object_new(NT_OBJECT_KEY, sizeof(*object), close_key);
	if (!object)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (attributes->RootDirectory) {
		status = nt_key_hold(attributes->RootDirectory, &from);
		if (NT_SUCCESS(status)) {
			status = open_below(from->key, name, create, ret_created, object);
			nt_key_let_go(from);
		}
	} else {
		nt_registry_lock();
		status = open_below(NULL, name, create, ret_created, object);
		nt_registry_unlock();
	}
	if (NT_SUCCESS(status))
		status = nt_handle_new(object, ret_handle);
	if (!NT_SUCCESS(status))
		ObfDereferenceObject(object);
	return status;
}

NTSTATUS NTAPI ZwOpenKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
			 POBJECT_ATTRIBUTES ObjectAttributes)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return open_key(KeyHandle, ObjectAttributes, false, NULL);
}

NTSTATUS NTAPI ZwOpenKeyEx(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
			   POBJECT_ATTRIBUTES ObjectAttributes, ULONG OpenOptions)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return open_key(KeyHandle, ObjectAttributes, false, NULL);
}

NTSTATUS NTAPI ZwCreateKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
			   POBJECT_ATTRIBUTES ObjectAttributes, ULONG TitleIndex,
			   PUNICODE_STRING Class, ULONG CreateOptions, PULONG Disposition)
{
	bool created = false;
	NTSTATUS status;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	status = open_key(KeyHandle, ObjectAttributes, true, &created);
	if (NT_SUCCESS(status) && Disposition)
		*Disposition = created ? REG_CREATED_NEW_KEY : REG_OPENED_EXISTING_KEY;
	return status;
}

NTSTATUS NTAPI ZwDeleteKey(HANDLE KeyHandle)
{
	struct nt_key_object *object;
	NTSTATUS status = nt_key_hold(KeyHandle, &object);

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!NT_SUCCESS(status))
		return status;
	status = nt_key_delete(object->key);
	nt_key_let_go(object);
	return status;
}

NTSTATUS NTAPI ZwFlushKey(HANDLE KeyHandle)
{
	struct nt_key_object *object;
	NTSTATUS status = nt_key_hold(KeyHandle, &object);

	if (NT_SUCCESS(status))
		nt_key_let_go(object);
	return status;
}

static void count(const struct nt_key *key, KEY_FULL_INFORMATION *full)
{
	for (const struct nt_key *one = key->first; one; one = one->next) {
		full->SubKeys++;
		if (one->name_size > full->MaxNameLen)
			full->MaxNameLen = one->name_size;
	}
	for (const struct nt_value *one = key->values; one; one = one->next) {
		full->Values++;
		if (one->name_size > full->MaxValueNameLen)
			full->MaxValueNameLen = one->name_size;
		if (one->size > full->MaxValueDataLen)
			full->MaxValueDataLen = one->size;
	}
}

/* No key here has a class: its offset is none. */
static NTSTATUS tell(const struct nt_key *key, KEY_INFORMATION_CLASS what, struct nt_answer *answer,
		     PULONG ret_size)
{
	const ULONG name = key->name_size;
	const LARGE_INTEGER written = {.QuadPart = key->written};
	ULONG fixed;

	switch (what) {
	case KeyBasicInformation: {
		const KEY_BASIC_INFORMATION basic = {.LastWriteTime = written, .NameLength = name};

		fixed = offsetof(KEY_BASIC_INFORMATION, Name);
		nt_answer_put(answer, 0, &basic, fixed);
		nt_answer_put(answer, fixed, key->name, name);
		break;
	}
	case KeyNodeInformation: {
		const KEY_NODE_INFORMATION node = {
			.LastWriteTime = written, .ClassOffset = 0xffffffffu, .NameLength = name};

		fixed = offsetof(KEY_NODE_INFORMATION, Name);
		nt_answer_put(answer, 0, &node, fixed);
		nt_answer_put(answer, fixed, key->name, name);
		break;
	}
	case KeyFullInformation: {
		KEY_FULL_INFORMATION full = {.LastWriteTime = written, .ClassOffset = 0xffffffffu};

		fixed = offsetof(KEY_FULL_INFORMATION, Class);
		count(key, &full);
		nt_answer_put(answer, 0, &full, fixed);
		break;
	}
	case KeyNameInformation: {
		const ULONG size = (ULONG)nt_key_path(key, NULL, 0);

		fixed = offsetof(KEY_NAME_INFORMATION, Name);
		nt_answer_put(answer, 0, &size, fixed);
		if (answer->size > fixed)
			nt_key_path(key, (WCHAR *)(void *)(answer->room + fixed),
				    answer->size - fixed);
		answer->needed = fixed + size;
		break;
	}
	default:
		return STATUS_INVALID_PARAMETER;
	}
	return nt_answer_end(answer, fixed, ret_size);
}

NTSTATUS NTAPI ZwQueryKey(HANDLE KeyHandle, KEY_INFORMATION_CLASS KeyInformationClass,
			  PVOID KeyInformation, ULONG Length, PULONG ResultLength)
{
	struct nt_answer answer = {KeyInformation, KeyInformation ? Length : 0, 0};
	struct nt_key_object *object;
	NTSTATUS status = nt_key_hold(KeyHandle, &object);

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!NT_SUCCESS(status))
		return status;
	status = tell(object->key, KeyInformationClass, &answer, ResultLength);
	nt_key_let_go(object);
	return status;
}

NTSTATUS NTAPI ZwEnumerateKey(HANDLE KeyHandle, ULONG Index,
			      KEY_INFORMATION_CLASS KeyInformationClass, PVOID KeyInformation,
			      ULONG Length, PULONG ResultLength)
{
	struct nt_answer answer = {KeyInformation, KeyInformation ? Length : 0, 0};
	struct nt_key_object *object;
	const struct nt_key *key;
	NTSTATUS status = nt_key_hold(KeyHandle, &object);

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!NT_SUCCESS(status))
		return status;
	key = object->key->first;
	while (key && Index--)
		key = key->next;
	if (KeyInformationClass == KeyNameInformation)
		status = STATUS_INVALID_PARAMETER;
	else
		status = key ? tell(key, KeyInformationClass, &answer, ResultLength) :
			       STATUS_NO_MORE_ENTRIES;
	nt_key_let_go(object);
	return status;
}
