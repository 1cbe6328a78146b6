/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#ifndef DRIVER_TRACE_H
#define DRIVER_TRACE_H

#include <stdbool.h>

void driver_trace_set(bool on);

/* Called by drivers: the words of one trace message, as they are written in the source. */
__attribute__((visibility("default"))) void
whither_driver_trace(const char *file, int line, const char *function, const char *text);

#endif /* DRIVER_TRACE_H */
