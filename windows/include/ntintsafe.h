/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Arithmetic and conversions that give STATUS_INTEGER_OVERFLOW instead of a wrong number. */
#ifndef WHITHER_NTINTSAFE_H
#define WHITHER_NTINTSAFE_H

#include <ntstatus.h>

#define WHITHER_INT(name) Rtl##name
#define WHITHER_INT_STATUS NTSTATUS
#define WHITHER_INT_GOOD STATUS_SUCCESS
#define WHITHER_INT_BAD STATUS_INTEGER_OVERFLOW
#include <intsafe_types.h>

#endif
