/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* How many connections each user has; those who have none are not remembered. */
#include "relay_internal.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>

static int by_uid(const void *left, const void *right)
{
	const struct wh_relay_user *a = left, *b = right;

	return a->uid < b->uid ? -1 : a->uid > b->uid;
}

static struct wh_relay_user *find(struct wh_relay *relay, uint32_t uid)
{
	const struct wh_relay_user wanted = {.uid = uid};
	struct wh_relay_user *const *found = tfind(&wanted, &relay->users, by_uid), *user;

	if (found)
		return *found;
	user = calloc(1, sizeof(*user));
	if (!user)
		return NULL;
	user->uid = uid;
	if (!tsearch(user, &relay->users, by_uid)) {
		free(user);
		return NULL;
	}
	return user;
}

int wh_relay_user_enter(struct wh_relay_connection *connection, uint32_t uid)
{
	struct wh_relay *relay = connection->relay;
	struct wh_relay_user *user;

	if (!relay->options.max_per_user)
		return 0;
	user = find(relay, uid);
	if (!user)
		return -ENOMEM;
	if (user->count >= relay->options.max_per_user)
		return -EBUSY;
	user->count++;
	connection->user = user;
	return 0;
}

void wh_relay_user_leave(struct wh_relay_connection *connection)
{
	struct wh_relay_user *user = connection->user;

	connection->user = NULL;
	if (!user || --user->count)
		return;
	tdelete(user, &connection->relay->users, by_uid);
	free(user);
}
