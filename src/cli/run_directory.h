/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The directory of a run without the kernel engine, where the library finds its supervisor. The run
 * has it locked while it lives; what one left that was killed, the next one of the same user
 * removes.
 */
#ifndef WH_RUN_DIRECTORY_H
#define WH_RUN_DIRECTORY_H

#include <stdbool.h>

struct wh_run_directory {
	char *path; /* NULL: was not made */
	int lock;
};

/* Of this user alone; others: and of root, to be entered by all. Returns 0, or a negative errno
 * after saying on stderr what was wrong. */
int wh_run_directory_make(struct wh_run_directory *directory, bool others);

/* Removes it; what is in it has been removed before. */
void wh_run_directory_remove(struct wh_run_directory *directory);

#endif /* WH_RUN_DIRECTORY_H */
