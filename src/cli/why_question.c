/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Who is asked about, and what becomes of the connect. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli_arguments.h"
#include "config.h"
#include "endpoint_words.h"
#include "listener_check.h"
#include "process_identity.h"
#include "resolve.h"
#include "why.h"

static int say_process(__u32 pid, int error)
{
	if (error == -ESRCH)
		wh_say("why: there is no process %u", pid);
	else
		wh_say("why: process %u cannot be looked at: %s", pid, strerror(-error));
	return error;
}

static int read_process(__u32 pid, struct wh_why *why)
{
	__u64 netns = 0;
	int own, error = wh_process_identity(pid, &why->who);

	if (!error)
		error = wh_process_netns(pid, &netns, &own);
	if (error)
		return say_process(pid, error);
	wh_process_cgroup_path(pid, &why->process_path);
	why->who.netns = netns;
	why->attempt.host_netns = wh_process_in_host_netns(pid) == 1;
	why->is_process = true;
	why->has_exe = why->who.executable_inode != 0;
	return 0;
}

/* Nobody yet: the caller, as far as nothing else is stated. It runs no program. */
static int read_caller(struct wh_why *why)
{
	uint64_t netns;
	int error = wh_netns_cookie(&netns);

	if (error) {
		wh_say("why: the network namespace is not known: %s", strerror(-error));
		return error;
	}
	why->who.uid = geteuid();
	why->who.gid = getegid();
	why->who.netns = netns;
	why->attempt.host_netns = wh_process_in_host_netns((__u32)getpid()) == 1;
	wh_process_cgroup_path((__u32)getpid(), &why->process_path);
	return 0;
}

static int read_cgroup(const char *path, struct wh_why *why)
{
	struct wh_cgroup_identity cgroup;
	struct wh_parse_fault fault;
	int error = wh_resolve_cgroup(path, &cgroup, &fault);

	if (error) {
		wh_say("why: --cgroup: %s", fault.text);
		return error;
	}
	error = wh_cgroup_path_ids(cgroup.path, &why->process_path);
	if (error)
		wh_say("why: --cgroup %s: %s", path, strerror(-error));
	why->who.cgroup = cgroup.id;
	return error;
}

static int read_executable(const char *path, struct wh_why *why)
{
	struct wh_parse_fault fault;
	uint32_t device;
	uint64_t inode;
	int error = wh_resolve_executable(path, &device, &inode, &fault);

	if (error) {
		wh_say("why: --exe: found '%s'; %s", path, fault.text);
		return error;
	}
	why->who.executable_device = device;
	why->who.executable_inode = inode;
	why->has_exe = true;
	return 0;
}

static int read_stated(const struct wh_why_request *request, struct wh_why *why)
{
	struct wh_parse_fault fault;
	int error = 0;

	why->exe = request->exe;
	why->cgroup = request->cgroup;
	if (request->user) {
		error = wh_resolve_user(request->user, &why->who.uid, &fault);
		if (error)
			wh_say("why: --user: found '%s'; %s", request->user, fault.text);
	}
	if (!error && request->exe)
		error = read_executable(request->exe, why);
	if (!error && request->cgroup)
		error = read_cgroup(request->cgroup, why);
	return error;
}

static int read_destination(const struct wh_why_request *request, struct wh_why *why)
{
	struct wh_attempt *attempt = &why->attempt;
	const struct wh_why_socket *socket = &why->socket;
	struct wh_address any = {};
	int error;

	if (request->destination && !socket->by_ends) { /* else it is the socket's */
		error = wh_endpoint_read("why", request->destination, &attempt->destination,
					 &attempt->inet6);
		if (error)
			return error;
		wh_address_settle(&attempt->destination.address, &any);
	} else if (socket->given && socket->connected) {
		why->is_live = true;
		attempt->destination = socket->remote;
		if (socket->carried.is_client) {
			attempt->destination.address = socket->carried.client.destination;
			attempt->destination.port = socket->carried.client.destination_port;
		}
	} else {
		why->any_destination = true;
	}
	if (socket->given)
		attempt->inet6 = socket->inet6;
	return 0;
}

int wh_why_ask(const struct wh_why_request *request, struct wh_why *why)
{
	__u32 pid = request->pid;
	int error = 0;

	if (request->socket) {
		error = wh_why_find_socket(request, why);
		pid = why->socket.pid;
	}
	if (!error)
		error = pid ? read_process(pid, why) : read_caller(why);
	if (!error)
		error = read_stated(request, why);
	if (!error)
		error = read_destination(request, why);
	return error;
}

bool wh_why_is_past(const struct wh_why *why)
{
	const struct wh_carried *carried = &why->socket.carried;

	return why->socket.given && why->socket.connected &&
	       ((carried->is_client &&
		 wh_address_equal(&carried->client.proxy, &why->socket.remote.address) &&
		 carried->client.proxy_port == why->socket.remote.port) ||
		carried->is_accepted);
}

enum wh_why_outcome wh_why_status(const struct wh_why *why)
{
	if (!why->is_live)
		return why->outcome;
	return wh_why_is_past(why) ? WH_WHY_REDIRECT : WH_WHY_PERMIT;
}

/* Of a process without a destination: what may become of its connects. */
static enum wh_why_outcome outcome_of_any(const struct wh_why *why)
{
	const struct wh_explanation *explanation = &why->explanation;

	for (__u32 i = 0; i < explanation->row_count; i++) {
		__u16 kind = why->rules->rule[i].kind;
		__u8 reason = explanation->row[i].reason;

		if (reason == WH_REASON_DECIDES)
			return kind == WH_RULE_REDIRECT ? WH_WHY_REDIRECT :
			       kind == WH_RULE_BLOCK    ? WH_WHY_BLOCK :
							  WH_WHY_PERMIT;
		if (reason == WH_REASON_OPEN && kind == WH_RULE_REDIRECT)
			return WH_WHY_REDIRECT;
	}
	return WH_WHY_PERMIT;
}

/* A redirector whose proxy is absent may permit that the connect goes on. */
static int look_at_obstacles(struct wh_why *why)
{
	struct wh_attempt *attempt = &why->attempt;
	const struct wh_verdict *verdict = &attempt->verdict;
	const struct wh_redirector *redirector;
	int error = 0;

	for (__u32 tried = 0; verdict->action == WH_ACTION_REDIRECT; tried++) {
		redirector = &why->rules->redirector[verdict->redirector];
		error = wh_engine_obstacle(why->engine, redirector, &verdict->target, why->who.uid,
					   &why->obstacle);
		why->has_obstacle = !error;
		why->cause = why->obstacle.cause;
		if (error || !wh_pass_over(redirector, why->cause, tried, &attempt->absent))
			break;
		why->has_obstacle = false;
		why->cause = WH_CAUSE_NONE;
		wh_attempt_decide(attempt);
	}
	if (error)
		wh_say("why: who listens cannot be found out: %s", strerror(-error));
	return error;
}

int wh_why_decide(struct wh_why *why)
{
	const struct wh_carried *carried = &why->socket.carried;
	struct wh_attempt *attempt = &why->attempt;
	const struct wh_verdict *verdict = &attempt->verdict;

	attempt->rules = why->rules;
	attempt->netns = why->who.netns;
	attempt->process = (struct wh_process){.who = &why->who, .path = &why->process_path};
	attempt->path = &why->process_path;
	if (why->engine && why->is_process &&
	    wh_engine_learned(why->engine, &why->who, &why->learned))
		attempt->process.learned = &why->learned;
	if (why->engine && carried->is_outbound && carried->outbound.source == WH_CHAIN_SET) {
		attempt->chain = &carried->outbound;
		wh_engine_cgroup(why->engine, carried->outbound.who.cgroup, &why->origin_path);
		attempt->path = &why->origin_path;
	}
	wh_attempt_decide(attempt);
	if (why->any_destination)
		attempt->listener = WH_NO_REDIRECTOR;
	if (!why->any_destination && why->engine) {
		int error = look_at_obstacles(why);

		if (error)
			return error;
	}
	wh_attempt_explain(attempt, &why->explanation);
	why->outcome = WH_WHY_PERMIT;
	if (why->any_destination) {
		why->outcome = outcome_of_any(why);
		return 0;
	}
	if (verdict->action == WH_ACTION_REFUSE)
		why->cause = verdict->cause;
	if (why->cause)
		why->outcome = WH_WHY_BLOCK;
	else if (verdict->action == WH_ACTION_REDIRECT)
		why->outcome = WH_WHY_REDIRECT;
	return 0;
}

const char *wh_why_outcome_name(enum wh_why_outcome outcome)
{
	static const char *const names[] = {
		[WH_WHY_REDIRECT] = "redirect", [WH_WHY_PERMIT] = "permit", [WH_WHY_BLOCK] = "block"};

	return outcome < sizeof(names) / sizeof(names[0]) ? names[outcome] : "unknown";
}
