/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A socket of another process: where it is, where it goes, what it carries. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "address_text.h"
#include "cli_arguments.h"
#include "endpoint_words.h"
#include "rule_names.h"
#include "scope_exit.h"
#include "socket_diag.h"
#include "socket_holder.h"
#include "why.h"

static int say_socket(const char *text, int error)
{
	switch (error) {
	case -ESRCH:
		wh_say("why: --socket %s: there is no such process", text);
		break;
	case -EBADF:
		wh_say("why: --socket %s: the process has no such descriptor", text);
		break;
	case -ENOTSOCK:
	case -EPROTONOSUPPORT:
		wh_say("why: --socket %s: it is no TCP socket", text);
		break;
	default:
		wh_say("why: --socket %s: it cannot be looked at: %s", text, strerror(-error));
	}
	return error;
}

struct holder_search {
	unsigned long long inode;
	__u32 pid;
	int fd;
};

static int visit_holder(__u32 pid, int fd, unsigned long long inode, void *data)
{
	struct holder_search *search = data;

	if (inode != search->inode)
		return 0;
	search->pid = pid;
	search->fd = fd;
	return 1;
}

/* "LOCAL REMOTE" into the process that holds the socket. */
static int find_by_ends(const struct wh_why_request *request, struct wh_why_socket *socket)
{
	struct wh_endpoint local, remote;
	struct wh_diag_socket found;
	struct holder_search search = {};
	int error = wh_endpoint_read("why: --socket", request->socket, &local, NULL);

	if (error)
		return error;
	if (!request->destination) {
		wh_say("why: --socket %s: expected the remote address behind it, as ss prints them",
		       request->socket);
		return -EINVAL;
	}
	error = wh_endpoint_read("why: --socket", request->destination, &remote, NULL);
	if (error)
		return error;
	error = wh_diag_find(&local, &remote, &found);
	if (error) {
		wh_say("why: no socket of this network namespace goes from %s to %s%s",
		       request->socket, request->destination,
		       error == -ENOENT ? "" : " (the kernel does not say)");
		return error;
	}
	search.inode = found.inode;
	error = found.inode ? wh_sockets_of_all(visit_holder, &search) : 0;
	if (error <= 0) {
		wh_say("why: nobody holds the socket from %s to %s any more", request->socket,
		       request->destination);
		return error ? error : -ENOENT;
	}
	socket->pid = search.pid;
	socket->fd = search.fd;
	return 0;
}

static void read_name(const struct sockaddr_storage *name, struct wh_endpoint *ret)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)name;
	const struct sockaddr_in *in = (const struct sockaddr_in *)name;

	*ret = (struct wh_endpoint){};
	if (name->ss_family == AF_INET) {
		wh_address_from_v4(&ret->address, in->sin_addr.s_addr);
		ret->port = in->sin_port;
	} else if (name->ss_family == AF_INET6) {
		memcpy(ret->address.word, &in6->sin6_addr, sizeof(ret->address.word));
		ret->port = in6->sin6_port;
	}
}

static int option(int fd, int level, int name)
{
	int value = 0;
	socklen_t size = sizeof(value);

	return getsockopt(fd, level, name, &value, &size) ? -errno : value;
}

/* Ends, state and records of the socket behind our descriptor of it. */
static int read_socket(const struct wh_engine *engine, int fd, struct wh_why_socket *socket)
{
	struct sockaddr_storage name = {};
	struct tcp_info info = {};
	socklen_t size = sizeof(info);
	int protocol = option(fd, SOL_SOCKET, SO_PROTOCOL);

	if (protocol < 0)
		return protocol;
	if (protocol != IPPROTO_TCP || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size))
		return -EPROTONOSUPPORT;
	socket->listening = info.tcpi_state == TCP_LISTEN;
	socket->inet6 = option(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET6;
	size = sizeof(name);
	if (!getsockname(fd, (struct sockaddr *)&name, &size))
		read_name(&name, &socket->local);
	size = sizeof(name);
	if (!getpeername(fd, (struct sockaddr *)&name, &size)) {
		read_name(&name, &socket->remote);
		socket->connected = true;
	}
	return engine ? wh_engine_carried(engine, fd, &socket->carried) : 0;
}

/* getpeername() shows a redirected client what it asked for; whether it is still connected to
 * the proxy, the kernel's own table says. */
static void undo_name(struct wh_why_socket *socket)
{
	const struct wh_record *record = &socket->carried.client;
	struct wh_endpoint proxy = {.address = record->proxy, .port = record->proxy_port};
	struct wh_diag_socket found;

	if (!socket->connected || !socket->carried.is_client ||
	    !wh_address_equal(&socket->remote.address, &record->destination) ||
	    socket->remote.port != record->destination_port)
		return;
	/* In another namespace the table is not ours to see: believe the record. */
	if (!wh_diag_find(&socket->local, &socket->remote, &found))
		return;
	socket->remote = proxy;
}

int wh_why_find_socket(const struct wh_why_request *request, struct wh_why *why)
{
	struct wh_why_socket *socket = &why->socket;
	bool by_ends = wh_socket_read(request->socket, &socket->pid, &socket->fd) != 0;
	int error = by_ends ? find_by_ends(request, socket) : 0;
	WH_AUTO_FD fd = -1;

	if (error)
		return error;
	fd = wh_socket_borrow(socket->pid, socket->fd);
	error = fd < 0 ? fd : read_socket(why->engine, fd, socket);
	if (error)
		return say_socket(request->socket, error);
	undo_name(socket);
	socket->given = true;
	socket->by_ends = by_ends;
	return 0;
}

struct socket_listing {
	const struct wh_why *why;
	struct wh_rule_names *names;
	FILE *file;
	bool any;
};

static void print_carried(const struct socket_listing *listing, const struct wh_why_socket *socket)
{
	const struct wh_carried *carried = &socket->carried;
	char name[WH_RULE_NAME_TEXT], address[WH_ADDRESS_TEXT];

	if (carried->is_client && socket->connected)
		fprintf(listing->file, "redirected by %s to %s",
			wh_rule_name(listing->names, &carried->client.redirector, name),
			wh_address_text(&carried->client.proxy, carried->client.proxy_port,
					address));
	else if (carried->is_accepted)
		fprintf(listing->file, "accepted for %s, was going to %s",
			wh_rule_name(listing->names, &carried->accepted.redirector, name),
			wh_address_text(&carried->accepted.destination,
					carried->accepted.destination_port, address));
	else if (socket->listening)
		fprintf(listing->file, "listens");
	else
		fprintf(listing->file, socket->connected ? "not redirected" : "not connected");
	if (carried->is_outbound && carried->outbound.source == WH_CHAIN_SET)
		fprintf(listing->file, ", carries the records of %u hop%s",
			carried->outbound.hop_count, carried->outbound.hop_count == 1 ? "" : "s");
	fprintf(listing->file, "\n");
}

static int print_socket(__u32 pid, int fd, unsigned long long inode, void *data)
{
	struct socket_listing *listing = data;
	struct wh_why_socket socket = {.pid = pid, .fd = fd};
	char local[WH_ADDRESS_TEXT], remote[WH_ADDRESS_TEXT];
	WH_AUTO_FD own = wh_socket_borrow(pid, fd);

	(void)inode;
	if (own < 0 || read_socket(listing->why->engine, own, &socket))
		return 0;
	if (!listing->any)
		fprintf(listing->file, "\nits TCP sockets\n");
	listing->any = true;
	fprintf(listing->file, "  %3d  %s  %s  ", fd,
		wh_address_text(&socket.local.address, socket.local.port, local),
		wh_address_text(&socket.remote.address, socket.remote.port, remote));
	print_carried(listing, &socket);
	return 0;
}

void wh_why_print_sockets(const struct wh_why *why, FILE *file)
{
	struct socket_listing listing = {.why = why, .file = file};

	if (wh_rule_names_new(&listing.names, why->rules))
		return;
	wh_sockets_of(why->who.pid, print_socket, &listing);
	wh_rule_names_free(listing.names);
}
