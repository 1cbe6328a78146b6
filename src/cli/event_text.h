/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A decision in one line, for people or as JSON. */
#ifndef WH_EVENT_TEXT_H
#define WH_EVENT_TEXT_H

#include <stdio.h>

#include "event_layout.h"

/* The names of the rules of one version; a copy, so that nothing need be held open. */
struct wh_event_names {
	struct wh_rules *rules; /* owned; NULL: none were read */
};

/* "redirect", "permit", "block"; and why: "web/inspect takes it". NULL names are allowed. */
const char *wh_event_verdict(const struct wh_event *event);

/* The redirector of the event, "web/inspect", "" when it has none; or the filter that decided. */
#define WH_EVENT_NAME (2ul * WH_NAME_SIZE + 1)
char *wh_event_redirector(const struct wh_event_names *names, const struct wh_event *event,
			  char ret[WH_EVENT_NAME]);

void wh_event_print_text(const struct wh_event_names *names, const struct wh_event *event,
			 FILE *file);
int wh_event_print_json(const struct wh_event_names *names, const struct wh_event *event,
			FILE *file);

#endif /* WH_EVENT_TEXT_H */
