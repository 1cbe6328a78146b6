/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Who: the users and the programs behind the kernel's numbers. */
#ifndef WH_PROCESS_TEXT_H
#define WH_PROCESS_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "record_layout.h"

#define WH_USER_TEXT 64
#define WH_PATH_TEXT 1024

/* The user's name, or the number when it has none. Returns ret. */
char *wh_user_text(uint32_t uid, char ret[WH_USER_TEXT]);

/*
 * The path of the executable that the process runs now, as its bytes are. Empty when the process
 * is gone, when another has its number by now, or when it may not be looked at. A process that
 * has executed something else since is no longer the one that connected: empty, too.
 */
char *wh_executable_text(const struct wh_identity *who, char ret[WH_PATH_TEXT]);

/* Whether the process with this number is still the one that was seen. */
bool wh_process_lives(const struct wh_identity *who);

#endif /* WH_PROCESS_TEXT_H */
