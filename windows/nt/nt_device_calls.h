/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* How a program in this process calls a driver's device: for kernel and user mode alike. Exported. */
#ifndef WHITHER_NT_DEVICE_CALLS_H
#define WHITHER_NT_DEVICE_CALLS_H

#include <ntdef.h>

#pragma GCC visibility push(default)

/*
 * A handle on a device, by a name such as \\.\name, \\?\name or \DosDevices\name, as UTF-8. The
 * requests go to the top of the device's stack and are waited for.
 */
struct nt_device_handle;
NTSTATUS nt_device_open(const char *name, ULONG access, struct nt_device_handle **ret_handle);
NTSTATUS nt_device_control(struct nt_device_handle *handle, ULONG code, const void *input,
			   ULONG input_size, void *output, ULONG output_size, ULONG *ret_size);
NTSTATUS nt_device_read(struct nt_device_handle *handle, void *buffer, ULONG size, ULONG *ret_size);
NTSTATUS nt_device_write(struct nt_device_handle *handle, const void *buffer, ULONG size,
			 ULONG *ret_size);
void nt_device_close(struct nt_device_handle *handle);

#pragma GCC visibility pop

#endif
