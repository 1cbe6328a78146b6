/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* How the engine says what was wrong. */
#ifndef WH_ENGINE_PROBLEM_H
#define WH_ENGINE_PROBLEM_H

#include "engine.h"

/* Writes the sentence and returns error, a negative errno. problem may be NULL. */
__attribute__((format(printf, 3, 4))) int wh_problem_set(struct wh_problem *problem, int error,
							 const char *format, ...);

#endif /* WH_ENGINE_PROBLEM_H */
