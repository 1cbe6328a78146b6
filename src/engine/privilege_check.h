/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Which privilege is missing? */
#ifndef WH_PRIVILEGE_CHECK_H
#define WH_PRIVILEGE_CHECK_H

#include "engine.h"

/* 0 when this process may load and attach the programs; else -EPERM, naming what it lacks. */
int wh_privilege_check(struct wh_problem *problem);

#endif /* WH_PRIVILEGE_CHECK_H */
