/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "text_columns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2

int wh_columns_add(struct wh_columns *columns, const char *const cells[])
{
	if (columns->cell_count + columns->count > columns->capacity) {
		size_t capacity = 2 * columns->capacity + columns->count;
		char **more = realloc(columns->cells, capacity * sizeof(*more));

		if (!more)
			return -ENOMEM;
		columns->cells = more;
		columns->capacity = capacity;
	}
	for (size_t i = 0; i < columns->count; i++) {
		char *cell = strdup(cells[i]);

		if (!cell) {
			while (i--)
				free(columns->cells[columns->cell_count + i]);
			return -ENOMEM;
		}
		columns->cells[columns->cell_count + i] = cell;
	}
	columns->cell_count += columns->count;
	return 0;
}

/* Columns on the screen, of a text without control characters, as far as one need know. */
static size_t width(const char *text)
{
	size_t characters = 0;

	for (; *text; text++)
		characters += ((unsigned char)*text & 0xc0) != 0x80;
	return characters;
}

static size_t widest(const struct wh_columns *columns, size_t column)
{
	size_t most = 0;

	for (size_t i = column; i < columns->cell_count; i += columns->count)
		if (width(columns->cells[i]) > most)
			most = width(columns->cells[i]);
	return most;
}

void wh_columns_print(const struct wh_columns *columns, FILE *file)
{
	size_t *widths = calloc(columns->count, sizeof(*widths)); /* without: not aligned */

	for (size_t i = 0; widths && i < columns->count; i++)
		widths[i] = widest(columns, i);
	for (size_t i = 0; i < columns->cell_count; i++) {
		const char *cell = columns->cells[i];
		size_t column = i % columns->count, here = width(cell);
		size_t padding = GAP;

		if (widths && widths[column] > here)
			padding += widths[column] - here;
		if (column + 1 == columns->count)
			fprintf(file, "%s\n", cell);
		else
			fprintf(file, "%s%*s", cell, (int)padding, "");
	}
	free(widths);
}

void wh_columns_free(struct wh_columns *columns)
{
	for (size_t i = 0; i < columns->cell_count; i++)
		free(columns->cells[i]);
	free(columns->cells);
	*columns = (struct wh_columns){0};
}
