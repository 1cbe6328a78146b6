/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The less common ways to look up names; without a server that could be asked. */
#include "winsock_scene.h"

static void the_extended_form_waits(void **state)
{
	const ADDRINFOEXW hints = {.ai_flags = AI_NUMERICHOST | AI_CANONNAME,
				   .ai_family = AF_INET,
				   .ai_socktype = SOCK_STREAM};
	const ADDRINFOEXA six = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM};
	PADDRINFOEXW wide = NULL;
	PADDRINFOEXA narrow = NULL;
	OVERLAPPED overlapped = {0};
	struct timeval soon = {1, 0};

	assert_int_equal(GetAddrInfoExW((PCWSTR)u"127.0.0.1", (PCWSTR)u"80", NS_ALL, NULL, &hints,
					&wide, NULL, NULL, NULL, NULL),
			 0);
	assert_int_equal(wide->ai_family, AF_INET);
	assert_int_equal(wide->ai_socktype, SOCK_STREAM);
	assert_int_equal(wide->ai_addrlen, sizeof(SOCKADDR_IN));
	assert_int_equal(((SOCKADDR_IN *)(void *)wide->ai_addr)->sin_port, htons(80));
	assert_memory_equal(wide->ai_canonname, u"127.0.0.1", 20);
	assert_null(wide->ai_next);
	FreeAddrInfoExW(wide);
	assert_int_equal(GetAddrInfoExA("::1", NULL, NS_DNS, NULL, &six, &narrow, NULL, NULL, NULL,
					NULL),
			 0);
	assert_int_equal(narrow->ai_family, AF_INET6);
	assert_int_equal(narrow->ai_addrlen, sizeof(SOCKADDR_IN6));
	FreeAddrInfoExA(narrow);
	FreeAddrInfoExA(NULL);
	/* No address; forms that do not wait; no place for the result. */
	assert_int_equal(GetAddrInfoExA("nobody", NULL, NS_ALL, NULL, &six, &narrow, NULL, NULL,
					NULL, NULL),
			 WSAHOST_NOT_FOUND);
	assert_null(narrow);
	assert_int_equal(GetAddrInfoExW((PCWSTR)u"127.0.0.1", NULL, NS_ALL, NULL, &hints, &wide,
					&soon, NULL, NULL, NULL),
			 WSAEOPNOTSUPP);
	assert_int_equal(GetAddrInfoExW((PCWSTR)u"127.0.0.1", NULL, NS_ALL, NULL, &hints, &wide,
					NULL, &overlapped, NULL, NULL),
			 WSAEOPNOTSUPP);
	assert_int_equal(GetAddrInfoExA("::1", NULL, NS_ALL, NULL, &six, NULL, NULL, NULL, NULL,
					NULL),
			 WSAEFAULT);
}

static void an_address_has_a_name(void **state)
{
	const IN_ADDR four = {.s_addr = htonl(INADDR_LOOPBACK)};
	const struct hostent *found = gethostbyaddr((const char *)&four, 4, AF_INET);

	/* The host's list of names has it, as a rule. */
	if (found) {
		assert_int_equal(found->h_addrtype, AF_INET);
		assert_int_equal(found->h_length, 4);
		assert_memory_equal(found->h_addr_list[0], &four, 4);
		assert_null(found->h_addr_list[1]);
		assert_true(found->h_name[0] != 0);
	} else {
		assert_true(WSAGetLastError() != 0);
	}
	assert_null(gethostbyaddr((const char *)&four, 3, AF_INET));
	assert_int_equal(WSAGetLastError(), WSAEFAULT);
	assert_null(gethostbyaddr(NULL, 4, AF_INET));
	assert_int_equal(WSAGetLastError(), WSAEFAULT);
	assert_null(gethostbyaddr((const char *)&four, 4, 77));
	assert_int_equal(WSAGetLastError(), WSAEAFNOSUPPORT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCENE(the_extended_form_waits),
		IN_SCENE(an_address_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
