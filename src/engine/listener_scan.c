/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "listener_scan.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "scope_exit.h"
#include "socket_diag.h"
#include "socket_holder.h"

/* "0100007F" or 32 digits, each group of eight a word in the machine's own order. */
static int parse_address(const char *text, struct wh_address *ret)
{
	size_t digits = strspn(text, "0123456789ABCDEFabcdef");
	__u32 words[4];

	if (digits != 8 && digits != 32)
		return -EPROTO;
	for (size_t i = 0; i < digits / 8; i++)
		if (sscanf(text + 8 * i, "%8x", &words[i]) != 1)
			return -EPROTO;
	if (digits == 8) {
		wh_address_from_v4(ret, words[0]);
		return 0;
	}
	memcpy(ret->word, words, sizeof(words));
	return 0;
}

static int add_listener(struct wh_listener_scan *scan, const struct wh_found_listener *listener)
{
	struct wh_found_listener *grown =
		realloc(scan->listeners, (scan->count + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	scan->listeners = grown;
	grown[scan->count++] = *listener;
	return 0;
}

struct diag_visit {
	const struct wh_rules *rules;
	struct wh_listener_scan *scan;
};

static int visit_listener(const struct wh_diag_socket *socket, void *data)
{
	const struct wh_found_listener listener = {.bound = socket->local, .inode = socket->inode};
	const struct diag_visit *visit = data;

	return socket->state == WH_TCP_LISTENING &&
			       wh_rules_listen_port(visit->rules, WH_HOST16(socket->local.port)) ?
		       add_listener(visit->scan, &listener) :
		       0;
}

/* Where the kernel has no socket diagnosis. */
static int read_table(const char *path, const struct wh_rules *rules, struct wh_listener_scan *scan)
{
	WH_AUTO_FILE file = fopen(path, "re");
	char line[512], address[64];
	int error = 0;

	if (!file)
		return errno == ENOENT ? 0 : -errno;
	while (!error && fgets(line, sizeof(line), file)) {
		struct wh_found_listener listener = {};
		unsigned int port, state;

		if (sscanf(line, " %*d: %63[^:]:%x %*[^:]:%*x %x %*x:%*x %*x:%*x %*x %*u %*u %llu",
			   address, &port, &state, &listener.inode) != 4)
			continue;
		if (state != WH_TCP_LISTENING || port > 65535 ||
		    !wh_rules_listen_port(rules, (__u16)port) ||
		    parse_address(address, &listener.bound.address))
			continue;
		listener.bound.port = WH_BE16(port);
		error = add_listener(scan, &listener);
	}
	return error;
}

static int add_holder(struct wh_listener_scan *scan, const struct wh_holder *holder)
{
	struct wh_holder *grown = realloc(scan->holders, (scan->holder_count + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	scan->holders = grown;
	grown[scan->holder_count++] = *holder;
	return 0;
}

static int is_wanted(const struct wh_listener_scan *scan, unsigned long long inode)
{
	for (size_t i = 0; i < scan->count; i++)
		if (scan->listeners[i].inode == inode)
			return 1;
	return 0;
}

static int visit_socket(__u32 pid, int fd, unsigned long long inode, void *data)
{
	const struct wh_holder holder = {.pid = pid, .fd = fd, .inode = inode};
	struct wh_listener_scan *scan = data;

	return is_wanted(scan, inode) ? add_holder(scan, &holder) : 0;
}

static int by_socket(const void *left, const void *right)
{
	const struct wh_holder *a = left, *b = right;

	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	return a->pid < b->pid ? -1 : a->pid > b->pid;
}

static void join(struct wh_listener_scan *scan)
{
	if (scan->holder_count)
		qsort(scan->holders, scan->holder_count, sizeof(*scan->holders), by_socket);
	for (size_t i = 0; i < scan->count; i++)
		for (size_t j = 0; j < scan->holder_count; j++) {
			if (scan->holders[j].inode != scan->listeners[i].inode)
				continue;
			if (!scan->listeners[i].holder_count++)
				scan->listeners[i].holders = &scan->holders[j];
		}
}

static int find_listeners(const struct wh_rules *rules, struct wh_listener_scan *scan)
{
	struct diag_visit visit = {.rules = rules, .scan = scan};
	int error = wh_diag_sockets(AF_INET, WH_STATES_LISTENING, visit_listener, &visit);

	if (error == -ENOENT)
		error = read_table("/proc/self/net/tcp", rules, scan);
	if (error)
		return error;
	error = wh_diag_sockets(AF_INET6, WH_STATES_LISTENING, visit_listener, &visit);
	return error == -ENOENT ? read_table("/proc/self/net/tcp6", rules, scan) : error;
}

int wh_listeners_scan(const struct wh_rules *rules, struct wh_listener_scan *ret)
{
	struct wh_listener_scan scan = {};
	int error = find_listeners(rules, &scan);

	if (!error && scan.count)
		error = wh_sockets_of_all(visit_socket, &scan);
	if (error) {
		wh_listeners_free(&scan);
		return error;
	}
	join(&scan);
	*ret = scan;
	return 0;
}

void wh_listeners_free(struct wh_listener_scan *scan)
{
	free(scan->listeners);
	free(scan->holders);
	*scan = (struct wh_listener_scan){};
}
