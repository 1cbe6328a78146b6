/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Files of the host, for the calls of the kernel. */
#ifndef WHITHER_NT_HOST_FILE_H
#define WHITHER_NT_HOST_FILE_H

#include <stdbool.h>

#include <ntdef.h>

/* What there is to know; at least one of the two is asked for by each caller. */
struct nt_host_facts {
	LONGLONG size;
	LONGLONG allocated;
	ULONG links;
	bool folder;
};

/* `how` is a FILE_SUPERSEDE .. FILE_OVERWRITE_IF; *ret_done what came of it, a FILE_OPENED and so on.
 * The name: what follows \??\. STATUS_OBJECT_NAME_NOT_FOUND also of one that is no path. */
NTSTATUS nt_host_file_open(const WCHAR *name, size_t length, ULONG access, ULONG how, ULONG options,
			   ULONG *ret_done, int *ret_descriptor);
void nt_host_file_close(int descriptor);
/* At the file's own place when `at` is negative. */
NTSTATUS nt_host_file_transfer(int descriptor, bool reads, void *buffer, ULONG size, LONGLONG at,
			       ULONG *ret_size);
NTSTATUS nt_host_file_facts(int descriptor, struct nt_host_facts *ret_facts);
/* Of a negative one: asks alone. */
NTSTATUS nt_host_file_place(int descriptor, LONGLONG at, LONGLONG *ret_at);
NTSTATUS nt_host_file_resize(int descriptor, LONGLONG size);

#endif
