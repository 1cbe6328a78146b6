/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A network namespace by name or path into its cookie. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "resolve.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* What the kernel gives the initial user namespace. */
#define INITIAL_USER_NAMESPACE 0xeffffffdU

struct visit {
	int fd;
	int error;
	uint64_t cookie;
};

/* A thread of its own goes there and asks a socket; it does not come back. */
static void *visit_namespace(void *data)
{
	struct visit *visit = data;
	socklen_t size = sizeof(visit->cookie);
	int sock;

	if (setns(visit->fd, CLONE_NEWNET)) {
		visit->error = -errno;
		return NULL;
	}
	sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sock < 0 || getsockopt(sock, SOL_SOCKET, SO_NETNS_COOKIE, &visit->cookie, &size))
		visit->error = -errno;
	if (sock >= 0)
		close(sock);
	return NULL;
}

static int ask_cookie(int fd, uint64_t *ret_cookie)
{
	struct visit visit = {.fd = fd};
	pthread_t thread;
	int error = pthread_create(&thread, NULL, visit_namespace, &visit);

	if (error)
		return -error;
	pthread_join(thread, NULL);
	if (!visit.error)
		*ret_cookie = visit.cookie;
	return visit.error;
}

/* Opens what is a namespace, and nothing else: opening can have effects. */
static int open_namespace(const char *path)
{
	int place = open(path, O_PATH | O_CLOEXEC), fd;
	struct statfs status;
	char link[64];

	if (place < 0)
		return -errno;
	if (fstatfs(place, &status) || status.f_type != NSFS_MAGIC) {
		close(place);
		return -EINVAL;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", place);
	fd = open(link, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	close(place);
	if (fd >= 0 && ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET) {
		close(fd);
		return -EINVAL;
	}
	return fd;
}

/* Others can be made by anybody, who would then say which connections are redirected. */
static int is_of_the_host(int fd)
{
	int owner = ioctl(fd, NS_GET_USERNS);
	struct stat status;
	int is_initial;

	if (owner < 0)
		return 0;
	is_initial = !fstat(owner, &status) && status.st_ino == INITIAL_USER_NAMESPACE;
	close(owner);
	return is_initial;
}

int wh_resolve_netns(const char *name, uint64_t *ret_cookie, struct wh_parse_fault *fault)
{
	char path[PATH_MAX];
	int fd, error;

	if (name[0] == '/')
		snprintf(path, sizeof(path), "%s", name);
	else
		snprintf(path, sizeof(path), "/run/netns/%s", name);
	if ((name[0] != '/' && strchr(name, '/')) || strlen(name) >= sizeof(path) - 16)
		return wh_parse_fault(fault, "expected current, any, a name as of 'ip netns', or "
					     "an absolute path");
	fd = open_namespace(path);
	if (fd == -ENOENT)
		return wh_parse_fault(fault, "there is no such network namespace; expected "
					     "current, any, a name as of 'ip netns', or a path");
	if (fd == -EINVAL)
		return wh_parse_fault(fault, "it is no network namespace");
	if (fd < 0)
		return wh_parse_fault(fault, "it cannot be opened: %s", strerror(-fd));
	if (!is_of_the_host(fd)) {
		close(fd);
		return wh_parse_fault(fault, "expected a namespace that the initial user "
					     "namespace owns: its rules would be its maker's");
	}
	error = ask_cookie(fd, ret_cookie);
	close(fd);
	return error ? wh_parse_fault(fault, "it cannot be entered: %s", strerror(-error)) : 0;
}
