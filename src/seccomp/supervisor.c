/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "supervisor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "abi_answer.h"
#include "engine.h"
#include "pended_connect.h"
#include "socket_finder.h"
#include "supervisor_internal.h"

static struct wh_rules *copy_rules(const struct wh_rules *rules)
{
	struct wh_rules *copy = malloc(sizeof(*copy));

	if (copy)
		memcpy(copy, rules, sizeof(*copy));
	return copy;
}

static struct wh_context *copy_contexts(const struct wh_context *contexts, size_t count)
{
	struct wh_context *copy = calloc(count + 1, sizeof(*copy));

	if (copy && count)
		memcpy(copy, contexts, count * sizeof(*copy));
	return copy;
}

int wh_supervisor_replace(struct wh_supervisor *supervisor, const struct wh_rules *rules,
			  const struct wh_context *contexts, size_t context_count)
{
	struct wh_rules *fresh = copy_rules(rules);
	struct wh_context *bytes = copy_contexts(contexts, context_count);

	if (!fresh || !bytes) {
		free(fresh);
		free(bytes);
		return -ENOMEM;
	}
	pthread_mutex_lock(&supervisor->lock);
	free(supervisor->rules);
	free(supervisor->contexts);
	supervisor->rules = fresh;
	supervisor->contexts = bytes;
	supervisor->context_count = context_count;
	for (size_t i = 0; i < sizeof(supervisor->ports) / sizeof(supervisor->ports[0]); i++)
		supervisor->ports[i] |= fresh->listen_port[i];
	pthread_mutex_unlock(&supervisor->lock);
	return 0;
}

static int fill(struct wh_supervisor *supervisor, const struct wh_rules *rules)
{
	const struct wh_supervisor_options *options = &supervisor->options;
	int error;

	if (getrandom(&supervisor->key, sizeof(supervisor->key), 0) != sizeof(supervisor->key))
		return -EIO;
	error = wh_netns_cookie(&supervisor->netns);
	if (error)
		return error;
	supervisor->finder = wh_socket_finder_open();
	if (supervisor->finder < 0)
		return supervisor->finder;
	supervisor->sweep_finder = wh_socket_finder_open();
	if (supervisor->sweep_finder < 0)
		return supervisor->sweep_finder;
	error = wh_supervisor_replace(supervisor, rules, options->contexts, options->context_count);
	if (!error)
		error = wh_callers_new(&supervisor->callers, options->plain);
	if (!error)
		error = wh_redirects_new(&supervisor->redirects);
	if (!error)
		error = wh_memory_new(&supervisor->memory);
	if (!error)
		error = wh_pended_new(supervisor);
	if (!error)
		error = wh_query_server_open(supervisor);
	return error;
}

int wh_supervisor_new(struct wh_supervisor **ret, const struct wh_rules *rules,
		      const struct wh_supervisor_options *options)
{
	struct wh_supervisor *supervisor = calloc(1, sizeof(*supervisor));
	int error;

	if (!supervisor)
		return -ENOMEM;
	supervisor->options = *options;
	supervisor->notifications = -1;
	supervisor->finder = supervisor->sweep_finder = -1;
	error = wh_workers_init(&supervisor->workers);
	if (error) {
		free(supervisor);
		return error;
	}
	pthread_mutex_init(&supervisor->lock, NULL);
	error = fill(supervisor, rules);
	if (error)
		wh_supervisor_free(supervisor);
	else
		*ret = supervisor;
	return error;
}

int wh_supervisor_start(struct wh_supervisor *supervisor, int notifications)
{
	int error = wh_notify_prepare(notifications, !supervisor->options.plain);

	supervisor->notifications = notifications;
	if (!error)
		error = wh_query_server_start(supervisor);
	if (!error)
		error = wh_workers_start(supervisor);
	return error;
}

void wh_supervisor_free(struct wh_supervisor *supervisor)
{
	if (!supervisor)
		return;
	wh_workers_stop(supervisor);
	wh_query_server_stop(supervisor);
	if (supervisor->notifications >= 0)
		close(supervisor->notifications);
	if (supervisor->finder >= 0)
		close(supervisor->finder);
	if (supervisor->sweep_finder >= 0)
		close(supervisor->sweep_finder);
	wh_pended_free(supervisor);
	wh_redirects_free(supervisor->redirects);
	wh_memory_free(supervisor->memory);
	wh_callers_free(supervisor->callers);
	free(supervisor->rules);
	free(supervisor->contexts);
	pthread_mutex_destroy(&supervisor->lock);
	wh_workers_destroy(&supervisor->workers);
	free(supervisor);
}

int wh_supervisor_query(struct wh_supervisor *supervisor, int fd, int option, void *buffer,
			size_t size, size_t *ret_length)
{
	unsigned char answer[WH_ANSWER_MAX] __attribute__((aligned(8)));
	struct wh_taken taken;
	size_t length = 0;
	int error = wh_taken_describe(fd, &taken);

	if (error)
		return error;
	pthread_mutex_lock(&supervisor->lock);
	error = wh_socket_answer(supervisor, &taken, option, NULL, answer, &length);
	pthread_mutex_unlock(&supervisor->lock);
	if (error)
		return error;
	if (size && size < length)
		return -ENOBUFS;
	if (size)
		memcpy(buffer, answer, length);
	*ret_length = length;
	return 0;
}

void wh_supervisor_count(struct wh_supervisor *supervisor, struct wh_supervisor_totals *ret)
{
	pthread_mutex_lock(&supervisor->lock);
	*ret = supervisor->totals;
	ret->records = wh_redirects_count(supervisor->redirects);
	pthread_mutex_unlock(&supervisor->lock);
	pthread_mutex_lock(&supervisor->workers.lock);
	ret->callers_most = supervisor->workers.busy_most;
	pthread_mutex_unlock(&supervisor->workers.lock);
}
