/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The public header as the library's own sources see it. Everything else in the library is
 * hidden; what is exported is named here, by WHITHER_API, and in libwhither.map.
 */
#ifndef WH_LIBRARY_EXPORT_H
#define WH_LIBRARY_EXPORT_H

#define WHITHER_API __attribute__((visibility("default")))

#include <whither/whither.h>

#endif /* WH_LIBRARY_EXPORT_H */
