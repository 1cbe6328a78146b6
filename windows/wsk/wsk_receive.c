/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskReceive(), and what the events of a connection read. */

#include "wsk_bytes.h"
#include "wsk_calls.h"
#include "wsk_reactor.h"
#include "wsk_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DISCARD_AT_ONCE (1 << 20)

void wsk_stream_begin(struct wsk_socket *socket)
{
	socket->connected = true;
	socket->readable = socket->writable = true;
	socket->again = true;
	wsk_host_tell_rest(socket->fd);
}

/* Without asking once more whether there is more: that is a call for each message of a peer that
 * waits for its answer. The next arrival, later than this, is an event of epoll's. */
static ssize_t read_some(struct wsk_socket *socket, const struct iovec *parts, int count)
{
	bool last = false;
	ssize_t received = wsk_host_receive(socket->fd, parts, count, &last);

	if (received > 0 && last && !socket->hung_up && !socket->broken)
		socket->readable = false;
	return received;
}

/* An end that the client's own abort or an error of the connection made is no end of stream. */
static NTSTATUS end(struct wsk_socket *socket)
{
	if (socket->failure)
		return socket->failure;
	socket->ended = true;
	return STATUS_SUCCESS;
}

static size_t take_stash(struct wsk_socket *socket, const struct wsk_bytes *bytes, size_t skip)
{
	size_t size = socket->stash_size - socket->stash_used;

	if (size > bytes->length - skip)
		size = bytes->length - skip;
	if (!size)
		return 0;
	size = wsk_bytes_fill(bytes, skip, socket->stash + socket->stash_used, size);
	socket->stash_used += size;
	if (socket->stash_used == socket->stash_size) {
		free(socket->stash);
		socket->stash = NULL;
		socket->stash_size = socket->stash_used = 0;
	}
	return size;
}

/* What a read said, as an outcome: STATUS_PENDING where there was nothing. */
static NTSTATUS outcome(struct wsk_socket *socket, ssize_t received)
{
	if (!received)
		return end(socket);
	if (received == -EAGAIN) {
		socket->readable = false;
		return STATUS_PENDING;
	}
	return wsk_socket_failed(socket, (int)received);
}

static NTSTATUS drain(struct wsk_socket *socket)
{
	free(socket->stash);
	socket->stash = NULL;
	socket->stash_size = socket->stash_used = 0;
	while (!socket->ended) {
		ssize_t received;

		if (!socket->readable)
			return STATUS_PENDING;
		received = wsk_host_discard(socket->fd, DISCARD_AT_ONCE);
		if (received <= 0)
			return outcome(socket, received);
	}
	return STATUS_SUCCESS;
}

/* A receive without room says when there is something to receive. */
static NTSTATUS receive_nothing(struct wsk_socket *socket)
{
	int found;

	if (socket->stash || socket->ended || (socket->events & WSK_EVENT_RECEIVE))
		return STATUS_SUCCESS;
	if (!socket->readable)
		return STATUS_PENDING;
	found = wsk_host_peek(socket->fd);
	return found > 0 ? STATUS_SUCCESS : outcome(socket, found);
}

static NTSTATUS receive_advance(struct wsk_socket *socket, struct wsk_request *request)
{
	struct iovec parts[WSK_PARTS_MAX];
	NTSTATUS status = STATUS_SUCCESS;

	if (request->flags & WSK_FLAG_DRAIN)
		return drain(socket);
	if (!request->bytes.length)
		return receive_nothing(socket);
	request->done += take_stash(socket, &request->bytes, request->done);
	while (request->done < request->bytes.length && !socket->ended &&
	       status == STATUS_SUCCESS) {
		ssize_t received;
		int count;

		if (request->done && !(request->flags & WSK_FLAG_WAITALL))
			break;
		if (!socket->readable) {
			status = STATUS_PENDING;
			break;
		}
		count = wsk_bytes_parts(&request->bytes, request->done, parts);
		if (count <= 0)
			return STATUS_INSUFFICIENT_RESOURCES;
		received = read_some(socket, parts, count);
		if (received > 0)
			request->done += (size_t)received;
		else
			status = outcome(socket, received);
	}
	if (status == STATUS_PENDING)
		return status;
	/* What came before an error is delivered; the next receive is told. */
	request->information = request->done;
	return request->done ? STATUS_SUCCESS : status;
}

/* A cancelled receive does not lose what it holds. */
static void receive_abandon(struct wsk_socket *socket, struct wsk_request *request)
{
	(void)socket;
	if (!request->done)
		return;
	request->status = STATUS_SUCCESS;
	request->information = request->done;
}

ssize_t wsk_stream_read(struct wsk_socket *socket, void *buffer, size_t size)
{
	struct iovec part = {buffer, size};
	ssize_t received;

	if (socket->stash) {
		size_t stashed = socket->stash_size - socket->stash_used;

		if (stashed > size)
			stashed = size;
		memcpy(buffer, socket->stash + socket->stash_used, stashed);
		socket->stash_used += stashed;
		if (socket->stash_used == socket->stash_size) {
			free(socket->stash);
			socket->stash = NULL;
			socket->stash_size = socket->stash_used = 0;
		}
		return (ssize_t)stashed;
	}
	if (socket->ended)
		return 0;
	if (!socket->readable)
		return -1;
	received = read_some(socket, &part, 1);
	if (received > 0)
		return received;
	return outcome(socket, received) == STATUS_SUCCESS ? 0 : -1;
}

bool wsk_stream_put_back(struct wsk_socket *socket, const void *data, size_t size)
{
	size_t after = socket->stash_size - socket->stash_used;
	unsigned char *stash = malloc(size + after);

	if (!stash)
		return false;
	memcpy(stash, data, size);
	if (after)
		memcpy(stash + size, socket->stash + socket->stash_used, after);
	free(socket->stash);
	socket->stash = stash;
	socket->stash_size = size + after;
	socket->stash_used = 0;
	return true;
}

NTSTATUS wsk_receive(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *socket = NULL;
	struct wsk_request *request;
	NTSTATUS status;
	bool resumes;

	if (!wsk_begin(WSK_SITE("WskReceive"), handle, irp, &socket, &request, &status))
		return status;
	request->advance = receive_advance;
	request->abandon = receive_abandon;
	request->flags = flags;
	status = STATUS_SUCCESS;
	if (flags & ~(ULONG)(WSK_FLAG_WAITALL | WSK_FLAG_DRAIN))
		status = STATUS_NOT_SUPPORTED;
	else if (flags == (WSK_FLAG_WAITALL | WSK_FLAG_DRAIN) ||
		 !wsk_bytes_take(&request->bytes, buffer) ||
		 ((flags & WSK_FLAG_DRAIN) && request->bytes.length))
		status = STATUS_INVALID_PARAMETER;
	wsk_lock(socket);
	if (!socket->connected)
		status = STATUS_INVALID_DEVICE_STATE;
	resumes = status == STATUS_SUCCESS && socket->receive_stopped;
	if (resumes)
		socket->receive_stopped = false;
	wsk_unlock(socket);
	if (status != STATUS_SUCCESS)
		return wsk_finish(request, status, 0);
	status = wsk_start(socket, request, WSK_QUEUE_RECEIVE);
	if (resumes)
		wsk_reactor_post(socket, WSK_TASK_PUMP);
	return status;
}
