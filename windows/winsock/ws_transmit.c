/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* TransmitFile: bytes of memory, of a file, of memory again, in one operation. */
#include "host_socket.h"
#include "win_file.h"
#include "ws_call.h"
#include "ws_extension.h"
#include "ws_transfer.h"

#include <errno.h>
#include <mswsock.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_SIZE 65536
/* After so many the engine's thread turns to other sockets. */
#define CHUNKS_AT_ONCE 4

struct transmission {
	struct iovec head;
	struct iovec tail;
	int file;   /* our own descriptor of it, or -1 */
	bool moves; /* the program's place in the file goes along */
	off_t at;
	uint64_t left; /* in the file */
	DWORD flags;
	struct iovec now; /* the rest of what is being sent */
	unsigned char chunk[CHUNK_SIZE];
};

static void release(void *owned)
{
	struct transmission *transmission = owned;

	if (transmission->file >= 0)
		close(transmission->file);
	free(transmission);
}

static int read_chunk(struct transmission *transmission)
{
	size_t size = transmission->left < CHUNK_SIZE ? (size_t)transmission->left :
							(size_t)CHUNK_SIZE;
	ssize_t got;

	do {
		got = pread(transmission->file, transmission->chunk, size, transmission->at);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	/* The file may be shorter than what was asked for. */
	transmission->left = got ? transmission->left - (size_t)got : 0;
	transmission->at += got;
	transmission->now = (struct iovec){transmission->chunk, (size_t)got};
	return 0;
}

/* The next bytes to send; 1 when there are no more. */
static int turn_over(struct transmission *transmission)
{
	if (transmission->head.iov_len) {
		transmission->now = transmission->head;
		transmission->head.iov_len = 0;
	} else if (transmission->left) {
		return read_chunk(transmission);
	} else if (transmission->tail.iov_len) {
		transmission->now = transmission->tail;
		transmission->tail.iov_len = 0;
	} else {
		return 1;
	}
	return 0;
}

static int conclude(const struct ws_operation *operation, const struct transmission *transmission)
{
	int error = 0;

	if (transmission->moves)
		lseek(transmission->file, transmission->at, SEEK_SET);
	if (transmission->flags & TF_DISCONNECT)
		error = net_host_shutdown(operation->fd, SD_SEND);
	if (!error && transmission->flags & TF_REUSE_SOCKET)
		error = net_host_dissolve(operation->fd);
	return error;
}

static int attempt_transmit(struct ws_operation *operation)
{
	struct transmission *transmission = operation->owned;
	const struct net_message message = {.parts = &transmission->now, .count = 1};

	for (int turns = 0;;) {
		ssize_t sent;
		int error = 0;

		if (!transmission->now.iov_len && turns++ == CHUNKS_AT_ONCE)
			return -EAGAIN;
		if (!transmission->now.iov_len)
			error = turn_over(transmission);
		if (error)
			return error > 0 ? conclude(operation, transmission) : error;
		if (!transmission->now.iov_len)
			continue;
		sent = net_host_send(operation->fd, &message, NET_NO_WAIT);
		if (sent < 0)
			return sent == -EAGAIN ? -EAGAIN : ws_transfer_failure(operation->fd, sent);
		operation->bytes += (size_t)sent;
		transmission->now.iov_base = (char *)transmission->now.iov_base + sent;
		transmission->now.iov_len -= (size_t)sent;
	}
}

static struct transmission *make_transmission(const TRANSMIT_FILE_BUFFERS *buffers, DWORD flags)
{
	struct transmission *transmission = malloc(sizeof(*transmission));

	if (!transmission)
		return NULL;
	memset(transmission, 0, offsetof(struct transmission, chunk));
	transmission->file = -1;
	transmission->flags = flags;
	if (buffers && buffers->Head)
		transmission->head = (struct iovec){buffers->Head, buffers->HeadLength};
	if (buffers && buffers->Tail)
		transmission->tail = (struct iovec){buffers->Tail, buffers->TailLength};
	return transmission;
}

/* 0 or an error of Windows. */
static int take_file(struct transmission *transmission, HANDLE handle, DWORD size,
		     const OVERLAPPED *overlapped)
{
	transmission->file = win_file_descriptor(handle);
	if (transmission->file < 0)
		return ERROR_INVALID_HANDLE;
	transmission->left = size ? size : UINT64_MAX;
	transmission->moves = !overlapped;
	transmission->at =
		overlapped ? (off_t)((ULONGLONG)overlapped->OffsetHigh << 32 | overlapped->Offset) :
			     lseek(transmission->file, 0, SEEK_CUR);
	return transmission->at < 0 ? WSAEINVAL : 0;
}

static int check_socket(int fd)
{
	unsigned char name[NET_ADDRESS_MAX];
	unsigned int size = sizeof(name);
	int type = net_host_type(fd);

	if (type < 0)
		return WSAENOTSOCK;
	if (net_host_name(fd, true, name, &size))
		return WSAENOTCONN;
	return type == SOCK_STREAM ? 0 : WSAEOPNOTSUPP;
}

/* Without an OVERLAPPED the call waits, whatever the socket's mode. */
static int wait_out(struct ws_operation *operation)
{
	struct net_poll poll = {.fd = operation->fd, .asked = NET_OUT};
	int error;

	while ((error = attempt_transmit(operation)) == -EAGAIN)
		net_host_poll(&poll, 1, -1);
	ws_operation_free(operation);
	return error;
}

BOOL PASCAL TransmitFile(SOCKET hSocket, HANDLE hFile, DWORD nNumberOfBytesToWrite,
			 DWORD nNumberOfBytesPerSend, LPOVERLAPPED lpOverlapped,
			 LPTRANSMIT_FILE_BUFFERS lpTransmitBuffers, DWORD dwReserved)
{
	const DWORD known = TF_DISCONNECT | TF_REUSE_SOCKET | TF_WRITE_BEHIND |
			    TF_USE_SYSTEM_THREAD | TF_USE_KERNEL_APC;
	int fd = ws_fd(hSocket);
	int error = check_socket(fd);
	struct transmission *transmission = NULL;
	struct ws_operation *operation = NULL;

	if (!error && dwReserved & ~known)
		error = WSAEINVAL;
	if (!error) {
		transmission = make_transmission(lpTransmitBuffers, dwReserved);
		operation = transmission ? ws_transfer_operation(fd, NULL, 0) : NULL;
		error = operation ? 0 : WSAENOBUFS;
	}
	if (!error && hFile)
		error = take_file(transmission, hFile, nNumberOfBytesToWrite, lpOverlapped);
	if (error) {
		if (transmission)
			release(transmission);
		free(operation);
		ws_fail(error);
		return FALSE;
	}
	operation->sends = true;
	operation->attempt = attempt_transmit;
	operation->owned = transmission;
	operation->release = release;
	if (lpOverlapped)
		return ws_overlapped_run(operation, lpOverlapped, NULL, NULL) == 0;
	return ws_result(wait_out(operation)) == 0;
}
