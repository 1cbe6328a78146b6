/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The token: what WHITHER_RECORDS hands out. Opaque to its holder; 64 bytes; native byte order,
 * as it is of use on this host only. The proof makes an id of no use without the token.
 */
#ifndef WH_TOKEN_CODEC_H
#define WH_TOKEN_CODEC_H

#include "keyed_hash.h"
#include "record_layout.h"

#define WH_TOKEN_MAGIC 0x31524857u /* "WHR1" */
#define WH_TOKEN_VERSION 1
#define WH_TOKEN_MAX 128 /* no version of it will be larger */

struct wh_token {
	__u32 magic;
	__u16 version;
	__u16 header_size; /* bytes before id */
	__u32 size;        /* of the whole, bytes */
	__u32 body_size;   /* header_size + body_size == size */
	__u64 id;
	__u64 time;
	struct wh_guid redirector;
	__u8 proof[WH_PROOF_SIZE];
};

_Static_assert(sizeof(struct wh_token) == 64, "token");
_Static_assert(sizeof(struct wh_token) <= WH_TOKEN_MAX, "token");

#define WH_TOKEN_HEADER_SIZE 16

/* The proof of a record: a keyed hash over its id, time and redirector. */
WH_RULE void wh_token_prove(const struct wh_hash_key *key, const struct wh_record *record,
			    __u8 ret[WH_PROOF_SIZE])
{
	__u64 words[4] = {record->id, record->time, 0, 0};
	struct wh_hash hash;

	__builtin_memcpy(&words[2], record->redirector.byte, sizeof(record->redirector));
	wh_keyed_hash(key, words, 4, &hash);
	__builtin_memcpy(ret, &hash, WH_PROOF_SIZE);
}

/* Writes the token of a record whose proof is valid. */
WH_RULE void wh_token_encode(struct wh_token *ret, const struct wh_record *record)
{
	ret->magic = WH_TOKEN_MAGIC;
	ret->version = WH_TOKEN_VERSION;
	ret->header_size = WH_TOKEN_HEADER_SIZE;
	ret->size = sizeof(*ret);
	ret->body_size = sizeof(*ret) - WH_TOKEN_HEADER_SIZE;
	ret->id = record->id;
	ret->time = record->time;
	ret->redirector = record->redirector;
	__builtin_memcpy(ret->proof, record->proof, WH_PROOF_SIZE);
}

/*
 * Reads size bytes into ret. bytes need no alignment, and none beyond size is touched.
 * Returns 0; -EBADMSG: not a token; -EOVERFLOW: its lengths do not add up, or not to size.
 * On an error ret is left alone. Whether the token is genuine is not looked at here.
 */
WH_RULE int wh_token_decode(const void *bytes, __u32 size, struct wh_token *ret)
{
	struct wh_token token;

	if (size < sizeof(token))
		return -WH_EBADMSG;
	__builtin_memcpy(&token, bytes, sizeof(token));
	if (token.magic != WH_TOKEN_MAGIC || token.version != WH_TOKEN_VERSION)
		return -WH_EBADMSG;
	if (token.header_size != WH_TOKEN_HEADER_SIZE || token.size != size ||
	    token.size != sizeof(token) || token.body_size != sizeof(token) - WH_TOKEN_HEADER_SIZE)
		return -WH_EOVERFLOW;
	if (token.id == 0)
		return -WH_EBADMSG;
	*ret = token;
	return 0;
}

/* Whether token is the one that was issued for record. */
WH_RULE int wh_token_genuine(const struct wh_token *token, const struct wh_record *record)
{
	__u8 difference = 0;

	for (int i = 0; i < WH_PROOF_SIZE; i++)
		difference |= (__u8)(token->proof[i] ^ record->proof[i]);
	return !difference && token->id == record->id && token->time == record->time &&
	       wh_guid_equal(&token->redirector, &record->redirector);
}

#endif /* WH_TOKEN_CODEC_H */
