/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* <ntintsafe.h> for programs: HRESULTs. */
#ifndef WHITHER_INTSAFE_H
#define WHITHER_INTSAFE_H

#include <ntdef.h>

#ifndef S_OK
#define S_OK ((HRESULT)0)
#endif
#define INTSAFE_E_ARITHMETIC_OVERFLOW ((HRESULT)0x80070216u)

#define WHITHER_INT(name) name
#define WHITHER_INT_STATUS HRESULT
#define WHITHER_INT_GOOD S_OK
#define WHITHER_INT_BAD INTSAFE_E_ARITHMETIC_OVERFLOW
#include <intsafe_types.h>

#endif
