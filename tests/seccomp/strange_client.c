/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A client that connects in ways that programs have, statically linked: no library of its own could
 * be put in between. strange_client MODE ADDRESS PORT [COUNT]; prints what came back, or
 * "error N", once for each connection.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static union address target;
static socklen_t target_size;
static long count = 1;

static void read_target(const char *text, const char *port)
{
	memset(&target, 0, sizeof(target));
	if (inet_pton(AF_INET, text, &target.in.sin_addr) == 1) {
		target.in.sin_family = AF_INET;
		target.in.sin_port = htons((in_port_t)atoi(port));
		target_size = sizeof(target.in);
		return;
	}
	target.in6.sin6_family = AF_INET6;
	inet_pton(AF_INET6, text, &target.in6.sin6_addr);
	target.in6.sin6_port = htons((in_port_t)atoi(port));
	target_size = sizeof(target.in6);
}

static int open_socket(int flags)
{
	return socket(target.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
}

/* Says something and prints the answer. */
static int talk(int fd)
{
	char answer[200];
	ssize_t length;

	(void)!write(fd, "ping", 4);
	shutdown(fd, SHUT_WR);
	length = read(fd, answer, sizeof(answer) - 1);
	if (length < 0) {
		printf("error %d\n", errno);
		return 1;
	}
	answer[length] = '\0';
	printf("%s\n", answer);
	fflush(stdout);
	close(fd);
	return 0;
}

static int finish(int fd, int result)
{
	if (!result)
		return talk(fd);
	printf("error %d\n", errno);
	fflush(stdout);
	close(fd);
	return 1;
}

static int plain(void)
{
	int fd = open_socket(0);

	return finish(fd, connect(fd, &target.sa, target_size));
}

static int not_blocking(void)
{
	int fd = open_socket(SOCK_NONBLOCK), error = 0;
	struct pollfd wait = {.fd = fd, .events = POLLOUT};
	socklen_t size = sizeof(error);

	if (connect(fd, &target.sa, target_size) && errno != EINPROGRESS)
		return finish(fd, -1);
	poll(&wait, 1, 10000);
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
	errno = error;
	fcntl(fd, F_SETFL, 0);
	return finish(fd, error ? -1 : 0);
}

static void *one_thread(void *data)
{
	(void)data;
	plain();
	return NULL;
}

static int threads(void)
{
	pthread_t thread[64];

	for (long i = 0; i < count && i < 64; i++)
		pthread_create(&thread[i], NULL, one_thread, NULL);
	for (long i = 0; i < count && i < 64; i++)
		pthread_join(thread[i], NULL);
	return 0;
}

/* A thread with descriptors of its own. */
static void *own_table(void *data)
{
	int other = open_socket(0), fd;

	(void)data;
	if (unshare(CLONE_FILES))
		return NULL;
	/* The same number, in this thread's table, is another socket than in the process's. */
	fd = open_socket(0);
	dup2(fd, other);
	close(fd);
	finish(other, connect(other, &target.sa, target_size));
	return NULL;
}

static int unshared(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, own_table, NULL);
	pthread_join(thread, NULL);
	return 0;
}

static int with_vfork(void)
{
	/* The child runs in our memory, and we wait for it: NOLINTBEGIN(clang-analyzer-*) */
	pid_t pid = vfork();

	if (!pid) {
		int fd = open_socket(0);

		_exit(connect(fd, &target.sa, target_size) ? 1 : 0);
	}
	/* NOLINTEND(clang-analyzer-*) */
	waitpid(pid, NULL, 0);
	return plain();
}

/* What a child has connected in our memory says nothing of the program that it executes then: it
 * has another memory, and its address lies in there. */
static int executes_after_vfork(char **arguments)
{
	char mode[] = "plain";
	char *words[] = {arguments[0], mode, arguments[2], arguments[3], NULL};
	/* As above: NOLINTBEGIN(clang-analyzer-*) */
	pid_t pid = vfork();

	if (!pid) {
		int fd = open_socket(0);
		union address peer;
		socklen_t size = sizeof(peer);

		if (!connect(fd, &target.sa, target_size) && !getpeername(fd, &peer.sa, &size))
			execv("/proc/self/exe", words);
		_exit(1);
	}
	/* NOLINTEND(clang-analyzer-*) */
	/* Not where the other one's is, in case it is looked for here. */
	memset(&target, 0, sizeof(target));
	waitpid(pid, NULL, 0);
	return 0;
}

static int forks(void)
{
	for (long i = 0; i < count; i++)
		if (!fork())
			_exit(plain());
	while (wait(NULL) > 0)
		;
	return 0;
}

static void ignore(int signal)
{
	(void)signal;
}

/* Signals rain upon the process while it connects; each connect must happen once. */
static int signals(bool restart)
{
	const struct sigaction action = {.sa_handler = ignore,
					 .sa_flags = restart ? SA_RESTART : 0};
	const struct itimerval rain = {{0, 300}, {0, 300}}, none = {{0, 0}, {0, 0}};
	int failed = 0;

	sigaction(SIGALRM, &action, NULL);
	for (long i = 0; i < count; i++) {
		int fd = open_socket(0), result;

		setitimer(ITIMER_REAL, &rain, NULL);
		do
			result = connect(fd, &target.sa, target_size);
		while (result && errno == EINTR && !restart);
		/* Interrupted, and made nevertheless. */
		if (result && (errno == EISCONN || errno == EALREADY))
			result = 0;
		setitimer(ITIMER_REAL, &none, NULL);
		failed |= finish(fd, result);
	}
	return failed;
}

/* Refused once, by nobody there, then tried again with the same socket. */
static int again(void)
{
	union address nobody = target;
	int fd = open_socket(0);

	nobody.in.sin_port = htons(1); /* the same place in both families */
	if (!connect(fd, &nobody.sa, target_size))
		printf("connected to nobody\n");
	else
		printf("first: error %d\n", errno);
	return finish(fd, connect(fd, &target.sa, target_size));
}

/* An IPv6 socket to an IPv4 address. */
static int mapped(void)
{
	union address six = {.in6 = {.sin6_family = AF_INET6, .sin6_port = target.in.sin_port}};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	six.in6.sin6_addr.s6_addr[10] = six.in6.sin6_addr.s6_addr[11] = 0xff;
	memcpy(&six.in6.sin6_addr.s6_addr[12], &target.in.sin_addr, 4);
	return finish(fd, connect(fd, &six.sa, sizeof(six.in6)));
}

/* Connects, dissolves the connection, and connects again. */
static int dissolved(void)
{
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	int fd = open_socket(0);

	if (connect(fd, &target.sa, target_size) || connect(fd, &nobody, sizeof(nobody)))
		return finish(fd, -1);
	return finish(fd, connect(fd, &target.sa, target_size));
}

/* Sends the first data with MSG_FASTOPEN: sendto(), sendmsg() or sendmmsg(). */
static long send_first(int fd, int call)
{
	char word[] = "ping";
	struct iovec part = {.iov_base = word, .iov_len = 4};
	struct mmsghdr message = {.msg_hdr = {.msg_name = &target,
					      .msg_namelen = target_size,
					      .msg_iov = &part,
					      .msg_iovlen = 1}};

	if (!call)
		return sendto(fd, word, 4, MSG_FASTOPEN, &target.sa, target_size);
	if (call == 1)
		return sendmsg(fd, &message.msg_hdr, MSG_FASTOPEN);
	return sendmmsg(fd, &message, 1, MSG_FASTOPEN) < 0 ? -1 : (long)message.msg_len;
}

static int fast_open(void)
{
	int failed = 0;

	for (int call = 0; call < 3; call++) {
		int fd = open_socket(0);
		long sent = send_first(fd, call);

		failed |= finish(fd, sent == 4 ? 0 : -1);
	}
	return failed;
}

/* The same with connect() before, which may send nothing at all until there is data. */
static int fast_connect(void)
{
	int fd = open_socket(0), on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on));
	return finish(fd, connect(fd, &target.sa, target_size));
}

static int many(bool fast)
{
	long failed = 0;

	for (long i = 0; i < count; i++) {
		const struct linger reset = {.l_onoff = 1};
		int fd = open_socket(0);

		if (fast)
			failed += send_first(fd, (int)(i % 3)) != 4;
		else
			failed += connect(fd, &target.sa, target_size) != 0;
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(fd);
	}
	printf("%ld of %ld failed\n", failed, count);
	return failed != 0;
}

/* What the filter refuses: system calls by which one could connect around it. */
static int around(void)
{
	char parameters[256] = {0};

	printf("%d ", syscall(SYS_io_uring_setup, 1, parameters) < 0 ? errno : 0);
	printf("%d", socket(AF_INET, SOCK_STREAM, 262 /* Multipath TCP */) < 0 ? errno : 0);
	printf(" %d", socket(43 /* AF_SMC */, SOCK_STREAM, 0) < 0 ? errno : 0);
#ifdef __x86_64__
	printf(" %d", syscall(0x40000000L | SYS_getpid) < 0 ? errno : 0);
	printf("\n");
	fflush(stdout);
	/* getpid() by the 32-bit table. */
	__asm__ volatile("int $0x80" : : "a"(20) : "memory", "r8", "r9", "r10", "r11");
#endif
	printf("\nstill here\n");
	return 0;
}

int main(int argc, char **argv)
{
	const struct {
		const char *name;
		int (*run)(void);
	} modes[] = {
		{"plain", plain},
		{"nonblock", not_blocking},
		{"threads", threads},
		{"unshared", unshared},
		{"vfork", with_vfork},
		{"forks", forks},
		{"again", again},
		{"mapped", mapped},
		{"dissolved", dissolved},
		{"fastopen", fast_open},
		{"fastconnect", fast_connect},
		{"around", around},
	};

	if (argc < 4)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	read_target(argv[2], argv[3]);
	if (argc > 4)
		count = atol(argv[4]);
	if (!strcmp(argv[1], "restart") || !strcmp(argv[1], "norestart"))
		return signals(argv[1][0] == 'r');
	if (!strcmp(argv[1], "many") || !strcmp(argv[1], "manyfast"))
		return many(argv[1][4]);
	if (!strcmp(argv[1], "vforkexec"))
		return executes_after_vfork(argv);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(argv[1], modes[i].name))
			return modes[i].run();
	return 2;
}
