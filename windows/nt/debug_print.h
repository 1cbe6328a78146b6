/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Where DbgPrint's lines go: standard error, until whither-driver or a test says otherwise. */
#pragma once

#include <stddef.h>

/* `text` has a terminator behind `size` bytes. Called on any thread, at any IRQL. */
typedef void nt_debug_print_sink(void *context, const char *text, size_t size);

/* NULL: standard error again. Not while another thread prints. */
__attribute__((__visibility__("default"))) void nt_debug_print_to(nt_debug_print_sink *sink,
								  void *context);
