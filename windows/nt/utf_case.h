/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The other case of one UTF-16 unit, as Unicode's simple mapping where it goes there and back. */
#pragma once

#include <stdint.h>

uint16_t nt_upcase(uint16_t unit);
uint16_t nt_downcase(uint16_t unit);
