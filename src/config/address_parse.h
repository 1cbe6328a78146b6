/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Addresses, prefixes, ports and endpoints as people write them. */
#ifndef WH_ADDRESS_PARSE_H
#define WH_ADDRESS_PARSE_H

#include <stdint.h>

#include "parse_fault.h"
#include "rule_table.h"

/* "10.0.0.0/8", "2001:db8::1": *ret_bits counts in 128, and IPv4 is ::ffff:a.b.c.d. */
int wh_parse_prefix(const char *text, struct wh_address *ret, uint8_t *ret_bits,
		    struct wh_parse_fault *fault);

/* "80", "8000-8080". */
int wh_parse_port_range(const char *text, uint16_t *ret_low, uint16_t *ret_high,
			struct wh_parse_fault *fault);

/* "127.0.0.1:80", "[::1]:80": an address at which a proxy can be reached, and its port. */
int wh_parse_listen(const char *text, struct wh_endpoint *ret, struct wh_parse_fault *fault);

#endif /* WH_ADDRESS_PARSE_H */
