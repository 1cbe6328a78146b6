/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The verifier's memory: what was allocated where, by address. Only while the verifier is on. */
#ifndef WHITHER_NT_RECORD_TABLE_H
#define WHITHER_NT_RECORD_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum nt_record_kind {
	NT_RECORD_POOL = 1,
	NT_RECORD_IRP
};

struct nt_record {
	struct nt_record *next;
	const void *address;
	size_t size;
	/* Grows with each life of the address. */
	uint64_t generation;
	const void *born;
	const void *last;
	const char *what;
	unsigned int tag;
	unsigned char kind;
	unsigned char state;
	unsigned char flags;
};

/*
 * These return with the table locked, when they return a record: nt_record_unlock() follows, and
 * nothing else happens before it. NULL: no such record, or no memory; then nothing is locked.
 */
struct nt_record *nt_record_find(enum nt_record_kind kind, const void *address);
/* The record that is there, begun anew, or a new one. */
struct nt_record *nt_record_begin(enum nt_record_kind kind, const void *address);
void nt_record_unlock(const struct nt_record *record);
void nt_record_remove(enum nt_record_kind kind, const void *address);
/* Every record of the kind, locked meanwhile, until `visit` returns non-zero: that is returned. */
int nt_record_each(enum nt_record_kind kind, int (*visit)(struct nt_record *record, void *data),
		   void *data);

#endif
