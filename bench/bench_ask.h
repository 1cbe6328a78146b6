/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The questions that a proxy asks its accepted socket, and their names on the command line. */
#ifndef BENCH_ASK_H
#define BENCH_ASK_H

/* Returns 0, or -1 and errno. */
typedef int (*ask_function)(int fd);

/* nothing, origin, records, context, hops, original-dst, getsockname, getpeername, so-type,
 * tcp-info, nodelay. */
ask_function ask_named(const char *name);

/* The records of accepted are asked, and set on outbound. */
int ask_and_relate(int outbound, int accepted);

#endif /* BENCH_ASK_H */
