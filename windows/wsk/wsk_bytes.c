/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_bytes.h"

#include <string.h>

bool wsk_bytes_take(struct wsk_bytes *ret_bytes, const WSK_BUF *buffer)
{
	size_t available = 0;
	PMDL mdl;

	if (!buffer)
		return false;
	*ret_bytes = (struct wsk_bytes){buffer->Mdl, buffer->Offset, buffer->Length};
	if (!buffer->Length)
		return true;
	if (!buffer->Mdl || buffer->Offset > MmGetMdlByteCount(buffer->Mdl) ||
	    buffer->Length > SIZE_MAX - buffer->Offset)
		return false;
	for (mdl = buffer->Mdl; mdl; mdl = mdl->Next) {
		available += MmGetMdlByteCount(mdl);
		if (available >= buffer->Offset + buffer->Length)
			return true;
	}
	return false;
}

int wsk_bytes_parts(const struct wsk_bytes *bytes, size_t skip, struct iovec parts[WSK_PARTS_MAX])
{
	size_t left = bytes->length - skip;
	size_t before = bytes->offset + skip;
	PMDL mdl = bytes->mdl;
	int count = 0;

	for (; mdl && left && count < WSK_PARTS_MAX; mdl = mdl->Next) {
		size_t size = MmGetMdlByteCount(mdl);
		char *memory;

		if (before >= size) {
			before -= size;
			continue;
		}
		memory = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
		if (!memory)
			return -1;
		size -= before;
		if (size > left)
			size = left;
		parts[count++] = (struct iovec){memory + before, size};
		before = 0;
		left -= size;
	}
	return count;
}

size_t wsk_bytes_fill(const struct wsk_bytes *bytes, size_t skip, const void *source, size_t size)
{
	struct iovec parts[WSK_PARTS_MAX];
	size_t filled = 0;
	int count;

	while (filled < size && (count = wsk_bytes_parts(bytes, skip + filled, parts)) > 0) {
		for (int i = 0; i < count && filled < size; i++) {
			size_t piece = parts[i].iov_len;

			if (piece > size - filled)
				piece = size - filled;
			memcpy(parts[i].iov_base, (const char *)source + filled, piece);
			filled += piece;
		}
	}
	return filled;
}
