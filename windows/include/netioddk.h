/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Identifiers of Network Programming Interfaces. The Network Module Registrar is not here: a client
 * of Winsock Kernel registers with WskRegister().
 */
#ifndef WHITHER_NETIODDK_H
#define WHITHER_NETIODDK_H

#include <wdm.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef GUID NPIID;
typedef NPIID *PNPIID;

#ifdef __cplusplus
}
#endif

#endif /* WHITHER_NETIODDK_H */
