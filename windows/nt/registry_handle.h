/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Keys by handle, and answers whose buffer may be too small. */
#ifndef WHITHER_NT_REGISTRY_HANDLE_H
#define WHITHER_NT_REGISTRY_HANDLE_H

#include "registry_tree.h"

struct nt_key_object {
	struct nt_key *key;
};

/* Locks the registry and gives the key, which is not deleted; nt_key_let_go() ends both. */
NTSTATUS nt_key_hold(HANDLE handle, struct nt_key_object **ret_object);
void nt_key_let_go(struct nt_key_object *object);

/* A handle's answer: the parts of it are written as far as they fit. */
struct nt_answer {
	UCHAR *room;
	ULONG size;
	ULONG needed;
};
void nt_answer_put(struct nt_answer *answer, ULONG at, const void *bytes, ULONG size);
/* Of an answer whose fixed part has this size. */
NTSTATUS nt_answer_end(const struct nt_answer *answer, ULONG fixed, PULONG ret_size);

/* What RtlQueryRegistryValues() and its like are given, with a reference. */
NTSTATUS nt_registry_relative(ULONG relative_to, PCWSTR path, bool create, struct nt_key **ret_key);
size_t nt_text_size(PCWSTR text);

#endif
