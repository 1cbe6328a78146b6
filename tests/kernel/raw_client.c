/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * raw_client WAY ADDRESS PORT: connects in a way that Python cannot, reads one byte, and prints
 * "connected PID" with the id of the process that called connect(), or "errno NUMBER".
 *
 *	plain      in this process
 *	inherited  with the socket that is standard input, made before this program was executed
 *	vfork      in a child that shares this process's memory
 *	uring      by IORING_OP_CONNECT
 *	deferred   likewise, by a worker thread of the kernel (IOSQE_ASYNC)
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct target {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
	socklen_t size;
};

static int parse(const char *address, const char *port, struct target *target)
{
	in_port_t wire = htons((uint16_t)atoi(port));

	memset(target, 0, sizeof(*target));
	if (inet_pton(AF_INET, address, &target->v4.sin_addr) == 1) {
		target->v4.sin_family = AF_INET;
		target->v4.sin_port = wire;
		target->size = sizeof(target->v4);
		return 0;
	}
	if (inet_pton(AF_INET6, address, &target->v6.sin6_addr) != 1)
		return -1;
	target->v6.sin6_family = AF_INET6;
	target->v6.sin6_port = wire;
	target->size = sizeof(target->v6);
	return 0;
}

static int connect_plainly(int fd, const struct target *target)
{
	return connect(fd, &target->any, target->size) ? errno : 0;
}

/* The child ends at once; that it called connect() is all that it leaves. */
static int connect_in_vfork(int fd, const struct target *target, volatile pid_t *ret_pid)
{
	volatile int result = 0;
	pid_t child = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork): tested */

	if (!child) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Vfork): it shares our memory, and shall */
		*ret_pid = (pid_t)syscall(SYS_getpid);
		result = connect_plainly(fd, target);
		_exit(0);
	}
	if (child < 0)
		return errno;
	waitpid(child, NULL, 0);
	return result;
}

/* One entry through a ring of its own, without liburing. Returns the result, an errno. */
static int connect_by_ring(int fd, const struct target *target, uint8_t flags)
{
	struct io_uring_params parameters = {0};
	int ring = (int)syscall(SYS_io_uring_setup, 1, &parameters);
	size_t submit_size, complete_size;
	unsigned char *submit, *complete;
	struct io_uring_sqe *entry;
	struct io_uring_cqe *answer;

	if (ring < 0) {
		perror("io_uring_setup");
		exit(2);
	}
	submit_size = parameters.sq_off.array + parameters.sq_entries * sizeof(uint32_t);
	complete_size = parameters.cq_off.cqes + parameters.cq_entries * sizeof(*answer);
	submit = mmap(NULL, submit_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
		      IORING_OFF_SQ_RING);
	complete = mmap(NULL, complete_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
			ring, IORING_OFF_CQ_RING);
	entry = mmap(NULL, sizeof(*entry), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
		     IORING_OFF_SQES);
	if (submit == MAP_FAILED || complete == MAP_FAILED || entry == MAP_FAILED)
		return errno;
	entry->opcode = IORING_OP_CONNECT;
	entry->flags = flags;
	entry->fd = fd;
	entry->addr = (uint64_t)(uintptr_t)&target->any;
	entry->off = target->size;
	*(uint32_t *)(submit + parameters.sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(submit + parameters.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		return errno;
	answer = (struct io_uring_cqe *)(complete + parameters.cq_off.cqes);
	return -answer->res;
}

int main(int argc, char **argv)
{
	volatile pid_t pid = getpid();
	struct target target;
	int fd, error;
	char byte;

	if (argc != 4 || parse(argv[2], argv[3], &target)) {
		fprintf(stderr, "usage: raw_client WAY ADDRESS PORT\n");
		return 2;
	}
	fd = strcmp(argv[1], "inherited") ? socket(target.any.sa_family, SOCK_STREAM, 0) : 0;
	if (fd < 0) {
		perror("socket");
		return 2;
	}
	if (!strcmp(argv[1], "vfork"))
		error = connect_in_vfork(fd, &target, &pid);
	else if (!strcmp(argv[1], "uring"))
		error = connect_by_ring(fd, &target, 0);
	else if (!strcmp(argv[1], "deferred"))
		error = connect_by_ring(fd, &target, IOSQE_ASYNC);
	else
		error = connect_plainly(fd, &target);
	if (!error && read(fd, &byte, 1) != 1)
		error = errno ? errno : EPIPE;
	if (error)
		printf("errno %d\n", error);
	else
		printf("connected %d\n", pid);
	return error ? 1 : 0;
}
