/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "ws_overlapped.h"

#include "status_table.h"
#include "ws_call.h"

#include <errno.h>
#include <stdlib.h>

#define WRAPPED_ERROR 0xc0070000u

static pthread_cond_t completed;
static pthread_once_t completed_once = PTHREAD_ONCE_INIT;

struct completion {
	struct ws_routine routine;
	LPWSAOVERLAPPED_COMPLETION_ROUTINE function;
	OVERLAPPED *overlapped;
	DWORD error;
	DWORD bytes;
};

static void make_condition(void)
{
	pthread_cond_init(&completed, NULL);
}

NTSTATUS ws_overlapped_status(int error)
{
	NTSTATUS status = net_status_of_errno(error);
	int wsa = net_wsa_of_errno(error);

	return net_wsa_of_status(status) == wsa ? status : (NTSTATUS)(WRAPPED_ERROR | (ULONG)wsa);
}

void ws_operation_free(struct ws_operation *operation)
{
	if (operation->release)
		operation->release(operation->owned);
	free(operation);
}

void ws_overlapped_begin(OVERLAPPED *overlapped)
{
	struct ws_object *event;

	__atomic_store_n(&overlapped->Internal, (ULONG_PTR)STATUS_PENDING, __ATOMIC_RELEASE);
	overlapped->InternalHigh = 0;
	ws_lock();
	event = ws_object_find(overlapped->hEvent, WS_EVENT);
	if (event)
		ws_object_signal(event, 0);
	ws_unlock();
}

static void run_completion(struct ws_routine *routine)
{
	struct completion *found = (struct completion *)(void *)routine;
	struct completion copy = *found;

	free(found);
	copy.function(copy.error, copy.bytes, copy.overlapped, 0);
}

static void queue_routine(struct ws_thread *thread, LPWSAOVERLAPPED_COMPLETION_ROUTINE function,
			  OVERLAPPED *overlapped, NTSTATUS status, DWORD bytes)
{
	struct completion *completion = calloc(1, sizeof(*completion));

	if (!completion)
		return;
	completion->routine.run = run_completion;
	completion->function = function;
	completion->overlapped = overlapped;
	completion->error = (DWORD)net_wsa_of_status(status);
	completion->bytes = bytes;
	if (!thread || !ws_thread_queue(thread, &completion->routine))
		free(completion);
}

static void queue_packet(struct ws_object *port, ULONG_PTR key, OVERLAPPED *overlapped,
			 NTSTATUS status, DWORD bytes)
{
	struct ws_packet *packet = calloc(1, sizeof(*packet));

	if (!packet)
		return;
	packet->entry = (OVERLAPPED_ENTRY){key, overlapped, (ULONG_PTR)(ULONG)status, bytes};
	*port->last = packet;
	port->last = &packet->next;
	ws_object_signal(port, port->count + 1);
}

void ws_overlapped_complete(int fd, OVERLAPPED *overlapped,
			    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, struct ws_thread *thread,
			    NTSTATUS status, DWORD bytes)
{
	ULONG_PTR key = 0;
	struct ws_object *port = ws_engine_port(fd, &key);
	/* The block may be gone as soon as it is no longer pending. */
	HANDLE handle = overlapped->hEvent;
	struct ws_object *event = routine ? NULL : ws_object_find(handle, WS_EVENT);

	pthread_once(&completed_once, make_condition);
	overlapped->InternalHigh = bytes;
	__atomic_store_n(&overlapped->Internal, (ULONG_PTR)(ULONG)status, __ATOMIC_RELEASE);
	if (event)
		ws_object_signal(event, 1);
	if (routine)
		queue_routine(thread, routine, overlapped, status, bytes);
	else if (port && !((ULONG_PTR)handle & 1))
		queue_packet(port, key, overlapped, status, bytes);
	pthread_cond_broadcast(&completed);
}

void ws_overlapped_inline(int fd, OVERLAPPED *overlapped,
			  LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, NTSTATUS status, DWORD bytes)
{
	struct ws_thread *self = routine ? ws_thread_self() : NULL;

	if (status != STATUS_SUCCESS) {
		overlapped->InternalHigh = bytes;
		__atomic_store_n(&overlapped->Internal, (ULONG_PTR)(ULONG)status, __ATOMIC_RELEASE);
		return;
	}
	ws_lock();
	ws_overlapped_complete(fd, overlapped, routine, self, status, bytes);
	ws_unlock();
}

int ws_overlapped_run(struct ws_operation *operation, OVERLAPPED *overlapped,
		      LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, DWORD *ret_bytes)
{
	int fd = operation->fd;
	int error;

	operation->overlapped = overlapped;
	operation->routine = routine;
	ws_overlapped_begin(overlapped);
	error = ws_engine_start(operation);
	if (error == -EINPROGRESS)
		return ws_fail(WSA_IO_PENDING);
	if (!error && ret_bytes)
		*ret_bytes = (DWORD)operation->bytes;
	if (!error && operation->ret_flags)
		*operation->ret_flags = operation->found_flags;
	ws_overlapped_inline(fd, overlapped, routine,
			     error ? ws_overlapped_status(-error) : STATUS_SUCCESS,
			     (DWORD)operation->bytes);
	ws_operation_free(operation);
	return ws_result(error);
}

static NTSTATUS status_of(const OVERLAPPED *overlapped)
{
	return (NTSTATUS)(ULONG)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE);
}

/* An event that resets itself is used up by a wait in here, as on Windows. */
static void wait_for(const OVERLAPPED *overlapped)
{
	struct ws_object *event;

	pthread_once(&completed_once, make_condition);
	ws_lock();
	while (status_of(overlapped) == STATUS_PENDING)
		ws_lock_sleep(&completed, NULL);
	event = ws_object_find(overlapped->hEvent, WS_EVENT);
	if (event && !event->manual)
		event->count = 0;
	ws_unlock();
}

static BOOL result_of(OVERLAPPED *overlapped, DWORD *ret_bytes, BOOL waits)
{
	NTSTATUS status;
	int error;

	if (!overlapped || !ret_bytes) {
		ws_fail(WSAEFAULT);
		return FALSE;
	}
	if (waits)
		wait_for(overlapped);
	status = status_of(overlapped);
	if (status == STATUS_PENDING) {
		ws_fail(WSA_IO_INCOMPLETE);
		return FALSE;
	}
	*ret_bytes = (DWORD)overlapped->InternalHigh;
	error = net_wsa_of_status(status);
	if (error)
		ws_fail(error);
	return !error;
}

BOOL WSAAPI WSAGetOverlappedResult(SOCKET s, LPWSAOVERLAPPED lpOverlapped, LPDWORD lpcbTransfer,
				   BOOL fWait, LPDWORD lpdwFlags)
{
	BOOL done;

	if (!lpdwFlags) {
		ws_fail(WSAEFAULT);
		return FALSE;
	}
	if (net_host_type(ws_fd(s)) < 0) {
		ws_result(net_host_type(ws_fd(s)));
		return FALSE;
	}
	done = result_of(lpOverlapped, lpcbTransfer, fWait);
	if (done || WSAGetLastError() == WSAEMSGSIZE)
		*lpdwFlags = done ? 0 : MSG_PARTIAL;
	return done;
}

BOOL WINAPI GetOverlappedResult(HANDLE hFile, LPOVERLAPPED lpOverlapped,
				LPDWORD lpNumberOfBytesTransferred, BOOL bWait)
{
	return result_of(lpOverlapped, lpNumberOfBytesTransferred, bWait);
}

static BOOL cancel(HANDLE handle, const OVERLAPPED *overlapped)
{
	int fd = ws_fd((SOCKET)handle);
	int type = net_host_type(fd);

	if (type < 0) {
		SetLastError(ERROR_INVALID_HANDLE);
		return FALSE;
	}
	if (ws_engine_cancel(fd, overlapped))
		return TRUE;
	SetLastError(ERROR_NOT_FOUND);
	return FALSE;
}

BOOL WINAPI CancelIoEx(HANDLE hFile, LPOVERLAPPED lpOverlapped)
{
	return cancel(hFile, lpOverlapped);
}

/* Of every thread's operations on the socket. */
BOOL WINAPI CancelIo(HANDLE hFile)
{
	return cancel(hFile, NULL) || GetLastError() == ERROR_NOT_FOUND;
}
