/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lent_buffer.h"
#include "nt_internal.h"
#include "pool_record.h"
#include "record_table.h"
#include "verifier.h"

enum state {
	LIVE,
	FREED
};

#define FRESH 0xa5
#define STALE 0xdd

/* Freed blocks wait here, filled, so that a late write is seen. AddressSanitizer does it better. */
#define QUARANTINE 1024
#define QUARANTINED_SIZE 65536
#if defined(__SANITIZE_ADDRESS__)
#define HAVE_QUARANTINE 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_QUARANTINE 0
#endif
#endif
#ifndef HAVE_QUARANTINE
#define HAVE_QUARANTINE 1
#endif

struct stale {
	unsigned char *block;
	size_t size;
	unsigned int tag;
	const void *freed;
};

static pthread_mutex_t quarantine_lock = PTHREAD_MUTEX_INITIALIZER;
static struct stale quarantine[QUARANTINE];
static unsigned int quarantine_next;

/* A tag as its programmer reads it. */
static const char *tag_text(unsigned int tag, char text[5])
{
	for (int i = 0; i < 4; i++) {
		unsigned char letter = (unsigned char)(tag >> 8 * i);

		text[i] = (char)(letter < ' ' || letter > '~' ? '.' : letter);
	}
	text[4] = 0;
	return text;
}

static void check_stale(const struct stale *stale)
{
	char text[5];

	for (size_t i = 0; i < stale->size; i++) {
		if (stale->block[i] == STALE)
			continue;
		nt_violation(
			stale->tag == 'prI ' ? NT_RULE_IRP_TOUCHED : NT_RULE_POOL,
			NT_BUG_BAD_POOL_CALLER, NULL, stale->freed,
			"a block of %zu bytes, tag '%s', was written to at offset %zu after it was "
			"freed",
			stale->size, tag_text(stale->tag, text), i);
		return;
	}
}

static void bury(void *block, size_t size, unsigned int tag, const void *place)
{
	struct stale old;

	if (!HAVE_QUARANTINE || size > QUARANTINED_SIZE) {
		free(block);
		return;
	}
	memset(block, STALE, size);
	pthread_mutex_lock(&quarantine_lock);
	old = quarantine[quarantine_next];
	quarantine[quarantine_next] = (struct stale){block, size, tag, place};
	quarantine_next = (quarantine_next + 1) % QUARANTINE;
	pthread_mutex_unlock(&quarantine_lock);
	if (old.block) {
		check_stale(&old);
		nt_record_remove(NT_RECORD_POOL, old.block);
		if (old.tag == 'prI ')
			nt_record_remove(NT_RECORD_IRP, old.block);
		free(old.block);
	}
}

void nt_pool_born(void *block, SIZE_T size, ULONG tag, ULONG flags, const void *place)
{
	struct nt_record *record;

	if (!(flags & NT_POOL_ZERO))
		memset(block, FRESH, size);
	record = nt_record_begin(NT_RECORD_POOL, block);
	if (!record)
		return;
	record->size = size;
	record->tag = tag;
	record->born = record->last = place;
	nt_record_unlock(record);
}

static void check_lent(const void *block, size_t size, const char *function, const void *place)
{
	struct nt_lent lent;

	if (nt_checks(NT_RULE_BUFFER_FREED) && nt_buffer_is_lent(block, size, &lent))
		nt_violation(NT_RULE_BUFFER_FREED, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, place,
			     lent.place, "%s of block %p, of which a pending %s owns %zu bytes",
			     function, block, lent.what, lent.size);
}

void nt_pool_died(void *block, ULONG tag, bool check_tag, const char *function, const void *place)
{
	struct nt_record *found = nt_record_find(NT_RECORD_POOL, block);
	struct nt_record record;
	char text[5], other[5];

	if (!found) {
		if (nt_checks(NT_RULE_POOL))
			nt_violation(NT_RULE_POOL, NT_BUG_BAD_POOL_CALLER, place, NULL,
				     "%s of %p, which is no block of pool", function, block);
		else
			free(block);
		return;
	}
	record = *found;
	found->state = FREED;
	if (record.state != FREED)
		found->last = place;
	nt_record_unlock(found);
	if (record.state == FREED) {
		nt_violation(NT_RULE_POOL, NT_BUG_BAD_POOL_CALLER, place, record.last,
			     "%s of block %p, tag '%s', a second time", function, block,
			     tag_text(record.tag, text));
		return;
	}
	if (check_tag && record.tag != tag && nt_checks(NT_RULE_POOL))
		nt_violation(NT_RULE_POOL, NT_BUG_BAD_POOL_CALLER, place, record.born,
			     "%s with tag '%s' of a block that has tag '%s'", function,
			     tag_text(tag, text), tag_text(record.tag, other));
	check_lent(block, record.size, function, place);
	bury(block, record.size, record.tag, place);
}

static int count_leak(struct nt_record *record, void *data)
{
	size_t *count = data;

	*count += record->state == LIVE;
	return 0;
}

static int copy_leak(struct nt_record *record, void *data)
{
	if (record->state != LIVE)
		return 0;
	*(struct nt_record *)data = *record;
	record->state = FREED;
	return 1;
}

size_t nt_pool_leaks(const char *driver)
{
	struct nt_record record;
	size_t count = 0;
	char text[5];

	if (!nt_checks(NT_RULE_POOL_LEAK))
		return 0;
	nt_record_each(NT_RECORD_POOL, count_leak, &count);
	/* All of them are named, before the last one may end the program. */
	for (size_t left = count; left && nt_record_each(NT_RECORD_POOL, copy_leak, &record);
	     left--)
		nt_violation_of(left > 1 ? NT_REPORT : NT_STOP, NT_RULE_POOL_LEAK,
				NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, record.born, NULL,
				"%s of %zu bytes, tag '%s', is not freed when %s is unloaded",
				record.tag == 'prI ' ? "an IRP" : "a block of pool", record.size,
				tag_text(record.tag, text), driver);
	return count;
}
