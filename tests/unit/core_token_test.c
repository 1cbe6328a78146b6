/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guard_page.h"
#include "random_number.h"
#include "token_codec.h"

static const struct wh_hash_key key = {{0x0123456789abcdefULL, 0xfedcba9876543210ULL}};

static struct wh_record issued_record(void)
{
	struct wh_record record;
	struct random_source random = {1};

	random_fill(&random, &record, sizeof(record));
	wh_token_prove(&key, &record, record.proof);
	return record;
}

static struct wh_token token_of(const struct wh_record *record)
{
	struct wh_token token;

	memset(&token, 0x5a, sizeof(token));
	wh_token_encode(&token, record);
	return token;
}

/* Decodes size bytes of token that end at an unreadable page; padded with 0xee beyond 64. */
static int decode_flush(const struct wh_token *token, size_t size, struct wh_token *ret)
{
	struct guarded input = guarded_create(size);
	size_t copied = size < sizeof(*token) ? size : sizeof(*token);
	int result;

	memset(input.start, 0xee, size);
	memcpy(input.start, token, copied);
	result = wh_token_decode(input.start, (__u32)size, ret);
	guarded_destroy(&input);
	return result;
}

/* As decode_flush(), and checks that what fails writes nothing. */
static int decode_checked(const struct wh_token *token, size_t size)
{
	struct wh_token decoded, untouched;
	int result;

	memset(&decoded, 0xa5, sizeof(decoded));
	untouched = decoded;
	result = decode_flush(token, size, &decoded);
	if (result)
		assert_memory_equal(&decoded, &untouched, sizeof(decoded));
	else
		assert_memory_equal(&decoded, token, sizeof(decoded));
	return result;
}

static void a_token_comes_back_as_it_was_made(void **state)
{
	struct wh_record record = issued_record();
	struct wh_token token = token_of(&record), decoded;

	assert_int_equal(decode_flush(&token, sizeof(token), &decoded), 0);
	assert_memory_equal(&decoded, &token, sizeof(token));
	assert_int_equal(decoded.id, record.id);
	assert_int_equal(decoded.time, record.time);
	assert_memory_equal(&decoded.redirector, &record.redirector, sizeof(record.redirector));
	assert_memory_equal(decoded.proof, record.proof, sizeof(record.proof));
	assert_true(wh_token_genuine(&decoded, &record));
}

static void a_token_has_the_form_that_version_1_has(void **state)
{
	static const unsigned char header[16] = {'W', 'H', 'R', '1', 1,  0, 16, 0,
						 64,  0,   0,   0,   48, 0, 0,  0};
	struct wh_record record = issued_record();
	struct wh_token token = token_of(&record);
	const unsigned char *bytes = (const unsigned char *)&token;

	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		assert_memory_equal(bytes, header, sizeof(header));
	assert_memory_equal(bytes + 16, &record.id, 8);
	assert_memory_equal(bytes + 24, &record.time, 8);
	assert_memory_equal(bytes + 32, &record.redirector, 16);
	assert_memory_equal(bytes + 48, record.proof, 16);
}

static void a_token_may_stand_at_any_address(void **state)
{
	struct wh_record record = issued_record();
	struct wh_token token = token_of(&record), decoded;
	unsigned char memory[sizeof(token) + 16];

	for (size_t shift = 0; shift < 16; shift++) {
		memcpy(memory + shift, &token, sizeof(token));
		assert_int_equal(wh_token_decode(memory + shift, sizeof(token), &decoded), 0);
		assert_memory_equal(&decoded, &token, sizeof(token));
	}
}

/* What a flip of this bit must lead to, by the field that the bit is in. */
static int error_of_bit(size_t bit)
{
	size_t byte = bit / 8;

	if (byte < offsetof(struct wh_token, header_size))
		return -EBADMSG; /* magic, version */
	if (byte < offsetof(struct wh_token, id))
		return -EOVERFLOW; /* header_size, size, body_size */
	return 0;
}

static void every_flipped_bit_is_refused(void **state)
{
	struct wh_record record = issued_record();
	const struct wh_token token = token_of(&record);

	for (size_t bit = 0; bit < sizeof(token) * 8; bit++) {
		struct wh_token flipped = token;

		((unsigned char *)&flipped)[bit / 8] ^= (unsigned char)(1u << (bit % 8));
		assert_int_equal(decode_checked(&flipped, sizeof(flipped)), error_of_bit(bit));
		/* Also when the record were found by an id that is not the token's. */
		if (!error_of_bit(bit))
			assert_false(wh_token_genuine(&flipped, &record));
	}
}

static void every_truncation_is_malformed(void **state)
{
	struct wh_record record = issued_record();
	struct wh_token token = token_of(&record);

	for (size_t size = 0; size < sizeof(token); size++)
		assert_int_equal(decode_checked(&token, size), -EBADMSG);
}

static void every_extension_does_not_add_up(void **state)
{
	struct wh_record record = issued_record();
	struct wh_token token = token_of(&record);

	for (size_t size = sizeof(token) + 1; size <= 200; size++) {
		assert_int_equal(decode_checked(&token, size), -EOVERFLOW);
		/* Nor does it when the token says so itself. */
		token.size = (__u32)size;
		assert_int_equal(decode_checked(&token, size), -EOVERFLOW);
		token.body_size = (__u32)size - WH_TOKEN_HEADER_SIZE;
		assert_int_equal(decode_checked(&token, size), -EOVERFLOW);
		token = token_of(&record);
	}
}

static void lengths_that_wrap_around_do_not_add_up(void **state)
{
	struct wh_record record = issued_record();
	struct wh_token token = token_of(&record);

	token.header_size = 64;
	token.body_size = 0;
	assert_int_equal(decode_checked(&token, sizeof(token)), -EOVERFLOW);
	token.header_size = 65;
	token.body_size = 0xffffffffu;
	assert_int_equal(decode_checked(&token, sizeof(token)), -EOVERFLOW);
	token = token_of(&record);
	token.header_size = 32;
	token.body_size = 32;
	assert_int_equal(decode_checked(&token, sizeof(token)), -EOVERFLOW);
}

static void an_id_of_zero_is_malformed(void **state)
{
	struct wh_record record = issued_record();
	struct wh_token token;

	record.id = 0;
	wh_token_prove(&key, &record, record.proof);
	token = token_of(&record);
	assert_int_equal(decode_checked(&token, sizeof(token)), -EBADMSG);
}

static void what_is_no_token_is_malformed_whatever_its_lengths(void **state)
{
	struct wh_record record = issued_record();
	struct wh_token token = token_of(&record);

	token.magic++;
	token.size++;
	assert_int_equal(decode_checked(&token, sizeof(token)), -EBADMSG);
	token = token_of(&record);
	token.version = 2;
	token.header_size = 24;
	assert_int_equal(decode_checked(&token, sizeof(token)), -EBADMSG);
	memset(&token, 0, sizeof(token));
	assert_int_equal(decode_checked(&token, sizeof(token)), -EBADMSG);
	memset(&token, 0xff, sizeof(token));
	assert_int_equal(decode_checked(&token, sizeof(token)), -EBADMSG);
}

static void the_proof_depends_on_every_bit_of_what_it_proves(void **state)
{
	static const struct {
		size_t offset, size;
	} proven[] = {
		{offsetof(struct wh_record, id), sizeof(__u64)},
		{offsetof(struct wh_record, time), sizeof(__u64)},
		{offsetof(struct wh_record, redirector), sizeof(struct wh_guid)},
	};
	const struct wh_record record = issued_record();
	__u8 proof[WH_PROOF_SIZE];

	for (size_t field = 0; field < 3; field++)
		for (size_t bit = 0; bit < proven[field].size * 8; bit++) {
			struct wh_record other = record;

			((unsigned char *)&other)[proven[field].offset + bit / 8] ^=
				(unsigned char)(1u << (bit % 8));
			wh_token_prove(&key, &other, proof);
			assert_memory_not_equal(proof, record.proof, sizeof(proof) / 2);
			assert_memory_not_equal(proof + 8, record.proof + 8, sizeof(proof) / 2);
		}
	for (size_t bit = 0; bit < 128; bit++) {
		struct wh_hash_key other = key;

		other.word[bit / 64] ^= 1ULL << (bit % 64);
		wh_token_prove(&other, &record, proof);
		assert_memory_not_equal(proof, record.proof, sizeof(proof) / 2);
		assert_memory_not_equal(proof + 8, record.proof + 8, sizeof(proof) / 2);
	}
}

static void the_proof_is_the_keyed_hash_of_id_time_and_redirector(void **state)
{
	const struct wh_record record = issued_record();
	struct wh_hash hash;
	__u64 words[4] = {record.id, record.time};
	__u8 proof[WH_PROOF_SIZE];

	memcpy(&words[2], record.redirector.byte, 16);
	wh_keyed_hash(&key, words, 4, &hash);
	wh_token_prove(&key, &record, proof);
	assert_memory_equal(proof, &hash, sizeof(proof));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_comes_back_as_it_was_made),
		cmocka_unit_test(a_token_has_the_form_that_version_1_has),
		cmocka_unit_test(a_token_may_stand_at_any_address),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(every_truncation_is_malformed),
		cmocka_unit_test(every_extension_does_not_add_up),
		cmocka_unit_test(lengths_that_wrap_around_do_not_add_up),
		cmocka_unit_test(an_id_of_zero_is_malformed),
		cmocka_unit_test(what_is_no_token_is_malformed_whatever_its_lengths),
		cmocka_unit_test(the_proof_depends_on_every_bit_of_what_it_proves),
		cmocka_unit_test(the_proof_is_the_keyed_hash_of_id_time_and_redirector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
