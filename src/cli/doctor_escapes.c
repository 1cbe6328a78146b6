/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What gets past the rules in force: connections from before them, other namespaces. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "address_text.h"
#include "choice_reason.h"
#include "doctor.h"
#include "engine_inspect.h"
#include "process_identity.h"
#include "process_text.h"
#include "safe_text.h"
#include "scope_exit.h"
#include "socket_diag.h"
#include "socket_holder.h"

#define LOOKED_AT_MAX 4096 /* connections; more is a matter of patience */
#define NAMESPACES_MAX 256

struct escape_search {
	struct wh_doctor *doctor;
	struct wh_diag_socket connection[LOOKED_AT_MAX];
	size_t count;
	unsigned long long listening[65536 / 64]; /* bits by port */
	struct wh_identity who;                   /* the process looked at last */
	struct wh_cgroup_path path;
	unsigned int escaped;
	char first[512];
};

static int visit_connection(const struct wh_diag_socket *socket, void *data)
{
	struct escape_search *search = data;
	__u16 port = WH_HOST16(socket->local.port);

	if (socket->state == WH_TCP_LISTENING)
		search->listening[port / 64] |= 1ULL << (port % 64);
	else if (search->count < LOOKED_AT_MAX &&
		 !(search->listening[port / 64] >> (port % 64) & 1))
		search->connection[search->count++] = *socket; /* made here, not accepted */
	return 0;
}

/* Would a connect like this one be redirected now? */
static int would_redirect(struct escape_search *search, const struct wh_diag_socket *socket,
			  const struct wh_carried *carried)
{
	struct wh_cgroup_path origin = {};
	struct wh_passed learned;
	struct wh_attempt attempt = {
		.rules = wh_engine_rules(search->doctor->engine),
		.process = {.who = &search->who, .path = &search->path},
		.destination = socket->remote,
		.path = &search->path,
		.netns = search->who.netns,
		.host_netns = wh_process_in_host_netns((__u32)getpid()) == 1,
		.inet6 = !wh_address_is_v4(&socket->remote.address),
	};

	if (wh_engine_learned(search->doctor->engine, &search->who, &learned))
		attempt.process.learned = &learned;
	if (carried->is_outbound && carried->outbound.source == WH_CHAIN_SET) {
		attempt.chain = &carried->outbound;
		wh_engine_cgroup(search->doctor->engine, carried->outbound.who.cgroup, &origin);
		attempt.path = &origin;
	}
	wh_attempt_decide(&attempt);
	return attempt.verdict.action == WH_ACTION_REDIRECT;
}

static void note_escape(struct escape_search *search, const struct wh_diag_socket *socket)
{
	char address[WH_ADDRESS_TEXT], comm[WH_COMM_SIZE * WH_SAFE_FACTOR];

	if (search->escaped++)
		return;
	wh_safe_text(search->who.comm, strnlen(search->who.comm, WH_COMM_SIZE), false, comm,
		     sizeof(comm));
	snprintf(search->first, sizeof(search->first), "that of pid %u (%s) to %s", search->who.pid,
		 comm, wh_address_text(&socket->remote.address, socket->remote.port, address));
}

static int visit_holder(__u32 pid, int fd, unsigned long long inode, void *data)
{
	struct escape_search *search = data;
	struct wh_carried carried;
	WH_AUTO_FD own = -1;
	size_t i = 0;

	while (i < search->count && search->connection[i].inode != inode)
		i++;
	if (i == search->count)
		return 0;
	if (search->who.pid != pid) {
		uint64_t netns = 0;

		if (wh_process_identity(pid, &search->who) || wh_netns_cookie(&netns))
			return 0;
		search->who.netns = netns;
		wh_process_cgroup_path(pid, &search->path);
	}
	own = wh_socket_borrow(pid, fd);
	if (own < 0 || wh_engine_carried(search->doctor->engine, own, &carried) ||
	    carried.is_client)
		return 0;
	if (would_redirect(search, &search->connection[i], &carried))
		note_escape(search, &search->connection[i]);
	search->connection[i].inode = 0; /* one of its holders is enough */
	return 0;
}

static void check_connections(struct wh_doctor *doctor)
{
	struct escape_search *search = calloc(1, sizeof(*search));
	const int families[] = {AF_INET, AF_INET6};
	const __u32 states[] = {WH_STATES_LISTENING, WH_STATES_ESTABLISHED};
	int error = search ? 0 : -ENOMEM;

	if (search)
		search->doctor = doctor;
	for (size_t i = 0; !error && i < 4; i++)
		error = wh_diag_sockets(families[i % 2], states[i / 2], visit_connection, search);
	if (!error)
		error = wh_sockets_of_all(visit_holder, search);
	if (error)
		wh_doctor_add(doctor, WH_FINDING_NOT_TESTED, "escapes",
			      "connections cannot be listed: %s", strerror(-error));
	else if (search->escaped)
		wh_doctor_add(doctor, WH_FINDING_WARNING, "escapes",
			      "%u connections from before the rules go on past them, such as %s; "
			      "restart these programs",
			      search->escaped, search->first);
	else
		wh_doctor_add(doctor, WH_FINDING_OK, "escapes",
			      "no connection of this network namespace has got past the rules");
	free(search);
}

/* Processes of other network namespaces, which rules do not reach. */
static void check_namespaces(struct wh_doctor *doctor)
{
	WH_AUTO_DIRECTORY directory = opendir("/proc");
	unsigned long long seen[NAMESPACES_MAX];
	size_t namespaces = 0, processes = 0;
	struct dirent *entry;
	struct stat own, other;
	char path[300];

	if (!directory || stat("/proc/self/ns/net", &own))
		return;
	while ((entry = readdir(directory))) {
		size_t i = 0;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/ns/net", entry->d_name);
		if (stat(path, &other) || other.st_ino == own.st_ino)
			continue;
		processes++;
		while (i < namespaces && seen[i] != other.st_ino)
			i++;
		if (i == namespaces && namespaces < NAMESPACES_MAX)
			seen[namespaces++] = other.st_ino;
	}
	if (processes)
		wh_doctor_add(
			doctor, WH_FINDING_WARNING, "scope",
			"%zu processes live in %zu other network namespaces: rules reach them "
			"only if they name these (netns)",
			processes, namespaces);
	else
		wh_doctor_add(doctor, WH_FINDING_OK, "scope",
			      "every process lives in this network namespace");
}

void wh_doctor_escapes(struct wh_doctor *doctor)
{
	if (!doctor->engine)
		return;
	check_connections(doctor);
	check_namespaces(doctor);
}
