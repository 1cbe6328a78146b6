/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * SipHash-2-4 with 128 bits of output, against the published vectors and against an
 * implementation over bytes, written from the algorithm's description.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "keyed_hash.h"
#include "random_number.h"

static uint64_t load(const uint8_t *bytes)
{
	uint64_t word = 0;

	for (int i = 7; i >= 0; i--)
		word = word << 8 | bytes[i];
	return word;
}

static void store(uint8_t *bytes, uint64_t word)
{
	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(word >> (8 * i));
}

static uint64_t rotate(uint64_t word, int bits)
{
	return word << bits | word >> (64 - bits);
}

static void rounds(uint64_t v[4], int count)
{
	while (count--) {
		v[0] += v[1];
		v[1] = rotate(v[1], 13);
		v[1] ^= v[0];
		v[0] = rotate(v[0], 32);
		v[2] += v[3];
		v[3] = rotate(v[3], 16);
		v[3] ^= v[2];
		v[0] += v[3];
		v[3] = rotate(v[3], 21);
		v[3] ^= v[0];
		v[2] += v[1];
		v[1] = rotate(v[1], 17);
		v[1] ^= v[2];
		v[2] = rotate(v[2], 32);
	}
}

static void reference(const uint8_t secret[16], const uint8_t *input, size_t size, uint8_t ret[16])
{
	uint64_t v[4], word;
	uint8_t tail[8] = {};
	size_t i;

	v[0] = load((const uint8_t *)"uespemos") ^ load(secret);
	v[1] = load((const uint8_t *)"modnarod") ^ load(secret + 8) ^ 0xee;
	v[2] = load((const uint8_t *)"arenegyl") ^ load(secret);
	v[3] = load((const uint8_t *)"setybdet") ^ load(secret + 8);
	for (i = 0; i + 8 <= size; i += 8) {
		word = load(input + i);
		v[3] ^= word;
		rounds(v, 2);
		v[0] ^= word;
	}
	if (size > i)
		memcpy(tail, input + i, size - i);
	tail[7] = (uint8_t)size;
	word = load(tail);
	v[3] ^= word;
	rounds(v, 2);
	v[0] ^= word;
	v[2] ^= 0xee;
	rounds(v, 4);
	store(ret, v[0] ^ v[1] ^ v[2] ^ v[3]);
	v[1] ^= 0xdd;
	rounds(v, 4);
	store(ret + 8, v[0] ^ v[1] ^ v[2] ^ v[3]);
}

/* The core's hash, its words taken from and given back as little-endian bytes. */
static void hash_bytes(const uint8_t secret[16], const uint8_t *input, size_t size, uint8_t ret[16])
{
	struct wh_hash_key key = {{load(secret), load(secret + 8)}};
	struct wh_hash hash;
	__u64 words[31];

	for (size_t i = 0; i < size / 8; i++)
		words[i] = load(input + i * 8);
	wh_keyed_hash(&key, words, (__u32)(size / 8), &hash);
	store(ret, hash.word[0]);
	store(ret + 8, hash.word[1]);
}

/* Key 00 01 .. 0f, input 00 01 .., of the authors' vectors for 128 bits. */
static const struct {
	size_t size;
	uint8_t hash[16];
} vectors[] = {
	{0,
	 {0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02,
	  0x93}},
	{8,
	 {0x3b, 0x62, 0xa9, 0xba, 0x62, 0x58, 0xf5, 0x61, 0x0f, 0x83, 0xe2, 0x64, 0xf3, 0x14, 0x97,
	  0xb4}},
	{16,
	 {0x6e, 0xe2, 0xa4, 0xca, 0x67, 0xb0, 0x54, 0xbb, 0xfd, 0x33, 0x15, 0xbf, 0x85, 0x23, 0x05,
	  0x77}},
	{24,
	 {0x2d, 0xb4, 0x79, 0xae, 0x78, 0xbd, 0x50, 0xd8, 0x88, 0x2a, 0x8a, 0x17, 0x8a, 0x61, 0x32,
	  0xad}},
	{32,
	 {0x7c, 0x39, 0x56, 0xca, 0x5e, 0xea, 0xfc, 0x3e, 0x36, 0x3e, 0x9d, 0x55, 0x65, 0x46, 0xeb,
	  0x68}},
	{40,
	 {0xdf, 0x6a, 0x30, 0x1e, 0x95, 0xc9, 0x5d, 0xad, 0x97, 0xae, 0x0c, 0xc8, 0xc6, 0x91, 0x3b,
	  0xd8}},
	{48,
	 {0xf7, 0xe5, 0xae, 0xf5, 0x49, 0xf7, 0x82, 0xcf, 0x37, 0x90, 0x55, 0xa6, 0x08, 0x26, 0x9b,
	  0x16}},
	{56,
	 {0x19, 0x38, 0xf2, 0xcf, 0x72, 0xd5, 0x4e, 0xe9, 0x7e, 0x94, 0x16, 0x6f, 0xa9, 0x1d, 0x2a,
	  0x36}},
	{248,
	 {0x57, 0xa3, 0x3a, 0x0f, 0xbd, 0x2d, 0x2c, 0xf4, 0x37, 0x31, 0xb5, 0x06, 0x2e, 0x65, 0xac,
	  0x03}},
};

static void the_hash_is_that_of_the_published_vectors(void **state)
{
	uint8_t secret[16], input[248], hash[16];

	for (size_t i = 0; i < sizeof(input); i++)
		input[i] = (uint8_t)i;
	memcpy(secret, input, sizeof(secret));
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		hash_bytes(secret, input, vectors[i].size, hash);
		assert_memory_equal(hash, vectors[i].hash, sizeof(hash));
		reference(secret, input, vectors[i].size, hash);
		assert_memory_equal(hash, vectors[i].hash, sizeof(hash));
	}
}

static void the_hash_of_any_words_is_that_of_their_bytes(void **state)
{
	struct random_source random = {1};
	uint8_t secret[16], input[248], hash[16], wanted[16];

	for (int round = 0; round < 200; round++)
		for (size_t size = 0; size <= sizeof(input); size += 8) {
			random_fill(&random, secret, sizeof(secret));
			random_fill(&random, input, size);
			hash_bytes(secret, input, size, hash);
			reference(secret, input, size, wanted);
			assert_memory_equal(hash, wanted, sizeof(hash));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hash_is_that_of_the_published_vectors),
		cmocka_unit_test(the_hash_of_any_words_is_that_of_their_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
