/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "pended_connect.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scope_exit.h"
#include "socket_finder.h"

#define ANSWERS 4096 /* remembered; a power of two */
#define WAYS 8
#define HELD 1024        /* accepted, and not yet asked for */
#define ARRIVE_MS 1000   /* what was connected on this host arrives at once */
#define ARRIVE_TURN_MS 5 /* and is looked for so often */

/* A question, and its answer when there is one. */
struct answer {
	struct wh_endpoint destination;
	__u32 pid;
	__u32 device;
	__u64 start_time, inode;
	struct wh_guid redirector;
	__u64 used;
	bool asked, known;
	enum wh_pended_verdict verdict;
};

struct held {
	int fd;
	__u64 client_cookie;
};

struct wh_pended_connects {
	pthread_mutex_t lock;
	pthread_cond_t answered;
	__u64 clock;
	struct answer answers[ANSWERS];
	int listeners[2]; /* of IPv4 and IPv6; -1: none */
	struct wh_endpoint endpoints[2];
	struct held held[HELD];
	size_t held_count;
};

static int listen_at(struct wh_endpoint *endpoint)
{
	struct sockaddr_storage address;
	int family = wh_address_is_v4(&endpoint->address) ? AF_INET : AF_INET6;
	socklen_t size = wh_endpoint_to_bytes(endpoint, family, &address);
	WH_AUTO_FD fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, size) || listen(fd, SOMAXCONN))
		return -errno;
	if (wh_taken_local(&(struct wh_taken){.fd = fd}, endpoint))
		return -errno;
	return wh_take_fd(&fd);
}

static int add_listener(struct wh_supervisor *supervisor, int index)
{
	struct wh_pended_connects *pended = supervisor->pended;
	struct wh_endpoint *endpoint = &pended->endpoints[index];
	__u16 port;

	if (index)
		endpoint->address.word[3] = WH_BE32(1);
	else
		wh_address_from_v4(&endpoint->address, WH_BE32(0x7f000001));
	pended->listeners[index] = listen_at(endpoint);
	if (pended->listeners[index] < 0)
		return pended->listeners[index];
	port = WH_HOST16(endpoint->port);
	supervisor->ports[port / 64] |= 1ULL << (port % 64);
	return 0;
}

int wh_pended_new(struct wh_supervisor *supervisor)
{
	struct wh_pended_connects *pended;
	int error;

	if (!supervisor->options.pend)
		return 0;
	pended = calloc(1, sizeof(*pended));
	if (!pended)
		return -ENOMEM;
	supervisor->pended = pended;
	pthread_mutex_init(&pended->lock, NULL);
	pthread_cond_init(&pended->answered, NULL);
	pended->listeners[0] = pended->listeners[1] = -1;
	if (!supervisor->options.deliver)
		return 0;
	error = add_listener(supervisor, 0);
	/* IPv6 may be off. */
	if (!error && add_listener(supervisor, 1))
		pended->endpoints[1].port = 0;
	return error;
}

void wh_pended_free(struct wh_supervisor *supervisor)
{
	struct wh_pended_connects *pended = supervisor->pended;

	if (!pended)
		return;
	for (size_t i = 0; i < pended->held_count; i++)
		close(pended->held[i].fd);
	for (int i = 0; i < 2; i++)
		wh_close_fd(&pended->listeners[i]);
	pthread_mutex_destroy(&pended->lock);
	pthread_cond_destroy(&pended->answered);
	free(pended);
	supervisor->pended = NULL;
}

static bool is_about(const struct answer *answer, const struct wh_connect *connect)
{
	return answer->asked && answer->pid == connect->who.pid &&
	       answer->start_time == connect->who.start_time &&
	       answer->inode == connect->who.executable_inode &&
	       answer->device == connect->who.executable_device &&
	       wh_guid_equal(&answer->redirector, &connect->record.redirector) &&
	       answer->destination.port == connect->attempt.destination.port &&
	       wh_address_equal(&answer->destination.address,
				&connect->attempt.destination.address);
}

static struct answer *place_of(struct wh_pended_connects *pended, const struct wh_connect *connect,
			       size_t way)
{
	const __u32 *words = connect->attempt.destination.address.word;
	size_t hash = (connect->who.pid * 31u + words[0] + words[1] + words[2] + words[3]) * 31u +
		      connect->attempt.destination.port;

	return &pended->answers[(hash * WAYS + way) % ANSWERS];
}

/* With the lock. NULL: nobody has been asked. */
static struct answer *find(struct wh_pended_connects *pended, const struct wh_connect *connect)
{
	for (size_t way = 0; way < WAYS; way++) {
		struct answer *answer = place_of(pended, connect, way);

		if (is_about(answer, connect)) {
			answer->used = ++pended->clock;
			return answer;
		}
	}
	return NULL;
}

/* With the lock. NULL: all places are taken by questions without an answer. */
static struct answer *begin(struct wh_pended_connects *pended, const struct wh_connect *connect)
{
	struct answer *oldest = NULL;

	for (size_t way = 0; way < WAYS; way++) {
		struct answer *answer = place_of(pended, connect, way);

		if ((!answer->asked || answer->known) && (!oldest || answer->used < oldest->used))
			oldest = answer;
	}
	if (oldest)
		*oldest = (struct answer){
			.destination = connect->attempt.destination,
			.pid = connect->who.pid,
			.device = connect->who.executable_device,
			.start_time = connect->who.start_time,
			.inode = connect->who.executable_inode,
			.redirector = connect->record.redirector,
			.used = ++pended->clock,
			.asked = true,
		};
	return oldest;
}

bool wh_pended_wanted(struct wh_supervisor *supervisor, const struct wh_connect *connect,
		      enum wh_pended_verdict *ret_verdict)
{
	struct wh_pended_connects *pended = supervisor->pended;
	const struct answer *answer;
	bool wanted = true;

	*ret_verdict = WH_PENDED_REDIRECT;
	if (!pended)
		return false;
	pthread_mutex_lock(&pended->lock);
	answer = find(pended, connect);
	if (answer && answer->known) {
		*ret_verdict = answer->verdict;
		wanted = false;
	}
	pthread_mutex_unlock(&pended->lock);
	return wanted;
}

static enum wh_pended_verdict ask(struct wh_supervisor *supervisor,
				  const struct wh_connect *connect, bool *ret_remember)
{
	const struct wh_pended question = {.who = &connect->who,
					   .destination = &connect->attempt.destination,
					   .redirector = connect->redirector.name};

	pthread_mutex_lock(&supervisor->lock);
	supervisor->totals.pended++;
	pthread_mutex_unlock(&supervisor->lock);
	return supervisor->options.pend(&question, ret_remember, supervisor->options.data);
}

enum wh_pended_verdict wh_pended_ask(struct wh_supervisor *supervisor,
				     const struct wh_connect *connect)
{
	struct wh_pended_connects *pended = supervisor->pended;
	enum wh_pended_verdict verdict;
	struct answer *answer;
	bool remember = false;

	pthread_mutex_lock(&pended->lock);
	while ((answer = find(pended, connect)) && !answer->known)
		pthread_cond_wait(&pended->answered, &pended->lock);
	if (answer || supervisor->stopping) {
		verdict = answer ? answer->verdict : WH_PENDED_BLOCK;
		pthread_mutex_unlock(&pended->lock);
		return verdict;
	}
	answer = begin(pended, connect);
	pthread_mutex_unlock(&pended->lock);
	verdict = ask(supervisor, connect, &remember);
	pthread_mutex_lock(&pended->lock);
	if (answer) {
		answer->verdict = verdict;
		answer->known = true;
		/* Nobody has said so: the next one is asked about again. */
		answer->asked = remember;
	}
	pthread_cond_broadcast(&pended->answered);
	pthread_mutex_unlock(&pended->lock);
	return verdict;
}

const struct wh_endpoint *wh_pended_holder(const struct wh_supervisor *supervisor,
					   const struct wh_connect *connect)
{
	const struct wh_pended_connects *pended = supervisor->pended;
	int index = !wh_address_is_v4(&connect->attempt.verdict.target.address);

	return pended && pended->listeners[index] >= 0 ? &pended->endpoints[index] : NULL;
}

/* Accepts what has arrived, and notes whose it is. With the lock. */
static void accept_all(struct wh_supervisor *supervisor, int listener)
{
	struct wh_pended_connects *pended = supervisor->pended;
	struct wh_endpoint client, here;
	struct wh_taken taken = {};
	int state;

	while (pended->held_count < HELD) {
		struct held *held = &pended->held[pended->held_count];

		held->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (held->fd < 0)
			return;
		taken.fd = held->fd;
		pthread_mutex_lock(&supervisor->lock);
		if (wh_taken_peer(&taken, &client) || wh_taken_local(&taken, &here) ||
		    wh_socket_find(supervisor->finder, &client, &here, &held->client_cookie,
				   &state))
			held->client_cookie = 0;
		pthread_mutex_unlock(&supervisor->lock);
		if (held->client_cookie)
			pended->held_count++;
		else
			close(held->fd);
	}
}

/* The accepted socket of this client's; -1: it has not arrived. */
static int take_held(struct wh_supervisor *supervisor, __u64 client_cookie)
{
	struct wh_pended_connects *pended = supervisor->pended;
	int fd = -1;

	pthread_mutex_lock(&pended->lock);
	for (int i = 0; i < 2; i++)
		if (pended->listeners[i] >= 0)
			accept_all(supervisor, pended->listeners[i]);
	for (size_t i = 0; i < pended->held_count; i++)
		if (pended->held[i].client_cookie == client_cookie) {
			fd = pended->held[i].fd;
			pended->held[i] = pended->held[--pended->held_count];
			break;
		}
	pthread_mutex_unlock(&pended->lock);
	return fd;
}

void wh_pended_settle(struct wh_supervisor *supervisor, __u64 client_cookie,
		      enum wh_pended_verdict verdict)
{
	const struct linger reset = {.l_onoff = 1};
	int fd = take_held(supervisor, client_cookie);

	for (int waited = 0; fd < 0 && waited < ARRIVE_MS && !supervisor->stopping;
	     waited += ARRIVE_TURN_MS) {
		poll(NULL, 0, ARRIVE_TURN_MS);
		fd = take_held(supervisor, client_cookie);
	}
	if (fd < 0)
		return;
	if (verdict == WH_PENDED_REDIRECT) {
		supervisor->options.deliver(fd, supervisor->options.data);
		return;
	}
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}
