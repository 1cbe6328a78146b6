/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "run_supervised.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "access_probe.h"
#include "cli_arguments.h"
#include "privilege_check.h"
#include "relay_internal.h"
#include "run_directory.h"
#include "run_table.h"
#include "scope_exit.h"
#include "supervisor.h"
#include "supervisor_protocol.h"

struct wh_run_supervised {
	struct wh_supervisor *supervisor;
	struct wh_run_table table;
	struct wh_run_directory directory;
};

/* The relay's own questions take no way over a socket. It has no argument for whom to ask, and
 * there is one run in a process. */
static struct wh_supervisor *answering;

static int query(int fd, int option, void *buffer, size_t size, size_t *ret_length)
{
	return wh_supervisor_query(answering, fd, option, buffer, size, ret_length);
}

static int query_origin(int fd, struct whither_origin *origin)
{
	size_t length;

	return query(fd, WHITHER_ORIGIN, origin, sizeof(*origin), &length);
}

static int query_hops(int fd, struct whither_hop *hops, size_t capacity, size_t *count)
{
	size_t length = 0;
	int error = query(fd, WHITHER_HOPS, hops, capacity * sizeof(*hops), &length);

	if (!error)
		*count = length / sizeof(*hops);
	return error;
}

static int query_context(int fd, void *buffer, size_t size, size_t *needed)
{
	return query(fd, WHITHER_CONTEXT, buffer, size, needed);
}

/* Nobody looks at the relay's own connects. */
static int relate(int outbound, int accepted)
{
	return 0;
}

static const struct wh_relay_source relay_source = {
	.query_origin = query_origin,
	.query_hops = query_hops,
	.query_context = query_context,
	.relate = relate,
};

static bool may_call_bpf(struct wh_problem *problem)
{
	union bpf_attr attributes = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
	WH_AUTO_FD fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof(attributes));

	if (fd < 0)
		snprintf(problem->text, sizeof(problem->text), "bpf() is refused here: %s",
			 strerror(errno));
	return fd >= 0;
}

bool wh_run_kernel_possible(struct wh_problem *problem)
{
	WH_AUTO_FREE char *mount = NULL;
	WH_AUTO_FREE char *path = NULL;

	if (wh_privilege_check(problem) || !may_call_bpf(problem) ||
	    wh_cgroup_self(&mount, &path, problem))
		return false;
	if (access(mount, W_OK)) {
		snprintf(problem->text, sizeof(problem->text), "cannot make cgroups below %s: %s",
			 mount, strerror(errno));
		return false;
	}
	return true;
}

static enum wh_pended_verdict pend(const struct wh_pended *pended, bool *ret_remember, void *data)
{
	const struct wh_run_state *state = data;

	return wh_run_ask(&state->request->ask, pended, ret_remember);
}

/* Numbers fit into a pipe whole, and are good in all threads. */
static void deliver(int fd, void *data)
{
	const struct wh_run_state *state = data;

	if (write(state->deliveries[1], &fd, sizeof(fd)) != sizeof(fd))
		close(fd);
}

void wh_run_supervised_deliver(const struct wh_run_state *state)
{
	int fd;

	while (read(state->deliveries[0], &fd, sizeof(fd)) == sizeof(fd))
		wh_relay_adopt(state->relay, fd);
}

/* Again, when somebody who runs below us asks for it: what it may write is its own matter. */
static int reload(void *data)
{
	const struct wh_run_state *state = data;
	struct wh_run_table *table = &state->supervised->table;
	struct wh_problem problem = {0};
	int error = wh_run_table_read(table, state->request->rules, state->request->rule_count,
				      &problem);

	if (!error)
		error = wh_supervisor_replace(state->supervised->supervisor, table->rules,
					      table->contexts, table->context_count);
	else if (*problem.text)
		wh_say("%s", problem.text);
	return error;
}

static int make_supervisor(struct wh_run_state *state, struct wh_run_supervised *supervised)
{
	const bool asks = state->request->ask.program;
	const struct wh_supervisor_options options = {
		.directory = supervised->directory.path,
		.contexts = supervised->table.contexts,
		.context_count = supervised->table.context_count,
		.plain = getenv("WHITHER_PLAIN_SECCOMP") != NULL,
		.pend = asks ? pend : NULL,
		/* Another proxy than ours cannot be handed anything. */
		.deliver = asks && state->relay ? deliver : NULL,
		.reload = state->request->rule_count ? reload : NULL,
		.data = state,
	};
	int error = 0;

	if (options.deliver && pipe2(state->deliveries, O_CLOEXEC | O_NONBLOCK))
		error = -errno;
	if (!error)
		error = wh_supervisor_new(&supervised->supervisor, supervised->table.rules,
					  &options);
	if (error)
		wh_say("cannot supervise: %s", error == -ENOENT ?
						       "the kernel does not tell which sockets "
						       "there are (CONFIG_INET_TCP_DIAG)" :
						       strerror(-error));
	answering = supervised->supervisor;
	return error;
}

/* What rules say and a supervisor cannot do, in one line. */
static void say_limits(const struct wh_rules *rules)
{
	bool owners = false, namespaces = false;

	for (__u32 i = 0; i < rules->redirector_count && i < WH_REDIRECTORS_MAX; i++) {
		owners |= rules->redirector[i].owner.flags & (WH_OWNER_EXE | WH_OWNER_CGROUP);
		namespaces |= rules->redirector[i].flags & WH_REDIRECTOR_ABROAD;
	}
	if (owners || namespaces)
		wh_say("warning: without the kernel engine %s%s%s",
		       owners ?
			       "it is not asked which file or cgroup listens (owner-exe, owner-cgroup)" :
			       "",
		       owners && namespaces ? ", and " : "",
		       namespaces ? "connects in other network namespaces are not redirected" : "");
}

static int make_table(struct wh_run_state *state, struct wh_run_supervised *supervised)
{
	const struct wh_run_request *request = state->request;
	struct wh_problem problem = {0};
	int error;

	if (request->rule_count) {
		error = wh_run_table_read(&supervised->table, request->rules, request->rule_count,
					  &problem);
		if (!error)
			say_limits(supervised->table.rules);
	} else {
		error = wh_run_rules_supervise(state->set, &state->listen4, &state->listen6,
					       &problem);
		if (!error)
			error = wh_run_table_compile(&supervised->table, &state->set, 1, &problem);
	}
	if (error && *problem.text)
		wh_say("%s", problem.text);
	return error;
}

static int make_channel(struct wh_run_state *state)
{
	if (!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, state->filter_channel))
		return 0;
	wh_say("cannot make a socket pair: %s", strerror(errno));
	return -errno;
}

int wh_run_supervised_set_up(struct wh_run_state *state)
{
	struct wh_run_supervised *supervised = calloc(1, sizeof(*supervised));
	struct wh_rule_names *names = NULL;
	struct wh_problem problem = {0};
	int error;

	if (!supervised) {
		wh_say("out of memory");
		return -ENOMEM;
	}
	state->supervised = supervised;
	error = wh_access_probe(&problem);
	if (error) {
		wh_say("%s", problem.text);
		return error;
	}
	/* Whom the command leaves behind becomes ours: else its sockets could not be taken where
	 * only ancestors may (Yama), and nobody could end it. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	error = make_table(state, supervised);
	if (!error)
		error = wh_run_directory_make(&supervised->directory, state->request->user.changes);
	if (!error)
		error = make_supervisor(state, supervised);
	if (!error)
		error = make_channel(state);
	if (error)
		return error;
	state->directory = supervised->directory.path;
	if (state->relay)
		wh_relay_set_source(state->relay, &relay_source);
	if (state->log && !wh_rule_names_new(&names, supervised->table.rules))
		wh_relay_log_name(state->log, names);
	return 0;
}

/* The descriptor that the command's process sent. */
static int take_filter(int channel)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	int fd;

	if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC) != 1 ||
	    message.msg_controllen < CMSG_LEN(sizeof(int)) ||
	    control.header.cmsg_type != SCM_RIGHTS)
		return -EIO;
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

int wh_run_supervised_begin(struct wh_run_state *state)
{
	int fd = take_filter(state->filter_channel[0]);
	int error = fd < 0 ? fd : wh_supervisor_start(state->supervised->supervisor, fd);

	if (error)
		wh_say("cannot supervise the command: %s", strerror(-error));
	return error;
}

void wh_run_supervised_reap(const struct wh_run_state *state)
{
	siginfo_t ended;

	for (;;) {
		ended.si_pid = 0;
		if (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) || !ended.si_pid ||
		    ended.si_pid == state->command)
			return;
		waitpid(ended.si_pid, NULL, WNOHANG);
	}
}

void wh_run_supervised_summary(const struct wh_run_state *state)
{
	struct wh_supervisor_totals totals;
	uint64_t refused = 0;
	char failed[48] = "";

	if (!state->supervised || !state->supervised->supervisor || !state->request->verbose)
		return;
	wh_supervisor_count(state->supervised->supervisor, &totals);
	for (size_t i = 0; i < WH_CAUSE_SLOTS; i++)
		refused += totals.refused[i];
	if (totals.failed)
		snprintf(failed, sizeof(failed), ", %" PRIu64 " failed", totals.failed);
	wh_say("%" PRIu64 " connect%s: %" PRIu64 " redirected, %" PRIu64 " passed, %" PRIu64
	       " refused%s",
	       totals.connects, totals.connects == 1 ? "" : "s", totals.redirected, totals.passed,
	       refused + totals.blocked, failed);
	if (totals.absent)
		wh_say("%" PRIu64 " time%s a connect went on without a proxy that is absent",
		       totals.absent, totals.absent == 1 ? "" : "s");
	if (totals.pended)
		wh_say("%" PRIu64 " question%s to %s: %" PRIu64 " connect%s blocked", totals.pended,
		       totals.pended == 1 ? "" : "s", state->request->ask.program, totals.blocked,
		       totals.blocked == 1 ? "" : "s");
	if (totals.unreachable)
		wh_say("%" PRIu64 " calls of processes that may not be looked into were refused",
		       totals.unreachable);
}

void wh_run_supervised_free(struct wh_run_supervised *supervised)
{
	if (!supervised)
		return;
	wh_supervisor_free(supervised->supervisor);
	answering = NULL;
	wh_run_table_free(&supervised->table);
	wh_run_directory_remove(&supervised->directory);
	free(supervised);
}
