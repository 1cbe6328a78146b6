/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Pins of maps that somebody else has removed, put back. */
#ifndef WH_PIN_REPAIR_H
#define WH_PIN_REPAIR_H

#include "pin_directory.h"

/*
 * Pins every map again that an attached program uses and whose pin is missing, so that nothing
 * is lost: neither rules nor records nor counts. To find a map by its program takes
 * CAP_SYS_ADMIN: -EPERM. Maps that no attached program uses stay lost.
 */
int wh_pins_repair(const struct wh_pins *pins);

#endif /* WH_PIN_REPAIR_H */
