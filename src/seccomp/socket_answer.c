/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The socket options of whither.h, as the kernel programs answer them. With the lock held. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "abi_answer.h"
#include "chain_build.h"
#include "socket_finder.h"
#include "supervisor_internal.h"
#include "token_codec.h"

/* Who asks about a connection that was sent to a redirector is a process of it, unless it is
 * stated who is. */
static void learn(struct wh_supervisor *supervisor, const struct wh_record *record,
		  const struct wh_asker *asker)
{
	__u32 index = wh_redirector_find(supervisor->rules, record);
	struct wh_slot_set slots = {};

	if (index >= WH_REDIRECTORS_MAX ||
	    supervisor->rules->redirector[index].owner.flags & WH_OWNER_STATED)
		return;
	wh_slot_set_add(&slots, record->slot);
	wh_memory_learn(supervisor->memory, supervisor->rules, asker->who, &slots);
}

/* The record of the connection between these ends, if the socket at the client's end is one that was
 * redirected to here. Ends are used again and again; sockets are not. */
static struct wh_redirect *find_by_ends(const struct wh_supervisor *supervisor,
					const struct wh_endpoint *client,
					const struct wh_endpoint *proxy, __u64 netns)
{
	struct wh_redirect *redirect;
	__u64 cookie;
	int state;

	if (wh_socket_find(supervisor->finder, client, proxy, &cookie, &state))
		return NULL;
	redirect = wh_redirects_by_client(supervisor->redirects, cookie);
	if (!redirect || redirect->accepted_cookie || redirect->record.who.netns != netns ||
	    redirect->proxy.port != proxy->port ||
	    !wh_address_equal(&redirect->proxy.address, &proxy->address))
		return NULL;
	return redirect;
}

/* The record of an accepted socket. Returns 0 or a negative errno. */
static int find_record(struct wh_supervisor *supervisor, const struct wh_taken *taken,
		       struct wh_redirect **ret)
{
	struct wh_redirect *redirect =
		wh_redirects_by_accepted(supervisor->redirects, taken->cookie);
	struct wh_endpoint local, peer;

	if (taken->state == TCP_LISTEN)
		return -EINVAL;
	if (redirect && taken->state == TCP_CLOSE) {
		*ret = redirect; /* its client has reset it */
		return 0;
	}
	if (taken->state == TCP_CLOSE || taken->state == TCP_SYN_SENT ||
	    wh_taken_peer(taken, &peer) || wh_taken_local(taken, &local))
		return -ENOTCONN;
	if (!redirect) {
		redirect = find_by_ends(supervisor, &peer, &local, taken->netns);
		if (redirect)
			wh_redirects_claim(supervisor->redirects, redirect, taken->cookie, &peer);
	}
	/* After AF_UNSPEC it may be connected to somebody else. */
	if (!redirect || redirect->record.client_port != peer.port ||
	    !wh_address_equal(&redirect->record.client, &peer.address))
		return -ENOENT;
	*ret = redirect;
	return 0;
}

static void answer_token(struct wh_supervisor *supervisor, struct wh_redirect *redirect,
			 const struct wh_asker *asker, struct wh_token *ret)
{
	struct wh_record *record = &redirect->record;

	if (!(record->flags & WH_RECORD_ISSUED)) {
		wh_token_prove(&supervisor->key, record, record->proof);
		record->flags |= WH_RECORD_ISSUED;
		redirect->holder_pid = asker ? asker->who->pid : 0;
		redirect->holder_start = asker ? asker->who->start_time : 0;
	}
	wh_token_encode(ret, record);
}

static size_t answer_hops(const struct wh_redirect *redirect, struct wh_abi_hop *ret)
{
	__u32 older = redirect->chain ? redirect->chain->hop_count : 0;

	if (older >= WH_HOPS_MAX)
		older = WH_HOPS_MAX - 1;
	for (__u32 i = 0; i < older; i++)
		wh_abi_hop_fill(&ret[i], &redirect->chain->hop[i]);
	wh_abi_newest_hop_fill(&ret[older], &redirect->record);
	return (older + 1) * sizeof(*ret);
}

static int answer_context(const struct wh_supervisor *supervisor, const struct wh_record *record,
			  void *ret, size_t *ret_size)
{
	struct wh_abi_storage *storage = ret;
	const struct wh_context *context;

	switch (record->context_kind) {
	case WH_CONTEXT_ENDPOINTS:
		memset(&storage[1], 0, sizeof(storage[1]));
		wh_abi_address_fill(&storage[1].address, &record->client, record->client_port);
		/* fall through */
	case WH_CONTEXT_DESTINATION:
		memset(&storage[0], 0, sizeof(storage[0]));
		wh_abi_address_fill(&storage[0].address, &record->destination,
				    record->destination_port);
		*ret_size =
			sizeof(*storage) * (record->context_kind == WH_CONTEXT_ENDPOINTS ? 2 : 1);
		return 0;
	case WH_CONTEXT_BYTES:
		break;
	default:
		return -ENOENT;
	}
	if (!record->context || record->context > supervisor->context_count)
		return -ENOENT;
	context = &supervisor->contexts[record->context - 1];
	if (!context->size || context->size > WH_CONTEXT_MAX)
		return -ENOENT;
	memcpy(ret, context->bytes, context->size);
	*ret_size = context->size;
	return 0;
}

int wh_socket_answer(struct wh_supervisor *supervisor, const struct wh_taken *taken, int option,
		     const struct wh_asker *asker, void *ret, size_t *ret_size)
{
	struct wh_redirect *redirect;
	int error;

	if (option != WH_OPTION_RECORDS && option != WH_OPTION_CONTEXT &&
	    option != WH_OPTION_HOPS && option != WH_OPTION_ORIGIN)
		return -EOPNOTSUPP;
	if (!wh_taken_is_plain(taken))
		return -EOPNOTSUPP;
	error = find_record(supervisor, taken, &redirect);
	if (error)
		return error;
	if (asker)
		learn(supervisor, &redirect->record, asker);
	switch (option) {
	case WH_OPTION_RECORDS:
		answer_token(supervisor, redirect, asker, ret);
		*ret_size = sizeof(struct wh_token);
		return 0;
	case WH_OPTION_ORIGIN:
		wh_abi_origin_fill(ret, &redirect->record, redirect->chain);
		*ret_size = sizeof(struct wh_abi_origin);
		return 0;
	case WH_OPTION_HOPS:
		*ret_size = answer_hops(redirect, ret);
		return 0;
	default:
		return answer_context(supervisor, &redirect->record, ret, ret_size);
	}
}

/* May it set the records that were issued to this redirector? */
static bool may_relate(const struct wh_supervisor *supervisor, const struct wh_redirect *redirect,
		       const struct wh_asker *asker)
{
	__u32 index = wh_redirector_find(supervisor->rules, &redirect->record);
	struct wh_process process = {.who = asker->who, .path = asker->path};

	if (index >= WH_REDIRECTORS_MAX) /* it has left the rules: who held the records? */
		return redirect->holder_pid == asker->who->pid &&
		       redirect->holder_start == asker->who->start_time;
	process.learned = wh_memory_learned(supervisor->memory, asker->who);
	return wh_process_belongs(&supervisor->rules->redirector[index], &process);
}

/* Whether the accepted socket still has its connection. */
static bool accepted_lives(const struct wh_supervisor *supervisor,
			   const struct wh_redirect *redirect)
{
	const struct wh_endpoint client = {.address = redirect->record.client,
					   .port = redirect->record.client_port};
	__u64 cookie;
	int state;

	return !wh_socket_find(supervisor->finder, &redirect->proxy, &client, &cookie, &state) &&
	       state != TCP_TIME_WAIT && cookie == redirect->accepted_cookie;
}

int wh_socket_relate(struct wh_supervisor *supervisor, const struct wh_taken *taken,
		     const void *bytes, size_t size, const struct wh_asker *asker)
{
	struct wh_chain *chain, grown = {};
	struct wh_redirect *redirect;
	struct wh_token token;
	int error;

	if (!wh_taken_is_plain(taken))
		return -EOPNOTSUPP;
	if (taken->state == TCP_LISTEN)
		return -EINVAL;
	if (taken->state != TCP_CLOSE)
		return -EISCONN;
	error = wh_token_decode(bytes, (__u32)size, &token);
	if (error)
		return error;
	redirect = wh_redirects_by_id(supervisor->redirects, token.id);
	if (!redirect || !(redirect->record.flags & WH_RECORD_ISSUED) ||
	    !wh_token_genuine(&token, &redirect->record) || !accepted_lives(supervisor, redirect))
		return -ESTALE;
	if (!may_relate(supervisor, redirect, asker))
		return -EACCES;
	if (redirect->chain)
		grown = *redirect->chain;
	grown.source = WH_CHAIN_SET;
	error = wh_chain_append(&grown, &redirect->record);
	chain = error ? NULL : wh_memory_chain_make(supervisor->memory, taken->cookie);
	if (!error && !chain)
		error = -ENOBUFS;
	if (!error)
		*chain = grown;
	return error;
}
