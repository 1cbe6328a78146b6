/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * 10,000 connections through an echo, 256 at a time, both ends on Winsock Kernel, everything from
 * completion routines. WHITHER_WSK_LOAD gives another number.
 */
#include "host_network.h"
#include "wsk_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE 256
#define BLOCK 2000
#define ACCEPTS 16

static struct scene scene;
static SOCKADDR_IN server_name;
static int wanted = 10000, begun, ended, wrong;
static KEVENT all_ended;

/* One end of a connection: an IRP, a buffer, and what comes next. */
struct end {
	PIRP irp;
	PWSK_SOCKET socket;
	struct memory memory;
	unsigned int seed;
	bool client;
};

static NTSTATUS NTAPI client_made(PDEVICE_OBJECT device, PIRP irp, PVOID context);

static PIRP again(struct end *one, PIO_COMPLETION_ROUTINE routine)
{
	IoReuseIrp(one->irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(one->irp, routine, one, TRUE, TRUE, TRUE);
	return one->irp;
}

static struct end *end_new(bool client)
{
	struct end *one = calloc(1, sizeof(*one));

	one->irp = IoAllocateIrp(1, FALSE);
	one->memory = memory_new(BLOCK);
	one->client = client;
	return one;
}

/* The first fault is told, the others are counted. */
static void count_at(bool right, const char *what, int line)
{
	if (!right && __atomic_add_fetch(&wrong, 1, __ATOMIC_SEQ_CST) == 1)
		fprintf(stderr, "line %d: not so: %s\n", line, what);
}

#define count(right) count_at(right, #right, __LINE__)

/* The answer of a step that must succeed. */
static void succeeded_at(PIRP irp, int line)
{
	char what[64];

	(void)snprintf(what, sizeof(what), "success, but 0x%08x",
		       (unsigned int)irp->IoStatus.Status);
	count_at(irp->IoStatus.Status == STATUS_SUCCESS, what, line);
}

#define succeeded(irp) succeeded_at(irp, __LINE__)

static void begin_client(void)
{
	struct end *one;
	int number;

	number = __atomic_add_fetch(&begun, 1, __ATOMIC_SEQ_CST);
	if (number > wanted)
		return;
	one = end_new(true);
	one->seed = (unsigned int)number;
	scene.provider.Dispatch->WskSocket(scene.provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP,
					   WSK_FLAG_CONNECTION_SOCKET, NULL, NULL, NULL, NULL, NULL,
					   again(one, client_made));
}

static NTSTATUS NTAPI closed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct end *one = context;
	bool client = one->client;

	(void)device;
	succeeded(irp);
	IoFreeIrp(irp);
	memory_free(&one->memory);
	free(one);
	if (client)
		begin_client();
	/* Each connection has two ends. */
	if (__atomic_add_fetch(&ended, 1, __ATOMIC_SEQ_CST) == 2 * wanted)
		KeSetEvent(&all_ended, 0, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static void close_end(struct end *one)
{
	basic_calls(one->socket)->WskCloseSocket(one->socket, again(one, closed));
}

static NTSTATUS NTAPI disconnected(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	(void)device;
	succeeded(irp);
	close_end(context);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI server_received(PDEVICE_OBJECT device, PIRP irp, PVOID context);

static NTSTATUS NTAPI server_sent(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct end *one = context;

	(void)device;
	succeeded(irp);
	connection_calls(one->socket)
		->WskReceive(one->socket, &one->memory.buffer, 0, again(one, server_received));
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI server_received(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct end *one = context;
	WSK_BUF part = one->memory.buffer; /* the provider copies the header */

	(void)device;
	part.Length = irp->IoStatus.Information;
	if (irp->IoStatus.Status != STATUS_SUCCESS) {
		succeeded(irp);
		close_end(one);
	} else if (part.Length) {
		connection_calls(one->socket)
			->WskSend(one->socket, &part, 0, again(one, server_sent));
	} else {
		connection_calls(one->socket)
			->WskDisconnect(one->socket, NULL, 0, again(one, disconnected));
	}
	return STATUS_MORE_PROCESSING_REQUIRED;
}

struct ear {
	PIRP irp;
	PWSK_SOCKET listener;
};

static NTSTATUS NTAPI accepted(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct ear *ear = context;
	struct end *one;

	(void)device;
	if (irp->IoStatus.Status == STATUS_CANCELLED) {
		IoFreeIrp(irp);
		return STATUS_MORE_PROCESSING_REQUIRED;
	}
	succeeded(irp);
	one = end_new(false);
	one->socket = (PWSK_SOCKET)irp->IoStatus.Information;
	IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(irp, accepted, ear, TRUE, TRUE, TRUE);
	listen_calls(ear->listener)->WskAccept(ear->listener, 0, NULL, NULL, NULL, NULL, irp);
	connection_calls(one->socket)
		->WskReceive(one->socket, &one->memory.buffer, 0, again(one, server_received));
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static char byte_of(unsigned int seed, size_t at)
{
	return (char)((size_t)seed * 2654435761u + at * 40503u);
}

static NTSTATUS NTAPI client_ended(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct end *one = context;

	(void)device;
	count(irp->IoStatus.Status == STATUS_SUCCESS && !irp->IoStatus.Information);
	close_end(one);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI client_finished(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct end *one = context;

	(void)device;
	succeeded(irp);
	connection_calls(one->socket)
		->WskReceive(one->socket, &one->memory.buffer, 0, again(one, client_ended));
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI client_received(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct end *one = context;

	(void)device;
	count(irp->IoStatus.Status == STATUS_SUCCESS && irp->IoStatus.Information == BLOCK);
	for (size_t i = 0; i < BLOCK; i++)
		count(one->memory.bytes[i] == byte_of(one->seed, i));
	connection_calls(one->socket)
		->WskDisconnect(one->socket, NULL, 0, again(one, client_finished));
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI client_sent(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct end *one = context;

	(void)device;
	count(irp->IoStatus.Status == STATUS_SUCCESS && irp->IoStatus.Information == BLOCK);
	memset(one->memory.bytes, 0, BLOCK);
	connection_calls(one->socket)
		->WskReceive(one->socket, &one->memory.buffer, WSK_FLAG_WAITALL,
			     again(one, client_received));
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI client_connected(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct end *one = context;

	(void)device;
	if (irp->IoStatus.Status != STATUS_SUCCESS) {
		/* Its other end will never be: count both. */
		succeeded(irp);
		__atomic_add_fetch(&ended, 1, __ATOMIC_SEQ_CST);
		close_end(one);
		return STATUS_MORE_PROCESSING_REQUIRED;
	}
	for (size_t i = 0; i < BLOCK; i++)
		one->memory.bytes[i] = byte_of(one->seed, i);
	connection_calls(one->socket)
		->WskSend(one->socket, &one->memory.buffer, 0, again(one, client_sent));
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI client_bound(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct end *one = context;
	SOCKADDR_IN name = server_name;

	(void)device;
	succeeded(irp);
	connection_calls(one->socket)
		->WskConnect(one->socket, (PSOCKADDR)&name, 0, again(one, client_connected));
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI client_made(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	SOCKADDR_IN any = loopback_name(0);
	struct end *one = context;

	(void)device;
	succeeded(irp);
	one->socket = (PWSK_SOCKET)irp->IoStatus.Information;
	connection_calls(one->socket)
		->WskBind(one->socket, (PSOCKADDR)&any, 0, again(one, client_bound));
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static void every_connection_is_served_byte_by_byte(void **state)
{
	LARGE_INTEGER limit = {.QuadPart = -3000000000LL};
	struct ear ears[ACCEPTS];
	PWSK_SOCKET listener;
	uint16_t port;

	(void)state;
	KeInitializeEvent(&all_ended, NotificationEvent, FALSE);
	scene_begin(&scene);
	listener = open_listener(&scene, NULL, NULL, &port);
	server_name = loopback_name(port);
	for (int i = 0; i < ACCEPTS; i++) {
		ears[i] = (struct ear){IoAllocateIrp(1, FALSE), listener};
		IoSetCompletionRoutine(ears[i].irp, accepted, &ears[i], TRUE, TRUE, TRUE);
		listen_calls(listener)->WskAccept(listener, 0, NULL, NULL, NULL, NULL, ears[i].irp);
	}
	for (int i = 0; i < AT_ONCE; i++)
		begin_client();
	assert_int_equal(KeWaitForSingleObject(&all_ended, Executive, KernelMode, FALSE, &limit),
			 STATUS_SUCCESS);
	close_socket(listener);
	scene_end(&scene);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_connection_is_served_byte_by_byte),
	};
	const char *number = getenv("WHITHER_WSK_LOAD");

	/* Each connection leaves a port in TIME_WAIT. */
	host_network_own();
	if (number)
		wanted = atoi(number);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
