/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What a handle of nt_file_open() and ZwCreateFile() stands for. */
#ifndef WHITHER_NT_OPEN_FILE_H
#define WHITHER_NT_OPEN_FILE_H

#include "nt_device_calls.h"

struct nt_open_file {
	struct nt_device_handle *device; /* or NULL: a file of the host */
	int descriptor;
};

struct nt_open_file *nt_open_file_new(void);

#endif
