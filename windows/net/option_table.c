/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "option_table.h"

#include <mswsock.h>
#include <ws2ipdef.h>

static const struct {
	int level;
	int option;
} rows[] = {
#define ROW(level, option, host_level, host_option, kind) {level, option},
#include "option_rows.h"
#undef ROW
};

int net_option_row(int level, int option)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].level == level && rows[i].option == option)
			return (int)i;
	return -1;
}
