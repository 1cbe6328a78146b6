/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* splice() between sockets needs a pipe. Few are made; a flow holds one only while it is used. */
#include "relay_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct wh_relay_pipe *wh_relay_pipe_take(struct wh_relay *relay)
{
	struct wh_relay_pipe *pipe = relay->idle_pipes;
	int fds[2];

	if (pipe) {
		relay->idle_pipes = pipe->next;
		return pipe;
	}
	if (relay->pipe_count >= relay->pipe_limit)
		return NULL;
	pipe = malloc(sizeof(*pipe));
	if (!pipe)
		return NULL;
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0) {
		free(pipe);
		return NULL;
	}
	/* Refused beyond a user's share; the pipe then has its usual size. */
	fcntl(fds[1], F_SETPIPE_SZ, WH_RELAY_PIPE_SIZE);
	pipe->read_fd = fds[0];
	pipe->write_fd = fds[1];
	relay->pipe_count++;
	return pipe;
}

static void close_pipe(struct wh_relay *relay, struct wh_relay_pipe *pipe)
{
	close(pipe->read_fd);
	close(pipe->write_fd);
	free(pipe);
	relay->pipe_count--;
}

void wh_relay_pipe_give(struct wh_relay *relay, struct wh_relay_pipe *pipe, bool empty)
{
	if (!empty) {
		close_pipe(relay, pipe);
		return;
	}
	pipe->next = relay->idle_pipes;
	relay->idle_pipes = pipe;
}

void wh_relay_pipes_free(struct wh_relay *relay)
{
	struct wh_relay_pipe *pipe;

	while ((pipe = relay->idle_pipes)) {
		relay->idle_pipes = pipe->next;
		close_pipe(relay, pipe);
	}
}

ssize_t wh_relay_splice_in(const struct wh_relay_pipe *pipe, int fd)
{
	ssize_t size = splice(fd, NULL, pipe->write_fd, NULL, WH_RELAY_PIPE_SIZE,
			      SPLICE_F_MOVE | SPLICE_F_NONBLOCK);

	return size < 0 ? -errno : size;
}

/* splice() to a socket that was reset raises SIGPIPE, and has no flag against it. It goes to this
 * thread, which takes it back; the process's own handling of it is not touched. Blocked once for
 * all that one wh_relay_dispatch() does: two calls for each splice() would show. */
static void block_broken_pipe(struct wh_relay *relay)
{
	sigset_t broken_pipe;

	if (relay->pipe_signal_blocked)
		return;
	relay->pipe_signal_blocked = true;
	sigemptyset(&broken_pipe);
	sigaddset(&broken_pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &broken_pipe, &relay->signals_before);
}

void wh_relay_pipe_signal_restore(struct wh_relay *relay)
{
	if (!relay->pipe_signal_blocked)
		return;
	relay->pipe_signal_blocked = false;
	pthread_sigmask(SIG_SETMASK, &relay->signals_before, NULL);
}

ssize_t wh_relay_splice_out(struct wh_relay *relay, const struct wh_relay_pipe *pipe, int fd,
			    size_t size)
{
	static const struct timespec no_time;
	sigset_t broken_pipe;
	ssize_t sent;

	block_broken_pipe(relay);
	sent = splice(pipe->read_fd, NULL, fd, NULL, size, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	if (sent < 0)
		sent = -errno;
	if (sent == -EPIPE && !sigismember(&relay->signals_before, SIGPIPE)) {
		sigemptyset(&broken_pipe);
		sigaddset(&broken_pipe, SIGPIPE);
		sigtimedwait(&broken_pipe, NULL, &no_time);
	}
	return sent;
}
