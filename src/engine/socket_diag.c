/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "socket_diag.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "scope_exit.h"

static int ask(int fd, const struct inet_diag_req_v2 *request, int dump)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 request;
	} message = {
		.header = {.nlmsg_len = sizeof(message),
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = (__u16)(NLM_F_REQUEST | (dump ? NLM_F_DUMP : 0))},
		.request = *request,
	};
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};

	return sendto(fd, &message, sizeof(message), 0, (struct sockaddr *)&kernel,
		      sizeof(kernel)) < 0 ?
		       -errno :
		       0;
}

static void read_end(const struct inet_diag_msg *found, const __be32 words[4], __be16 port,
		     struct wh_endpoint *ret)
{
	*ret = (struct wh_endpoint){.port = port};
	if (found->idiag_family == AF_INET)
		wh_address_from_v4(&ret->address, words[0]);
	else
		memcpy(ret->address.word, words, sizeof(ret->address.word));
}

static int visit_one(const struct nlmsghdr *header, wh_diag_visit visit, void *data)
{
	const struct inet_diag_msg *found = NLMSG_DATA(header);
	struct wh_diag_socket socket;

	if (header->nlmsg_len < NLMSG_LENGTH(sizeof(*found)))
		return -EPROTO;
	socket = (struct wh_diag_socket){
		.state = found->idiag_state, .uid = found->idiag_uid, .inode = found->idiag_inode};
	read_end(found, found->id.idiag_src, found->id.idiag_sport, &socket.local);
	read_end(found, found->id.idiag_dst, found->id.idiag_dport, &socket.remote);
	return visit(&socket, data);
}

/* Returns 0 to go on, 1 at the end. */
static int visit_messages(const void *messages, size_t size, wh_diag_visit visit, void *data)
{
	const struct nlmsghdr *header = messages;
	int error = 0;

	for (; !error && NLMSG_OK(header, size); header = NLMSG_NEXT(header, size)) {
		if (header->nlmsg_type == NLMSG_DONE)
			return 1;
		if (header->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *answer = NLMSG_DATA(header);

			return answer->error ? answer->error : 1;
		}
		error = visit_one(header, visit, data);
		if (!error && !(header->nlmsg_flags & NLM_F_MULTI))
			return 1;
	}
	return error;
}

static int walk(const struct inet_diag_req_v2 *request, int dump, wh_diag_visit visit, void *data)
{
	WH_AUTO_FD fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	WH_AUTO_FREE char *messages = NULL;
	const size_t room = 32768; /* what the kernel sends at a time */
	int error;

	if (fd < 0)
		return errno == EPROTONOSUPPORT ? -ENOENT : -errno;
	messages = malloc(room);
	if (!messages)
		return -ENOMEM;
	error = ask(fd, request, dump);
	while (!error) {
		ssize_t size = recv(fd, messages, room, 0);

		if (size < 0 && errno == EINTR)
			continue;
		error = size <= 0 ? (size ? -errno : -EPROTO) :
				    visit_messages(messages, (size_t)size, visit, data);
	}
	return error > 0 ? 0 : error;
}

int wh_diag_sockets(int family, __u32 states, wh_diag_visit visit, void *data)
{
	const struct inet_diag_req_v2 request = {.sdiag_family = (__u8)family,
						 .sdiag_protocol = IPPROTO_TCP,
						 .idiag_states = states};

	return walk(&request, 1, visit, data);
}

static int keep(const struct wh_diag_socket *socket, void *data)
{
	*(struct wh_diag_socket *)data = *socket;
	return 0;
}

int wh_diag_find(const struct wh_endpoint *local, const struct wh_endpoint *remote,
		 struct wh_diag_socket *ret)
{
	int v4 = wh_address_is_v4(&local->address) && wh_address_is_v4(&remote->address);
	struct inet_diag_req_v2 request = {
		.sdiag_family = v4 ? AF_INET : AF_INET6,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_states = ~0u,
		.id = {.idiag_sport = local->port,
		       .idiag_dport = remote->port,
		       .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}},
	};
	struct wh_diag_socket found = {};
	int error;

	memcpy(request.id.idiag_src, &local->address.word[v4 ? 3 : 0], v4 ? 4 : 16);
	memcpy(request.id.idiag_dst, &remote->address.word[v4 ? 3 : 0], v4 ? 4 : 16);
	error = walk(&request, 0, keep, &found);
	if (error)
		return error;
	/* Where no connection is, the kernel looks for a listener. */
	if (found.state == WH_TCP_LISTENING || found.remote.port != remote->port)
		return -ENOENT;
	*ret = found;
	return 0;
}
