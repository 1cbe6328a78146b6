/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Microsoft's extensions of Winsock: the options; winsock2.h must come first for the functions. */
#ifndef WHITHER_MSWSOCK_H
#define WHITHER_MSWSOCK_H

#include <ws2def.h>

#define SO_CONNDATA 0x7000
#define SO_CONNOPT 0x7001
#define SO_OPENTYPE 0x7008
#define SO_SYNCHRONOUS_ALERT 0x10
#define SO_SYNCHRONOUS_NONALERT 0x20
#define SO_MAXDG 0x7009
#define SO_MAXPATHDG 0x700A
#define SO_UPDATE_ACCEPT_CONTEXT 0x700B
#define SO_CONNECT_TIME 0x700C
#define SO_UPDATE_CONNECT_CONTEXT 0x7010

#endif
