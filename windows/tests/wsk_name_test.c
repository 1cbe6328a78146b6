/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskGetAddressInfo(), WskFreeAddressInfo(), WskGetNameInfo(). */

#include "wsk_one_scene.h"

#include <string.h>

static UNICODE_STRING text_of(const uint16_t *units)
{
	UNICODE_STRING string;

	RtlInitUnicodeString(&string, (PCWSTR)units);
	return string;
}

static NTSTATUS look_up(struct asked *asked, PUNICODE_STRING node, PUNICODE_STRING service,
			PADDRINFOEXW hints, PADDRINFOEXW *result)
{
	return pended(asked, scene.provider.Dispatch->WskGetAddressInfo(
				     scene.provider.Client, node, service, NS_ALL, NULL, hints,
				     result, NULL, NULL, asked_arm(asked)));
}

static void a_numeric_name_is_found(void **state)
{
	UNICODE_STRING node = text_of(u"127.0.0.1"), service = text_of(u"12345");
	ADDRINFOEXW hints = {.ai_flags = AI_NUMERICHOST | AI_CANONNAME, .ai_socktype = SOCK_STREAM};
	PADDRINFOEXW result = NULL;
	struct asked asked;
	int count = 0;

	(void)state;
	asked_init(&asked);
	assert_int_equal(look_up(&asked, &node, &service, NULL, &result), STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 0);
	for (PADDRINFOEXW one = result; one; one = one->ai_next, count++) {
		PSOCKADDR_IN name = (PSOCKADDR_IN)one->ai_addr;

		assert_int_equal(one->ai_addrlen, sizeof(*name));
		assert_int_equal(name->sin_family, AF_INET);
		assert_int_equal(RtlUshortByteSwap(name->sin_port), 12345);
		assert_int_equal(RtlUlongByteSwap(name->sin_addr.s_addr), INADDR_LOOPBACK);
	}
	assert_true(count >= 1);
	scene.provider.Dispatch->WskFreeAddressInfo(scene.provider.Client, result);
	assert_int_equal(look_up(&asked, &node, NULL, &hints, &result), STATUS_SUCCESS);
	assert_null(result->ai_next);
	assert_int_equal(result->ai_socktype, SOCK_STREAM);
	assert_memory_equal(result->ai_canonname, u"127.0.0.1", sizeof(u"127.0.0.1"));
	scene.provider.Dispatch->WskFreeAddressInfo(scene.provider.Client, result);
	scene.provider.Dispatch->WskFreeAddressInfo(scene.provider.Client, NULL);
	asked_free(&asked);
}

static void an_unknown_name_is_not_found(void **state)
{
	UNICODE_STRING node = text_of(u"no.such.name.invalid"), service = text_of(u"80");
	ADDRINFOEXW hints = {.ai_flags = AI_NUMERICHOST};
	PADDRINFOEXW result = (PADDRINFOEXW)&node;
	struct asked asked;

	(void)state;
	asked_init(&asked);
	/* Numeric only: no server is asked in a test. */
	assert_int_equal(look_up(&asked, &node, &service, &hints, &result), STATUS_NOT_FOUND);
	assert_int_equal(asked.answer.Information, 0);
	assert_ptr_equal(result, &node);
	asked_free(&asked);
}

static void malformed_questions_are_refused(void **state)
{
	UNICODE_STRING node = text_of(u"127.0.0.1"), odd = node, hole = {8, 8, NULL}, long_one;
	PADDRINFOEXW result = NULL;
	struct asked asked;
	WCHAR *much;

	(void)state;
	asked_init(&asked);
	much = ExAllocatePoolWithTag(PagedPool, 65000, 'tseT');
	for (int i = 0; i < 32500; i++)
		much[i] = 'a';
	long_one = (UNICODE_STRING){65000, 65000, much};
	odd.Length--;
	assert_int_equal(look_up(&asked, NULL, NULL, NULL, &result), STATUS_INVALID_PARAMETER);
	assert_int_equal(look_up(&asked, &node, NULL, NULL, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(look_up(&asked, &odd, NULL, NULL, &result), STATUS_INVALID_PARAMETER);
	assert_int_equal(look_up(&asked, &hole, NULL, NULL, &result), STATUS_INVALID_PARAMETER);
	assert_int_equal(look_up(&asked, &long_one, NULL, NULL, &result), STATUS_INVALID_PARAMETER);
	asked_arm(&asked);
	assert_int_equal(scene.provider.Dispatch->WskGetAddressInfo(scene.provider.Client, &node,
								    NULL, NS_ALL, NULL, NULL,
								    &result, NULL, NULL, NULL),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(scene.provider.Dispatch->WskGetAddressInfo(NULL, &node, NULL, NS_ALL, NULL,
								    NULL, &result, NULL, NULL,
								    asked.irp),
			 STATUS_INVALID_HANDLE);
	asked_untouched(&asked);
	ExFreePoolWithTag(much, 'tseT');
	asked_free(&asked);
}

static void an_address_has_a_name(void **state)
{
	WCHAR node_room[64], service_room[8];
	UNICODE_STRING node = {0, sizeof(node_room), node_room};
	UNICODE_STRING service = {0, sizeof(service_room), service_room};
	UNICODE_STRING small = {0, 8, node_room};
	SOCKADDR_IN name = loopback_name(12345);
	struct asked asked;

	(void)state;
	asked_init(&asked);
	assert_int_equal(pended(&asked,
				scene.provider.Dispatch->WskGetNameInfo(
					scene.provider.Client, (PSOCKADDR)&name, sizeof(name),
					&node, &service, NI_NUMERICHOST | NI_NUMERICSERV, NULL,
					NULL, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(asked.answer.Information, 0);
	assert_int_equal(node.Length, 18);
	assert_memory_equal(node.Buffer, u"127.0.0.1", 20);
	assert_memory_equal(service.Buffer, u"12345", 12);
	assert_int_equal(pended(&asked, scene.provider.Dispatch->WskGetNameInfo(
						scene.provider.Client, (PSOCKADDR)&name,
						sizeof(name), &small, NULL, NI_NUMERICHOST, NULL,
						NULL, asked_arm(&asked))),
			 STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(pended(&asked,
				scene.provider.Dispatch->WskGetNameInfo(
					scene.provider.Client, (PSOCKADDR)&name, 4, &node, NULL,
					NI_NUMERICHOST, NULL, NULL, asked_arm(&asked))),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(pended(&asked, scene.provider.Dispatch->WskGetNameInfo(
						scene.provider.Client, NULL, 16, &node, NULL, 0,
						NULL, NULL, asked_arm(&asked))),
			 STATUS_INVALID_PARAMETER);
	asked_free(&asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_numeric_name_is_found),
		cmocka_unit_test(an_unknown_name_is_not_found),
		cmocka_unit_test(malformed_questions_are_refused),
		cmocka_unit_test(an_address_has_a_name),
	};

	return RUN_IN_SCENE(tests);
}
