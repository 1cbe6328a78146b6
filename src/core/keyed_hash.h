/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * SipHash-2-4 with 128 bits of output, by Aumasson and Bernstein (INDOCRYPT 2012 and the
 * authors' later 128-bit variant), over whole 64-bit words. Words are taken in the byte order
 * of the machine: the proof never leaves it.
 */
#ifndef WH_KEYED_HASH_H
#define WH_KEYED_HASH_H

#include "base_types.h"

struct wh_hash_key {
	__u64 word[2];
};

struct wh_hash {
	__u64 word[2];
};

struct wh_sip_state {
	__u64 a, b, c, d;
};

#define WH_ROTATE_LEFT(x, n) (((x) << (n)) | ((x) >> (64 - (n))))

WH_RULE void wh_sip_round(struct wh_sip_state *s)
{
	s->a += s->b;
	s->c += s->d;
	s->b = WH_ROTATE_LEFT(s->b, 13) ^ s->a;
	s->d = WH_ROTATE_LEFT(s->d, 16) ^ s->c;
	s->a = WH_ROTATE_LEFT(s->a, 32);
	s->c += s->b;
	s->a += s->d;
	s->b = WH_ROTATE_LEFT(s->b, 17) ^ s->c;
	s->d = WH_ROTATE_LEFT(s->d, 21) ^ s->a;
	s->c = WH_ROTATE_LEFT(s->c, 32);
}

WH_RULE void wh_sip_absorb(struct wh_sip_state *s, __u64 word)
{
	s->d ^= word;
	wh_sip_round(s);
	wh_sip_round(s);
	s->a ^= word;
}

/* Hashes count words, a constant at the place of the call, of at most 31. */
WH_RULE void wh_keyed_hash(const struct wh_hash_key *key, const __u64 *words, __u32 count,
			   struct wh_hash *ret)
{
	struct wh_sip_state s = {
		.a = 0x736f6d6570736575ULL ^ key->word[0],
		.b = 0x646f72616e646f6dULL ^ key->word[1] ^ 0xee,
		.c = 0x6c7967656e657261ULL ^ key->word[0],
		.d = 0x7465646279746573ULL ^ key->word[1],
	};

	for (__u32 i = 0; i < count; i++)
		wh_sip_absorb(&s, words[i]);
	wh_sip_absorb(&s, (__u64)(count * 8) << 56);

	s.c ^= 0xee;
	for (int i = 0; i < 4; i++)
		wh_sip_round(&s);
	ret->word[0] = s.a ^ s.b ^ s.c ^ s.d;

	s.b ^= 0xdd;
	for (int i = 0; i < 4; i++)
		wh_sip_round(&s);
	ret->word[1] = s.a ^ s.b ^ s.c ^ s.d;
}

#endif /* WH_KEYED_HASH_H */
