/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "socket_finder.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scope_exit.h"
#include "taken_socket.h"

/* By which what is on this machine is reached: who is bound to it is found too. */
#define LOOPBACK_INDEX 1

struct question {
	struct nlmsghdr header;
	struct inet_diag_req_v2 request;
};

union reply {
	struct nlmsghdr header;
	unsigned char space[4096];
};

static void put_address(const struct wh_address *address, __be32 ret[4])
{
	memset(ret, 0, 16);
	if (wh_address_is_v4(address))
		ret[0] = address->word[3];
	else
		memcpy(ret, address->word, 16);
}

struct found {
	__u64 cookie;
	int state; /* TCP's */
	__u32 uid; /* whose it is */
};

static int read_reply(const union reply *reply, ssize_t length, struct found *ret)
{
	const struct inet_diag_msg *found = NLMSG_DATA(&reply->header);
	const struct nlmsgerr *refusal = NLMSG_DATA(&reply->header);

	if (length < (ssize_t)NLMSG_LENGTH(sizeof(*refusal)))
		return -EIO;
	if (reply->header.nlmsg_type == NLMSG_ERROR)
		return refusal->error ? refusal->error : -EIO;
	if (reply->header.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    length < (ssize_t)NLMSG_LENGTH(sizeof(*found)))
		return -EIO;
	*ret = (struct found){
		.cookie = (__u64)found->id.idiag_cookie[1] << 32 | found->id.idiag_cookie[0],
		.state = found->idiag_state,
		.uid = found->idiag_uid,
	};
	return 0;
}

static int look_up(int finder, const struct wh_endpoint *local, const struct wh_endpoint *remote,
		   struct found *ret)
{
	struct question question = {
		.header = {.nlmsg_len = sizeof(question),
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = NLM_F_REQUEST},
		.request = {.sdiag_family = wh_address_is_v4(&local->address) ? AF_INET : AF_INET6,
			    .sdiag_protocol = IPPROTO_TCP,
			    .idiag_states = ~0u,
			    .id = {.idiag_sport = local->port,
				   .idiag_dport = remote->port,
				   .idiag_if = LOOPBACK_INDEX,
				   .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}}},
	};
	union reply reply;
	ssize_t length;

	put_address(&local->address, question.request.id.idiag_src);
	put_address(&remote->address, question.request.id.idiag_dst);
	if (send(finder, &question, sizeof(question), 0) != (ssize_t)sizeof(question))
		return -errno;
	do
		length = recv(finder, &reply, sizeof(reply), 0);
	while (length < 0 && errno == EINTR);
	if (length < 0)
		return -errno;
	return read_reply(&reply, length, ret);
}

int wh_socket_find(int finder, const struct wh_endpoint *local, const struct wh_endpoint *remote,
		   __u64 *ret_cookie, int *ret_state)
{
	struct found found;
	int error = look_up(finder, local, remote, &found);

	if (!error && found.state == TCP_LISTEN)
		error = -ENOENT; /* the one that would take such a connection */
	if (error)
		return error;
	*ret_cookie = found.cookie;
	*ret_state = found.state;
	return 0;
}

int wh_listener_seek(int finder, const struct wh_endpoint *address, __u32 *ret_uid)
{
	const struct wh_endpoint anybody = {};
	struct found found;
	int error = look_up(finder, address, &anybody, &found);

	if (!error && found.state != TCP_LISTEN)
		error = -ENOENT;
	if (!error)
		*ret_uid = found.uid;
	return error;
}

static int ask_for_all(int finder, int family, __be16 local, __be16 remote)
{
	const struct question question = {
		.header = {.nlmsg_len = sizeof(question),
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.request = {.sdiag_family = (__u8)family,
			    .sdiag_protocol = IPPROTO_TCP,
			    .idiag_states = ~(1u << TCP_LISTEN),
			    .id = {.idiag_sport = local, .idiag_dport = remote}},
	};

	return send(finder, &question, sizeof(question), 0) == (ssize_t)sizeof(question) ? 0 :
											   -errno;
}

/* One part of a list. Returns 0 there is more, 1 that was all, or a negative errno. */
static int visit_part(const unsigned char *bytes, size_t size, wh_socket_visit visit, void *data)
{
	const struct nlmsghdr *header = (const struct nlmsghdr *)(const void *)bytes;

	for (; NLMSG_OK(header, size); header = NLMSG_NEXT(header, size)) {
		const struct inet_diag_msg *found = NLMSG_DATA(header);

		if (header->nlmsg_type == NLMSG_DONE)
			return 1;
		if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
		    header->nlmsg_len < NLMSG_LENGTH(sizeof(*found)))
			return -EIO;
		visit((__u64)found->id.idiag_cookie[1] << 32 | found->id.idiag_cookie[0],
		      found->idiag_state, data);
	}
	return 0;
}

static int visit_list(int finder, wh_socket_visit visit, void *data)
{
	union {
		struct nlmsghdr header;
		unsigned char bytes[32768];
	} *part = malloc(sizeof(*part));
	int result = part ? 0 : -ENOMEM;

	while (!result) {
		ssize_t length = recv(finder, part, sizeof(*part), 0);

		if (length > 0)
			result = visit_part(part->bytes, (size_t)length, visit, data);
		else if (!length || errno != EINTR)
			result = length ? -errno : -EIO;
	}
	free(part);
	return result < 0 ? result : 0;
}

int wh_sockets_visit(int finder, __be16 port, wh_socket_visit visit, void *data)
{
	static const int families[] = {AF_INET, AF_INET6};
	int error = 0;

	for (size_t i = 0; !error && i < 4; i++) {
		error = ask_for_all(finder, families[i / 2], i % 2 ? port : 0, i % 2 ? 0 : port);
		if (!error)
			error = visit_list(finder, visit, data);
	}
	return error;
}

/* Does it find a socket that is there? Where the module that answers is missing, it would find
 * none at all. */
static int try_out(int finder)
{
	const struct sockaddr_in any = {.sin_family = AF_INET,
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct wh_endpoint here, there;
	WH_AUTO_FD fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	struct wh_taken taken = {.fd = fd, .family = AF_INET};
	struct found found;
	int error;

	if (fd < 0 || bind(fd, (const struct sockaddr *)&any, sizeof(any)) || listen(fd, 1))
		return -errno;
	error = wh_taken_local(&taken, &here);
	there = here;
	return error ? error : look_up(finder, &here, &there, &found);
}

int wh_socket_finder_open(void)
{
	WH_AUTO_FD fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	int error;

	if (fd < 0)
		return -errno;
	error = try_out(fd);
	return error ? error : wh_take_fd(&fd);
}
