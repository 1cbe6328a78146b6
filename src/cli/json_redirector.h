/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* One redirector of a status, for programs. */
#ifndef WH_JSON_REDIRECTOR_H
#define WH_JSON_REDIRECTOR_H

#include <jansson.h>

#include "status.h"

json_t *wh_json_redirector(const struct wh_status *status,
			   const struct wh_status_redirector *redirector);

/* Counts by the names of their causes. */
json_t *wh_json_refused(const __u64 refused[WH_CAUSE_SLOTS]);

#endif /* WH_JSON_REDIRECTOR_H */
