/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Rows whose cells stand below each other. */
#ifndef WH_TEXT_COLUMNS_H
#define WH_TEXT_COLUMNS_H

#include <stddef.h>
#include <stdio.h>

/* Zero but for count. */
struct wh_columns {
	size_t count; /* of cells in a row */
	char **cells; /* owned, as each of them */
	size_t cell_count, capacity;
};

/* Adds a row, copying its cells. Returns 0 or -ENOMEM. */
int wh_columns_add(struct wh_columns *columns, const char *const cells[]);

/* The last cell of a row is not padded. */
void wh_columns_print(const struct wh_columns *columns, FILE *file);

void wh_columns_free(struct wh_columns *columns);

#endif /* WH_TEXT_COLUMNS_H */
