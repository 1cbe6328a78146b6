/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The processes below this one, at any depth. */
#ifndef WH_PROCESS_TREE_H
#define WH_PROCESS_TREE_H

#include <stddef.h>

/* Sends a signal to each (0: to none) and returns their number. Zombies do not count. */
size_t wh_process_tree_signal(int signal);

#endif /* WH_PROCESS_TREE_H */
