/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_drain.h"

#include "wsk_host.h"

#include <stdlib.h>

#define DRAIN_MS 10000
#define PAUSE_MS_MAX 50

struct wsk_drain {
	struct wsk_drain *next;
	int fd;
	bool reset;
	unsigned int pause;
	uint64_t due;
	uint64_t end;
};

void wsk_drain_init(struct wsk_drain_list *list)
{
	list->first = NULL;
}

static void end(int fd, bool reset)
{
	if (reset)
		wsk_host_close_reset(fd);
	else
		wsk_host_close(fd);
}

void wsk_drain_add(struct wsk_drain_list *list, int fd, bool reset, uint64_t time)
{
	struct wsk_drain *drain = wsk_host_unsent(fd) > 0 ? malloc(sizeof(*drain)) : NULL;

	if (!drain) {
		end(fd, reset);
		return;
	}
	*drain = (struct wsk_drain){
		.next = list->first,
		.fd = fd,
		.reset = reset,
		.pause = 1,
		.due = time + 1,
		.end = time + DRAIN_MS,
	};
	list->first = drain;
}

int wsk_drain_run(struct wsk_drain_list *list, uint64_t time)
{
	struct wsk_drain **link = &list->first;
	uint64_t next = UINT64_MAX;

	while (*link) {
		struct wsk_drain *drain = *link;

		if (drain->due <= time) {
			if (wsk_host_unsent(drain->fd) <= 0 || drain->end <= time) {
				*link = drain->next;
				end(drain->fd, drain->reset);
				free(drain);
				continue;
			}
			drain->pause = drain->pause * 2 < PAUSE_MS_MAX ? drain->pause * 2 :
									 PAUSE_MS_MAX;
			drain->due = time + drain->pause;
		}
		if (drain->due < next)
			next = drain->due;
		link = &drain->next;
	}
	return next == UINT64_MAX ? -1 : (int)(next - time);
}
