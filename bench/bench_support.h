/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What the measuring programs share. They are called by bench_driver.py, in a network namespace
 * that it has made, and print "name value" lines. Whatever fails ends them with a sentence.
 *
 * Arguments are NAME=VALUE. All know cpu=N: the processor to stay on.
 */
#ifndef BENCH_SUPPORT_H
#define BENCH_SUPPORT_H

#include <stddef.h>
#include <stdint.h>
#include <whither/whither.h>

/* Prints a sentence and errno's, and exits. */
__attribute__((noreturn, format(printf, 1, 2))) void die(const char *format, ...);

/* The value of NAME=VALUE among the arguments; fallback when it is not there. */
const char *argument(char **arguments, const char *name, const char *fallback);
long argument_number(char **arguments, const char *name, long fallback);

/* cpu=, and a priority that keeps others from interrupting. */
void settle(char **arguments);

uint64_t now_ns(void);      /* CLOCK_MONOTONIC */
uint64_t cpu_used_ns(void); /* of this process and its ended children */

/* "127.0.0.1:80" or "[::1]:80". Returns the size of *ret. */
socklen_t parse_address(const char *text, union whither_address *ret);

int make_socket(const union whither_address *address);

/* cgroup= and user=: makes the caller a process of the redirector whose owner is stated so. */
void become_owner(char **arguments);

/* The listening socket of listen=A:P [transparent=1]. */
int listen_here(char **arguments);

/* The same, made by a process of the owner that has ended when this returns: to whither the
 * caller stays an ordinary client. */
int listen_elsewhere(char **arguments);

/* A socket that is connected to address. */
int connect_to(const char *address);

/* The lower quartile of values, which are put into order: what interrupts only ever adds. */
double undisturbed(double *values, size_t count);

/* Limits on descriptors, raised as far as they go. */
void raise_limits(void);

#endif /* BENCH_SUPPORT_H */
