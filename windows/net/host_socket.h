/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The host's sockets, in words that neither system's headers have: for files that see Windows' headers.
 * Addresses are bytes, the same on both. All return 0, a count or a descriptor, or a negative errno.
 */
#ifndef WHITHER_HOST_SOCKET_H
#define WHITHER_HOST_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

/* The longest address of a family that sockets can be made of here. */
#define NET_ADDRESS_MAX 128

/* Flags of send and receive. */
#define NET_OUT_OF_BAND 0x1u
#define NET_PEEK 0x2u
#define NET_NO_ROUTE 0x4u
#define NET_WAIT_ALL 0x8u
#define NET_NO_WAIT 0x10u

/* Of net_host_poll(). */
#define NET_IN 0x1u
#define NET_OUT 0x2u
#define NET_PRIORITY 0x4u
#define NET_FAILED 0x8u
#define NET_HUNG_UP 0x10u
#define NET_NO_SOCKET 0x20u

struct net_poll {
	int fd;
	unsigned int asked;
	unsigned int found;
};

struct net_message {
	const void *name;       /* of sending; may be NULL */
	void *ret_name;         /* of receiving; may be NULL */
	unsigned int name_size; /* in and out */
	const struct iovec *parts;
	size_t count;
	void *control;       /* the host's control messages */
	size_t control_size; /* in and out */
	bool data_cut;
	bool control_cut;
};

/* Close-on-exec. The defaults are Windows': IPv6 sockets are V6ONLY. */
int net_host_socket(int family, int type, int protocol, bool blocks);
/* A TCP socket may be bound again while its old connections are in TIME_WAIT. */
int net_host_bind(int fd, const void *address, unsigned int size);
int net_host_listen(int fd, int backlog);
int net_host_accept(int fd, void *ret_address, unsigned int *size);
/* Without waiting, whatever the socket's mode. */
int net_host_accept_now(int fd);
/* The descriptor `onto` becomes what `fd` is; fd is closed. */
int net_host_replace(int fd, int onto);
int net_host_connect(int fd, const void *address, unsigned int size);
/* Starts it without waiting, whatever the socket's mode: -EINPROGRESS, as a rule. */
int net_host_connect_start(int fd, const void *address, unsigned int size);
/* how: 0 receiving, 1 sending, 2 both. */
int net_host_shutdown(int fd, int how);
int net_host_close(int fd);
int net_host_name(int fd, bool remote, void *ret_address, unsigned int *size);
int net_host_set_blocking(int fd, bool blocks);
/* 1, 0, or a negative errno. */
int net_host_is_blocking(int fd);
/* The error that waits in the socket, positive; it is taken away. */
int net_host_take_error(int fd);
int net_host_readable(int fd, size_t *ret_bytes);
/* The socket's type, its family, or a negative errno. */
int net_host_type(int fd);
int net_host_family(int fd);
/* Whether this end has said that it will send no more. */
bool net_host_has_finished(int fd);
int net_host_keepalive(int fd, bool on, unsigned int idle_ms, unsigned int interval_ms);
/* Leaves a connection and makes the socket new. */
int net_host_dissolve(int fd);

ssize_t net_host_send(int fd, const struct net_message *message, unsigned int flags);
ssize_t net_host_receive(int fd, struct net_message *message, unsigned int flags);
/* milliseconds: -1 for ever. The number of sockets with something found. */
int net_host_poll(struct net_poll *polls, size_t count, int milliseconds);

int net_host_name_of_machine(char *buffer, size_t size);

/* libwhither's three, for files that may not include its header. */
int net_host_query_records(int fd, void *buffer, size_t size, size_t *needed);
int net_host_query_context(int fd, void *buffer, size_t size, size_t *needed);
int net_host_set_records(int fd, void *buffer, size_t size, size_t *needed);

#endif
