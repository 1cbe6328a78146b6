/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The values of a key. */
#include "registry_handle.h"

#include <wdm_registry.h>

#include "nt_internal.h"
#include "verifier.h"

#define ALIGN(size, to) (((size) + (to)-1) & ~((ULONG)(to)-1))

static NTSTATUS tell_full(const struct nt_value *value, ULONG alignment, struct nt_answer *answer,
			  PULONG ret_size)
{
	const ULONG fixed = offsetof(KEY_VALUE_FULL_INFORMATION, Name);
	const KEY_VALUE_FULL_INFORMATION full = {
		.Type = value->type,
		.DataOffset = ALIGN(fixed + value->name_size, alignment),
		.DataLength = value->size,
		.NameLength = value->name_size,
	};

	nt_answer_put(answer, 0, &full, fixed);
	nt_answer_put(answer, fixed, value->name, value->name_size);
	nt_answer_put(answer, full.DataOffset, value->data, value->size);
	return nt_answer_end(answer, fixed, ret_size);
}

static NTSTATUS tell(const struct nt_value *value, KEY_VALUE_INFORMATION_CLASS what,
		     struct nt_answer *answer, PULONG ret_size)
{
	/* Index, type and size of the data; the aligned form lacks the first. */
	const ULONG head[] = {0, value->type, value->size};
	const ULONG named[] = {0, value->type, value->name_size};

	switch (what) {
	case KeyValueBasicInformation:
		nt_answer_put(answer, 0, named, sizeof(named));
		nt_answer_put(answer, sizeof(named), value->name, value->name_size);
		return nt_answer_end(answer, sizeof(named), ret_size);
	case KeyValueFullInformation:
		return tell_full(value, 4, answer, ret_size);
	case KeyValueFullInformationAlign64:
		return tell_full(value, 8, answer, ret_size);
	case KeyValuePartialInformation:
		nt_answer_put(answer, 0, head, sizeof(head));
		nt_answer_put(answer, sizeof(head), value->data, value->size);
		return nt_answer_end(answer, sizeof(head), ret_size);
	case KeyValuePartialInformationAlign64:
		nt_answer_put(answer, 0, head + 1, sizeof(head) - sizeof(head[0]));
		nt_answer_put(answer, sizeof(head) - sizeof(head[0]), value->data, value->size);
		return nt_answer_end(answer, sizeof(head) - sizeof(head[0]), ret_size);
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

/* Of a value of a held key, which is let go; `none`: what is said where there is no value. */
static NTSTATUS tell_held(struct nt_key_object *object, const struct nt_value *value, NTSTATUS none,
			  KEY_VALUE_INFORMATION_CLASS what, PVOID room, ULONG size, PULONG ret_size)
{
	struct nt_answer answer = {room, room ? size : 0, 0};
	NTSTATUS status = value ? tell(value, what, &answer, ret_size) : none;

	nt_key_let_go(object);
	return status;
}

NTSTATUS NTAPI ZwQueryValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName,
			       KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
			       PVOID KeyValueInformation, ULONG Length, PULONG ResultLength)
{
	struct nt_key_object *object;
	NTSTATUS status = nt_key_hold(KeyHandle, &object);

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!NT_SUCCESS(status))
		return status;
	return tell_held(object, nt_value_find(object->key, ValueName->Buffer, ValueName->Length),
			 STATUS_OBJECT_NAME_NOT_FOUND, KeyValueInformationClass,
			 KeyValueInformation, Length, ResultLength);
}

NTSTATUS NTAPI ZwEnumerateValueKey(HANDLE KeyHandle, ULONG Index,
				   KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
				   PVOID KeyValueInformation, ULONG Length, PULONG ResultLength)
{
	struct nt_key_object *object;
	const struct nt_value *value;
	NTSTATUS status = nt_key_hold(KeyHandle, &object);

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!NT_SUCCESS(status))
		return status;
	value = object->key->values;
	while (value && Index--)
		value = value->next;
	return tell_held(object, value, STATUS_NO_MORE_ENTRIES, KeyValueInformationClass,
			 KeyValueInformation, Length, ResultLength);
}

NTSTATUS NTAPI ZwSetValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName, ULONG TitleIndex,
			     ULONG Type, PVOID Data, ULONG DataSize)
{
	struct nt_key_object *object;
	NTSTATUS status;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (DataSize && !Data)
		return STATUS_ACCESS_VIOLATION;
	status = nt_key_hold(KeyHandle, &object);
	if (!NT_SUCCESS(status))
		return status;
	status = nt_value_set(object->key, ValueName->Buffer, ValueName->Length, Type, Data,
			      DataSize);
	nt_key_let_go(object);
	return status;
}

NTSTATUS NTAPI ZwDeleteValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName)
{
	struct nt_key_object *object;
	NTSTATUS status = nt_key_hold(KeyHandle, &object);
	bool deleted;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!NT_SUCCESS(status))
		return status;
	deleted = nt_value_delete(object->key, ValueName->Buffer, ValueName->Length);
	nt_key_let_go(object);
	return deleted ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}
