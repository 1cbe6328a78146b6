/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* I/O completion ports. */
#include "status_table.h"
#include "ws_call.h"
#include "ws_engine.h"
#include "ws_object.h"

#include <stdlib.h>

static DWORD associate(int fd, HANDLE handle, ULONG_PTR key)
{
	struct ws_object *port = ws_object_find(handle, WS_PORT);
	struct ws_socket *socket = port ? ws_engine_make(fd) : NULL;

	if (!port)
		return ERROR_INVALID_HANDLE;
	if (!socket)
		return ERROR_NOT_ENOUGH_MEMORY;
	if (socket->port)
		return ERROR_INVALID_PARAMETER;
	port->references++;
	socket->port = port;
	socket->key = key;
	return 0;
}

HANDLE WINAPI CreateIoCompletionPort(HANDLE FileHandle, HANDLE ExistingCompletionPort,
				     ULONG_PTR CompletionKey, DWORD NumberOfConcurrentThreads)
{
	HANDLE port = ExistingCompletionPort;
	struct ws_object *object;
	int fd = ws_fd((SOCKET)FileHandle);
	DWORD error = 0;

	if (FileHandle != INVALID_HANDLE_VALUE && net_host_type(fd) < 0)
		error = ERROR_INVALID_HANDLE;
	else if (FileHandle == INVALID_HANDLE_VALUE && ExistingCompletionPort)
		error = ERROR_INVALID_PARAMETER;
	if (!error && !port) {
		port = ws_object_create(WS_PORT, &object);
		if (!port)
			return NULL;
	}
	if (!error && FileHandle != INVALID_HANDLE_VALUE) {
		ws_lock();
		error = associate(fd, port, CompletionKey);
		ws_unlock();
	}
	if (error && port && port != ExistingCompletionPort)
		CloseHandle(port);
	if (error)
		SetLastError(error);
	return error ? NULL : port;
}

/* Waits for the first, takes as many as there are; how many, 0 with the last error set. */
static ULONG take(HANDLE handle, OVERLAPPED_ENTRY *entries, ULONG most, DWORD milliseconds,
		  bool alertable)
{
	struct ws_object *port;
	struct ws_packet *packet;
	DWORD result = WAIT_FAILED;
	ULONG count = 0;

	ws_lock();
	port = ws_object_find(handle, WS_PORT);
	if (port) {
		port->references++;
		result = ws_wait_locked(&port, 1, false, milliseconds, alertable);
		/* The wait has taken the first one's count. */
		while (result == WAIT_OBJECT_0 && count < most && (packet = port->first)) {
			port->first = packet->next;
			if (!port->first)
				port->last = &port->first;
			entries[count] = packet->entry;
			free(packet);
			if (count++)
				port->count--;
		}
		ws_object_release(port);
	}
	ws_unlock();
	if (!count)
		SetLastError(!port ? ERROR_INVALID_HANDLE : result);
	return count;
}

BOOL WINAPI GetQueuedCompletionStatus(HANDLE CompletionPort, LPDWORD lpNumberOfBytesTransferred,
				      ULONG_PTR *lpCompletionKey, LPOVERLAPPED *lpOverlapped,
				      DWORD dwMilliseconds)
{
	OVERLAPPED_ENTRY entry;
	int error;

	if (!lpNumberOfBytesTransferred || !lpCompletionKey || !lpOverlapped) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	*lpOverlapped = NULL;
	if (!take(CompletionPort, &entry, 1, dwMilliseconds, false))
		return FALSE;
	*lpNumberOfBytesTransferred = entry.dwNumberOfBytesTransferred;
	*lpCompletionKey = entry.lpCompletionKey;
	*lpOverlapped = entry.lpOverlapped;
	error = net_wsa_of_status((NTSTATUS)(ULONG)entry.Internal);
	if (error)
		SetLastError((DWORD)error);
	return !error;
}

BOOL WINAPI GetQueuedCompletionStatusEx(HANDLE CompletionPort,
					LPOVERLAPPED_ENTRY lpCompletionPortEntries, ULONG ulCount,
					PULONG ulNumEntriesRemoved, DWORD dwMilliseconds,
					BOOL fAlertable)
{
	if (!lpCompletionPortEntries || !ulCount || !ulNumEntriesRemoved) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	*ulNumEntriesRemoved = take(CompletionPort, lpCompletionPortEntries, ulCount,
				    dwMilliseconds, fAlertable != 0);
	return *ulNumEntriesRemoved != 0;
}

BOOL WINAPI PostQueuedCompletionStatus(HANDLE CompletionPort, DWORD dwNumberOfBytesTransferred,
				       ULONG_PTR dwCompletionKey, LPOVERLAPPED lpOverlapped)
{
	struct ws_packet *packet = calloc(1, sizeof(*packet));
	struct ws_object *port = NULL;

	if (packet) {
		packet->entry = (OVERLAPPED_ENTRY){dwCompletionKey, lpOverlapped, 0,
						   dwNumberOfBytesTransferred};
		ws_lock();
		port = ws_object_find(CompletionPort, WS_PORT);
		if (port) {
			*port->last = packet;
			port->last = &packet->next;
			ws_object_signal(port, port->count + 1);
		}
		ws_unlock();
	}
	if (port)
		return TRUE;
	SetLastError(packet ? ERROR_INVALID_HANDLE : ERROR_NOT_ENOUGH_MEMORY);
	free(packet);
	return FALSE;
}

BOOL WINAPI SetFileCompletionNotificationModes(HANDLE FileHandle, UCHAR Flags)
{
	/* A packet is queued for every completion: a program that skips some must know that it does. */
	SetLastError(ERROR_NOT_SUPPORTED);
	return FALSE;
}
