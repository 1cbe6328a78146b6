/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What CreateFile() opened: a device of a driver, or a file of the host. */
#ifndef WHITHER_WIN_FILE_H
#define WHITHER_WIN_FILE_H

struct win_file;

/* Not under the lock: a driver is told. */
void win_file_close(struct win_file *file);

#endif
