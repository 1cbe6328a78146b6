/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* One redirector of a status, for people; and what other parts of it are written with. */
#ifndef WH_RENDER_REDIRECTOR_H
#define WH_RENDER_REDIRECTOR_H

#include "status.h"

#define WH_LABEL "     %-13s"

void wh_render_redirector(const struct wh_status *status, __u32 index, FILE *file);

/* "3: 2 nobody listens, 1 a ninth hop", and the end of the line. */
void wh_render_refused(const __u64 refused[WH_CAUSE_SLOTS], FILE *file);

/* The line of a rule's conditions; text is the rule's. */
void wh_render_conditions(const char *text, FILE *file);

#endif /* WH_RENDER_REDIRECTOR_H */
