/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The registry's keys and values. Everything here under its lock, but for the lock itself. */
#ifndef WHITHER_NT_REGISTRY_TREE_H
#define WHITHER_NT_REGISTRY_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include <ntdef.h>
#include <registry_words.h>

struct nt_value {
	struct nt_value *next;
	void *data;
	ULONG type;
	ULONG size;
	USHORT name_size; /* in bytes, as that of a key */
	WCHAR name[];
};

/* It lives as long as a reference, also when it has been deleted: then it has no parent. */
struct nt_key {
	struct nt_key *parent;
	struct nt_key *next;
	struct nt_key *first; /* below it */
	struct nt_value *values;
	LONGLONG written;
	unsigned int references;
	USHORT name_size;
	WCHAR name[];
};

void nt_registry_lock(void);
void nt_registry_unlock(void);
bool nt_key_is_deleted(const struct nt_key *key);

/*
 * By a path below `from`, or an absolute one where that is NULL. With `create`, the last name of it is
 * made when it is not there. With a reference.
 */
NTSTATUS nt_key_open(struct nt_key *from, const WCHAR *path, size_t size, bool create,
		     bool *ret_created, struct nt_key **ret_key);
/* Also what leads there. */
NTSTATUS nt_key_ensure(const WCHAR *path, size_t size);
void nt_key_release(struct nt_key *key);
NTSTATUS nt_key_delete(struct nt_key *key);
/* The absolute path, in bytes; as much as fits is written. */
size_t nt_key_path(const struct nt_key *key, WCHAR *room, size_t size);

struct nt_value *nt_value_find(const struct nt_key *key, const WCHAR *name, size_t size);
NTSTATUS nt_value_set(struct nt_key *key, const WCHAR *name, size_t name_size, ULONG type,
		      const void *data, ULONG size);
bool nt_value_delete(struct nt_key *key, const WCHAR *name, size_t size);

#endif
