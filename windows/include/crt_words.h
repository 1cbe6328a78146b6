/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What a user-mode source for Microsoft's compiler takes for granted beside the standard headers: the
 * compiler's words, the names of its C library, its printf. whither-cc includes it into every such source
 * first, also into those that include no header of Windows. No type of Windows is among it.
 */
#ifndef WHITHER_CRT_WORDS_H
#define WHITHER_CRT_WORDS_H

#include <crt_more.h>
#include <wdm_narrow.h>
#include <wdm_stream.h>
#include <wdm_wide.h>

#endif
