/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* "did you mean ...?" */
#ifndef WH_SUGGESTION_H
#define WH_SUGGESTION_H

#include <stddef.h>

/* The one of candidates (NULL at the end) that found most probably stands for, or NULL when none
 * is near. Case does not count. */
const char *wh_suggest(const char *found, const char *const candidates[]);

#endif /* WH_SUGGESTION_H */
