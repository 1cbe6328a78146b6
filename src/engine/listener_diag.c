/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "listener_diag.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "scope_exit.h"

#define TCP_STATE_LISTEN 10

static int ask(int fd, int family)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 request;
	} message = {
		.header = {.nlmsg_len = sizeof(message),
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.request = {.sdiag_family = (__u8)family,
			    .sdiag_protocol = IPPROTO_TCP,
			    .idiag_states = 1 << TCP_STATE_LISTEN},
	};
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};

	return sendto(fd, &message, sizeof(message), 0, (struct sockaddr *)&kernel,
		      sizeof(kernel)) < 0 ?
		       -errno :
		       0;
}

static int visit_one(const struct nlmsghdr *header, wh_listener_visit visit, void *data)
{
	const struct inet_diag_msg *found = NLMSG_DATA(header);
	struct wh_endpoint bound = {.port = found->id.idiag_sport};

	if (header->nlmsg_len < NLMSG_LENGTH(sizeof(*found)))
		return -EPROTO;
	if (found->idiag_state != TCP_STATE_LISTEN)
		return 0;
	if (found->idiag_family == AF_INET)
		wh_address_from_v4(&bound.address, found->id.idiag_src[0]);
	else
		memcpy(bound.address.word, found->id.idiag_src, sizeof(bound.address.word));
	return visit(&bound, found->idiag_inode, data);
}

/* Returns 0 to go on, 1 at the end. */
static int visit_messages(const void *messages, size_t size, wh_listener_visit visit, void *data)
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
	}
	return error;
}

int wh_diag_listeners(int family, wh_listener_visit visit, void *data)
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
	error = ask(fd, family);
	while (!error) {
		ssize_t size = recv(fd, messages, room, 0);

		if (size < 0 && errno == EINTR)
			continue;
		error = size <= 0 ? (size ? -errno : -EPROTO) :
				    visit_messages(messages, (size_t)size, visit, data);
	}
	return error > 0 ? 0 : error;
}
