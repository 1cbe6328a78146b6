/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The provider's dispatch tables. */
#ifndef WHITHER_WSK_TABLES_H
#define WHITHER_WSK_TABLES_H

#include "wsk_socket.h"

extern const WSK_PROVIDER_DISPATCH wsk_provider_dispatch;

const void *wsk_table_of(enum wsk_category category);

#endif /* WHITHER_WSK_TABLES_H */
