/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "redirect_table.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "socket_finder.h"
#include "taken_socket.h"

#define BUCKETS 16384
#define SWEEP_FROM 512 /* fewer are not worth one */
#define MISSES 2       /* sweeps without a socket, before one is forgotten */
#define SLOT_BITS 20   /* of an id; the rest counts up, so that none comes twice */

_Static_assert(WH_REDIRECTS_MAX <= 1 << SLOT_BITS, "slots");

struct wh_redirects {
	int finder;
	size_t count, limit, swept_to, after_sweep;
	__u64 serial;
	struct wh_redirect **slots; /* limit of them; NULL: free */
	__u32 next_slot;
	struct wh_redirect *connecting; /* all of them */
	struct wh_redirect *by_client[BUCKETS], *by_accepted[BUCKETS], *by_ends[BUCKETS];
};

int wh_redirects_new(struct wh_redirects **ret, int finder)
{
	struct wh_redirects *redirects = calloc(1, sizeof(*redirects));

	if (!redirects)
		return -ENOMEM;
	redirects->finder = finder;
	/* Not from 1: what an earlier run's tokens say is no id of this one. */
	if (getrandom(&redirects->serial, 5, 0) != 5)
		redirects->serial = (__u64)(uintptr_t)redirects;
	*ret = redirects;
	return 0;
}

static void destroy(struct wh_redirect *redirect)
{
	free(redirect->chain);
	free(redirect);
}

void wh_redirects_free(struct wh_redirects *redirects)
{
	if (!redirects)
		return;
	for (size_t i = 0; i < redirects->limit; i++)
		if (redirects->slots[i])
			destroy(redirects->slots[i]);
	free(redirects->slots);
	free(redirects);
}

size_t wh_redirects_count(const struct wh_redirects *redirects)
{
	return redirects->count;
}

static size_t spread(__u64 value)
{
	return (size_t)((value * 0x9e3779b97f4a7c15ULL) >> 40) % BUCKETS;
}

static size_t ends_bucket(const struct wh_endpoint *client, const struct wh_endpoint *proxy)
{
	return spread((__u64)client->address.word[3] << 32 ^ client->address.word[0] ^
		      client->address.word[1] ^ (__u64)client->port << 16 ^ proxy->port ^
		      (__u64)proxy->address.word[3] << 8);
}

/* Room for one more: a free slot. */
static int find_slot(struct wh_redirects *redirects, __u32 *ret)
{
	if (redirects->count == redirects->limit) {
		size_t limit = redirects->limit ? 2 * redirects->limit : 256;
		struct wh_redirect **slots;

		if (limit > WH_REDIRECTS_MAX)
			return -ENOBUFS;
		slots = reallocarray(redirects->slots, limit, sizeof(struct wh_redirect *));
		if (!slots)
			return -ENOBUFS;
		memset(slots + redirects->limit, 0,
		       (limit - redirects->limit) * sizeof(struct wh_redirect *));
		redirects->next_slot = (__u32)redirects->limit;
		redirects->slots = slots;
		redirects->limit = limit;
	}
	while (redirects->slots[redirects->next_slot])
		redirects->next_slot = (redirects->next_slot + 1) % (__u32)redirects->limit;
	*ret = redirects->next_slot;
	return 0;
}

int wh_redirects_add(struct wh_redirects *redirects, int socket, __u64 client_cookie,
		     struct wh_redirect **ret)
{
	struct wh_redirect *redirect, **bucket = &redirects->by_client[spread(client_cookie)];
	__u32 slot;

	wh_redirects_leave(redirects, client_cookie);
	redirect = calloc(1, sizeof(*redirect));
	if (!redirect || find_slot(redirects, &slot)) {
		free(redirect);
		return -ENOBUFS;
	}
	redirect->client_cookie = client_cookie;
	redirect->slot = slot;
	redirect->record.id = ++redirects->serial << SLOT_BITS | slot;
	redirect->next_client = *bucket;
	*bucket = redirect;
	redirect->connecting = socket;
	redirect->next_connecting = redirects->connecting;
	redirects->connecting = redirect;
	redirects->slots[slot] = redirect;
	redirects->count++;
	*ret = redirect;
	return 0;
}

static struct wh_endpoint client_of(const struct wh_redirect *redirect)
{
	return (struct wh_endpoint){.address = redirect->record.client,
				    .port = redirect->record.client_port};
}

#define UNLINK(first, member, redirect)                \
	do {                                           \
		struct wh_redirect **link_ = (first);  \
		while (*link_ && *link_ != (redirect)) \
			link_ = &(*link_)->member;     \
		if (*link_)                            \
			*link_ = (redirect)->member;   \
	} while (0)

static void end_connecting(struct wh_redirects *redirects, struct wh_redirect *redirect)
{
	if (redirect->connecting >= 0)
		UNLINK(&redirects->connecting, next_connecting, redirect);
	redirect->connecting = -1;
}

void wh_redirects_publish(struct wh_redirects *redirects, struct wh_redirect *redirect,
			  const struct wh_endpoint *client)
{
	struct wh_redirect **bucket = &redirects->by_ends[ends_bucket(client, &redirect->proxy)];

	redirect->record.client = client->address;
	redirect->record.client_port = client->port;
	end_connecting(redirects, redirect);
	redirect->published = true;
	redirect->next_ends = *bucket;
	*bucket = redirect;
}

static void unpublish(struct wh_redirects *redirects, struct wh_redirect *redirect)
{
	const struct wh_endpoint client = client_of(redirect);

	if (redirect->published)
		UNLINK(&redirects->by_ends[ends_bucket(&client, &redirect->proxy)], next_ends,
		       redirect);
	redirect->published = false;
}

void wh_redirects_remove(struct wh_redirects *redirects, struct wh_redirect *redirect)
{
	if (redirect->client_cookie)
		UNLINK(&redirects->by_client[spread(redirect->client_cookie)], next_client,
		       redirect);
	end_connecting(redirects, redirect);
	if (redirect->accepted_cookie)
		UNLINK(&redirects->by_accepted[spread(redirect->accepted_cookie)], next_accepted,
		       redirect);
	unpublish(redirects, redirect);
	redirects->slots[redirect->slot] = NULL;
	redirects->count--;
	destroy(redirect);
}

void wh_redirects_leave(struct wh_redirects *redirects, __u64 client_cookie)
{
	struct wh_redirect *redirect = wh_redirects_by_client(redirects, client_cookie);

	if (!redirect)
		return;
	if (!redirect->accepted_cookie) {
		wh_redirects_remove(redirects, redirect);
		return;
	}
	/* The accepted side may be asked for as long as it lives. */
	UNLINK(&redirects->by_client[spread(client_cookie)], next_client, redirect);
	redirect->client_cookie = 0;
}

struct wh_redirect *wh_redirects_by_client(struct wh_redirects *redirects, __u64 cookie)
{
	struct wh_redirect *redirect = redirects->by_client[spread(cookie)];

	while (redirect && redirect->client_cookie != cookie)
		redirect = redirect->next_client;
	return redirect;
}

struct wh_redirect *wh_redirects_by_accepted(struct wh_redirects *redirects, __u64 cookie)
{
	struct wh_redirect *redirect = redirects->by_accepted[spread(cookie)];

	while (redirect && redirect->accepted_cookie != cookie)
		redirect = redirect->next_accepted;
	return redirect;
}

struct wh_redirect *wh_redirects_by_id(struct wh_redirects *redirects, __u64 id)
{
	size_t slot = id & ((1u << SLOT_BITS) - 1);
	struct wh_redirect *redirect = slot < redirects->limit ? redirects->slots[slot] : NULL;

	return redirect && redirect->record.id == id ? redirect : NULL;
}

static bool has_ends(const struct wh_redirect *redirect, const struct wh_endpoint *client,
		     const struct wh_endpoint *proxy, __u64 netns)
{
	return redirect->record.who.netns == netns && redirect->proxy.port == proxy->port &&
	       redirect->record.client_port == client->port &&
	       wh_address_equal(&redirect->record.client, &client->address) &&
	       wh_address_equal(&redirect->proxy.address, &proxy->address);
}

/* One of which connect() has not returned yet, to whoever does it: its socket knows its ends. */
static struct wh_redirect *find_connecting(struct wh_redirects *redirects,
					   const struct wh_endpoint *client,
					   const struct wh_endpoint *proxy)
{
	for (struct wh_redirect *redirect = redirects->connecting; redirect;
	     redirect = redirect->next_connecting) {
		struct wh_endpoint local;

		if (redirect->proxy.port != proxy->port)
			continue;
		if (wh_taken_local(&(struct wh_taken){.fd = redirect->connecting}, &local) ||
		    local.port != client->port ||
		    !wh_address_equal(&local.address, &client->address) ||
		    !wh_address_equal(&redirect->proxy.address, &proxy->address))
			continue;
		wh_redirects_publish(redirects, redirect, client);
		return redirect;
	}
	return NULL;
}

struct wh_redirect *wh_redirects_claim(struct wh_redirects *redirects, __u64 accepted_cookie,
				       const struct wh_endpoint *client,
				       const struct wh_endpoint *proxy, __u64 netns)
{
	struct wh_redirect *redirect = redirects->by_ends[ends_bucket(client, proxy)], **bucket;
	__u64 cookie;
	int state;

	while (redirect && !has_ends(redirect, client, proxy, netns))
		redirect = redirect->next_ends;
	if (!redirect)
		redirect = find_connecting(redirects, client, proxy);
	if (!redirect || wh_socket_find(redirects->finder, client, proxy, &cookie, &state) ||
	    cookie != redirect->client_cookie)
		return NULL;
	unpublish(redirects, redirect);
	bucket = &redirects->by_accepted[spread(accepted_cookie)];
	redirect->accepted_cookie = accepted_cookie;
	redirect->next_accepted = *bucket;
	*bucket = redirect;
	return redirect;
}

bool wh_redirects_lives(const struct wh_redirects *redirects, const struct wh_redirect *redirect)
{
	const struct wh_endpoint client = client_of(redirect);
	__u64 cookie;
	int state;

	return !wh_socket_find(redirects->finder, &redirect->proxy, &client, &cookie, &state) &&
	       state != TCP_TIME_WAIT && cookie == redirect->accepted_cookie;
}

bool wh_redirects_grown(const struct wh_redirects *redirects)
{
	return redirects->count >= SWEEP_FROM && redirects->count >= 2 * redirects->after_sweep;
}

static bool client_lives(const struct wh_redirects *redirects, const struct wh_redirect *redirect)
{
	const struct wh_endpoint client = client_of(redirect);
	__u64 cookie;
	int state;

	return redirect->client_cookie &&
	       !wh_socket_find(redirects->finder, &client, &redirect->proxy, &cookie, &state) &&
	       state != TCP_TIME_WAIT && cookie == redirect->client_cookie;
}

/* Somebody may still accept it, and ask. */
static bool waits_to_be_claimed(const struct wh_redirects *redirects,
				const struct wh_redirect *redirect)
{
	const struct wh_endpoint client = client_of(redirect);
	__u64 cookie;
	int state;

	return !redirect->accepted_cookie &&
	       !wh_socket_find(redirects->finder, &redirect->proxy, &client, &cookie, &state) &&
	       state != TCP_TIME_WAIT;
}

bool wh_redirects_sweep(struct wh_redirects *redirects, size_t count)
{
	while (count-- && redirects->swept_to < redirects->limit) {
		struct wh_redirect *redirect = redirects->slots[redirects->swept_to++];

		if (!redirect || redirect->connecting >= 0 || !redirect->record.client_port)
			continue;
		if (client_lives(redirects, redirect) ||
		    (redirect->accepted_cookie ? wh_redirects_lives(redirects, redirect) :
						 waits_to_be_claimed(redirects, redirect)))
			redirect->missed = 0;
		else if (++redirect->missed >= MISSES)
			wh_redirects_remove(redirects, redirect);
	}
	if (redirects->swept_to < redirects->limit)
		return false;
	redirects->swept_to = 0;
	redirects->after_sweep = redirects->count;
	return true;
}
