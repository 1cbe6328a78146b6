/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The bytes that setsockopt(WHITHER_RECORDS) is given by whoever likes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "token_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

/* What was decoded must be the bytes, and encode to them again. */
static void check_decoded(const uint8_t *bytes, size_t size, const struct wh_token *token)
{
	struct wh_record record = {.id = token->id, .time = token->time};
	struct wh_token again;

	require(size == sizeof(*token));
	require(!memcmp(token, bytes, sizeof(*token)));
	record.redirector = token->redirector;
	memcpy(record.proof, token->proof, sizeof(record.proof));
	wh_token_encode(&again, &record);
	require(!memcmp(&again, bytes, sizeof(again)));
	require(wh_token_genuine(token, &record));
	record.proof[token->id % WH_PROOF_SIZE] ^= 1;
	require(!wh_token_genuine(token, &record));
}

/* The first byte says how the rest is aligned; no byte lies behind it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wh_token token, untouched;
	size_t shift, length;
	uint8_t *memory;
	int error;

	if (!size)
		return 0;
	shift = data[0] % 8;
	length = size - 1;
	memory = malloc(shift + length);
	require(memory || !(shift + length));
	if (length)
		memcpy(memory + shift, data + 1, length);

	memset(&token, 0xa5, sizeof(token));
	untouched = token;
	error = wh_token_decode(memory + shift, (uint32_t)length, &token);
	if (!error)
		check_decoded(memory + shift, length, &token);
	else
		require((error == -WH_EBADMSG || error == -WH_EOVERFLOW) &&
			!memcmp(&token, &untouched, sizeof(token)));
	free(memory);
	return 0;
}
