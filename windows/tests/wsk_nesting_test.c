/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A routine that asks for the next byte: how deep routines nest, and in what order they come. */

#include "host_peer.h"
#include "wsk_scene.h"

#define BYTES 2000
#define DEEPEST 8

static struct scene scene;
static struct memory memory;
static PWSK_SOCKET sock;
static KEVENT done;
static int count, deepest, wrong;
static _Thread_local int depth;

static NTSTATUS NTAPI received(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	(void)device;
	(void)context;
	if (++depth > deepest)
		deepest = depth;
	if (irp->IoStatus.Status != STATUS_SUCCESS || irp->IoStatus.Information != 1 ||
	    (unsigned char)memory.bytes[0] != count % 251)
		wrong++;
	if (++count == BYTES) {
		KeSetEvent(&done, 0, FALSE);
	} else {
		IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(irp, received, NULL, TRUE, TRUE, TRUE);
		connection_calls(sock)->WskReceive(sock, &memory.buffer, 0, irp);
	}
	depth--;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static void a_routine_that_asks_again_does_not_exhaust_the_stack(void **state)
{
	LARGE_INTEGER limit = {.QuadPart = -200000000};
	unsigned char bytes[BYTES];
	PIRP irp = IoAllocateIrp(1, FALSE);
	int peer;

	(void)state;
	for (int i = 0; i < BYTES; i++)
		bytes[i] = (unsigned char)(i % 251);
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	scene_begin(&scene);
	memory = memory_new(1);
	sock = open_pair(&scene, NULL, NULL, &peer);
	peer_send(peer, bytes, BYTES);
	IoSetCompletionRoutine(irp, received, NULL, TRUE, TRUE, TRUE);
	assert_int_equal(connection_calls(sock)->WskReceive(sock, &memory.buffer, 0, irp),
			 STATUS_PENDING);
	assert_int_equal(KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, &limit),
			 STATUS_SUCCESS);
	/* The close waits until the last routine has returned. */
	close_socket(sock);
	assert_int_equal(count, BYTES);
	assert_int_equal(wrong, 0);
	assert_true(deepest >= 1 && deepest <= DEEPEST);
	peer_close(peer);
	memory_free(&memory);
	scene_end(&scene);
	IoFreeIrp(irp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_routine_that_asks_again_does_not_exhaust_the_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
