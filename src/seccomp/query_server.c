/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Answers those who ask over the run's socket, and looks after what nobody announces: sockets and
 * callers that are gone. One thread; nobody who connects and says nothing holds up another.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "process_identity.h"
#include "query_request.h"
#include "scope_exit.h"
#include "socket_finder.h"
#include "supervisor_internal.h"
#include "supervisor_protocol.h"

#define PEERS 64      /* at once; the one that has been silent the longest makes room */
#define TURN_MS 200   /* for what is looked after */
#define SWEEP_MS 5000 /* between sweeps, as long as the table has not grown */

enum {
	POLL_WAKE,
	POLL_LISTENER,
	POLL_PEERS,
};

struct wh_query_server {
	pthread_t thread;
	bool running;
	int wake, listener;
	struct sockaddr_un address;
	unsigned int turns; /* since the last sweep */
	struct pollfd polls[POLL_PEERS + PEERS];
	size_t peer_count;
};

/* Only this user, root, and who the command was made to run as: the directory lets in no other,
 * but it may be handed a connection. */
static int identify(int peer, struct wh_identity *ret, struct wh_cgroup_path *ret_path)
{
	struct ucred credentials;
	socklen_t size = sizeof(credentials);
	int error;

	if (getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &credentials, &size))
		return -EACCES;
	if (credentials.uid != geteuid() && credentials.uid && geteuid())
		return -EACCES;
	error = wh_process_identity((__u32)credentials.pid, ret);
	if (error)
		return error == -ESRCH ? -ESRCH : -EACCES;
	ret->uid = credentials.uid;
	ret->gid = credentials.gid;
	if (wh_process_cgroup_path((__u32)credentials.pid, ret_path))
		memset(ret_path, 0, sizeof(*ret_path));
	return 0;
}

static int answer_get(struct wh_supervisor *supervisor, const struct wh_taken *taken,
		      const struct wh_supervisor_request *request, const struct wh_asker *asker,
		      struct wh_supervisor_answer *ret)
{
	size_t size = 0;
	int error;

	pthread_mutex_lock(&supervisor->lock);
	error = wh_socket_answer(supervisor, taken, request->option, asker, ret->bytes, &size);
	pthread_mutex_unlock(&supervisor->lock);
	if (!error && request->size && request->size < size)
		error = -ENOBUFS;
	if (!error)
		ret->size = (__u32)size;
	return error;
}

static int answer_set(struct wh_supervisor *supervisor, const struct wh_taken *taken,
		      const struct wh_supervisor_request *request, const struct wh_asker *asker)
{
	int error;

	if (request->option != WH_OPTION_RECORDS)
		return -EOPNOTSUPP;
	pthread_mutex_lock(&supervisor->lock);
	error = wh_socket_relate(supervisor, taken, request->bytes, request->size, asker);
	pthread_mutex_unlock(&supervisor->lock);
	return error;
}

static int answer(struct wh_supervisor *supervisor, int peer, int fd,
		  const struct wh_supervisor_request *request, struct wh_supervisor_answer *ret)
{
	struct wh_cgroup_path path;
	struct wh_identity who;
	const struct wh_asker asker = {.who = &who, .path = &path};
	struct wh_taken taken;
	int error = identify(peer, &who, &path);

	if (error)
		return error;
	if (request->operation == WH_SUPERVISOR_RELOAD)
		return supervisor->options.reload ?
			       supervisor->options.reload(supervisor->options.data) :
			       -EOPNOTSUPP;
	if (fd < 0)
		return -EBADF;
	error = wh_taken_describe(fd, &taken);
	if (error)
		return error;
	return request->operation == WH_SUPERVISOR_GET ?
		       answer_get(supervisor, &taken, request, &asker, ret) :
		       answer_set(supervisor, &taken, request, &asker);
}

/* Takes the request and what came with it. *ret_fd: the first descriptor, -1 none; all others are
 * closed. Returns its length, 0 when the peer is done, or a negative errno. */
static ssize_t receive(int peer, struct wh_supervisor_request *request, int *ret_fd)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(4 * sizeof(int))];
	} control;
	struct iovec part = {.iov_base = request, .iov_len = sizeof(*request)};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	ssize_t length = recvmsg(peer, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT | MSG_TRUNC);

	*ret_fd = -1;
	if (length < 0)
		return -errno;
	for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header;
	     header = CMSG_NXTHDR(&message, header)) {
		size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		int fd;

		if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < count; i++) {
			memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
			if (*ret_fd < 0)
				*ret_fd = fd;
			else
				close(fd);
		}
	}
	return length;
}

/* One request of a peer. Returns false when it is done with. */
static bool serve(struct wh_supervisor *supervisor, int peer)
{
	struct wh_supervisor_answer reply = {};
	struct wh_supervisor_request request;
	WH_AUTO_FD fd = -1;
	ssize_t length = receive(peer, &request, &fd);
	int error;

	if (length == -EAGAIN)
		return true;
	if (length <= 0)
		return false;
	error = wh_query_check(&request, (size_t)length);
	if (!error)
		error = answer(supervisor, peer, fd, &request, &reply);
	reply.error = error;
	length = WH_SUPERVISOR_ANSWER_HEAD;
	if (!error && request.operation == WH_SUPERVISOR_GET && request.size)
		length += reply.size;
	return send(peer, &reply, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL) == length;
}

static void drop_peer(struct wh_query_server *server, size_t index)
{
	close(server->polls[POLL_PEERS + index].fd);
	server->peer_count--;
	memmove(&server->polls[POLL_PEERS + index], &server->polls[POLL_PEERS + index + 1],
		(server->peer_count - index) * sizeof(server->polls[0]));
}

static void accept_peers(struct wh_query_server *server)
{
	for (int i = 0; i < PEERS; i++) {
		int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return;
		if (server->peer_count == PEERS)
			drop_peer(server, 0);
		server->polls[POLL_PEERS + server->peer_count++] =
			(struct pollfd){.fd = fd, .events = POLLIN};
	}
}

static void see(__u64 cookie, int state, void *data)
{
	struct wh_supervisor *supervisor = data;

	pthread_mutex_lock(&supervisor->lock);
	wh_redirects_sweep_see(supervisor->redirects, cookie, state == TCP_TIME_WAIT);
	pthread_mutex_unlock(&supervisor->lock);
}

/* Forgets the records of sockets that are gone. */
static void sweep(struct wh_supervisor *supervisor)
{
	__u64 ports[65536 / 64];
	int error = 0;

	pthread_mutex_lock(&supervisor->lock);
	memcpy(ports, supervisor->ports, sizeof(ports));
	wh_redirects_sweep_begin(supervisor->redirects);
	pthread_mutex_unlock(&supervisor->lock);
	for (unsigned int port = 1; !error && port <= 65535; port++)
		if (ports[port / 64] >> (port % 64) & 1)
			error = wh_sockets_visit(supervisor->sweep_finder, WH_BE16(port), see,
						 supervisor);
	if (error)
		return;
	pthread_mutex_lock(&supervisor->lock);
	wh_redirects_sweep_end(supervisor->redirects);
	pthread_mutex_unlock(&supervisor->lock);
}

static void look_after(struct wh_supervisor *supervisor)
{
	struct wh_query_server *server = supervisor->server;
	bool due;

	wh_workers_release(supervisor);
	pthread_mutex_lock(&supervisor->lock);
	due = wh_redirects_grown(supervisor->redirects) ||
	      (wh_redirects_count(supervisor->redirects) && ++server->turns >= SWEEP_MS / TURN_MS);
	pthread_mutex_unlock(&supervisor->lock);
	if (!due)
		return;
	server->turns = 0;
	sweep(supervisor);
}

static void *run(void *data)
{
	struct wh_supervisor *supervisor = data;
	struct wh_query_server *server = supervisor->server;

	server->polls[POLL_WAKE] = (struct pollfd){.fd = server->wake, .events = POLLIN};
	server->polls[POLL_LISTENER] = (struct pollfd){.fd = server->listener, .events = POLLIN};
	while (!supervisor->stopping) {
		int count = poll(server->polls, POLL_PEERS + server->peer_count, TURN_MS);
		uint64_t wakes;

		if (count > 0 && server->polls[POLL_WAKE].revents)
			(void)!read(server->wake, &wakes, sizeof(wakes));
		for (size_t i = server->peer_count; count > 0 && i-- > 0;)
			if (server->polls[POLL_PEERS + i].revents &&
			    !serve(supervisor, server->polls[POLL_PEERS + i].fd))
				drop_peer(server, i);
		if (count > 0 && server->polls[POLL_LISTENER].revents)
			accept_peers(server);
		look_after(supervisor);
	}
	return NULL;
}

static int listen_there(struct wh_query_server *server, const char *directory)
{
	int length = snprintf(server->address.sun_path, sizeof(server->address.sun_path),
			      "%s/" WH_SUPERVISOR_SOCKET, directory);

	if (length < 0 || (size_t)length >= sizeof(server->address.sun_path))
		return -ENAMETOOLONG;
	server->address.sun_family = AF_UNIX;
	server->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (server->listener < 0 ||
	    bind(server->listener, (const struct sockaddr *)&server->address,
		 sizeof(server->address)) ||
	    listen(server->listener, SOMAXCONN))
		return -errno;
	/* Who may enter the directory may ask; who asks is looked at each time. */
	return chmod(server->address.sun_path, 0666) ? -errno : 0;
}

int wh_query_server_open(struct wh_supervisor *supervisor)
{
	struct wh_query_server *server = calloc(1, sizeof(*server));
	int error = 0;

	if (!server)
		return -ENOMEM;
	supervisor->server = server;
	server->listener = -1;
	server->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (server->wake < 0)
		error = -errno;
	if (!error && supervisor->options.directory)
		error = listen_there(server, supervisor->options.directory);
	return error;
}

int wh_query_server_start(struct wh_supervisor *supervisor)
{
	struct wh_query_server *server = supervisor->server;
	int error = -pthread_create(&server->thread, NULL, run, supervisor);

	server->running = !error;
	return error;
}

void wh_query_server_wake(struct wh_supervisor *supervisor)
{
	const uint64_t one = 1;

	if (supervisor->server)
		(void)!write(supervisor->server->wake, &one, sizeof(one));
}

void wh_query_server_stop(struct wh_supervisor *supervisor)
{
	struct wh_query_server *server = supervisor->server;

	if (!server)
		return;
	if (server->running) {
		wh_query_server_wake(supervisor);
		pthread_join(server->thread, NULL);
	}
	while (server->peer_count)
		drop_peer(server, server->peer_count - 1);
	wh_close_fd(&server->wake);
	wh_close_fd(&server->listener);
	if (server->address.sun_family)
		unlink(server->address.sun_path);
	free(server);
	supervisor->server = NULL;
}
