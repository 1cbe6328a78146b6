/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Owning locals: what they hold is released when they leave their scope. See docs/ownership.md. */
#ifndef WH_SCOPE_EXIT_H
#define WH_SCOPE_EXIT_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void wh_close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void wh_free_pointer(void *pointer)
{
	free(*(void **)pointer);
}

static inline void wh_close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

static inline void wh_close_directory(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

#define WH_AUTO_FD __attribute__((cleanup(wh_close_fd))) int
#define WH_AUTO_FREE __attribute__((cleanup(wh_free_pointer)))
#define WH_AUTO_FILE __attribute__((cleanup(wh_close_file))) FILE *
#define WH_AUTO_DIRECTORY __attribute__((cleanup(wh_close_directory))) DIR *

/* Hands the descriptor on: the local no longer owns it. */
static inline int wh_take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#endif /* WH_SCOPE_EXIT_H */
