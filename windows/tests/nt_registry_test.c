/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The registry of the process: keys, values, and RtlQueryRegistryValues' tables. */
#include "cmocka_once.h"

#include <ntddk.h>
#include <string.h>

#include "nt_runner.h"

#define SERVICE u"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\regtest"

static PDRIVER_OBJECT driver;

static int begin(void **state)
{
	driver = nt_driver_object_new("regtest");
	return driver ? 0 : -1;
}

static int end(void **state)
{
	nt_driver_object_free(driver);
	return 0;
}

static UNICODE_STRING text_of(const WCHAR *text)
{
	UNICODE_STRING string;

	RtlInitUnicodeString(&string, (PCWSTR)text);
	return string;
}

static NTSTATUS open_key(HANDLE root, const WCHAR *path, HANDLE *key)
{
	UNICODE_STRING name = text_of(path);
	OBJECT_ATTRIBUTES attributes;

	InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
				   root, NULL);
	return ZwOpenKey(key, KEY_READ, &attributes);
}

static NTSTATUS create_key(HANDLE root, const WCHAR *path, HANDLE *key, ULONG *disposition)
{
	UNICODE_STRING name = text_of(path);
	OBJECT_ATTRIBUTES attributes;

	InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, root, NULL);
	return ZwCreateKey(key, KEY_ALL_ACCESS, &attributes, 0, NULL, REG_OPTION_NON_VOLATILE,
			   disposition);
}

static NTSTATUS set(HANDLE key, const WCHAR *value, ULONG type, const void *data, ULONG size)
{
	UNICODE_STRING name = text_of(value);

	return ZwSetValueKey(key, &name, 0, type, (PVOID)(ULONG_PTR)data, size);
}

static void the_service_key_is_there_and_empty(void **state)
{
	UNICODE_STRING name = text_of(u"Start");
	KEY_FULL_INFORMATION full;
	ULONG size = 0;
	HANDLE key;
	HANDLE other;

	assert_int_equal(open_key(NULL, SERVICE, &key), STATUS_SUCCESS);
	assert_int_equal(ZwQueryKey(key, KeyFullInformation, &full, sizeof(full), &size),
			 STATUS_SUCCESS);
	assert_int_equal(full.SubKeys, 0);
	assert_int_equal(full.Values, 0);
	assert_int_equal(ZwQueryValueKey(key, &name, KeyValuePartialInformation, &full,
					 sizeof(full), &size),
			 STATUS_OBJECT_NAME_NOT_FOUND);
	/* In any case of its letters. */
	assert_int_equal(open_key(NULL, u"\\REGISTRY\\machine\\SYSTEM\\currentcontrolset", &other),
			 STATUS_SUCCESS);
	assert_int_equal(ZwClose(key), STATUS_SUCCESS);
	assert_int_equal(open_key(other, u"services\\REGTEST", &key), STATUS_SUCCESS);
	ZwClose(key);
	assert_int_equal(open_key(other, u"services\\another", &key), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(open_key(other, u"\\Registry", &key), STATUS_OBJECT_PATH_SYNTAX_BAD);
	assert_int_equal(open_key(NULL, u"services", &key), STATUS_OBJECT_PATH_SYNTAX_BAD);
	assert_int_equal(open_key(NULL, u"\\Device\\regtest", &key), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(create_key(NULL, u"\\Registry\\Elsewhere", &key, NULL),
			 STATUS_ACCESS_DENIED);
	ZwClose(other);
	assert_int_equal(ZwFlushKey(other), STATUS_INVALID_HANDLE);
}

static void keys_are_made_told_and_deleted(void **state)
{
	_Alignas(8) UCHAR room[256];
	KEY_BASIC_INFORMATION *basic = (KEY_BASIC_INFORMATION *)(void *)room;
	KEY_NAME_INFORMATION *named = (KEY_NAME_INFORMATION *)(void *)room;
	ULONG disposition = 0;
	ULONG size = 0;
	HANDLE service;
	HANDLE key;
	HANDLE below;

	assert_int_equal(open_key(NULL, SERVICE, &service), STATUS_SUCCESS);
	assert_int_equal(create_key(service, u"Parameters\\Deep", &key, NULL),
			 STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(create_key(service, u"Parameters", &key, &disposition), STATUS_SUCCESS);
	assert_int_equal(disposition, REG_CREATED_NEW_KEY);
	assert_int_equal(create_key(service, u"Parameters\\Deep", &below, NULL), STATUS_SUCCESS);
	ZwClose(key);
	assert_int_equal(create_key(service, u"PARAMETERS", &key, &disposition), STATUS_SUCCESS);
	assert_int_equal(disposition, REG_OPENED_EXISTING_KEY);
	/* As it was first written. */
	assert_int_equal(ZwEnumerateKey(service, 0, KeyBasicInformation, room, sizeof(room), &size),
			 STATUS_SUCCESS);
	assert_int_equal(size, FIELD_OFFSET(KEY_BASIC_INFORMATION, Name) + 20);
	assert_int_equal(basic->NameLength, 20);
	assert_memory_equal(basic->Name, u"Parameters", 20);
	assert_true(basic->LastWriteTime.QuadPart > 0);
	assert_int_equal(ZwEnumerateKey(service, 1, KeyBasicInformation, room, sizeof(room), &size),
			 STATUS_NO_MORE_ENTRIES);
	/* Too small for the fixed part, for the name; nothing is written beyond. */
	memset(room, 0xa5, sizeof(room));
	assert_int_equal(ZwEnumerateKey(service, 0, KeyBasicInformation, room, 15, &size),
			 STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(size, FIELD_OFFSET(KEY_BASIC_INFORMATION, Name) + 20);
	assert_int_equal(ZwEnumerateKey(service, 0, KeyBasicInformation, room, 18, &size),
			 STATUS_BUFFER_OVERFLOW);
	assert_int_equal(room[18], 0xa5);
	assert_int_equal(ZwQueryKey(below, KeyNameInformation, room, sizeof(room), &size),
			 STATUS_SUCCESS);
	assert_int_equal(named->NameLength, sizeof(SERVICE u"\\Parameters\\Deep") - 2);
	assert_memory_equal(named->Name, SERVICE u"\\Parameters\\Deep", named->NameLength);
	assert_int_equal(ZwQueryKey(below, (KEY_INFORMATION_CLASS)77, room, sizeof(room), &size),
			 STATUS_INVALID_PARAMETER);
	/* From below upwards; a handle outlives its key. */
	assert_int_equal(ZwDeleteKey(key), STATUS_CANNOT_DELETE);
	assert_int_equal(ZwDeleteKey(below), STATUS_SUCCESS);
	assert_int_equal(ZwDeleteKey(below), STATUS_KEY_DELETED);
	assert_int_equal(set(below, u"late", REG_DWORD, "1234", 4), STATUS_KEY_DELETED);
	assert_int_equal(ZwDeleteKey(key), STATUS_SUCCESS);
	ZwClose(below);
	ZwClose(key);
	assert_int_equal(open_key(service, u"Parameters", &key), STATUS_OBJECT_NAME_NOT_FOUND);
	ZwClose(service);
}

static void values_in_their_forms(void **state)
{
	_Alignas(8) UCHAR room[128];
	KEY_VALUE_PARTIAL_INFORMATION *partial = (KEY_VALUE_PARTIAL_INFORMATION *)(void *)room;
	KEY_VALUE_FULL_INFORMATION *full = (KEY_VALUE_FULL_INFORMATION *)(void *)room;
	UNICODE_STRING name = text_of(u"number");
	UNICODE_STRING missing = text_of(u"numbe");
	const ULONG number = 0x11223344;
	ULONG size = 0;
	HANDLE key;

	assert_int_equal(open_key(NULL, SERVICE, &key), STATUS_SUCCESS);
	assert_int_equal(set(key, u"Number", REG_DWORD, &number, sizeof(number)), STATUS_SUCCESS);
	assert_int_equal(set(key, u"", REG_SZ, u"default", 16), STATUS_SUCCESS);
	assert_int_equal(ZwQueryValueKey(key, &name, KeyValuePartialInformation, room, sizeof(room),
					 &size),
			 STATUS_SUCCESS);
	assert_int_equal(size, 16);
	assert_int_equal(partial->Type, REG_DWORD);
	assert_int_equal(partial->DataLength, 4);
	assert_memory_equal(partial->Data, &number, 4);
	assert_int_equal(ZwQueryValueKey(key, &name, KeyValuePartialInformation, NULL, 0, &size),
			 STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(size, 16);
	memset(room, 0xa5, sizeof(room));
	assert_int_equal(ZwQueryValueKey(key, &name, KeyValuePartialInformation, room, 13, &size),
			 STATUS_BUFFER_OVERFLOW);
	assert_int_equal(room[12], 0x44);
	assert_int_equal(room[13], 0xa5);
	assert_int_equal(ZwQueryValueKey(key, &missing, KeyValuePartialInformation, room,
					 sizeof(room), &size),
			 STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(ZwEnumerateValueKey(key, 0, KeyValueFullInformation, room, sizeof(room),
					     &size),
			 STATUS_SUCCESS);
	assert_int_equal(full->NameLength, 12);
	assert_memory_equal(full->Name, u"Number", 12);
	assert_memory_equal(room + full->DataOffset, &number, 4);
	assert_int_equal(size, full->DataOffset + 4);
	assert_int_equal(ZwEnumerateValueKey(key, 1, KeyValueFullInformation, room, sizeof(room),
					     &size),
			 STATUS_SUCCESS);
	assert_int_equal(full->NameLength, 0);
	assert_int_equal(ZwEnumerateValueKey(key, 2, KeyValueFullInformation, room, sizeof(room),
					     &size),
			 STATUS_NO_MORE_ENTRIES);
	/* Another type in its place. */
	assert_int_equal(set(key, u"NUMBER", REG_BINARY, "", 0), STATUS_SUCCESS);
	assert_int_equal(ZwQueryValueKey(key, &name, KeyValuePartialInformation, room, sizeof(room),
					 &size),
			 STATUS_SUCCESS);
	assert_int_equal(partial->Type, REG_BINARY);
	assert_int_equal(partial->DataLength, 0);
	assert_int_equal(ZwDeleteValueKey(key, &name), STATUS_SUCCESS);
	assert_int_equal(ZwDeleteValueKey(key, &name), STATUS_OBJECT_NAME_NOT_FOUND);
	name.Length = 0;
	assert_int_equal(ZwDeleteValueKey(key, &name), STATUS_SUCCESS);
	ZwClose(key);
}

static unsigned int told;
static ULONG told_bytes;

static NTSTATUS NTAPI routine(PWSTR name, ULONG type, PVOID data, ULONG length, PVOID context,
			      PVOID entry)
{
	told++;
	told_bytes += length;
	assert_ptr_equal(context, &told);
	return entry ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

static void a_table_of_questions(void **state)
{
	WCHAR buffer[4];
	UNICODE_STRING made = {0};
	UNICODE_STRING short_one = {0, sizeof(buffer), (PWSTR)buffer};
	ULONG number = 7;
	ULONG fallback = 9;
	ULONG absent = 11;
	RTL_QUERY_REGISTRY_TABLE direct[] = {
		{NULL, RTL_QUERY_REGISTRY_DIRECT, (PWSTR)u"Name", &made, REG_NONE, NULL, 0},
		{NULL, RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK, (PWSTR)u"Number",
		 &number, REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT, NULL, 0},
		{NULL, RTL_QUERY_REGISTRY_DIRECT, (PWSTR)u"Missing", &absent, REG_DWORD, &fallback,
		 sizeof(fallback)},
		{0},
	};
	RTL_QUERY_REGISTRY_TABLE one[] = {direct[0], {0}};
	RTL_QUERY_REGISTRY_TABLE all[] = {{routine, 0, NULL, NULL, REG_NONE, NULL, 0}, {0}};
	PCWSTR service = (PCWSTR)u"regtest";

	assert_int_equal(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, service, (PCWSTR)u"Name",
					       REG_SZ, (PVOID)u"words", 12),
			 STATUS_SUCCESS);
	number = 5;
	assert_int_equal(RtlWriteRegistryValue(RTL_REGISTRY_ABSOLUTE, (PCWSTR)SERVICE,
					       (PCWSTR)u"Number", REG_DWORD, &number, 4),
			 STATUS_SUCCESS);
	number = 0;
	assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, service, direct, NULL, NULL),
			 STATUS_SUCCESS);
	assert_int_equal(made.Length, 10);
	assert_memory_equal(made.Buffer, u"words", 12);
	assert_int_equal(number, 5);
	assert_int_equal(absent, 9);
	RtlFreeUnicodeString(&made);
	/* Another type than was expected; too small a buffer; required. */
	direct[1].DefaultType = REG_SZ << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT;
	assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, service, direct + 1, NULL,
						NULL),
			 STATUS_OBJECT_TYPE_MISMATCH);
	one[0].EntryContext = &short_one;
	assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, service, one, NULL, NULL),
			 STATUS_BUFFER_TOO_SMALL);
	direct[2].Flags |= RTL_QUERY_REGISTRY_REQUIRED;
	assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, service, direct + 2, NULL,
						NULL),
			 STATUS_OBJECT_NAME_NOT_FOUND);
	/* Each value by a routine; strings of many one by one; a routine that fails ends it. */
	assert_int_equal(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, service, (PCWSTR)u"Many",
					       REG_MULTI_SZ, (PVOID)u"a\0bc\0", 12),
			 STATUS_SUCCESS);
	assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, service, all, &told, NULL),
			 STATUS_SUCCESS);
	assert_int_equal(told, 4);
	assert_int_equal(told_bytes, 12 + 4 + 4 + 6);
	all[0].EntryContext = &told;
	assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, service, all, &told, NULL),
			 STATUS_UNSUCCESSFUL);
	assert_int_equal(told, 5);
	assert_int_equal(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, service, (PCWSTR)u"Many"),
			 STATUS_SUCCESS);
	assert_int_equal(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, service, (PCWSTR)u"Many"),
			 STATUS_OBJECT_NAME_NOT_FOUND);
}

static void keys_below_in_a_table(void **state)
{
	ULONG depth = 0;
	ULONG top = 0;
	ULONG long_one[8] = {sizeof(long_one)};
	RTL_QUERY_REGISTRY_TABLE table[] = {
		{NULL, RTL_QUERY_REGISTRY_SUBKEY, (PWSTR)u"Below", NULL, REG_NONE, NULL, 0},
		{NULL, RTL_QUERY_REGISTRY_DIRECT, (PWSTR)u"Depth", &depth, REG_NONE, NULL, 0},
		{NULL, RTL_QUERY_REGISTRY_DIRECT, (PWSTR)u"Long", long_one, REG_NONE, NULL, 0},
		{NULL, RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TOPKEY, (PWSTR)u"Depth", &top,
		 REG_NONE, NULL, 0},
		{0},
	};
	PCWSTR service = (PCWSTR)u"regtest";
	ULONG number = 1;

	assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)u"regtest\\Below"),
			 STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(RtlCreateRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)u"regtest\\Below"),
			 STATUS_SUCCESS);
	assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)u"regtest\\Below"),
			 STATUS_SUCCESS);
	RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, service, (PCWSTR)u"Depth", REG_DWORD, &number,
			      4);
	number = 2;
	RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, (PCWSTR)u"regtest\\Below", (PCWSTR)u"Depth",
			      REG_DWORD, &number, 4);
	RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, (PCWSTR)u"regtest\\Below", (PCWSTR)u"Long",
			      REG_BINARY, (PVOID) "twelve bytes", 12);
	assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, service, table, NULL, NULL),
			 STATUS_SUCCESS);
	assert_int_equal(depth, 2);
	assert_int_equal(top, 1);
	/* Length, type, data; or the data alone, where the room was told as a negative number. */
	assert_int_equal(long_one[0], 12);
	assert_int_equal(long_one[1], REG_BINARY);
	assert_memory_equal(&long_one[2], "twelve bytes", 12);
	long_one[0] = (ULONG)-12;
	assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, service, table, NULL, NULL),
			 STATUS_SUCCESS);
	assert_memory_equal(long_one, "twelve bytes", 12);
	long_one[0] = 12;
	assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, service, table, NULL, NULL),
			 STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, (PCWSTR)u"nobody", table,
						NULL, NULL),
			 STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(RtlQueryRegistryValues(99, service, table, NULL, NULL),
			 STATUS_INVALID_PARAMETER);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_service_key_is_there_and_empty),
		cmocka_unit_test(keys_are_made_told_and_deleted),
		cmocka_unit_test(values_in_their_forms),
		cmocka_unit_test(a_table_of_questions),
		cmocka_unit_test(keys_below_in_a_table),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
