/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The side of bench_wsk that is a Winsock Kernel client. What fails ends the program. */
#ifndef BENCH_WSK_SERVER_H
#define BENCH_WSK_SERVER_H

#include <stdint.h>

#define BENCH_MESSAGE 16384

void wsk_server_begin(void);

/* An echo on loopback, whose routines begin the next request; its port. */
uint16_t wsk_server_echo(void);

/* Listens at a port of 127.0.0.1, calls ready, accepts one connection. */
void wsk_server_accept(uint16_t port, void (*ready)(void));
/* Asks it for its records, with an IRP that is used again: the status. */
int32_t wsk_server_query(void);

#endif /* BENCH_WSK_SERVER_H */
