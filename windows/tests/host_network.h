/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A network for this program alone: its loopback's ports are nobody else's, in TIME_WAIT neither. */
#ifndef WHITHER_HOST_NETWORK_H
#define WHITHER_HOST_NETWORK_H

#include <stdbool.h>

/* Before the first thread and the first socket. Where the machine allows it to nobody, the program
 * stays in the network it has, says so, and false is returned. Fails the program where the network
 * cannot be used. */
bool host_network_own(void);
/* How many ports are for those who ask for any, in a network of our own; false: it is not allowed. */
bool host_network_ports(unsigned int count);

#endif /* WHITHER_HOST_NETWORK_H */
