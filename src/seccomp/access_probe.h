/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Whether this process may do at all what a supervisor does. */
#ifndef WH_ACCESS_PROBE_H
#define WH_ACCESS_PROBE_H

#include "engine.h"

/*
 * Tries it on a child made for that. Returns 0, or a negative errno and in *problem what is
 * refused and what would help: a container's seccomp profile and Yama refuse calls one by one, and
 * a command that was started nevertheless would see each of its connects fail.
 */
int wh_access_probe(struct wh_problem *problem);

#endif /* WH_ACCESS_PROBE_H */
