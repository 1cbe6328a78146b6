/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What may stand in a rule file and in a message: UTF-8 without control characters. Whoever
 * prints or encodes a text of the configuration later need not look at it again.
 */
#ifndef WH_CLEAN_TEXT_H
#define WH_CLEAN_TEXT_H

#include <stddef.h>

/* The length of the character at text (length > 0 bytes): 1 to 4, or 0 when it may not stand in
 * a line: a control character other than tab, NUL, or no UTF-8. */
size_t wh_clean_character(const char *text, size_t length);

/* The offset of the first byte that may not stand in a line; length when there is none. */
size_t wh_clean_span(const char *text, size_t length);

/* A copy in which each bad byte is '?', for what does not come out of a file. NULL: no memory. */
char *wh_clean_copy(const char *text);

#endif /* WH_CLEAN_TEXT_H */
