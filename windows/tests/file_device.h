/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A device \\.\WhitherFile for the tests of CreateFile(), which no file may include beside wdm.h. */
#ifndef WHITHER_FILE_DEVICE_H
#define WHITHER_FILE_DEVICE_H

/* Turns bytes about; answers reads with 'r', counts what was written, opened and closed. */
void file_device_make(void);
void file_device_remove(void);
extern int file_device_opened;
extern int file_device_closed;
extern int file_device_written;

#endif
