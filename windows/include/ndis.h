/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Not here: packets have no place where connects are redirected. */
#error "whither has no NDIS (ndis.h): it redirects connections and sees no packets; for WSK include wsk.h"
