/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Calls libwhither on real sockets, for library_calls.py. Every buffer ends at an unreadable page,
 * and every output is filled with a pattern first.
 *
 *	library_calls answers CONTEXT-IN-HEX   0 is an accepted, redirected socket
 *	library_calls fails ERRNO              0 is a socket, or none, that answers with ERRNO
 *	library_calls unset                    0 is redirected, and its redirector chose no context
 *	library_calls relates                  0 is redirected, and this process may set records
 *	library_calls refuses ERRNO            0 is redirected, and its records are refused
 *
 * Ends with 0, or prints what was found and ends with 1.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <whither/whither.h>

#include "guard_page.h"

#define SOCKET 0
#define PATTERN 0x5a
#define ERRNO_BEFORE 4242

__attribute__((format(printf, 1, 2))) static void fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	exit(1);
}

static void expect(int found, int expected, const char *what, size_t size)
{
	if (errno != ERRNO_BEFORE)
		fail("%s, %zu: errno was changed to %d", what, size, errno);
	if (found != expected)
		fail("%s, %zu: returned %d (%s), expected %d", what, size, found,
		     whither_strerror(found), expected);
}

static struct guarded make_buffer(size_t size)
{
	struct guarded buffer = guarded_create(size);

	memset(buffer.start, PATTERN, size);
	errno = ERRNO_BEFORE;
	return buffer;
}

static void expect_pattern(const unsigned char *bytes, size_t from, size_t to, const char *what)
{
	for (size_t i = from; i < to; i++)
		if (bytes[i] != PATTERN)
			fail("%s: byte %zu was written", what, i);
}

typedef int query_function(int fd, void *buffer, size_t size, size_t *needed);

static const struct {
	const char *name;
	query_function *query;
} queries[] = {{"records", whither_query_records}, {"context", whither_query_context}};

/* Asks with every size; ret (WHITHER_ANSWER_MAX bytes) receives the answer. Returns its size. */
static size_t ask_every_size(query_function *query, const char *what, unsigned char *ret)
{
	size_t answer_size = 0;

	errno = ERRNO_BEFORE;
	expect(query(SOCKET, NULL, 0, &answer_size), -ENOBUFS, what, 0);
	expect(query(SOCKET, NULL, 0, NULL), -ENOBUFS, what, 0);
	expect(query(SOCKET, NULL, 1, NULL), -EINVAL, what, 1);
	if (!answer_size || answer_size > WHITHER_ANSWER_MAX)
		fail("%s: needs %zu bytes", what, answer_size);
	expect(query(SOCKET, ret, WHITHER_ANSWER_MAX, NULL), 0, what, WHITHER_ANSWER_MAX);
	for (size_t size = 0; size <= answer_size + 9; size++) {
		struct guarded buffer = make_buffer(size);
		size_t needed = 12345;
		int fits = size >= answer_size;

		expect(query(SOCKET, buffer.start, size, &needed), fits ? 0 : -ENOBUFS, what, size);
		if (needed != answer_size)
			fail("%s, %zu: needed is %zu", what, size, needed);
		if (fits && memcmp(buffer.start, ret, answer_size) != 0)
			fail("%s, %zu: another answer", what, size);
		expect_pattern(buffer.start, fits ? answer_size : 0, size, what);
		guarded_destroy(&buffer);
	}
	return answer_size;
}

static void ask_origin(uint32_t size, const struct whither_origin *full)
{
	struct guarded buffer = make_buffer(((size_t)size + 7) / 8 * 8); /* aligned */
	struct whither_origin *origin = (struct whither_origin *)(void *)buffer.start;
	uint32_t filled = size < sizeof(*full) ? size : (uint32_t)sizeof(*full);

	memcpy(buffer.start, &size, sizeof(size));
	expect(whither_query_origin(SOCKET, origin), 0, "origin", size);
	if (memcmp(buffer.start, &filled, sizeof(filled)) != 0)
		fail("origin, %u: its size is another than %u", size, filled);
	if (memcmp(buffer.start + 4, (const unsigned char *)full + 4, filled - 4) != 0)
		fail("origin, %u: another answer", size);
	for (uint32_t i = filled; i < size; i++)
		if (buffer.start[i])
			fail("origin, %u: byte %u is not 0", size, i);
	expect_pattern(buffer.start, size, buffer.size, "origin");
	guarded_destroy(&buffer);
}

static void ask_hops(size_t capacity)
{
	struct guarded buffer = make_buffer(capacity * sizeof(struct whither_hop));
	struct whither_hop *hops = (struct whither_hop *)(void *)buffer.start;
	size_t count = 12345;

	expect(whither_query_hops(SOCKET, hops, capacity, &count), capacity ? 0 : -ENOBUFS, "hops",
	       capacity);
	if (count != 1)
		fail("hops, %zu: %zu of them", capacity, count);
	expect_pattern(buffer.start, capacity ? sizeof(*hops) : 0, buffer.size, "hops");
	guarded_destroy(&buffer);
}

static void check_answers(const char *context)
{
	struct whither_origin origin = {.size = sizeof(origin)};
	unsigned char answer[WHITHER_ANSWER_MAX];
	size_t size;

	size = ask_every_size(whither_query_records, "records", answer);
	if (size > WHITHER_RECORDS_MAX)
		fail("records: %zu bytes", size);
	size = ask_every_size(whither_query_context, "context", answer);
	if (strlen(context) != 2 * size)
		fail("context: %zu bytes, expected %zu", size, strlen(context) / 2);
	for (size_t i = 0; i < size; i++) {
		char digits[3];

		snprintf(digits, sizeof(digits), "%02x", answer[i]);
		if (strncmp(digits, context + 2 * i, 2) != 0)
			fail("context: byte %zu is %s", i, digits);
	}
	errno = ERRNO_BEFORE;
	expect(whither_query_origin(SOCKET, &origin), 0, "origin", sizeof(origin));
	if (whither_address_size(&origin.destination) != sizeof(struct sockaddr_in))
		fail("origin: a destination of family %d", origin.destination.sa.sa_family);
	for (uint32_t i = 8; i <= WHITHER_ANSWER_MAX; i++)
		ask_origin(i, &origin);
	for (size_t i = 0; i <= 20; i++)
		ask_hops(i);
	expect(whither_query_hops(SOCKET, NULL, 0, NULL), -ENOBUFS, "hops", 0);
}

/* No question is answered, and no output touched. */
static void check_fails(int error)
{
	size_t sizes[] = {0, 8, 64, WHITHER_ANSWER_MAX};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct guarded buffer = make_buffer(sizes[i]);
		size_t needed = 12345, count = 12345;

		for (size_t j = 0; j < 2; j++)
			expect(queries[j].query(SOCKET, buffer.start, sizes[i], &needed), -error,
			       queries[j].name, sizes[i]);
		expect(whither_query_hops(SOCKET, (void *)buffer.start,
					  sizes[i] / sizeof(struct whither_hop), &count),
		       -error, "hops", sizes[i]);
		if (sizes[i] >= 8) {
			uint32_t size = (uint32_t)sizes[i];

			memcpy(buffer.start, &size, sizeof(size));
			expect(whither_query_origin(SOCKET, (void *)buffer.start), -error, "origin",
			       sizes[i]);
			expect_pattern(buffer.start, sizeof(size), sizes[i], "origin");
		} else {
			expect_pattern(buffer.start, 0, sizes[i], "a query");
		}
		if (needed != 12345 || count != 12345)
			fail("%zu: needed %zu, count %zu", sizes[i], needed, count);
		guarded_destroy(&buffer);
	}
	expect(whither_relate(-1, SOCKET), -error, "relate", 0);
}

static void check_unset(void)
{
	unsigned char answer[WHITHER_ANSWER_MAX];
	size_t needed = 12345;

	errno = ERRNO_BEFORE;
	expect(whither_query_context(SOCKET, NULL, 0, &needed), -ENOENT, "context", 0);
	expect(whither_query_context(SOCKET, answer, sizeof(answer), &needed), -ENOENT, "context",
	       sizeof(answer));
	if (needed != 12345)
		fail("needed is %zu", needed);
	ask_every_size(whither_query_records, "records", answer);
}

/* expected: of a set on a socket that is good for it. */
static void check_set(int expected)
{
	int good = socket(AF_INET, SOCK_STREAM, 0), other = socket(AF_INET6, SOCK_STREAM, 0);
	int datagrams = socket(AF_INET, SOCK_DGRAM, 0), listening = socket(AF_INET, SOCK_STREAM, 0);
	struct guarded token = make_buffer(64);
	size_t needed = 12345, size = 0;

	if (good < 0 || other < 0 || datagrams < 0 || listening < 0 || listen(listening, 1))
		fail("no sockets");
	expect(whither_query_records(SOCKET, token.start, token.size, &size), 0, "records", 64);
	expect(whither_set_records(good, token.start, size, &needed), expected, "set", size);
	if (needed != (expected ? 12345 : size))
		fail("set: needed is %zu", needed);
	expect(whither_set_records(good, token.start, size, NULL), expected, "set again", size);
	expect(whither_relate(good, SOCKET), expected, "relate", 0);
	expect(whither_relate(other, SOCKET), expected, "relate of the other family", 0);
	expect(whither_relate(datagrams, SOCKET), -EOPNOTSUPP, "relate datagrams", 0);
	expect(whither_relate(listening, SOCKET), -EINVAL, "relate a listener", 0);
	expect(whither_relate(SOCKET, SOCKET), -EISCONN, "relate to itself", 0);
	expect(whither_relate(-1, SOCKET), -EBADF, "relate nothing", 0);
	expect(whither_relate(good, other), -ENOTCONN, "relate to nothing", 0);
	for (size = 0; size < token.size; size++)
		expect(whither_set_records(good, token.start + 64 - size, size, NULL), -EBADMSG,
		       "set the end of a token", size);
	token.start[8]++;
	expect(whither_set_records(good, token.start, 64, NULL), -EOVERFLOW, "set, other size", 64);
	token.start[8]--;
	token.start[63]++;
	expect(whither_set_records(good, token.start, 64, NULL), -ESTALE, "set, other proof", 64);
	expect(whither_set_records(good, NULL, 64, NULL), -EINVAL, "set NULL", 64);
	guarded_destroy(&token);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *argument = argc > 2 ? argv[2] : "";

	if (!strcmp(what, "answers"))
		check_answers(argument);
	else if (!strcmp(what, "fails"))
		check_fails(atoi(argument));
	else if (!strcmp(what, "unset"))
		check_unset();
	else if (!strcmp(what, "relates"))
		check_set(0);
	else if (!strcmp(what, "refuses"))
		check_set(-atoi(argument));
	else
		fail("usage: library_calls answers|fails|unset|relates|refuses [ARGUMENT]");
	return 0;
}
