/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Connections through a proxy: stream_load ADDRESS CONNECTIONS AT_ONCE BYTES. An echo listens at
 * ADDRESS, at a port of its own, in a process of its own; clients connect there, so many at a time,
 * send up to so many bytes each, end their stream, and compare what comes back until its end. It
 * says what became of them; 1 is returned when a byte was lost, wrong or too many.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK ((size_t)16384)
#define EVENTS 64
#define TOLD_MAX 10

struct stream {
	int fd;
	bool finished; /* this end has said its last byte */
	/* of a client */
	uint32_t seed;
	size_t total;
	size_t sent;
	size_t received;
	/* of the echo */
	size_t begin;
	size_t end;
	unsigned char bytes[CHUNK];
};

static struct sockaddr_storage name;
static socklen_t name_size;
static unsigned long connections, most_bytes, begun, ended, faults;
static unsigned long long carried;
static int watcher;

static long must(long answer, const char *call)
{
	if (answer < 0) {
		perror(call);
		exit(2);
	}
	return answer;
}

#define MUST(call) must(call, #call)

static void watch(struct stream *stream)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
				    .data.ptr = stream};

	MUST(epoll_ctl(watcher, EPOLL_CTL_ADD, stream->fd, &event));
}

static void end_stream(struct stream *stream)
{
	close(stream->fd);
	free(stream);
}

/* The echo: false when the stream is over. */
static bool echo(struct stream *stream)
{
	for (;;) {
		ssize_t moved;

		if (stream->begin < stream->end) {
			moved = send(stream->fd, stream->bytes + stream->begin,
				     stream->end - stream->begin, MSG_NOSIGNAL);
			if (moved < 0)
				return errno == EAGAIN;
			stream->begin += (size_t)moved;
			continue;
		}
		moved = recv(stream->fd, stream->bytes, CHUNK, 0);
		if (moved < 0)
			return errno == EAGAIN;
		if (!moved)
			return false;
		stream->begin = 0;
		stream->end = (size_t)moved;
	}
}

static void serve(int listener)
{
	struct epoll_event events[EVENTS], arrival = {.events = EPOLLIN};

	watcher = (int)MUST(epoll_create1(EPOLL_CLOEXEC));
	MUST(epoll_ctl(watcher, EPOLL_CTL_ADD, listener, &arrival));
	for (;;) {
		int count = epoll_wait(watcher, events, EVENTS, -1);

		for (int i = 0; i < count; i++) {
			struct stream *stream = events[i].data.ptr;

			if (stream) {
				if (!echo(stream))
					end_stream(stream);
				continue;
			}
			stream = calloc(1, sizeof(*stream));
			stream->fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
			if (stream->fd < 0)
				free(stream);
			else
				watch(stream);
		}
	}
}

static unsigned char byte_of(uint32_t seed, size_t at)
{
	return (unsigned char)((at * 31 + (size_t)seed * 7) ^ at >> 8 ^ seed >> 8);
}

static void fault(const struct stream *stream, const char *what, int error)
{
	if (faults++ < TOLD_MAX)
		fprintf(stderr, "connection %u: %s%s%s, %zu bytes sent of %zu, %zu back\n",
			stream->seed, what, error ? ": " : "", error ? strerror(error) : "",
			stream->sent, stream->total, stream->received);
}

/* False when it cannot send now, or has failed. */
static bool send_some(struct stream *stream, int *ret_error)
{
	size_t size = stream->total - stream->sent < CHUNK ? stream->total - stream->sent : CHUNK;
	ssize_t moved;

	if (stream->finished)
		return false;
	if (!size) {
		stream->finished = true;
		*ret_error = shutdown(stream->fd, SHUT_WR) ? errno : 0;
		return false;
	}
	for (size_t i = 0; i < size; i++)
		stream->bytes[i] = byte_of(stream->seed, stream->sent + i);
	moved = send(stream->fd, stream->bytes, size, MSG_NOSIGNAL);
	if (moved < 0) {
		*ret_error = errno == EAGAIN || errno == ENOTCONN ? 0 : errno;
		return false;
	}
	stream->sent += (size_t)moved;
	return true;
}

/* False when there is nothing now, or ever (*ret_over). */
static bool receive_some(struct stream *stream, bool *ret_over, int *ret_error)
{
	ssize_t moved = recv(stream->fd, stream->bytes, CHUNK, 0);

	if (moved <= 0) {
		*ret_over = !moved;
		*ret_error = moved && errno != EAGAIN && errno != ENOTCONN ? errno : 0;
		return false;
	}
	for (ssize_t i = 0; i < moved; i++, stream->received++) {
		if (stream->bytes[i] != byte_of(stream->seed, stream->received)) {
			*ret_error = EILSEQ;
			return false;
		}
	}
	return true;
}

static void begin_client(void)
{
	struct stream *stream;

	if (begun == connections)
		return;
	stream = calloc(1, sizeof(*stream));
	stream->seed = (uint32_t)++begun;
	/* Each hundredth sends nothing, the others anything up to the most. */
	if (begun % 100)
		stream->total = begun * 2654435761u % (most_bytes + 1);
	stream->fd =
		(int)MUST(socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
	if (connect(stream->fd, (void *)&name, name_size) && errno != EINPROGRESS)
		fault(stream, "connect", errno);
	watch(stream);
}

static void run_client(struct stream *stream, unsigned int events)
{
	bool over = false, more = true;
	int error = 0;

	/* Before it is connected a socket says that it has hung up. */
	if (events == (EPOLLOUT | EPOLLHUP))
		return;
	while (more && !error) {
		more = send_some(stream, &error);
		if (!error)
			more |= receive_some(stream, &over, &error);
		if (over)
			more = false;
	}
	if (!error && !over)
		return;
	if (error)
		fault(stream, "failed", error);
	else if (!stream->finished || stream->received != stream->total)
		fault(stream, "ended early", 0);
	carried += stream->received;
	end_stream(stream);
	ended++;
	begin_client();
}

static void parse(char **words)
{
	struct sockaddr_in *four = (void *)&name;
	struct sockaddr_in6 *six = (void *)&name;

	four->sin_family = strchr(words[1], ':') ? AF_INET6 : AF_INET;
	name_size = four->sin_family == AF_INET ? sizeof(*four) : sizeof(*six);
	if (inet_pton(four->sin_family, words[1],
		      four->sin_family == AF_INET ? (void *)&four->sin_addr :
						    (void *)&six->sin6_addr) != 1)
		exit(2);
	connections = strtoul(words[2], NULL, 10);
	most_bytes = strtoul(words[4], NULL, 10);
}

int main(int count, char **words)
{
	struct epoll_event events[EVENTS];
	unsigned long at_once;
	int listener;
	pid_t child;

	if (count != 5)
		return 2;
	parse(words);
	at_once = strtoul(words[3], NULL, 10);
	listener = (int)MUST(socket(name.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
	MUST(bind(listener, (void *)&name, name_size));
	MUST(listen(listener, 4096));
	MUST(getsockname(listener, (void *)&name, &name_size));
	child = (pid_t)MUST(fork());
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(listener);
	}
	close(listener);
	watcher = (int)MUST(epoll_create1(EPOLL_CLOEXEC));
	for (unsigned long i = 0; i < at_once; i++)
		begin_client();
	while (ended < connections) {
		int found = epoll_wait(watcher, events, EVENTS, -1);

		for (int i = 0; i < found; i++)
			run_client(events[i].data.ptr, events[i].events);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	printf("%lu connections, %llu bytes, %lu faults\n", ended, carried, faults);
	return faults ? 1 : 0;
}
