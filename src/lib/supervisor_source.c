/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The supervisor of a "whither run" answers, over the socket in the run's own directory. Who
 * listens there could say anything of a connection, so the directory and the process behind the
 * socket have to be this user's own, or root's.
 */
#include "answer_source.h"
#include "supervisor_protocol.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_S 5 /* a supervisor answers at once; one that was stopped must not hold us */

/* Whether only its owner, this user or root, can put anything there. */
static int check_directory(const char *path, uid_t *ret_owner)
{
	struct stat status;

	if (lstat(path, &status) || !S_ISDIR(status.st_mode))
		return -EOPNOTSUPP;
	if (status.st_uid != geteuid() && status.st_uid)
		return -EOPNOTSUPP;
	if (status.st_mode & (S_IWGRP | S_IWOTH))
		return -EOPNOTSUPP;
	*ret_owner = status.st_uid;
	return 0;
}

static int check_peer(int connection, uid_t owner)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size))
		return -EOPNOTSUPP;
	return peer.uid == owner ? 0 : -EOPNOTSUPP;
}

static int open_connection(void)
{
	const char *directory = secure_getenv(WH_SUPERVISOR_VARIABLE);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	uid_t owner;
	int fd, length;

	if (!directory || check_directory(directory, &owner))
		return -EOPNOTSUPP;
	length = snprintf(address.sun_path, sizeof(address.sun_path), "%s/" WH_SUPERVISOR_SOCKET,
			  directory);
	if (length < 0 || (size_t)length >= sizeof(address.sun_path))
		return -EOPNOTSUPP;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -EOPNOTSUPP;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) ||
	    check_peer(fd, owner)) {
		close(fd);
		return -EOPNOTSUPP;
	}
	return fd;
}

static int send_request(int connection, int fd, struct wh_supervisor_request *request)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct iovec part = {.iov_base = request, .iov_len = sizeof(*request)};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control.space)};

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	for (;;) {
		if (sendmsg(connection, &message, MSG_NOSIGNAL) == (ssize_t)sizeof(*request))
			return 0;
		if (errno != EINTR)
			return errno == EBADF ? -EBADF : -EOPNOTSUPP;
	}
}

static int ask(int fd, struct wh_supervisor_request *request, struct wh_supervisor_answer *ret)
{
	int connection = open_connection(), error;
	ssize_t length;

	if (connection < 0)
		return connection;
	error = send_request(connection, fd, request);
	if (!error) {
		do
			length = recv(connection, ret, sizeof(*ret), 0);
		while (length < 0 && errno == EINTR);
		if (length < WH_SUPERVISOR_ANSWER_HEAD)
			error = -EOPNOTSUPP;
		else
			error = ret->error > 0 ? -EOPNOTSUPP : ret->error;
		if (!error && request->operation == WH_SUPERVISOR_GET && request->size &&
		    ((size_t)length - WH_SUPERVISOR_ANSWER_HEAD != ret->size ||
		     ret->size > request->size))
			error = -EOPNOTSUPP;
	}
	close(connection);
	return error;
}

int wh_supervisor_get(int fd, int option, void *buffer, size_t size, size_t *ret_length)
{
	struct wh_supervisor_request request = {
		.magic = WH_SUPERVISOR_MAGIC,
		.operation = WH_SUPERVISOR_GET,
		.option = (__u16)option,
		.size = !buffer              ? 0 :
			size > WH_ANSWER_MAX ? WH_ANSWER_MAX :
					       (__u32)size,
	};
	struct wh_supervisor_answer answer;
	int saved_errno = errno, error;

	error = ask(fd, &request, &answer);
	errno = saved_errno;
	if (error)
		return error;
	if (buffer && request.size)
		memcpy(buffer, answer.bytes, answer.size);
	*ret_length = answer.size;
	return 0;
}

int wh_supervisor_set(int fd, int option, const void *buffer, size_t size)
{
	struct wh_supervisor_request request = {
		.magic = WH_SUPERVISOR_MAGIC,
		.operation = WH_SUPERVISOR_SET,
		.option = (__u16)option,
		.size = size > UINT32_MAX ? UINT32_MAX : (__u32)size,
	};
	struct wh_supervisor_answer answer;
	int saved_errno = errno, error;

	memcpy(request.bytes, buffer, size < sizeof(request.bytes) ? size : sizeof(request.bytes));
	error = ask(fd, &request, &answer);
	errno = saved_errno;
	return error;
}
