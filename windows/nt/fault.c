/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Faults on demand: WHITHER_FAULT=17 fails the 17th allocation, WHITHER_FAULT=each every call stack's
 * first one. Each failure prints its number, which repeats it.
 */
#include <execinfo.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nt_runner.h"
#include "verifier.h"

#define DEPTH 24
#define STACKS 8192

enum mode {
	UNREAD,
	NEVER,
	ONE,
	EACH
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int mode;
static unsigned long wanted;
static unsigned long counted;
static uint64_t seen[STACKS];

static void read_environment(void)
{
	const char *text = getenv("WHITHER_FAULT");

	pthread_mutex_lock(&lock);
	if (mode == UNREAD) {
		int found = NEVER;

		if (text && strcmp(text, "each") == 0) {
			found = EACH;
		} else if (text) {
			wanted = strtoul(text, NULL, 0);
			found = wanted ? ONE : NEVER;
		}
		__atomic_store_n(&mode, found, __ATOMIC_RELAXED);
	}
	pthread_mutex_unlock(&lock);
}

/* Whether this stack has not been here before. Locked. */
static bool is_new(void *const *frames, int depth)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (int i = 0; i < depth; i++)
		hash = (hash ^ (uintptr_t)frames[i]) * 0x100000001b3u;
	hash |= 1;
	for (size_t i = 0; i < STACKS; i++) {
		uint64_t *slot = &seen[(hash + i) % STACKS];

		if (*slot == hash)
			return false;
		if (!*slot) {
			*slot = hash;
			return true;
		}
	}
	return false;
}

bool nt_fault(const char *function, size_t size, unsigned int tag)
{
	void *frames[DEPTH];
	unsigned long number;
	bool fails;
	int depth;

	if (__atomic_load_n(&mode, __ATOMIC_RELAXED) == UNREAD)
		read_environment();
	if (__builtin_expect(__atomic_load_n(&mode, __ATOMIC_RELAXED) == NEVER, 1))
		return false;
	depth = backtrace(frames, DEPTH);
	pthread_mutex_lock(&lock);
	number = ++counted;
	fails = mode == ONE ? number == wanted : is_new(frames, depth);
	pthread_mutex_unlock(&lock);
	if (fails) {
		fprintf(stderr, "whither: fault: allocation %lu fails: %s of %zu bytes\n", number,
			function, size);
		backtrace_symbols_fd(frames + 1, depth > 8 ? 7 : depth - 1, 2);
	}
	return fails;
}

static void set(int new_mode, unsigned long number)
{
	pthread_mutex_lock(&lock);
	wanted = number;
	counted = 0;
	memset(seen, 0, sizeof(seen));
	__atomic_store_n(&mode, new_mode, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&lock);
}

void nt_fault_set(uint64_t number)
{
	set(number ? ONE : NEVER, number);
}

void nt_fault_each(void)
{
	set(EACH, 0);
}

unsigned long nt_fault_count(void)
{
	unsigned long count;

	pthread_mutex_lock(&lock);
	count = counted;
	pthread_mutex_unlock(&lock);
	return count;
}
