/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What whither-driver asks of the library beside the API itself; exported, not installed. */
#ifndef NT_RUNNER_H
#define NT_RUNNER_H

#include <stdint.h>

#pragma GCC visibility push(default)

/*
 * rules: "RULE=stop|report|off,...", "" for all at stop, NULL for the verifier off. Before the first
 * driver is entered. Returns 0, or -EINVAL for a rule or a word that there is not.
 */
int nt_verify_set(const char *rules);

/* The names of the rules, separated by blanks. */
const char *nt_verify_names(void);

/* What was found so far. A driver that is unloaded is checked for what it left behind first. */
unsigned long nt_verify_violations(void);
void nt_verify_unloaded(const char *driver);

/* The allocation of this number, from 1, fails; 0: none does. */
void nt_fault_set(uint64_t number);

/* Calls line() for each thing that keeps a driver from unloading: open sockets, above all. Whoever
 * keeps such things registers a function that tells them. */
typedef void nt_line(const char *text, void *data);
void nt_report_open(nt_line *line, void *data);
void nt_on_report_open(void (*tell)(nt_line *line, void *data));

#pragma GCC visibility pop

#endif /* NT_RUNNER_H */
