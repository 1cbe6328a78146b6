/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* --ioctl: device controls, as a user-mode program would send them. */
#ifndef DRIVER_CONTROL_H
#define DRIVER_CONTROL_H

#include "driver_object.h"
#include "driver_options.h"

/* Opens the device, sends all of options' controls, and prints each answer on stdout. Returns 0, or
 * -1 when one failed, having said which. */
int driver_controls(const struct driver_options *options, struct driver *drivers, int count);

#endif /* DRIVER_CONTROL_H */
