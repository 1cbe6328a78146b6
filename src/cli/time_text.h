/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Times and amounts for people. */
#ifndef WH_TIME_TEXT_H
#define WH_TIME_TEXT_H

#include <stdint.h>

#define WH_SPAN_TEXT 32
#define WH_MOMENT_TEXT 40

/* Now, ns, CLOCK_BOOTTIME: the clock of all of the kernel's times. */
uint64_t wh_boot_now(void);

/* How long: "0.012s", "3.4s", "5m07s", "2h05m", "3d04h". Returns ret. */
char *wh_span_text(uint64_t ns, char ret[WH_SPAN_TEXT]);

/* From then to now; "0.000s" when then is later. */
char *wh_age_text(uint64_t now, uint64_t then, char ret[WH_SPAN_TEXT]);

/* A time of CLOCK_REALTIME, ns: "2026-01-31T12:00:00.000Z". */
char *wh_moment_text(uint64_t realtime, char ret[WH_MOMENT_TEXT]);

/* The CLOCK_REALTIME of a time of CLOCK_BOOTTIME, as the clocks stand now. */
uint64_t wh_boot_to_real(uint64_t boottime);

#endif /* WH_TIME_TEXT_H */
