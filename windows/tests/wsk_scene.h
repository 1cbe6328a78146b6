/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What the tests of Winsock Kernel share: a client that has captured the provider, IRPs that are
 * poisoned before each use and watched, and the calls a test makes again and again.
 */
#ifndef WHITHER_WSK_SCENE_H
#define WHITHER_WSK_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <wdm.h>
#include <wsk.h>

#define POISON_STATUS ((NTSTATUS)0xdeadbeef)
#define POISON_INFORMATION ((ULONG_PTR)0xdeadbeef)

struct scene {
	WSK_CLIENT_NPI npi;
	WSK_REGISTRATION registration;
	WSK_PROVIDER_NPI provider;
};

void scene_begin(struct scene *scene);
/* Releases and deregisters: hangs, with a message, where a socket was left open. */
void scene_end(struct scene *scene);

/* An IRP, and what its completion routine saw. */
struct asked {
	PIRP irp;
	KEVENT done;
	int runs; /* read after asked_wait(), or atomically */
	IO_STATUS_BLOCK answer;
	BOOLEAN pending_returned;
	KIRQL irql;
	/* called in the routine, when not NULL */
	void (*then)(struct asked *asked);
	void *context;
};

void asked_init(struct asked *asked);
void asked_free(struct asked *asked);
/* Poisons it and sets its routine. The IRP to pass on. */
PIRP asked_arm(struct asked *asked);
/* Waits for the routine, which must run once; its status. */
NTSTATUS asked_wait(struct asked *asked);
/* The routine has not run, and does not within some milliseconds. */
void asked_waits(struct asked *asked);
/* The routine has not run, and the IRP is as it was armed. */
void asked_untouched(struct asked *asked);

/* The call must have returned STATUS_PENDING; the outcome. */
NTSTATUS pended(struct asked *asked, NTSTATUS returned);
/* The call must have answered inline, and the IRP must say the same. */
NTSTATUS answered(struct asked *asked, NTSTATUS returned);

SOCKADDR_IN loopback_name(uint16_t port);
/* Where a bound socket of this kind is. */
uint16_t listener_port(PWSK_SOCKET listener);
uint16_t datagram_port(PWSK_SOCKET socket);

PWSK_SOCKET open_socket(struct scene *scene, USHORT type, ULONG protocol, ULONG flags,
			void *context, const void *dispatch);
void bind_socket(PWSK_SOCKET socket, uint16_t port);
void close_socket(PWSK_SOCKET socket);
/* A bound listener; *ret_port is where. */
PWSK_SOCKET open_listener(struct scene *scene, void *context,
			  const WSK_CLIENT_LISTEN_DISPATCH *dispatch, uint16_t *ret_port);
/* A connection socket, bound and connected to a port of 127.0.0.1. */
PWSK_SOCKET open_connection(struct scene *scene, void *context,
			    const WSK_CLIENT_CONNECTION_DISPATCH *dispatch, uint16_t port);
/* The same, and the host's end of it. */
PWSK_SOCKET open_pair(struct scene *scene, void *context,
		      const WSK_CLIENT_CONNECTION_DISPATCH *dispatch, int *ret_peer);
NTSTATUS enable_events(PWSK_SOCKET socket, ULONG mask, PIRP irp);

/* Memory with an MDL over it. */
struct memory {
	WSK_BUF buffer;
	char *bytes;
	size_t size;
};

struct memory memory_new(size_t size);
void memory_free(struct memory *memory);

/* What the connection dispatch of a socket offers. */
static inline const WSK_PROVIDER_CONNECTION_DISPATCH *connection_calls(PWSK_SOCKET socket)
{
	return socket->Dispatch;
}

static inline const WSK_PROVIDER_LISTEN_DISPATCH *listen_calls(PWSK_SOCKET socket)
{
	return socket->Dispatch;
}

static inline const WSK_PROVIDER_DATAGRAM_DISPATCH *datagram_calls(PWSK_SOCKET socket)
{
	return socket->Dispatch;
}

static inline const WSK_PROVIDER_STREAM_DISPATCH *stream_calls(PWSK_SOCKET socket)
{
	return socket->Dispatch;
}

static inline const WSK_PROVIDER_BASIC_DISPATCH *basic_calls(PWSK_SOCKET socket)
{
	return socket->Dispatch;
}

#endif /* WHITHER_WSK_SCENE_H */
