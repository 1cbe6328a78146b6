/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "bench_slab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench_support.h"

#define MOST_CACHES 1024

struct cache {
	char name[40];
	unsigned long objects, size;
};

static struct cache before[MOST_CACHES], after[MOST_CACHES];
static size_t before_count;

static long slab_bytes(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	char line[128];
	long kib = -1;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Slab: %ld", &kib) == 1)
			break;
	if (kib < 0)
		die("/proc/meminfo");
	fclose(file);
	return kib * 1024;
}

long slab_settled(void)
{
	struct timespec pause = {.tv_nsec = 300000000};
	long last, now = slab_bytes();
	int rounds = 0;

	do {
		last = now;
		nanosleep(&pause, NULL);
		now = slab_bytes();
	} while (labs(now - last) > 262144L && ++rounds < 20);
	return now;
}

static size_t read_caches(struct cache *caches)
{
	FILE *file = fopen("/proc/slabinfo", "re");
	char line[512];
	size_t count = 0;

	while (file && count < MOST_CACHES && fgets(line, sizeof(line), file)) {
		struct cache *cache = &caches[count];

		if (sscanf(line, "%39s %lu %*u %lu", cache->name, &cache->objects, &cache->size) ==
		    3)
			count++;
	}
	if (file)
		fclose(file);
	return count;
}

void caches_remember(void)
{
	before_count = read_caches(before);
}

/* The caches of the file system grow and shrink with whatever else goes on. */
static int is_of_connections(const char *name)
{
	static const char *const prefixes[] = {"kmalloc", "TCP",     "sock", "request_sock",
					       "filp",    "tw_sock", "bpf",  "tcp"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return 1;
	return 0;
}

void caches_print_growth(double share)
{
	size_t after_count = read_caches(after);
	double bytes = 0;

	for (size_t i = 0; i < after_count; i++) {
		unsigned long old = 0;
		double grown;

		for (size_t j = 0; j < before_count; j++)
			if (!strcmp(before[j].name, after[i].name))
				old = before[j].objects;
		grown = ((double)after[i].objects - (double)old) / share;
		if (is_of_connections(after[i].name))
			bytes += grown * (double)after[i].size;
		if (grown > 0.2)
			printf("cache %s %lu %.2f\n", after[i].name, after[i].size, grown);
	}
	printf("objects %.1f\n", bytes);
}
