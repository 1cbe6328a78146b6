/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "redirect_codes.h"
#include "status_table.h"

#include "cmocka_once.h"
#include <errno.h>
#include <mstcpip.h>
#include <ntstatus.h>
#include <stdlib.h>
#include <winerror.h>

static void every_errno_has_both_answers(void **state)
{
	for (int error = 1; error < 134; error++) {
		assert_true(net_status_of_errno(error) < 0);
		assert_true(net_wsa_of_errno(error) != 0);
		assert_true(net_status_of_redirect(error) < 0);
		assert_true(net_wsa_of_redirect(error) != 0);
	}
	assert_int_equal(net_status_of_errno(0), STATUS_SUCCESS);
	assert_int_equal(net_wsa_of_errno(0), 0);
	assert_int_equal(net_wsa_of_redirect(0), 0);
}

static void what_is_unknown_fails(void **state)
{
	static const int strange[] = {-1, -ENOENT, 4095, 0x7fffffff, (int)0x80000000u};

	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		assert_int_equal(net_status_of_errno(strange[i]), STATUS_UNSUCCESSFUL);
		assert_int_equal(net_wsa_of_errno(strange[i]), WSAEINVAL);
		assert_int_equal(net_wsa_of_redirect(strange[i]), WSAEINVAL);
	}
	assert_int_equal(net_wsa_of_status((NTSTATUS)0xc0deffffu), WSAEINVAL);
}

static void redirect_errors_are_those_of_the_page(void **state)
{
	static const struct {
		int error;
		NTSTATUS status;
		int wsa;
	} rows[] = {
		{ENOENT, STATUS_NOT_FOUND, WSAEINVAL},
		{ENODATA, STATUS_NOT_FOUND, FWP_E_NOT_FOUND},
		{ENOBUFS, STATUS_BUFFER_TOO_SMALL, WSAEFAULT},
		{EACCES, STATUS_ACCESS_DENIED, WSAEACCES},
		{EBADMSG, STATUS_ACCESS_DENIED, WSAEACCES},
		{ESTALE, STATUS_ACCESS_DENIED, WSAEACCES},
		{EOVERFLOW, STATUS_INTEGER_OVERFLOW, WSAEINVAL},
		{EISCONN, STATUS_INVALID_DEVICE_STATE, WSAEISCONN},
		{ENOTCONN, STATUS_INVALID_DEVICE_STATE, WSAENOTCONN},
		{EOPNOTSUPP, STATUS_NOT_FOUND, WSAEOPNOTSUPP},
		{ENOTSOCK, STATUS_OBJECT_TYPE_MISMATCH, WSAENOTSOCK},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(net_status_of_redirect(rows[i].error), rows[i].status);
		assert_int_equal(net_wsa_of_redirect(rows[i].error), rows[i].wsa);
	}
	/* Elsewhere the same two errors mean memory and the kind of socket. */
	assert_int_equal(net_status_of_errno(ENOBUFS), STATUS_INSUFFICIENT_RESOURCES);
	assert_int_equal(net_status_of_errno(EOPNOTSUPP), STATUS_NOT_SUPPORTED);
}

static void statuses_become_errors_of_winsock(void **state)
{
	assert_int_equal(net_wsa_of_status(STATUS_SUCCESS), 0);
	assert_int_equal(net_wsa_of_status(STATUS_PENDING), ERROR_IO_PENDING);
	assert_int_equal(net_wsa_of_status(STATUS_CANCELLED), ERROR_OPERATION_ABORTED);
	assert_int_equal(net_wsa_of_status(STATUS_BUFFER_TOO_SMALL), WSAEFAULT);
	assert_int_equal(net_wsa_of_status(STATUS_NOT_FOUND), WSAEINVAL);
	assert_int_equal(net_wsa_of_status(STATUS_INTEGER_OVERFLOW), WSAEINVAL);
	assert_int_equal(net_wsa_of_status(STATUS_ACCESS_DENIED), WSAEACCES);
	assert_int_equal(net_wsa_of_status((NTSTATUS)0xc0070005u), ERROR_ACCESS_DENIED);
}

static void the_three_codes_and_no_other(void **state)
{
	assert_non_null(net_redirect_code(0x980000dc));
	assert_non_null(net_redirect_code(0x980000dd));
	assert_non_null(net_redirect_code(0x980000de));
	assert_true(net_redirect_code(SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS)->sets);
	assert_null(net_redirect_code(0x980000db));
	assert_null(net_redirect_code(0x980000df));
	assert_null(net_redirect_code(0x580000dc));
	assert_null(net_redirect_code(0));
	assert_null(net_redirect_code(0xffffffff));
}

static void no_socket_no_answer(void **state)
{
	const struct net_redirect_code *query = net_redirect_code(0x980000dc);
	char bytes[8] = "untouch";
	size_t needed = 77;

	assert_int_equal(net_redirect_query(query, -1, bytes, sizeof(bytes), &needed), -EBADF);
	assert_int_equal(net_redirect_query(query, -1, bytes, (size_t)-1, &needed), -EBADF);
	assert_int_equal(needed, 77);
	assert_string_equal(bytes, "untouch");
	assert_int_equal(net_redirect_set(-1, bytes, (size_t)-1), -EOVERFLOW);
	assert_int_equal(net_redirect_set(-1, bytes, 8), -EBADF);
	assert_int_equal(net_redirect_set(-1, NULL, 8), -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_errno_has_both_answers),
		cmocka_unit_test(what_is_unknown_fails),
		cmocka_unit_test(redirect_errors_are_those_of_the_page),
		cmocka_unit_test(statuses_become_errors_of_winsock),
		cmocka_unit_test(the_three_codes_and_no_other),
		cmocka_unit_test(no_socket_no_answer),
	};

	unsetenv("WHITHER_WSA_NOT_FOUND");
	unsetenv("WHITHER_WSA_SHORT");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
