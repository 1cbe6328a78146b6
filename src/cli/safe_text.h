/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Text that others chose: names of processes, paths, contexts. On a terminal it must not move the
 * cursor, in a list it must stay one word, and nothing of it may vanish.
 */
#ifndef WH_SAFE_TEXT_H
#define WH_SAFE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The most bytes that one byte becomes, "\x1b". */
#define WH_SAFE_FACTOR 4

/*
 * Writes text in such a form: a byte that is no clean UTF-8 as \xNN, a backslash doubled. With
 * quoted, a text that has blanks, quotes or is empty stands in double quotes, in which '"' has a
 * backslash. Returns ret, always terminated; what does not fit is cut off at a character.
 */
char *wh_safe_text(const char *text, size_t length, bool quoted, char *ret, size_t size);

/* Whether it is UTF-8 without control characters, and not empty. */
bool wh_is_printable(const void *bytes, size_t length);

/* "68656c6c6f": needs 2 * length + 1 bytes; cut off like the above. */
char *wh_hex_text(const void *bytes, size_t length, char *ret, size_t size);

#endif /* WH_SAFE_TEXT_H */
