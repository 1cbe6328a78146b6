/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Reads the kernel's list of live connections. */
#ifndef WH_CONNECTION_LIST_H
#define WH_CONNECTION_LIST_H

#include "engine.h"

#define WH_LIST_PIN "link_list_accepted"

/* Opens the pinned list at path and calls visit for each entry. A missing list is an empty one.
 * See wh_engine_connections(). */
int wh_connections_read(const char *path, wh_connection_visit visit, void *data,
			struct wh_problem *problem);

#endif /* WH_CONNECTION_LIST_H */
