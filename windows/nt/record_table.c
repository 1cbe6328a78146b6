/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <pthread.h>
#include <stdlib.h>

#include "record_table.h"

#define SHARDS 64
#define CHAINS 1024

static struct shard {
	pthread_mutex_t lock;
	struct nt_record *chains[CHAINS];
	uint64_t generation;
} shards[SHARDS] = {[0 ... SHARDS - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER}};

static uint64_t hash_of(const void *address)
{
	return ((uintptr_t)address >> 3) * 0x9e3779b97f4a7c15u;
}

static struct shard *shard_of(const void *address)
{
	return &shards[hash_of(address) >> 58];
}

/* The shard is locked. Where the record is linked, or where it would be. */
static struct nt_record **locate(struct shard *shard, enum nt_record_kind kind, const void *address)
{
	struct nt_record **link = &shard->chains[hash_of(address) >> 48 & (CHAINS - 1)];

	while (*link && ((*link)->address != address || (*link)->kind != kind))
		link = &(*link)->next;
	return link;
}

struct nt_record *nt_record_find(enum nt_record_kind kind, const void *address)
{
	struct shard *shard = shard_of(address);
	struct nt_record *record;

	pthread_mutex_lock(&shard->lock);
	record = *locate(shard, kind, address);
	if (!record)
		pthread_mutex_unlock(&shard->lock);
	return record;
}

struct nt_record *nt_record_begin(enum nt_record_kind kind, const void *address)
{
	struct shard *shard = shard_of(address);
	struct nt_record **link;
	struct nt_record *next = NULL;

	pthread_mutex_lock(&shard->lock);
	link = locate(shard, kind, address);
	if (*link)
		next = (*link)->next;
	else
		*link = malloc(sizeof(**link));
	if (!*link) {
		pthread_mutex_unlock(&shard->lock);
		return NULL;
	}
	**link = (struct nt_record){
		.next = next,
		.address = address,
		.kind = (unsigned char)kind,
		.generation = ++shard->generation,
	};
	return *link;
}

void nt_record_unlock(const struct nt_record *record)
{
	pthread_mutex_unlock(&shard_of(record->address)->lock);
}

void nt_record_remove(enum nt_record_kind kind, const void *address)
{
	struct shard *shard = shard_of(address);
	struct nt_record **link;
	struct nt_record *record;

	pthread_mutex_lock(&shard->lock);
	link = locate(shard, kind, address);
	record = *link;
	if (record)
		*link = record->next;
	pthread_mutex_unlock(&shard->lock);
	free(record);
}

int nt_record_each(enum nt_record_kind kind, int (*visit)(struct nt_record *record, void *data),
		   void *data)
{
	int result = 0;

	for (size_t i = 0; i < SHARDS && !result; i++) {
		struct shard *shard = &shards[i];

		pthread_mutex_lock(&shard->lock);
		for (size_t chain = 0; chain < CHAINS && !result; chain++)
			for (struct nt_record *record = shard->chains[chain]; record && !result;
			     record = record->next)
				if (record->kind == kind)
					result = visit(record, data);
		pthread_mutex_unlock(&shard->lock);
	}
	return result;
}
