/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Random numbers that are the same on every machine for the same seed (splitmix64). */
#ifndef WH_TEST_RANDOM_NUMBER_H
#define WH_TEST_RANDOM_NUMBER_H

#include <stdint.h>

struct random_source {
	uint64_t state;
};

static inline uint64_t random_word(struct random_source *source)
{
	uint64_t z = source->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* 0 to bound - 1. */
static inline unsigned int random_below(struct random_source *source, unsigned int bound)
{
	return (unsigned int)(random_word(source) % bound);
}

/* True in percent of 100 cases. */
static inline int random_chance(struct random_source *source, unsigned int percent)
{
	return random_below(source, 100) < percent;
}

static inline void random_fill(struct random_source *source, void *memory, unsigned long size)
{
	unsigned char *bytes = memory;

	for (unsigned long i = 0; i < size; i++)
		bytes[i] = (unsigned char)random_word(source);
}

#endif /* WH_TEST_RANDOM_NUMBER_H */
