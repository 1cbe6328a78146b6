/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "redirect_table.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define BUCKETS 16384
#define SWEEP_FROM 4096 /* fewer are not worth one at once */
#define SLOT_BITS 20    /* of an id; the rest counts up, so that none comes twice */

_Static_assert(WH_REDIRECTS_MAX <= 1 << SLOT_BITS, "slots");

struct wh_redirects {
	size_t count, limit, after_sweep;
	__u64 serial, sweep_serial;
	struct wh_redirect **slots; /* limit of them; NULL: free */
	__u32 next_slot;
	struct wh_redirect *by_client[BUCKETS], *by_accepted[BUCKETS];
};

int wh_redirects_new(struct wh_redirects **ret)
{
	struct wh_redirects *redirects = calloc(1, sizeof(*redirects));

	if (!redirects)
		return -ENOMEM;
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

static size_t spread(__u64 cookie)
{
	return (size_t)((cookie * 0x9e3779b97f4a7c15ULL) >> 40) % BUCKETS;
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

int wh_redirects_add(struct wh_redirects *redirects, __u64 client_cookie, struct wh_redirect **ret)
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
	redirects->slots[slot] = redirect;
	redirects->count++;
	*ret = redirect;
	return 0;
}

static void unlink_client(struct wh_redirects *redirects, struct wh_redirect *redirect)
{
	struct wh_redirect **link = &redirects->by_client[spread(redirect->client_cookie)];

	if (!redirect->client_cookie)
		return;
	while (*link != redirect)
		link = &(*link)->next_client;
	*link = redirect->next_client;
	redirect->client_cookie = 0;
}

static void unlink_accepted(struct wh_redirects *redirects, struct wh_redirect *redirect)
{
	struct wh_redirect **link = &redirects->by_accepted[spread(redirect->accepted_cookie)];

	if (!redirect->accepted_cookie)
		return;
	while (*link != redirect)
		link = &(*link)->next_accepted;
	*link = redirect->next_accepted;
	redirect->accepted_cookie = 0;
}

void wh_redirects_remove(struct wh_redirects *redirects, struct wh_redirect *redirect)
{
	unlink_client(redirects, redirect);
	unlink_accepted(redirects, redirect);
	redirects->slots[redirect->slot] = NULL;
	redirects->count--;
	destroy(redirect);
}

void wh_redirects_leave(struct wh_redirects *redirects, __u64 client_cookie)
{
	struct wh_redirect *redirect = wh_redirects_by_client(redirects, client_cookie);

	if (!redirect)
		return;
	/* The accepted side may be asked for as long as it lives. */
	if (redirect->accepted_cookie)
		unlink_client(redirects, redirect);
	else
		wh_redirects_remove(redirects, redirect);
}

struct wh_redirect *wh_redirects_by_client(const struct wh_redirects *redirects, __u64 cookie)
{
	struct wh_redirect *redirect = redirects->by_client[spread(cookie)];

	while (redirect && redirect->client_cookie != cookie)
		redirect = redirect->next_client;
	return redirect;
}

struct wh_redirect *wh_redirects_by_accepted(const struct wh_redirects *redirects, __u64 cookie)
{
	struct wh_redirect *redirect = redirects->by_accepted[spread(cookie)];

	while (redirect && redirect->accepted_cookie != cookie)
		redirect = redirect->next_accepted;
	return redirect;
}

struct wh_redirect *wh_redirects_by_id(const struct wh_redirects *redirects, __u64 id)
{
	size_t slot = id & ((1u << SLOT_BITS) - 1);
	struct wh_redirect *redirect = slot < redirects->limit ? redirects->slots[slot] : NULL;

	return redirect && redirect->record.id == id ? redirect : NULL;
}

void wh_redirects_claim(struct wh_redirects *redirects, struct wh_redirect *redirect,
			__u64 accepted_cookie, const struct wh_endpoint *client)
{
	struct wh_redirect **bucket = &redirects->by_accepted[spread(accepted_cookie)];

	redirect->record.client = client->address;
	redirect->record.client_port = client->port;
	redirect->accepted_cookie = accepted_cookie;
	redirect->next_accepted = *bucket;
	*bucket = redirect;
}

bool wh_redirects_grown(const struct wh_redirects *redirects)
{
	return redirects->count >= SWEEP_FROM && redirects->count >= 2 * redirects->after_sweep;
}

void wh_redirects_sweep_begin(struct wh_redirects *redirects)
{
	for (size_t i = 0; i < redirects->limit; i++)
		if (redirects->slots[i])
			redirects->slots[i]->seen = false;
	redirects->sweep_serial = redirects->serial;
}

void wh_redirects_sweep_see(struct wh_redirects *redirects, __u64 cookie, bool waits)
{
	struct wh_redirect *client = wh_redirects_by_client(redirects, cookie);
	struct wh_redirect *accepted = wh_redirects_by_accepted(redirects, cookie);

	if (client && (!waits || !client->accepted_cookie))
		client->seen = true;
	if (accepted && !waits)
		accepted->seen = true;
}

void wh_redirects_sweep_end(struct wh_redirects *redirects)
{
	for (size_t i = 0; i < redirects->limit; i++) {
		struct wh_redirect *redirect = redirects->slots[i];

		if (redirect && !redirect->seen && !redirect->connecting &&
		    redirect->record.id >> SLOT_BITS <= redirects->sweep_serial)
			wh_redirects_remove(redirects, redirect);
	}
	redirects->after_sweep = redirects->count;
}
