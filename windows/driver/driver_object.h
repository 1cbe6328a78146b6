/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A driver: its object, entry, and end. */
#ifndef DRIVER_OBJECT_H
#define DRIVER_OBJECT_H

#include <wdm.h>

struct driver {
	char name[64];
	void *module; /* of dlopen(); NULL where the driver is part of this program */
	PDRIVER_INITIALIZE entry;
	PDRIVER_OBJECT object;
	UNICODE_STRING registry_path;
	WCHAR registry_text[160];
	int entered; /* the entry succeeded */
};

/* Loads the driver of this path, or takes the one that is part of this program (path NULL).
 * Returns 0, or -1 after saying why not. */
int driver_load(struct driver *driver, const char *path);

/* Calls DriverEntry and says what it returned; 0 when it succeeded. */
int driver_enter(struct driver *driver);

/* Calls DriverUnload, if the entry succeeded; 0, or -1 after saying that there is none. */
int driver_leave(struct driver *driver);

/* Its object, and what it left in it. The module stays mapped: a thread may still be in its code. */
void driver_release(struct driver *driver);

/* Whether the driver is part of this program (whither-cc --exe). */
int driver_built_in(void);

#endif /* DRIVER_OBJECT_H */
