/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Winsock 1.1 is here what it is in Winsock 2. */
#ifndef WHITHER_WINSOCK_H
#define WHITHER_WINSOCK_H

#include <winsock2.h>

#endif
