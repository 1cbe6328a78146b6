/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_event_scene.h"

#include <sched.h>
#include <string.h>

struct seen seen;
int inside;
struct scene scene;

static void enter(void)
{
	seen.irql = KeGetCurrentIrql();
	if (__atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST) != 1)
		seen.overlap = true;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): it is counted up */
static void leave(int *counter)
{
	__atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
}

void await(const int *counter, int value)
{
	LARGE_INTEGER pause = {.QuadPart = -10000};
	KEVENT never;

	KeInitializeEvent(&never, NotificationEvent, FALSE);
	for (int i = 0; i < 20000; i++) {
		if (__atomic_load_n(counter, __ATOMIC_SEQ_CST) >= value)
			break;
		KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, &pause);
	}
	assert_int_equal(__atomic_load_n(counter, __ATOMIC_SEQ_CST), value);
}

void stays(const int *counter, int value)
{
	LARGE_INTEGER pause = {.QuadPart = -500000};
	KEVENT never;

	KeInitializeEvent(&never, NotificationEvent, FALSE);
	KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, &pause);
	assert_int_equal(__atomic_load_n(counter, __ATOMIC_SEQ_CST), value);
}

static NTSTATUS WSKAPI on_receive(PVOID context, ULONG flags, PWSK_DATA_INDICATION indication,
				  SIZE_T bytes, SIZE_T *accepted)
{
	NTSTATUS answer = seen.receive_answer;

	(void)context;
	(void)flags;
	enter();
	while (seen.hold == 1)
		sched_yield();
	if (indication) {
		SIZE_T take = bytes, most = seen.accept_at_most;

		assert_int_equal(*accepted, bytes);
		assert_int_equal(indication->Buffer.Length, bytes);
		if (most && take > most) {
			take = most;
			*accepted = take;
		}
		if (answer == STATUS_DATA_NOT_ACCEPTED)
			take = 0;
		memcpy(seen.bytes + seen.count,
		       (char *)MmGetSystemAddressForMdlSafe(indication->Buffer.Mdl,
							    NormalPagePriority) +
			       indication->Buffer.Offset,
		       take);
		seen.count += take;
		if (answer == STATUS_PENDING)
			seen.kept[seen.kept_count++] = indication;
	}
	leave(&seen.receives);
	return answer;
}

NTSTATUS WSKAPI on_disconnect(PVOID context, ULONG flags)
{
	(void)context;
	enter();
	seen.disconnect_flags = flags;
	leave(&seen.disconnects);
	return STATUS_SUCCESS;
}

const WSK_CLIENT_CONNECTION_DISPATCH on_connection = {on_receive, on_disconnect, NULL};

static NTSTATUS WSKAPI on_accept(PVOID context, ULONG flags, PSOCKADDR local, PSOCKADDR remote,
				 PWSK_SOCKET socket, PVOID *ret_context,
				 const WSK_CLIENT_CONNECTION_DISPATCH **ret_dispatch)
{
	NTSTATUS answer;

	assert_ptr_equal(context, &seen);
	assert_int_equal(flags & WSK_FLAG_AT_DISPATCH_LEVEL, WSK_FLAG_AT_DISPATCH_LEVEL);
	assert_int_equal(local->sa_family, AF_INET);
	enter();
	seen.accepted_port = RtlUshortByteSwap(((PSOCKADDR_IN)remote)->sin_port);
	*ret_context = &seen;
	*ret_dispatch = &on_connection;
	answer = seen.accept_answer;
	if (answer == STATUS_SUCCESS)
		seen.accepted = socket;
	leave(&seen.accepts);
	return answer;
}

const WSK_CLIENT_LISTEN_DISPATCH on_listen = {on_accept, NULL, NULL};

int event_begin(void **state)
{
	(void)state;
	memset(&seen, 0, sizeof(seen));
	scene_begin(&scene);
	return 0;
}

int event_end(void **state)
{
	(void)state;
	scene_end(&scene);
	assert_false(seen.overlap);
	return 0;
}
