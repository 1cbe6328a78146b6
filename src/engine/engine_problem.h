/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* How the engine says what was wrong. */
#ifndef WH_ENGINE_PROBLEM_H
#define WH_ENGINE_PROBLEM_H

#include "engine.h"

/* Writes the sentence. problem may be NULL. */
__attribute__((format(printf, 2, 3))) void wh_problem_write(struct wh_problem *problem,
							    const char *format, ...);

/* Writes the sentence and is error, a negative errno: a macro, so that analyzers see which. */
#define wh_problem_set(problem, error, ...)               \
	({                                                \
		int error_ = (error);                     \
		wh_problem_write((problem), __VA_ARGS__); \
		error_;                                   \
	})

#endif /* WH_ENGINE_PROBLEM_H */
