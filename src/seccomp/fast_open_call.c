/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * sendto(), sendmsg() and sendmmsg() with MSG_FASTOPEN: a connect that sends. What the call is
 * about is read once, then it goes the way of connect() (connect_call.c), which asks for a socket
 * to be opened; that is done here, by the same call with the data, which is read once as well.
 * Of TCP it is connected to where the decision says; the kernel is told to go on by itself for no
 * socket of the internet's families.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "supervisor_internal.h"

#define PIECE_SIZE (64u << 10) /* of the data, read and sent at once; no datagram is longer */
#define LENGTH_MAX 0x7ffff000u /* the kernel takes no more in one call */
#define CMSG_COMPAT INT_MIN    /* MSG_CMSG_COMPAT: the kernel's own */
#define OF_THE_LAST (MSG_OOB | MSG_EOR)

struct wh_sending {
	int flags;
	bool named; /* it has an address */
	struct wh_call_address address;
	__u64 count_at;      /* of sendmmsg(): where it says how much was sent; 0: another call */
	struct iovec *parts; /* in the caller's memory; begins where it has not been read */
	struct iovec *parts_made;
	size_t part_count;
	size_t left; /* bytes of all parts */
};

static int add_parts(struct wh_sending *sending, size_t count)
{
	sending->parts = sending->parts_made = calloc(count + 1, sizeof(*sending->parts));
	sending->part_count = count;
	return sending->parts ? 0 : -ENOBUFS;
}

/* How long they are together, and no longer than the kernel takes. */
static int measure(struct wh_sending *sending)
{
	for (size_t i = 0; i < sending->part_count; i++) {
		struct iovec *part = &sending->parts[i];

		if (part->iov_len > SSIZE_MAX)
			return -EINVAL;
		if (part->iov_len > LENGTH_MAX - sending->left)
			part->iov_len = LENGTH_MAX - sending->left;
		sending->left += part->iov_len;
	}
	return 0;
}

static int read_sendto(struct wh_call *call, struct wh_sending *sending)
{
	const __u64 *args = call->notice->data.args;
	int error = add_parts(sending, 1);

	if (error)
		return error;
	sending->parts[0].iov_base = (void *)(uintptr_t)args[1];
	sending->parts[0].iov_len = args[2] < LENGTH_MAX ? args[2] : LENGTH_MAX;
	sending->left = sending->parts[0].iov_len;
	sending->flags = (int)args[3] & ~CMSG_COMPAT;
	sending->named = args[4];
	return sending->named ?
		       wh_call_read_address(call, args[4], (int)args[5], &sending->address) :
		       0;
}

static int read_name(struct wh_call *call, const struct msghdr *header, struct wh_sending *sending)
{
	const int most = sizeof(sending->address.bytes);
	int size = header->msg_name ? (int)header->msg_namelen : 0;

	sending->named = size;
	return wh_call_read_address(call, (__u64)(uintptr_t)header->msg_name,
				    size > most ? most : size, &sending->address);
}

static int read_message(struct wh_call *call, __u64 at, int flags, struct wh_sending *sending)
{
	struct msghdr header;
	int error = wh_caller_read(call->caller, at, &header, sizeof(header));

	sending->flags = flags;
	if (flags & CMSG_COMPAT)
		return -EINVAL;
	if (!error)
		error = read_name(call, &header, sending);
	if (!error && header.msg_iovlen > UIO_MAXIOV)
		error = -EMSGSIZE;
	/* It could say anything, and nobody sends any here. */
	if (!error && header.msg_controllen)
		error = -EOPNOTSUPP;
	if (!error)
		error = add_parts(sending, header.msg_iovlen);
	if (!error && header.msg_iovlen)
		error = wh_caller_read(call->caller, (__u64)(uintptr_t)header.msg_iov,
				       sending->parts, header.msg_iovlen * sizeof(struct iovec));
	return error ? error : measure(sending);
}

/* Returns 0 or the error that the call has, if its socket is one that it may be made with. */
static int read_call(struct wh_call *call, struct wh_sending *sending)
{
	const __u64 *args = call->notice->data.args;

	switch (call->notice->data.nr) {
	case SYS_sendto:
		return read_sendto(call, sending);
	case SYS_sendmsg:
		return read_message(call, args[1], (int)args[2], sending);
	default:
		/* One message: TCP takes no second one, and of others it may be fewer than asked. */
		sending->count_at = args[1] + offsetof(struct mmsghdr, msg_len);
		return (unsigned int)args[2] ? read_message(call, args[1], (int)args[3], sending) :
					       0;
	}
}

/* Those of which size bytes have been read are over. */
static void advance(struct wh_sending *sending, size_t size)
{
	sending->left -= size;
	while (size) {
		size_t part = sending->parts->iov_len < size ? sending->parts->iov_len : size;

		sending->parts->iov_base = (char *)sending->parts->iov_base + part;
		sending->parts->iov_len -= part;
		size -= part;
		if (!sending->parts->iov_len) {
			sending->parts++;
			sending->part_count--;
		}
	}
}

/* Reads what comes next. Returns its size or a negative errno. */
static ssize_t take_piece(struct wh_call *call, unsigned char *piece, size_t size)
{
	struct wh_sending *sending = call->sending;
	ssize_t length = 0;

	if (size)
		length = wh_caller_gather(call->caller, sending->parts, sending->part_count, piece,
					  size);
	/* It was the caller's memory if the caller still waits. */
	if (length >= 0 && (call->supervisor->stopping ||
			    !wh_notify_waits(call->supervisor->notifications, call->notice->id)))
		length = -EINTR;
	/* A datagram is whole, or there is none. */
	if (length >= 0 && (size_t)length < size && !wh_taken_is_tcp(&call->taken))
		length = -EFAULT;
	if (length > 0)
		advance(sending, (size_t)length);
	return length;
}

/* One piece after the other, the first one with the address, as long as the socket takes them
 * whole. */
static int send_pieces(struct wh_call *call, const struct wh_call_address *address,
		       unsigned char *piece, size_t room)
{
	const struct sockaddr *name = address ? (const struct sockaddr *)&address->bytes : NULL;
	struct wh_sending *sending = call->sending;
	int flags = sending->flags | MSG_NOSIGNAL;
	ssize_t length, done;
	size_t sent = 0;

	do {
		length = take_piece(call, piece, sending->left < room ? sending->left : room);
		if (length < 0)
			return sent ? (int)sent : (int)length;
		done = sendto(call->taken.fd, piece, (size_t)length,
			      sending->left ? (flags & ~OF_THE_LAST) | MSG_MORE : flags, name,
			      name ? address->size : 0);
		if (done < 0)
			return sent ? (int)sent : -errno;
		sent += (size_t)done;
		flags &= ~MSG_FASTOPEN;
		name = NULL;
	} while (sending->left && done == length);
	return (int)sent;
}

int wh_sending_open(struct wh_call *call, const struct wh_call_address *address)
{
	size_t left = call->sending->left, room = left < PIECE_SIZE ? left : PIECE_SIZE;
	unsigned char *piece;
	int result;

	if (left > room && !wh_taken_is_tcp(&call->taken))
		return -EMSGSIZE;
	piece = malloc(room + 1);
	if (!piece)
		return -ENOBUFS;
	result = send_pieces(call, address, piece, room);
	free(piece);
	return result;
}

bool wh_sending_waits(const struct wh_sending *sending)
{
	return !(sending->flags & MSG_DONTWAIT);
}

int wh_sending_result(struct wh_call *call, int result)
{
	const struct wh_sending *sending = call->sending;
	const unsigned int count = (unsigned int)result;

	if (result == -EPIPE && !(sending->flags & MSG_NOSIGNAL) && wh_taken_is_tcp(&call->taken))
		wh_caller_signal(call->caller, SIGPIPE);
	if (result < 0 || !sending->count_at)
		return result;
	result = wh_caller_write(call->caller, sending->count_at, &count, sizeof(count));
	return result ? result : 1;
}

/* The kernel connects a socket of TCP to an address, and with none or that of no family none. */
static bool may_connect(const struct wh_call *call)
{
	const struct wh_sending *sending = call->sending;

	return wh_taken_is_tcp(&call->taken) && sending->named &&
	       sending->address.bytes.ss_family != AF_UNSPEC;
}

static int send_taken(struct wh_call *call)
{
	struct wh_sending *sending = call->sending;

	if (may_connect(call))
		return wh_call_connect(call, &sending->address);
	wh_call_waits(call);
	return wh_sending_open(call, sending->named ? &sending->address : NULL);
}

void wh_fast_open_call(struct wh_call *call)
{
	const __u64 *args = call->notice->data.args;
	struct wh_sending sending = {};
	int result = read_call(call, &sending);

	call->sending = &sending;
	/* Taken after it was read: the memory was the caller's if the caller is still there. */
	if (!wh_call_take_socket(call))
		goto out;
	if (!wh_taken_is_inet(&call->taken)) {
		wh_call_continue(call);
		goto out;
	}
	if (call->notice->data.nr == SYS_sendmmsg && !(unsigned int)args[2]) {
		wh_call_answer(call, (int)args[3] & CMSG_COMPAT ? -EINVAL : 0);
		goto out;
	}
	/* The pages would be this process's, and the caller is told when they are free again. */
	if (!result && sending.flags & MSG_ZEROCOPY)
		result = -EOPNOTSUPP;
	if (!result)
		result = send_taken(call);
	if (!call->answered)
		wh_call_answer(call, wh_sending_result(call, result));
out:
	free(sending.parts_made);
}
