/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "host_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static long must(long answer, const char *call)
{
	if (answer < 0) {
		perror(call);
		abort();
	}
	return answer;
}

#define MUST(call) must(call, #call)

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int fresh(int type)
{
	struct timeval limit = {.tv_sec = 20};
	int fd = (int)MUST(socket(AF_INET, type | SOCK_CLOEXEC, 0));

	MUST(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
	MUST(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)));
	return fd;
}

uint16_t peer_port(int fd)
{
	struct sockaddr_in name = {0};
	socklen_t size = sizeof(name);

	MUST(getsockname(fd, (void *)&name, &size));
	return ntohs(name.sin_port);
}

static int bound(int type, uint16_t *ret_port)
{
	struct sockaddr_in name = loopback(0);
	int fd = fresh(type);

	MUST(bind(fd, (void *)&name, sizeof(name)));
	*ret_port = peer_port(fd);
	return fd;
}

int peer_listen(uint16_t *ret_port)
{
	int fd = bound(SOCK_STREAM, ret_port);

	MUST(listen(fd, 1024));
	return fd;
}

int peer_reserve(uint16_t *ret_port)
{
	return bound(SOCK_STREAM, ret_port);
}

int peer_datagram(uint16_t *ret_port)
{
	return bound(SOCK_DGRAM, ret_port);
}

int peer_accept(int listener)
{
	struct timeval limit = {.tv_sec = 20};
	int fd = (int)MUST(accept4(listener, NULL, NULL, SOCK_CLOEXEC));

	MUST(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
	return fd;
}

int peer_connect(uint16_t port)
{
	struct sockaddr_in name = loopback(port);
	int fd = fresh(SOCK_STREAM);

	MUST(connect(fd, (void *)&name, sizeof(name)));
	return fd;
}

void peer_send(int fd, const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		ssize_t sent = MUST(send(fd, at, size, MSG_NOSIGNAL));

		at += sent;
		size -= (size_t)sent;
	}
}

void peer_send_to(int fd, uint16_t port, const void *data, size_t size)
{
	struct sockaddr_in name = loopback(port);

	MUST(sendto(fd, data, size, MSG_NOSIGNAL, (void *)&name, sizeof(name)));
}

ssize_t peer_receive(int fd, void *data, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t piece = recv(fd, (char *)data + got, size - got, 0);

		if (piece < 0)
			return -errno;
		if (!piece)
			break;
		got += (size_t)piece;
	}
	return (ssize_t)got;
}

ssize_t peer_receive_from(int fd, void *data, size_t size, uint16_t *ret_port)
{
	struct sockaddr_in name = {0};
	socklen_t length = sizeof(name);
	ssize_t got = recvfrom(fd, data, size, 0, (void *)&name, &length);

	if (got < 0)
		return -errno;
	*ret_port = ntohs(name.sin_port);
	return got;
}

void peer_finish(int fd)
{
	MUST(shutdown(fd, SHUT_WR));
}

void peer_close(int fd)
{
	close(fd);
}

void peer_reset(int fd)
{
	struct linger linger = {.l_onoff = 1, .l_linger = 0};

	MUST(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	close(fd);
}

void peer_narrow(int fd)
{
	int size = 4096;

	MUST(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)));
	MUST(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)));
}
