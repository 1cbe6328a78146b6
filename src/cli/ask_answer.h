/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What PROGRAM of "whither run --ask PROGRAM" says. */
#ifndef WH_ASK_ANSWER_H
#define WH_ASK_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#define WH_ASK_LINE_MAX 256 /* longer ones are no answer */

enum wh_ask_verdict {
	WH_ASK_REDIRECT,
	WH_ASK_BLOCK,
};

/*
 * Looks at what it has said so far. Returns 1 and *ret_verdict when that is an answer, 0 when more
 * is wanted, or -EBADMSG: it will never be one. ended: it says no more. An answer is a line of one
 * word, "redirect" or "block", with blanks around it as it likes.
 */
int wh_ask_answer_read(const char *bytes, size_t size, bool ended,
		       enum wh_ask_verdict *ret_verdict);

/* The same word; for options. Returns 0 or -EBADMSG. */
int wh_ask_verdict_read(const char *word, size_t size, enum wh_ask_verdict *ret_verdict);

#endif /* WH_ASK_ANSWER_H */
