/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * SIGINT and SIGTERM, taken by a thread of their own: the first asks for unloading, the second ends
 * the program at once, whatever a driver is doing.
 */
#ifndef DRIVER_SIGNALS_H
#define DRIVER_SIGNALS_H

/* Before any other thread is started. late() is called, in the signals' thread, when the driver
 * takes long to unload. Returns 0 or a negative errno. */
int driver_signals_start(void (*late)(void));

/* A sentence that the first signal prints while what it asks for cannot be begun; NULL: none. */
void driver_signals_busy(const char *why);

/* Waits for the first signal. */
void driver_signals_wait(void);

/* Unloading begins, or has ended. */
void driver_signals_unloading(int begins);

#endif /* DRIVER_SIGNALS_H */
