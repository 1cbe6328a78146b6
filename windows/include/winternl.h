/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What a user-mode source takes of the native interface. */
#ifndef WHITHER_WINTERNL_H
#define WHITHER_WINTERNL_H

#include <ntdef.h>

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

ULONG NTAPI RtlNtStatusToDosError(NTSTATUS Status);

WHITHER_END_C
#pragma GCC visibility pop

#endif
