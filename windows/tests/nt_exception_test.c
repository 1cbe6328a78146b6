/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* __try, __except, __finally and __leave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <wdm_lock.h>
#include <wdm_seh.h>

static void raise_it(NTSTATUS status)
{
	ExRaiseStatus(status);
}

static void handler_runs_for_what_its_filter_takes(void **state)
{
	volatile int after = 0;
	NTSTATUS seen = 0;

	__try {
		raise_it(STATUS_NOT_FOUND);
		after = 1;
	} __except (GetExceptionCode() == STATUS_NOT_FOUND ? EXCEPTION_EXECUTE_HANDLER :
							     EXCEPTION_CONTINUE_SEARCH) {
		seen = GetExceptionCode();
	}
	assert_int_equal(after, 0);
	assert_int_equal(seen, STATUS_NOT_FOUND);
	__try {
		after = 2;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		after = 3;
	}
	assert_int_equal(after, 2);
}

static void what_no_filter_takes_goes_outward(void **state)
{
	volatile int inner = 0, outer = 0, finals = 0;

	__try {
		__try {
			__try {
				raise_it(STATUS_CANCELLED);
			} __finally {
				finals++;
				assert_true(AbnormalTermination());
			}
		} __except (EXCEPTION_CONTINUE_SEARCH) {
			inner = 1;
		}
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		outer = GetExceptionCode() == STATUS_CANCELLED;
	}
	assert_int_equal(inner, 0);
	assert_int_equal(outer, 1);
	assert_int_equal(finals, 1);
}

static void handler_may_raise_again(void **state)
{
	NTSTATUS seen = 0;

	__try {
		__try {
			raise_it(STATUS_NOT_FOUND);
		} __except (EXCEPTION_EXECUTE_HANDLER) {
			raise_it(STATUS_ACCESS_DENIED);
		}
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		seen = GetExceptionCode();
	}
	assert_int_equal(seen, STATUS_ACCESS_DENIED);
}

/* The idiom of drivers: a local that changes, loops, and the way out. */
static NTSTATUS leave_from_a_loop(int at, int *finals)
{
	NTSTATUS status = STATUS_UNSUCCESSFUL;

	__try {
		for (int i = 0; i < 10; i++) {
			while (1) {
				status = i;
				if (i == at)
					__leave;
				break;
			}
		}
		status = STATUS_SUCCESS;
	} __finally {
		(*finals)++;
		assert_false(AbnormalTermination());
	}
	return status;
}

static void leave_goes_to_the_end_and_keeps_locals(void **state)
{
	int finals = 0;

	assert_int_equal(leave_from_a_loop(4, &finals), 4);
	assert_int_equal(leave_from_a_loop(40, &finals), STATUS_SUCCESS);
	assert_int_equal(finals, 2);
}

static int return_from_within(int which)
{
	__try {
		if (which == 0)
			return 10;
		if (which == 1)
			goto out;
		raise_it(STATUS_NOT_FOUND);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		if (which == 2)
			return 12;
		goto out;
	}
out:
	return 11;
}

static void return_and_goto_take_the_handler_away(void **state)
{
	NTSTATUS seen = 0;

	__try {
		assert_int_equal(return_from_within(0), 10);
		assert_int_equal(return_from_within(1), 11);
		assert_int_equal(return_from_within(2), 12);
		assert_int_equal(return_from_within(3), 11);
		raise_it(STATUS_TIMEOUT);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		seen = GetExceptionCode();
	}
	assert_int_equal(seen, STATUS_TIMEOUT);
}

static void two_in_one_function_are_apart(void **state)
{
	volatile int ran = 0;

	__try {
		if (ran == 0)
			__leave;
		ran = 99;
	} __finally {
		ran |= 1;
	}
	__try {
		if (ran == 1)
			__leave;
		ran = 99;
	} __finally {
		ran |= 2;
	}
	assert_int_equal(ran, 3);
}

static void exception_restores_the_level(void **state)
{
	KIRQL old;

	__try {
		KeRaiseIrql(APC_LEVEL, &old);
		raise_it(STATUS_NOT_FOUND);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	}
	assert_ptr_not_equal(&old, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handler_runs_for_what_its_filter_takes),
		cmocka_unit_test(what_no_filter_takes_goes_outward),
		cmocka_unit_test(handler_may_raise_again),
		cmocka_unit_test(leave_goes_to_the_end_and_keeps_locals),
		cmocka_unit_test(return_and_goto_take_the_handler_away),
		cmocka_unit_test(two_in_one_function_are_apart),
		cmocka_unit_test(exception_restores_the_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
