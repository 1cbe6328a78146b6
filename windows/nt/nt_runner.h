/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What whither-driver, and other programs around a driver, call. Exported. */
#ifndef WHITHER_NT_RUNNER_H
#define WHITHER_NT_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include <wdm_device.h>

#include "nt_device_calls.h"

#pragma GCC visibility push(default)

/*
 * rules: "RULE=stop|report|off,...", also "all=report" or "report"; "" for all at stop, NULL for the
 * verifier off. A rule that is not named is off. Before the first driver is entered. Returns 0, or
 * -EINVAL for a rule or a word that there is not.
 */
int nt_verify_set(const char *rules);
/* The names of the rules, separated by blanks. */
const char *nt_verify_names(void);
/* What was found so far. A driver that is unloaded is checked for what it left behind first. */
unsigned long nt_verify_violations(void);
void nt_verify_unloaded(const char *driver);

/* Let the allocation of this number fail, counted from here (0: none), or each call stack's first. */
void nt_fault_set(uint64_t number);
void nt_fault_each(void);
unsigned long nt_fault_count(void);

/* Calls line() for each thing that keeps a driver from unloading: open sockets, above all. Whoever
 * keeps such things registers a function that tells them. */
typedef void nt_line(const char *text, void *data);
void nt_report_open(nt_line *line, void *data);
void nt_on_report_open(void (*tell)(nt_line *line, void *data));

/* \Driver\NAME, with MajorFunction filled, ready for DriverEntry. Free it after DriverUnload. */
PDRIVER_OBJECT nt_driver_object_new(const char *name);
/* Deletes the devices that are left, too. */
void nt_driver_object_free(PDRIVER_OBJECT driver);

/* Ends the timer's thread and the pool's, once they are idle. They start again when needed. */
void nt_stop_threads(void);

/* The same with a name as CreateFileW() has it. */
NTSTATUS nt_device_open_wide(PCUNICODE_STRING name, ULONG access,
			     struct nt_device_handle **ret_handle);
/*
 * The same behind CreateFileW(), DeviceIoControl(), ReadFile() and WriteFile(). ZwClose() closes the
 * file; of a handle that is not the kernel's it says STATUS_INVALID_HANDLE.
 */
NTSTATUS nt_file_open(PCUNICODE_STRING name, ULONG access, HANDLE *ret_file);
NTSTATUS nt_file_control(HANDLE file, ULONG code, const void *input, ULONG input_size, void *output,
			 ULONG output_size, ULONG *ret_size);
NTSTATUS nt_file_transfer(HANDLE file, bool reads, void *buffer, ULONG size, ULONG *ret_size);

#pragma GCC visibility pop

#endif
