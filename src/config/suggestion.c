/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "suggestion.h"

#include <ctype.h>
#include <string.h>

#define LONGEST 32 /* of what is compared */

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static int same_letter(char a, char b)
{
	/* People write owner_user for owner-user. */
	a = a == '_' ? '-' : a;
	b = b == '_' ? '-' : b;
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* How many letters to insert, remove, replace or swap with their neighbour. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t row[3][LONGEST + 1];
	size_t *before = row[0], *above = row[1], *here = row[2];

	for (size_t j = 0; j <= b_length; j++)
		above[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *oldest = before;

		here[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t replace = above[j - 1] + !same_letter(a[i - 1], b[j - 1]);

			here[j] = smaller(replace, smaller(above[j], here[j - 1]) + 1);
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
			    same_letter(a[i - 2], b[j - 1]))
				here[j] = smaller(here[j], before[j - 2] + 1);
		}
		before = above;
		above = here;
		here = oldest;
	}
	return above[b_length];
}

const char *wh_suggest(const char *found, const char *const candidates[])
{
	size_t length = strnlen(found, LONGEST + 1);
	size_t best = 4; /* more than three mistakes are another word */
	const char *suggestion = NULL;

	if (!length || length > LONGEST)
		return NULL;
	for (size_t i = 0; candidates[i]; i++) {
		size_t candidate_length = strnlen(candidates[i], LONGEST);
		size_t mistakes = distance(found, length, candidates[i], candidate_length);

		/* At least two letters of three must be right. */
		if (mistakes < best && mistakes * 3 <= candidate_length) {
			best = mistakes;
			suggestion = candidates[i];
		}
	}
	return suggestion;
}
