/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A command that wants its supervisor to take one thing for another, or to fall.
 * hostile_client MODE PORT OTHER-PORT SECONDS, both on 127.0.0.10; prints how many connects
 * succeeded. With fast- before MODE they are sends with MSG_FASTOPEN.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in first, other;
static volatile struct sockaddr_in shared; /* what is connected to, while it changes */
static atomic_int number = -1;             /* of the socket that is connected */
static atomic_bool done;
static bool again; /* the same socket once more, when it is connected */
static bool fast;  /* sends with MSG_FASTOPEN instead of connect() */
static double deadline;

static unsigned int seed;

/* Less than limit. */
static unsigned int chance(unsigned int limit)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % limit;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct sockaddr_in at(const char *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)atoi(port))};

	inet_pton(AF_INET, "127.0.0.10", &address.sin_addr);
	return address;
}

static void *change_address(void *data)
{
	(void)data;
	while (!done) {
		shared.sin_port = other.sin_port;
		shared.sin_family = AF_UNIX;
		shared.sin_port = first.sin_port;
		shared.sin_family = AF_INET;
	}
	return NULL;
}

static void *close_it(void *data)
{
	(void)data;
	while (!done)
		if (number >= 0)
			close(number);
	return NULL;
}

/* Puts a socket of another kind under the number, and takes it away. */
static void *replace_it(void *data)
{
	int other_kind = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)data;
	while (!done)
		if (number >= 0)
			dup2(other_kind, number);
	return NULL;
}

/* Connects the very same socket elsewhere. */
static void *connect_it(void *data)
{
	(void)data;
	while (!done)
		if (number >= 0)
			(void)!connect(number, (struct sockaddr *)&other, sizeof(other));
	return NULL;
}

/* Takes away what there is of a connection. */
static void *dissolve_it(void *data)
{
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};

	(void)data;
	while (!done)
		if (number >= 0)
			(void)!connect(number, &nobody, sizeof(nobody));
	return NULL;
}

/* What is sent: the message, its pieces and their bytes change. */
static char bytes[1 << 16];
static struct iovec pieces[4];
static struct msghdr message = {.msg_iov = pieces};

static void *change_pieces(void *data)
{
	static const size_t sizes[] = {0, 1, 4000, sizeof(bytes), ~0ul, 1ul << 63, 1ul << 40};

	(void)data;
	for (size_t i = 0; !done; i++) {
		struct iovec *piece = (struct iovec *)&pieces[i % 4];

		piece->iov_base = i % 31 ? bytes : NULL;
		piece->iov_len = sizes[i % 61 ? i % 4 : i % 7];
		message.msg_iovlen = i % 127 ? i % 5 : ~i;
		message.msg_namelen = i % 113 ? sizeof(shared) : (socklen_t)i;
		bytes[i % sizeof(bytes)]++;
	}
	return NULL;
}

/* Opens the socket, by the call that is tried. */
static bool opens(int fd)
{
	static unsigned int turn;

	if (!fast)
		return !connect(fd, (struct sockaddr *)&shared, sizeof(shared));
	message.msg_name = (void *)&shared;
	if (turn++ % 2)
		return sendmsg(fd, &message, MSG_FASTOPEN | MSG_NOSIGNAL) >= 0;
	return sendto(fd, bytes, 100, MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)&shared,
		      sizeof(shared)) >= 0;
}

static long connect_on(void)
{
	long made = 0;

	while (now() < deadline) {
		const struct timeval patience = {.tv_sec = 1};
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
		number = fd;
		made += opens(fd);
		/* What was opened, but is not what is opened now. */
		if (again)
			(void)opens(fd);
		number = -1;
		close(fd);
	}
	done = true;
	return made;
}

static int fast_flags(void)
{
	return (int)(MSG_FASTOPEN | MSG_NOSIGNAL | MSG_DONTWAIT |
		     (chance(2) ? 0 : chance(1u << 31)));
}

/* Everything that a system call can be given. */
static long nonsense(void)
{
	static const int levels[] = {0x5746, 0, 1, 6, -1};
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long calls = 0;

	munmap(page + 4096, 4096);
	while (now() < deadline) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		void *where =
			(void *[]){NULL, page, page + 4090, page + 4096, (void *)-1L}[chance(5)];
		socklen_t size =
			(socklen_t[]){0, 1, 4, 16, 28, 128, 129, 1024, 1u << 31, ~0u}[chance(10)];
		socklen_t *length = chance(4) ? &size : (socklen_t *)(page + 4094);
		int level = levels[chance(5)];

		(void)!connect(chance(8) ? fd : (int)chance(2000) - 1000, where, size);
		getpeername(fd, where, length);
		getsockopt(fd, level, 60 + chance(14), where, length);
		setsockopt(fd, level, 60 + chance(14), where, size);
		(void)!sendto(fd, where, size, fast_flags(), chance(4) ? where : NULL, size);
		(void)!sendmsg(fd, where, fast_flags());
		(void)!sendmmsg(fd, where, size, fast_flags());
		listen(chance(2) ? fd : -1, (int)chance(1000));
		close(fd);
		calls++;
	}
	return calls;
}

/* Forks without end; the limit on processes is the caller's to set. */
static long bomb(void)
{
	while (now() < deadline) {
		pid_t pid = fork();

		if (!pid) {
			int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

			(void)!connect(fd, (struct sockaddr *)&first, sizeof(first));
			close(fd);
			if (chance(4) == 0)
				_exit(0);
		}
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct {
		const char *name;
		void *(*beside)(void *data);
	} modes[] = {
		{"address", change_address}, {"close", close_it},       {"replace", replace_it},
		{"twice", connect_it},       {"dissolve", dissolve_it}, {"pieces", change_pieces},
	};
	const char *mode = argc > 1 ? argv[1] : "";
	long count = -1;

	if (argc < 5)
		return 2;
	if (!strncmp(mode, "fast-", 5)) {
		fast = true;
		mode += 5;
	}
	again = !strcmp(mode, "dissolve");
	pieces[0] = (struct iovec){.iov_base = bytes, .iov_len = 100};
	message.msg_iovlen = 1;
	message.msg_namelen = sizeof(shared);
	first = at(argv[2]);
	other = at(argv[3]);
	memcpy((void *)&shared, &first, sizeof(first));
	deadline = now() + atof(argv[4]);
	seed = (unsigned int)getpid();
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		pthread_t thread;

		if (strcmp(mode, modes[i].name) != 0)
			continue;
		pthread_create(&thread, NULL, modes[i].beside, NULL);
		count = connect_on();
		pthread_join(thread, NULL);
	}
	if (!strcmp(argv[1], "nonsense"))
		count = nonsense();
	if (!strcmp(argv[1], "bomb"))
		count = bomb();
	printf("%ld\n", count);
	return count < 0 ? 2 : 0;
}
