/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A network for this program alone: its loopback's ports are nobody else's, in TIME_WAIT neither. */
#ifndef WHITHER_HOST_NETWORK_H
#define WHITHER_HOST_NETWORK_H

/* Before the first thread and the first socket. Where the machine allows it to nobody, the program
 * stays in the network it has, and says so. Fails the program where the network cannot be used. */
void host_network_own(void);

#endif /* WHITHER_HOST_NETWORK_H */
