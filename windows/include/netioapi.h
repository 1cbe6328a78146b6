/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Not here: routes and interfaces are the host's. */
#error "whither has no IP helper (netioapi.h): ask the host about routes and interfaces; for addresses include ws2ipdef.h"
