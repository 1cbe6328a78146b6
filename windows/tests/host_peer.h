/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The other end of a test's connection: a socket of the host's, blocking, with a time limit. */
#ifndef WHITHER_HOST_PEER_H
#define WHITHER_HOST_PEER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* On 127.0.0.1, ports in host order. Each fails the program where it cannot. */
int peer_listen(uint16_t *ret_port);
/* A port that nobody else has, and that refuses connections. */
int peer_reserve(uint16_t *ret_port);
int peer_accept(int listener);
int peer_connect(uint16_t port);
int peer_datagram(uint16_t *ret_port);
/* The port of this end. */
uint16_t peer_port(int fd);

void peer_send(int fd, const void *data, size_t size);
void peer_send_to(int fd, uint16_t port, const void *data, size_t size);
/* Up to size bytes, all of them unless the stream ends; or a negative errno. */
ssize_t peer_receive(int fd, void *data, size_t size);
ssize_t peer_receive_from(int fd, void *data, size_t size, uint16_t *ret_port);
void peer_finish(int fd);
void peer_close(int fd);
void peer_reset(int fd);
/* Little room on the way to and from this end. To be asked for before a listener's accept. */
void peer_narrow(int fd);

#endif /* WHITHER_HOST_PEER_H */
