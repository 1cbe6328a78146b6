/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "time_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define SECOND 1000000000ull

static uint64_t now_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

uint64_t wh_boot_now(void)
{
	return now_of(CLOCK_BOOTTIME);
}

uint64_t wh_boot_to_real(uint64_t boottime)
{
	return now_of(CLOCK_REALTIME) - now_of(CLOCK_BOOTTIME) + boottime;
}

char *wh_span_text(uint64_t ns, char ret[WH_SPAN_TEXT])
{
	uint64_t ms = ns / 1000000, seconds = ns / SECOND;
	uint64_t minutes = seconds / 60, hours = minutes / 60;

	if (seconds < 1)
		snprintf(ret, WH_SPAN_TEXT, "0.%03" PRIu64 "s", ms);
	else if (seconds < 60)
		snprintf(ret, WH_SPAN_TEXT, "%" PRIu64 ".%" PRIu64 "s", seconds, ms % 1000 / 100);
	else if (minutes < 60)
		snprintf(ret, WH_SPAN_TEXT, "%" PRIu64 "m%02" PRIu64 "s", minutes, seconds % 60);
	else if (hours < 24)
		snprintf(ret, WH_SPAN_TEXT, "%" PRIu64 "h%02" PRIu64 "m", hours, minutes % 60);
	else
		snprintf(ret, WH_SPAN_TEXT, "%" PRIu64 "d%02" PRIu64 "h", hours / 24, hours % 24);
	return ret;
}

char *wh_age_text(uint64_t now, uint64_t then, char ret[WH_SPAN_TEXT])
{
	return wh_span_text(now > then ? now - then : 0, ret);
}

char *wh_moment_text(uint64_t realtime, char ret[WH_MOMENT_TEXT])
{
	time_t seconds = (time_t)(realtime / SECOND);
	struct tm parts;
	char date[24];

	if (!gmtime_r(&seconds, &parts) || !strftime(date, sizeof(date), "%FT%T", &parts))
		date[0] = '\0';
	snprintf(ret, WH_MOMENT_TEXT, "%s.%03uZ", date,
		 (unsigned int)(realtime % SECOND / 1000000));
	return ret;
}
