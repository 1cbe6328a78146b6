/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Kernel memory, as the kernel tells it. */
#ifndef BENCH_SLAB_H
#define BENCH_SLAB_H

/* /proc/meminfo's Slab in bytes, once it has stopped moving. */
long slab_settled(void);

/* Remembers how many objects each slab cache has. */
void caches_remember(void);

/* "cache NAME OBJECT-SIZE OBJECTS" of each that has grown since, and "objects BYTES" of those of
 * them that connections are made of, divided by share. */
void caches_print_growth(double share);

#endif /* BENCH_SLAB_H */
