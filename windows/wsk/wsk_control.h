/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#ifndef WHITHER_WSK_CONTROL_H
#define WHITHER_WSK_CONTROL_H

#include "wsk_socket.h"

/* A call of WskControlSocket(). A buffer is NULL only where its size is 0. */
struct wsk_control_call {
	ULONG code;
	ULONG level;
	const void *input;
	size_t input_size;
	void *output;
	size_t output_size;
	bool with_irp;
	/* the answer, beside the status */
	size_t returned;       /* bytes, or bytes needed where the buffer is too small */
	ULONG disabled;        /* with STATUS_EVENT_PENDING: the event */
	bool waits_for_change; /* pends until it is cancelled */
};

/* Whether the call is malformed without an IRP. */
bool wsk_control_needs_irp(WSK_CONTROL_SOCKET_TYPE type, ULONG code);

/* Whether Windows wants PASSIVE_LEVEL for it. */
bool wsk_control_is_passive(ULONG code);

/* Under the socket's lock; inline. */
NTSTATUS wsk_control_set(struct wsk_socket *socket, struct wsk_control_call *call);
NTSTATUS wsk_control_get(struct wsk_socket *socket, struct wsk_control_call *call);
NTSTATUS wsk_control_ioctl(struct wsk_socket *socket, struct wsk_control_call *call);
/* The three codes of redirection. */
NTSTATUS wsk_control_redirect(struct wsk_socket *socket, struct wsk_control_call *call);

/* Gives out a value: STATUS_BUFFER_TOO_SMALL where it does not fit. */
NTSTATUS wsk_control_give(struct wsk_control_call *call, const void *value, size_t size);

#endif /* WHITHER_WSK_CONTROL_H */
