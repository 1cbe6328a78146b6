/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A request to the supervisor, as it came. */
#ifndef WH_QUERY_REQUEST_H
#define WH_QUERY_REQUEST_H

#include <stddef.h>

#include "supervisor_protocol.h"

/* Whether a packet of length bytes, of which no more than the structure holds are there, is one that
 * can be looked at. Returns 0 or -EBADMSG. */
int wh_query_check(const struct wh_supervisor_request *request, size_t length);

#endif /* WH_QUERY_REQUEST_H */
