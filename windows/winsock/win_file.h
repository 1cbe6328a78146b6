/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What CreateFile() opened: a device of a driver, or a file of the host. */
#ifndef WHITHER_WIN_FILE_H
#define WHITHER_WIN_FILE_H

#include "ws_object.h"

#include <stdbool.h>
#include <windows.h>

#define WIN_PATH_SIZE 4096

struct win_file {
	struct nt_device_handle *device; /* or NULL: */
	int descriptor;
	bool owned; /* the descriptor */
};

/* Not under the lock: a driver is told. */
void win_file_close(struct win_file *file);

/* A descriptor of its own for a file of the host, sharing its place; -1: none such. */
int win_file_descriptor(HANDLE handle);

/* The file with a reference to its object, which is given back; NULL with the last error. */
struct win_file *win_file_hold(HANDLE handle, struct ws_object **ret_object);
void win_file_let_go(struct ws_object *object);
bool win_file_path(const char *name, char path[WIN_PATH_SIZE]);
/* The error of Windows for an errno of a file. */
DWORD win_file_error(int error);

#endif
