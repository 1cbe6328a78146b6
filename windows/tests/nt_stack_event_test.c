/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Events that live on the waiter's stack, as drivers have them: the frame is gone, and used again,
 * as soon as the wait has returned, while KeSetEvent() may still be about to return in the other
 * thread. WHITHER_EVENTS: how many; the soak has a million of them under ThreadSanitizer.
 */
#include "cmocka_once.h"

#include <ntddk.h>

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#define SETTERS 2

/* Where a waiter leaves its event for the one who sets it. */
struct place {
	KEVENT *event;
	int *answer;
	int wanted;
	BOOLEAN over;
};

static void *set_events(void *argument)
{
	struct place *place = argument;
	unsigned int idle = 0;

	while (!__atomic_load_n(&place->over, __ATOMIC_ACQUIRE)) {
		KEVENT *event = __atomic_exchange_n(&place->event, NULL, __ATOMIC_ACQ_REL);

		if (!event) {
			if (++idle % 64 == 0)
				sched_yield();
			continue;
		}
		/* What is written before the event is set is seen after the wait. */
		*place->answer = place->wanted;
		KeSetEvent(event, IO_NO_INCREMENT, FALSE);
	}
	return NULL;
}

/* A frame of its own, which the next call has again. */
__attribute__((noinline)) static void wait_once(struct place *place, int number, EVENT_TYPE type)
{
	LARGE_INTEGER limit = {.QuadPart = -60LL * 10000000};
	int answer = -1;
	KEVENT event;

	KeInitializeEvent(&event, type, FALSE);
	place->answer = &answer;
	place->wanted = number;
	__atomic_store_n(&place->event, &event, __ATOMIC_RELEASE);
	assert_int_equal(KeWaitForSingleObject(&event, Executive, KernelMode, FALSE,
					       number % 2 ? &limit : NULL),
			 STATUS_SUCCESS);
	assert_int_equal(answer, number);
}

/* Leaves other bytes where the event was. */
__attribute__((noinline)) static void use_the_stack(int number)
{
	volatile unsigned char bytes[256];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(number + (int)i);
}

static void events_on_the_stack_are_gone_when_the_wait_returns(void **state)
{
	const char *text = getenv("WHITHER_EVENTS");
	int count = text ? atoi(text) : 40000;
	struct place places[SETTERS] = {0};
	pthread_t setters[SETTERS];

	(void)state;
	for (int i = 0; i < SETTERS; i++)
		assert_int_equal(pthread_create(&setters[i], NULL, set_events, &places[i]), 0);
	for (int i = 0; i < count; i++) {
		wait_once(&places[i % SETTERS], i,
			  i % 3 ? SynchronizationEvent : NotificationEvent);
		use_the_stack(i);
	}
	for (int i = 0; i < SETTERS; i++) {
		__atomic_store_n(&places[i].over, TRUE, __ATOMIC_RELEASE);
		pthread_join(setters[i], NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_on_the_stack_are_gone_when_the_wait_returns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
