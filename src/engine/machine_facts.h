/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Facts about this machine, for the engine's own use; see engine.h for the public ones. */
#ifndef WH_MACHINE_FACTS_H
#define WH_MACHINE_FACTS_H

#include "engine.h"

/* The cgroup v2 path of a process (0: the caller) below the mount; malloc()ed. */
int wh_process_cgroup(uint32_t pid, char **ret_path);

#endif /* WH_MACHINE_FACTS_H */
