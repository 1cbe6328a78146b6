/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* One table: Linux' error, the NTSTATUS that Winsock Kernel gives for it, the error that Winsock gives. */
#ifndef WHITHER_STATUS_TABLE_H
#define WHITHER_STATUS_TABLE_H

#include <ntdef.h>

/* error is a positive errno; 0 is success. An unknown one is STATUS_UNSUCCESSFUL, WSAEINVAL. */
NTSTATUS net_status_of_errno(int error);
int net_wsa_of_errno(int error);
/* Success, informational: 0. An unknown one is WSAEINVAL, as in Windows' own table. */
int net_wsa_of_status(NTSTATUS status);

/*
 * The same for an error of net_redirect_query() and net_redirect_set(), where some errors mean something
 * of their own. For Winsock, WHITHER_WSA_NOT_FOUND and WHITHER_WSA_SHORT in the environment, read once,
 * replace the answers for "not redirected, no context" and for a short buffer.
 */
NTSTATUS net_status_of_redirect(int error);
int net_wsa_of_redirect(int error);

#endif
