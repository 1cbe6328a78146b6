/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The host's sockets, in words that neither <sys/socket.h> nor ws2def.h has defined: numbers,
 * bytes and negative errnos. Every descriptor is non-blocking and close-on-exec; none raises
 * SIGPIPE.
 */
#ifndef WHITHER_WSK_HOST_H
#define WHITHER_WSK_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* An IPv4 or IPv6 socket address; size 0: none. */
struct wsk_address {
	_Alignas(8) unsigned char bytes[28];
	unsigned int size;
};

/* What a datagram came with. control is the host's, of at most control_size bytes on input. */
struct wsk_host_message {
	const struct iovec *parts;
	int count;
	struct wsk_address address;
	void *control;
	size_t control_size;
	bool data_cut;
	bool control_cut;
};

/* The size of an address of this family, 0 for a family that is not IP. */
unsigned int wsk_address_size(int family);
/* Copies an address of this family; false when it is NULL or of another. */
bool wsk_address_take(struct wsk_address *ret_address, const void *source, int family);

int wsk_host_socket(int family, int type, int protocol, int *ret_fd);
/* A listener's or a datagram socket's. */
int wsk_host_bind(int fd, const struct wsk_address *address, bool listens);
/* Of a socket that will connect: where the port is 0, none is taken until it does. An explicit one
 * would be gone for as long as old connections linger in TIME_WAIT, whatever their destinations. */
int wsk_host_bind_late(int fd, const struct wsk_address *address);
/* Takes a port now, if that is still to be done. The address it has then. */
int wsk_host_take_port(int fd, struct wsk_address *ret_address);
int wsk_host_listen(int fd, int backlog);
int wsk_host_accept(int fd, int *ret_fd, struct wsk_address *ret_remote);
int wsk_host_connect(int fd, const struct wsk_address *address);
int wsk_host_name(int fd, bool remote, struct wsk_address *ret_address);
/* The error that waits in the socket; reading clears it. */
int wsk_host_error(int fd);
/* Resets the connection, keeps the descriptor. */
int wsk_host_abort(int fd);
void wsk_host_close(int fd);
/* Closes with a reset. */
void wsk_host_close_reset(int fd);
/* Ends the sending half. */
int wsk_host_finish(int fd);
int wsk_host_no_delay(int fd);

/* Bytes, or a negative errno; 0 is the end of the stream. */
ssize_t wsk_host_send(int fd, const struct iovec *parts, int count);
/* *ret_last: nothing is left to be read, the end of the stream neither; only told after
 * wsk_host_tell_rest(). */
ssize_t wsk_host_receive(int fd, const struct iovec *parts, int count, bool *ret_last);
void wsk_host_tell_rest(int fd);
ssize_t wsk_host_discard(int fd, size_t most);
/* Whether receive would answer at once: 1 for data, 0 for the end, -EAGAIN, or an error. */
int wsk_host_peek(int fd);
ssize_t wsk_host_send_message(int fd, const struct wsk_host_message *message);
ssize_t wsk_host_receive_message(int fd, struct wsk_host_message *message);

/* Bytes that the peer has not acknowledged, the end of our stream included. A connection that is
 * dead keeps those it had then. */
int wsk_host_unacknowledged(int fd, bool *ret_dead);
/* Of these, what may still arrive; bytes that wait to be read; the size of the send buffer. */
int wsk_host_unsent(int fd);
int wsk_host_waiting(int fd);
/* The size of the datagram that is read next; -EAGAIN: there is none. */
ssize_t wsk_host_datagram_size(int fd);
int wsk_host_send_buffer(int fd);

#endif /* WHITHER_WSK_HOST_H */
