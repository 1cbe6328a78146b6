/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Clients for cycle_proxy: cycle_load PROCESSES CYCLES PORT KIND... connects and closes that many
 * times, each time one of the kinds by chance; CYCLES 0: until standard input ends. PORT 0: any
 * port. Prints what became of them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cycle_load.h"

#define PENDING 32 /* black-holed and unaccepted connections that a process keeps open */

struct tally {
	atomic_ulong done[CYCLE_KINDS];   /* came out as that kind should */
	atomic_ulong failed[CYCLE_KINDS]; /* did not */
	atomic_int last_error;
	atomic_long left;
	atomic_int stop;
};

struct client {
	struct tally *tally;
	uint64_t seed;
	uint32_t port;
	uint32_t kinds[CYCLE_KINDS], kind_count;
	int pending[PENDING];
	uint32_t next;
};

static const struct {
	const char *network;
	uint32_t hosts;
} places[CYCLE_KINDS] = {
	[CYCLE_OK] = {"192.0.2.0", 255},
	[CYCLE_CHAINED] = {"198.51.100.0", 127},
	[CYCLE_BY_PROCESS] = {"198.51.100.128", 127},
	[CYCLE_REFUSED] = {"203.0.113.0", 63},
	[CYCLE_REFUSED_LATER] = {"203.0.113.0", 63},
	[CYCLE_BLACK_HOLE] = {"203.0.113.64", 63},
	[CYCLE_NARROW] = {"203.0.113.128", 63},
	[CYCLE_UNROUTED] = {"203.0.113.192", 63},
};

static uint32_t chance(struct client *client, uint32_t below)
{
	return cycle_random(&client->seed) % below;
}

static void fill_destination(struct client *client, uint32_t kind, struct sockaddr_storage *ret)
{
	uint16_t port = htons((uint16_t)(client->port ? client->port : 1 + chance(client, 65535)));
	struct sockaddr_in6 *in6 = (void *)ret;
	struct sockaddr_in *in = (void *)ret;

	memset(ret, 0, sizeof(*ret));
	if (kind == CYCLE_OK && chance(client, 3) == 0) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = port;
		inet_pton(AF_INET6, "2001:db8:1::", &in6->sin6_addr);
		in6->sin6_addr.s6_addr[15] = (uint8_t)(1 + chance(client, 255));
		return;
	}
	in->sin_family = AF_INET;
	in->sin_port = port;
	inet_pton(AF_INET, places[kind].network, &in->sin_addr);
	in->sin_addr.s_addr |= htonl(chance(client, places[kind].hosts));
}

static int make_socket(struct client *client, int family, int flags)
{
	const struct timeval patience = {.tv_sec = 30};
	struct sockaddr_in source = {.sin_family = AF_INET};
	const int on = 1;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (family == AF_INET && chance(client, 4)) { /* one of 127.0.0.0/8 */
		source.sin_addr.s_addr = htonl(0x7f000001 + (chance(client, 250) << 8));
		setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
		if (bind(fd, (void *)&source, sizeof(source)))
			return -1;
	}
	return fd;
}

/* Returns 0 or an errno. */
static int talk(struct client *client, int fd, const struct cycle_message *message)
{
	char answer = 0;

	errno = 0;
	if (connect(fd, (const void *)&message->destination,
		    cycle_address_size(&message->destination)))
		return errno;
	if (send(fd, message, sizeof(*message), MSG_NOSIGNAL) != sizeof(*message))
		return errno;
	if (recv(fd, &answer, 1, 0) != 1)
		return errno ? errno : ENODATA;
	if (chance(client, 3) == 0)
		cycle_reset_on_close(fd);
	return answer == '+' ? 0 : EBADMSG;
}

static void keep_pending(struct client *client, int fd)
{
	int *place = &client->pending[client->next++ % PENDING];

	if (*place >= 0)
		close(*place);
	*place = fd;
}

static int begin(int fd, const struct cycle_message *message)
{
	return connect(fd, (const void *)&message->destination,
		       cycle_address_size(&message->destination)) ?
		       errno :
		       0;
}

static int error_of(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
	socklen_t size = sizeof(int);
	int error = 0;

	if (poll(&poll_fd, 1, 30000) != 1)
		return ETIMEDOUT;
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
	return error;
}

static int cycle(struct client *client, uint32_t kind);

/* A process that has some of each open is killed at any moment. */
static int cycle_killed(struct client *client)
{
	static const uint32_t kinds[] = {CYCLE_BLACK_HOLE, CYCLE_NARROW, CYCLE_BLACK_HOLE, CYCLE_OK,
					 CYCLE_CHAINED};
	pid_t child = fork();
	int status;

	if (!child) {
		struct sockaddr_storage silent;
		uint32_t kind = chance(client, 2) ? CYCLE_OK : CYCLE_CHAINED;
		int fd;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fill_destination(client, kind, &silent);
		fd = make_socket(client, silent.ss_family, SOCK_NONBLOCK);
		(void)!connect(fd, (void *)&silent, cycle_address_size(&silent));
		for (;;)
			cycle(client, kinds[chance(client, 5)]);
	}
	usleep(chance(client, 3000));
	kill(child, SIGKILL);
	return waitpid(child, &status, 0) == child && WIFSIGNALED(status) ? 0 : ECHILD;
}

static int cycle(struct client *client, uint32_t kind)
{
	struct cycle_message message = {.kind = kind, .pid = (uint32_t)getpid()};
	int later = kind == CYCLE_REFUSED_LATER || kind == CYCLE_BLACK_HOLE || kind == CYCLE_NARROW;
	int error, fd;

	if (kind == CYCLE_KILLED)
		return cycle_killed(client);
	fill_destination(client, kind, &message.destination);
	fd = make_socket(client, message.destination.ss_family, later ? SOCK_NONBLOCK : 0);
	if (fd < 0)
		return errno;
	switch (kind) {
	case CYCLE_REFUSED:
		error = begin(fd, &message) == ECONNREFUSED ? 0 : EPROTO;
		if (!error && chance(client, 2)) /* the same socket again */
			error = begin(fd, &message) == ECONNREFUSED ? 0 : EPROTO;
		break;
	case CYCLE_UNROUTED:
		error = begin(fd, &message);
		error = error == ENETUNREACH || error == EINVAL ? 0 : EPROTO;
		break;
	case CYCLE_REFUSED_LATER:
		error = begin(fd, &message) == EINPROGRESS ? 0 : EPROTO;
		if (!error && chance(client, 2))
			error = error_of(fd) == ECONNREFUSED ? 0 : EPROTO;
		break;
	case CYCLE_BLACK_HOLE:
	case CYCLE_NARROW:
		error = begin(fd, &message) == EINPROGRESS ? 0 : EPROTO;
		if (chance(client, 2)) {
			keep_pending(client, fd);
			return error;
		}
		break;
	default:
		error = talk(client, fd, &message);
	}
	close(fd);
	return error;
}

static void run(struct client *client)
{
	struct tally *tally = client->tally;

	for (int i = 0; i < PENDING; i++)
		client->pending[i] = -1;
	while (!tally->stop && atomic_fetch_sub(&tally->left, 1) > 0) {
		uint32_t kind = client->kinds[chance(client, client->kind_count)];
		int error;

		if (kind == CYCLE_KILLED && chance(client, 20))
			kind = client->kinds[0]; /* forks are dear */
		error = cycle(client, kind);
		if (error) {
			tally->failed[kind]++;
			tally->last_error = error;
		} else {
			tally->done[kind]++;
		}
	}
}

int main(int argc, char **argv)
{
	struct tally *tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int processes = argc > 4 ? atoi(argv[1]) : 0, status, failed = 0;
	struct client client = {.tally = tally};
	char end;

	if (!processes || tally == MAP_FAILED)
		return 2;
	client.port = (uint32_t)atoi(argv[3]);
	for (int i = 4; i < argc; i++)
		for (uint32_t kind = 0; kind < CYCLE_KINDS; kind++)
			if (!strcmp(argv[i], cycle_names[kind]))
				client.kinds[client.kind_count++] = kind;
	tally->left = atol(argv[2]) ? atol(argv[2]) : 1L << 60;
	for (int i = 0; i < processes; i++) {
		pid_t child = fork();

		if (child)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		client.seed = (uint64_t)getpid() << 20;
		run(&client);
		_exit(0);
	}
	if (!atol(argv[2]))
		while (read(STDIN_FILENO, &end, 1) > 0)
			;
	tally->stop = !atol(argv[2]);
	while (wait(&status) > 0)
		failed |= status;
	printf("{");
	for (int i = 0; i < CYCLE_KINDS; i++)
		printf("\"%s\": %lu, \"%s_failed\": %lu, ", cycle_names[i], tally->done[i],
		       cycle_names[i], tally->failed[i]);
	printf("\"error\": %d}\n", tally->last_error);
	return failed ? 1 : 0;
}
