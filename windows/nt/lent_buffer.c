/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "lent_buffer.h"
#include "verifier.h"

#define CHAINS 256

struct entry {
	struct entry *next;
	struct nt_lent lent;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry *chains[CHAINS];

static struct entry **chain_of(const void *buffer)
{
	return &chains[((uintptr_t)buffer >> 4) * 0x9e3779b97f4a7c15u >> 56];
}

/* A buffer may be lent to several requests at once: each has its entry. */
void nt_buffer_lent(const void *buffer, size_t size, const char *what, const void *place)
{
	struct entry *entry;

	if (!nt_checks(NT_RULE_BUFFER_FREED) || !buffer || !size)
		return;
	entry = malloc(sizeof(*entry));
	if (!entry)
		return;
	entry->lent = (struct nt_lent){buffer, size, what, place};
	pthread_mutex_lock(&lock);
	entry->next = *chain_of(buffer);
	*chain_of(buffer) = entry;
	pthread_mutex_unlock(&lock);
}

void nt_buffer_returned(const void *buffer)
{
	struct entry **link = chain_of(buffer);
	struct entry *found;

	if (!nt_checks(NT_RULE_BUFFER_FREED))
		return;
	pthread_mutex_lock(&lock);
	while (*link && (*link)->lent.start != buffer)
		link = &(*link)->next;
	found = *link;
	if (found)
		*link = found->next;
	pthread_mutex_unlock(&lock);
	free(found);
}

bool nt_buffer_is_lent(const void *block, size_t size, struct nt_lent *ret_lent)
{
	const char *start = block;
	bool lent = false;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < CHAINS && !lent; i++) {
		for (const struct entry *entry = chains[i]; entry && !lent; entry = entry->next) {
			lent = entry->lent.start < start + size &&
			       entry->lent.start + entry->lent.size > start;
			if (lent)
				*ret_lent = entry->lent;
		}
	}
	pthread_mutex_unlock(&lock);
	return lent;
}
