/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Calls of Winsock Kernel that wait for their IRP: at PASSIVE_LEVEL, not in an event callback. */
#pragma once

#include <ntddk.h>
#include <wsk.h>

#define PROXY_TAG 'yxrP'

#define CONNECTION_DISPATCH(Socket) ((const WSK_PROVIDER_CONNECTION_DISPATCH *)(Socket)->Dispatch)
#define BASIC_DISPATCH(Socket) ((const WSK_PROVIDER_BASIC_DISPATCH *)(Socket)->Dispatch)

/* An IRP and an event. */
typedef struct _SYNC {
	PIRP Irp;
	KEVENT Done;
} SYNC, *PSYNC;

BOOLEAN SyncBegin(PSYNC Sync);

/* Ends what SyncBegin() began: the IRP is completed whatever the call with it returned, so its own
 * status is the answer. */
NTSTATUS SyncWait(PSYNC Sync, PULONG_PTR Information);

NTSTATUS CreateSocket(const WSK_PROVIDER_NPI *Provider, ADDRESS_FAMILY Family, ULONG Flags,
		      const VOID *Dispatch, PWSK_SOCKET *Socket);

/* A socket that listens at Address. When that fails, *Socket is NULL or still to be closed. */
NTSTATUS Listen(const WSK_PROVIDER_NPI *Provider, const WSK_CLIENT_LISTEN_DISPATCH *Dispatch,
		PSOCKADDR Address, PWSK_SOCKET *Socket);

/* Binds a connection socket to any address of ours, and connects it. */
NTSTATUS Connect(PWSK_SOCKET Socket, PSOCKADDR Remote);
VOID CloseSocket(PWSK_SOCKET Socket);
NTSTATUS Abort(PWSK_SOCKET Socket);
NTSTATUS Ioctl(PWSK_SOCKET Socket, ULONG Code, PVOID In, SIZE_T InSize, PVOID Out, SIZE_T OutSize,
	       SIZE_T *Returned);

/* The records, in pool under PROXY_TAG, and their size. Both documented ways of asking lead to
 * them: a first guess that is made larger when it was too small, or a question for the size. */
NTSTATUS QueryRecords(PWSK_SOCKET Socket, BOOLEAN SizeFirst, PVOID *Records, SIZE_T *Size);
