/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Internet addresses as narrow text; bytes in network order, ports as numbers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NT_IP_TEXT_MOST 80

/* The length; with a scope and a port where they are not 0. */
size_t nt_ip4_print(const unsigned char address[4], uint16_t port, char text[NT_IP_TEXT_MOST]);
size_t nt_ip6_print(const unsigned char address[16], uint32_t scope, uint16_t port,
		    char text[NT_IP_TEXT_MOST]);

/* *ret_end: what stopped the reading, also where there is no address. */
bool nt_ip4_read(const char *text, bool strict, unsigned char ret_address[4], size_t *ret_end);
bool nt_ip6_read(const char *text, unsigned char ret_address[16], size_t *ret_end);

/* The whole text: address, and what may stand with it. */
bool nt_ip4_read_all(const char *text, bool strict, unsigned char ret_address[4],
		     uint16_t *ret_port);
bool nt_ip6_read_all(const char *text, unsigned char ret_address[16], uint32_t *ret_scope,
		     uint16_t *ret_port);
