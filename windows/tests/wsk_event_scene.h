/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Callbacks that note what they saw, for the tests of events. */
#ifndef WHITHER_WSK_EVENT_SCENE_H
#define WHITHER_WSK_EVENT_SCENE_H

#include "wsk_scene.h"

#define CALLS_MAX 256

/* What the callbacks saw, in their order; and what they shall answer. */
struct seen {
	int receives, disconnects, accepts;
	char bytes[65536];
	size_t count;
	ULONG disconnect_flags;
	PWSK_SOCKET accepted;
	uint16_t accepted_port;
	PWSK_DATA_INDICATION kept[CALLS_MAX];
	int kept_count;
	_Atomic(int) hold; /* 1: the receive callback waits until it is 2 */
	_Atomic(NTSTATUS) accept_answer, receive_answer;
	_Atomic(SIZE_T) accept_at_most;
	KIRQL irql;
	bool overlap;
};

extern struct seen seen;
extern int inside; /* callbacks at this moment */
extern struct scene scene;
extern const WSK_CLIENT_CONNECTION_DISPATCH on_connection;
extern const WSK_CLIENT_LISTEN_DISPATCH on_listen;
NTSTATUS WSKAPI on_disconnect(PVOID context, ULONG flags);

/* Waits until the counter has reached a value; sees that it keeps it. */
void await(const int *counter, int value);
void stays(const int *counter, int value);

int event_begin(void **state);
int event_end(void **state);
#define EVENT_TEST(name) cmocka_unit_test_setup_teardown(name, event_begin, event_end)

#endif /* WHITHER_WSK_EVENT_SCENE_H */
