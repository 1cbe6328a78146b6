/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Proxies for cycle_load, in threads of one process: cycle_proxy ROLE:ADDRESS:PORT...
 * ADDRESS is IPv6, ::ffff:127.0.0.1 for instance.
 *
 *	first   asks who came, compares with what the client says, and answers; what is for a
 *		chain it carries on, with records or without
 *	serve   does the same at the end of the chains
 *	narrow  a listener of backlog 4 that accepts late, and closes at once
 *	hole    a listener that every SYN is dropped at
 *	origin  counts what arrives: nobody should
 *
 * Says "ready", serves until its standard input ends, and prints what it has counted.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <whither/whither.h>

#include "cycle_load.h"

#define THREADS 24 /* of each server: connections at a time */

static atomic_ulong served[CYCLE_KINDS], right, wrong, silent, unknown, failed, escaped, narrow;
static atomic_int last_error;

static int same_address(const struct sockaddr_storage *a, const union whither_address *b)
{
	const struct sockaddr_in *in = (const void *)a;
	const struct sockaddr_in6 *in6 = (const void *)a;

	if (a->ss_family != b->sa.sa_family)
		return 0;
	if (a->ss_family == AF_INET)
		return in->sin_port == b->in.sin_port &&
		       in->sin_addr.s_addr == b->in.sin_addr.s_addr;
	return in6->sin6_port == b->in6.sin6_port &&
	       !memcmp(&in6->sin6_addr, &b->in6.sin6_addr, sizeof(in6->sin6_addr));
}

static void fail(int error)
{
	failed++;
	last_error = error;
}

/* Carries the connection on to the next proxy; *answer is what came back. */
static void carry_on(int client, const struct whither_origin *origin,
		     const struct cycle_message *message, char *answer)
{
	/* Many connections between the same two ends: spread over sources, as a relay should. */
	const struct sockaddr_in source = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(0x7f010001 + (uint32_t)(origin->time >> 10) % 250 * 256),
	};
	const struct timeval patience = {.tv_sec = 20};
	const int on = 1;
	int out = socket(origin->destination.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error = message->kind == CYCLE_CHAINED ? whither_relate(out, client) : 0;

	setsockopt(out, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(out, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	if (bind(out, (const void *)&source, sizeof(source)))
		error = -errno;
	if (error ||
	    connect(out, &origin->destination.sa, whither_address_size(&origin->destination)))
		fail(error ? -error : errno);
	else if (send(out, message, sizeof(*message), MSG_NOSIGNAL) != sizeof(*message) ||
		 recv(out, answer, 1, 0) != 1)
		fail(errno);
	if (message->pid % 2)
		cycle_reset_on_close(out);
	close(out);
}

static void serve(int client, int first)
{
	struct whither_origin origin = {.size = sizeof(origin)};
	const struct timeval patience = {.tv_sec = 20};
	unsigned char token[WHITHER_RECORDS_MAX];
	struct cycle_message message;
	uint32_t hops = 1;
	char answer = '-';
	int error, said;

	setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	said = recv(client, &message, sizeof(message), MSG_WAITALL) == sizeof(message);
	error = whither_query_origin(client, &origin);
	if (error) {
		unknown++;
		last_error = -error;
		return;
	}
	if (!said) { /* the client was killed, or closed at once */
		silent++;
		return;
	}
	if (message.kind == CYCLE_CHAINED || message.kind == CYCLE_BY_PROCESS)
		hops = first ? 1 : 2;
	if (!same_address(&message.destination, &origin.destination) || origin.hops != hops ||
	    (origin.pid != message.pid && message.kind != CYCLE_BY_PROCESS)) {
		wrong++;
	} else {
		right++;
		answer = '+';
	}
	if (message.kind != CYCLE_OK && first)
		carry_on(client, &origin, &message, &answer);
	else if (origin.client.in.sin_port % 2 &&
		 whither_query_records(client, token, sizeof(token), NULL))
		fail(errno);
	served[message.kind % CYCLE_KINDS]++;
	send(client, &answer, 1, MSG_NOSIGNAL);
	if (origin.client.in.sin_port % 3) /* the client closes first, or this end does */
		recv(client, &answer, 1, 0);
}

struct role {
	const char *name;
	int listener;
	int first;
};

static void *run(void *data)
{
	const struct role *role = data;
	uint64_t seed = (uint64_t)(uintptr_t)&seed;

	for (;;) {
		int client = accept4(role->listener, NULL, NULL, SOCK_CLOEXEC);

		if (client < 0)
			return NULL;
		if (!strcmp(role->name, "origin")) {
			escaped++;
		} else if (!strcmp(role->name, "narrow")) {
			narrow++;
			usleep(cycle_random(&seed) % 2000);
		} else {
			serve(client, role->first);
		}
		if (cycle_random(&seed) % 2)
			cycle_reset_on_close(client);
		close(client);
	}
}

/* Every packet to the listener is dropped, its SYNs included. */
static void make_hole(int listener)
{
	struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = {.len = 1, .filter = &drop};

	if (setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)))
		perror("hole");
}

static int start(char *text)
{
	char *address = strchr(text, ':'), *port = strrchr(text, ':');
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct role *role = calloc(1, sizeof(*role));
	pthread_t thread;
	const int on = 1;
	int threads;

	if (!role || !address || port == address)
		return -1;
	*address++ = *port++ = '\0';
	role->name = text;
	role->first = !strcmp(text, "first");
	threads = role->first || !strcmp(text, "serve") ? THREADS : 1;
	in6.sin6_port = htons((uint16_t)atoi(port));
	if (inet_pton(AF_INET6, address, &in6.sin6_addr) != 1)
		return -1;
	role->listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(role->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (!strcmp(text, "hole"))
		make_hole(role->listener);
	if (bind(role->listener, (void *)&in6, sizeof(in6)) ||
	    listen(role->listener, strcmp(text, "narrow") ? 4096 : 4))
		return -1;
	for (int i = 0; i < threads; i++)
		if (pthread_create(&thread, NULL, run, role))
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	char end;

	for (int i = 1; i < argc; i++)
		if (start(argv[i])) {
			perror(argv[i]);
			return 1;
		}
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &end, 1) > 0)
		;
	printf("{");
	for (int i = 0; i < CYCLE_KINDS; i++)
		printf("\"%s\": %lu, ", cycle_names[i], served[i]);
	printf("\"right\": %lu, \"wrong\": %lu, \"silent\": %lu, \"unknown\": %lu, "
	       "\"failed\": %lu, \"escaped\": %lu, \"accepted_narrow\": %lu, \"error\": %d}\n",
	       right, wrong, silent, unknown, failed, escaped, narrow, last_error);
	return 0;
}
