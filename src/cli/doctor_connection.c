/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Two connections, redirected in truth. A child makes a network namespace and is the proxy there; a
 * grandchild, in a cgroup of its own, connects to an address that nobody has. The rule set names
 * that namespace and that cgroup alone, and ends with this process.
 */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <whither/whither.h>

#include "cgroup_tree.h"
#include "config.h"
#include "doctor.h"
#include "run_leftovers.h"
#include "scope_exit.h"

#define PATIENCE 5000 /* ms */

static const char *const destinations[] = {"\xc0\x00\x02\x01", /* 192.0.2.1, RFC 5737 */
					   "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"};

/* What the child says: where it listens; then what came of each connection. */
struct scratch_place {
	uint64_t netns;
	in_port_t port[2]; /* of IPv4, IPv6; network byte order */
	int error;
};

struct scratch_outcome {
	int error;     /* a negative errno, 0: good */
	char what[64]; /* that failed */
};

struct scratch {
	char *mount;
	char top[512], proxy[544], client[544];
	int lock;
	pid_t child;
	int pipe[2]; /* a socket pair: ours, the child's */
	struct scratch_place place;
};

static void fill_address(int inet6, const void *bytes, in_port_t port, union whither_address *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (inet6) {
		ret->in6.sin6_family = AF_INET6;
		ret->in6.sin6_port = port;
		memcpy(&ret->in6.sin6_addr, bytes, 16);
	} else {
		ret->in.sin_family = AF_INET;
		ret->in.sin_port = port;
		memcpy(&ret->in.sin_addr, bytes, 4);
	}
}

/* ---- the child: the proxy ---------------------------------------------------------------- */

static int loopback_up(void)
{
	WH_AUTO_FD fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};

	return fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) ? -errno : 0;
}

/* It listens once the rules are in force: the kernel programs have to see it. */
static int bind_at(int inet6, in_port_t *ret_port)
{
	static const unsigned char any4[] = {127, 0, 0, 1};
	union whither_address address;
	socklen_t size = sizeof(address);
	int fd = socket(inet6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	fill_address(inet6, inet6 ? (const void *)&in6addr_loopback : any4, 0, &address);
	if (fd < 0 || bind(fd, &address.sa, whither_address_size(&address)) ||
	    getsockname(fd, &address.sa, &size))
		return -errno;
	*ret_port = inet6 ? address.in6.sin6_port : address.in.sin_port;
	return fd;
}

/* The grandchild. Its exit status is an errno. */
static int connect_as_client(const struct scratch *scratch, int inet6)
{
	union whither_address address, peer;
	socklen_t size = sizeof(peer);
	int fd;

	if (wh_cgroup_write(scratch->client, "cgroup.procs", "0"))
		return EIO;
	fill_address(inet6, destinations[inet6], htons(80), &address);
	fd = socket(address.sa.sa_family, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, &address.sa, whither_address_size(&address)))
		return errno;
	if (getpeername(fd, &peer.sa, &size))
		return errno;
	return memcmp(&peer, &address, whither_address_size(&address)) ? EADDRNOTAVAIL : 0;
}

static int ask_and_relate(int accepted, int inet6, pid_t client, struct scratch_outcome *ret)
{
	struct whither_origin origin = {.size = sizeof(origin)};
	union whither_address wanted;
	WH_AUTO_FD outbound = -1;
	int error = whither_query_origin(accepted, &origin);

	snprintf(ret->what, sizeof(ret->what), "asking for the origin");
	if (error)
		return error;
	fill_address(inet6, destinations[inet6], htons(80), &wanted);
	snprintf(ret->what, sizeof(ret->what), "the origin's answer");
	if (memcmp(&origin.destination, &wanted, whither_address_size(&wanted)) != 0 ||
	    origin.pid != (uint32_t)client)
		return -EBADMSG;
	outbound = socket(inet6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(ret->what, sizeof(ret->what), "setting the records");
	return outbound < 0 ? -errno : whither_relate(outbound, accepted);
}

static void try_connection(const struct scratch *scratch, int listener, int inet6,
			   struct scratch_outcome *ret)
{
	struct pollfd arrival = {.fd = listener, .events = POLLIN};
	WH_AUTO_FD accepted = -1;
	int status = 0;
	pid_t client = fork();

	*ret = (struct scratch_outcome){.what = "fork"};
	if (client < 0) {
		ret->error = -errno;
		return;
	}
	if (!client)
		_exit(connect_as_client(scratch, inet6));
	if (poll(&arrival, 1, PATIENCE) == 1) {
		accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		ret->error = ask_and_relate(accepted, inet6, client, ret);
	} else {
		ret->error = -ETIMEDOUT;
		snprintf(ret->what, sizeof(ret->what), "waiting for the connection");
		kill(client, SIGKILL);
	}
	while (waitpid(client, &status, 0) < 0 && errno == EINTR)
		;
	/* Why nothing came, the client knows better. */
	if ((!ret->error || ret->error == -ETIMEDOUT) && WIFEXITED(status) && WEXITSTATUS(status)) {
		ret->error = -WEXITSTATUS(status);
		snprintf(ret->what, sizeof(ret->what), "the client");
	}
}

static void be_proxy(const struct scratch *scratch)
{
	struct scratch_place place = {.error = 0};
	struct scratch_outcome outcome;
	int listener[2] = {-1, -1};
	char go;

	if (wh_cgroup_write(scratch->proxy, "cgroup.procs", "0") || unshare(CLONE_NEWNET))
		place.error = -errno;
	if (!place.error)
		place.error = loopback_up();
	if (!place.error)
		place.error = wh_netns_cookie(&place.netns);
	for (int inet6 = 0; !place.error && inet6 < 2; inet6++) {
		listener[inet6] = bind_at(inet6, &place.port[inet6]);
		if (listener[inet6] < 0 && !inet6)
			place.error = listener[inet6];
	}
	if (write(scratch->pipe[1], &place, sizeof(place)) != sizeof(place) || place.error)
		return;
	if (read(scratch->pipe[1], &go, 1) != 1)
		return;
	for (int inet6 = 0; inet6 < 2; inet6++) {
		if (listener[inet6] >= 0 && listen(listener[inet6], 4)) {
			close(listener[inet6]);
			listener[inet6] = -errno;
		}
		if (listener[inet6] < 0)
			outcome = (struct scratch_outcome){listener[inet6], "listening"};
		else
			try_connection(scratch, listener[inet6], inet6, &outcome);
		if (write(scratch->pipe[1], &outcome, sizeof(outcome)) != sizeof(outcome))
			return;
	}
}

/* ---- the parent: the rules ---------------------------------------------------------------- */

static int make_cgroups(struct scratch *scratch, struct wh_problem *problem)
{
	WH_AUTO_FREE char *own = NULL;
	int error = wh_cgroup_self(&scratch->mount, &own, problem);

	if (error)
		return error;
	/* By this name the next verb removes it, should we be killed. */
	snprintf(scratch->top, sizeof(scratch->top), "%s%s/" WH_RUN_CGROUP_PREFIX "doctor-%d",
		 scratch->mount, own[1] ? own : "", (int)getpid());
	snprintf(scratch->proxy, sizeof(scratch->proxy), "%s/proxy", scratch->top);
	snprintf(scratch->client, sizeof(scratch->client), "%s/client", scratch->top);
	if (mkdir(scratch->top, 0755) || mkdir(scratch->proxy, 0755) ||
	    mkdir(scratch->client, 0755)) {
		error = -errno;
		snprintf(problem->text, sizeof(problem->text), "%.400s cannot be made: %s",
			 scratch->top, strerror(errno));
		return error;
	}
	scratch->lock = wh_run_lock(scratch->top, 1);
	return 0;
}

static int start_child(struct scratch *scratch, struct wh_problem *problem)
{
	int error = 0;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, scratch->pipe))
		return -errno;
	scratch->child = fork();
	if (!scratch->child) {
		close(scratch->pipe[0]);
		be_proxy(scratch);
		_exit(0);
	}
	wh_close_fd(&scratch->pipe[1]);
	scratch->pipe[1] = -1;
	if (scratch->child < 0 || read(scratch->pipe[0], &scratch->place, sizeof(scratch->place)) !=
					  sizeof(scratch->place))
		error = -EIO;
	else
		error = scratch->place.error;
	if (error)
		snprintf(problem->text, sizeof(problem->text),
			 "no network namespace can be made for the test: %s", strerror(-error));
	return error;
}

static void endpoint_of(const void *bytes, in_port_t port, int inet6, struct wh_endpoint *ret)
{
	*ret = (struct wh_endpoint){.port = port};
	if (inet6)
		memcpy(ret->address.word, bytes, 16);
	else
		wh_address_from_v4(&ret->address, WH_BE32(0x7f000001));
}

static int put_rules(const struct scratch *scratch, const char *name, struct wh_problem *problem)
{
	static char no_text[] = "", source[] = "doctor";
	struct wh_test tests[2] = {{.kind = WH_TEST_NETNS, .id = scratch->place.netns},
				   {.kind = WH_TEST_CGROUP}};
	struct wh_redirector_rule rule = {.name = "scratch",
					  .owner = {.flags = WH_OWNER_CGROUP},
					  .owner_text = no_text,
					  .netns = scratch->place.netns,
					  .conditions = {tests, 2, no_text},
					  .line = 1};
	struct wh_rule_set set = {.source = source, .redirectors = &rule, .redirector_count = 1};
	struct wh_engine *engine = NULL;
	uint64_t start = 0, id = 0;
	int error = wh_process_start((uint32_t)getpid(), &start, NULL);

	if (!error)
		error = wh_config_resolve_cgroup(scratch->client, &id, &tests[1].number);
	tests[1].id = id;
	if (!error)
		error = wh_config_resolve_cgroup(scratch->proxy, &id, &rule.owner.cgroup_level);
	rule.owner.cgroup = id;
	if (error) {
		snprintf(problem->text, sizeof(problem->text), "%.400s: %s", scratch->top,
			 strerror(-error));
		return error;
	}
	endpoint_of(NULL, scratch->place.port[0], 0, &rule.listen4);
	if (scratch->place.port[1])
		endpoint_of(&in6addr_loopback, scratch->place.port[1], 1, &rule.listen6);
	snprintf(set.name, sizeof(set.name), "%s", name);
	set.process_pid = (__u32)getpid();
	set.process_start = start;
	error = wh_engine_open(&engine, WH_ENGINE_CHANGE, problem);
	if (!error)
		error = wh_engine_apply(engine, &set, problem);
	wh_engine_close(engine);
	return error;
}

static void take_rules(const char *name)
{
	struct wh_engine *engine = NULL;
	struct wh_problem problem;

	if (!wh_engine_open(&engine, WH_ENGINE_READ, &problem))
		wh_engine_remove(engine, name, &problem);
	wh_engine_close(engine);
}

static void report(struct wh_doctor *doctor, int inet6, const struct scratch_outcome *outcome)
{
	const char *family = inet6 ? "IPv6" : "IPv4";

	if (!outcome->error)
		wh_doctor_add(doctor, WH_FINDING_OK, "connection",
			      "%s: redirected, its origin told, its records set", family);
	else if (inet6 && (outcome->error == -EAFNOSUPPORT || outcome->error == -EADDRNOTAVAIL))
		wh_doctor_add(doctor, WH_FINDING_NOT_TESTED, "connection",
			      "IPv6: this kernel has none");
	else
		wh_doctor_add(doctor, WH_FINDING_FAILED, "connection",
			      "%s: %.64s failed: %s; expected a redirected connection", family,
			      outcome->what, strerror(-outcome->error));
}

static void try_both(struct wh_doctor *doctor, const struct scratch *scratch)
{
	if (write(scratch->pipe[0], "g", 1) != 1)
		return;
	for (int inet6 = 0; inet6 < 2; inet6++) {
		struct scratch_outcome outcome = {-EIO, "the test itself"};
		struct pollfd answer = {.fd = scratch->pipe[0], .events = POLLIN};

		if (poll(&answer, 1, 3 * PATIENCE) == 1 &&
		    read(scratch->pipe[0], &outcome, sizeof(outcome)) != sizeof(outcome))
			outcome = (struct scratch_outcome){-EIO, "the test itself"};
		report(doctor, inet6, &outcome);
	}
}

static void clear_away(struct scratch *scratch)
{
	wh_close_fd(&scratch->pipe[0]);
	if (scratch->child > 0) {
		wh_cgroup_tree_signal(scratch->top, SIGKILL);
		while (waitpid(scratch->child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (*scratch->top)
		wh_cgroup_tree_remove(scratch->top);
	wh_close_fd(&scratch->lock);
	free(scratch->mount);
}

void wh_doctor_connection(struct wh_doctor *doctor)
{
	struct scratch scratch = {.lock = -1, .pipe = {-1, -1}, .child = -1};
	struct wh_problem problem = {0};
	char name[WH_NAME_SIZE];
	int error;

	snprintf(name, sizeof(name), "doctor-%d", (int)getpid());
	error = make_cgroups(&scratch, &problem) ?: start_child(&scratch, &problem);
	if (error) {
		wh_doctor_add(doctor, WH_FINDING_NOT_TESTED, "connection", "%s",
			      *problem.text ? problem.text : strerror(-error));
	} else {
		error = put_rules(&scratch, name, &problem);
		if (error)
			wh_doctor_add(doctor, WH_FINDING_FAILED, "connection", "%s", problem.text);
		else
			try_both(doctor, &scratch);
		take_rules(name);
	}
	clear_away(&scratch);
}
