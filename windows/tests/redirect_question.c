/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "redirect_question.h"

#include "cmocka_once.h"
#include "guarded_memory.h"

#include <stdio.h>

void question_facts_init(struct question_facts *facts, const char *world, const char *context,
			 size_t largest)
{
	static const char *const names[] = {"redirected", "bare", "direct", "away"};
	unsigned int at = 0;

	while (at < 4 && strcmp(names[at], world) != 0)
		at++;
	assert_true(at < 4);
	memset(facts, 0, sizeof(*facts));
	facts->world = (enum question_world)(1 << at);
	facts->largest = largest;
	/* Where there are no records, bytes that are none. */
	memset(facts->records, GUARDED_POISON, sizeof(facts->records));
	memset(facts->stale, GUARDED_POISON, sizeof(facts->stale));
	facts->context_size = strlen(context);
	assert_true(facts->context_size <= sizeof(facts->context));
	memcpy(facts->context, context, facts->context_size);
}

void question_facts_read_foreign(struct question_facts *facts)
{
	char line[2 * QUESTION_TOKEN + 2];
	char digits[3] = {0};

	assert_non_null(fgets(line, sizeof(line), stdin));
	for (size_t i = 0; line[0] != '\n' && i < sizeof(facts->foreign); i++) {
		memcpy(digits, line + 2 * i, 2);
		facts->foreign[i] = (unsigned char)strtoul(digits, NULL, 16);
	}
}

int question_applies(const struct question_row *row, const struct question_facts *facts,
		     unsigned int place, unsigned int code)
{
	if (!(row->worlds & facts->world) || !(row->places & place) || !(row->codes & code))
		return 0;
	print_message("# world %u place %u code %u of: %s\n", facts->world, place, code, row->name);
	return 1;
}

/* size bytes of these, and a zero where there are not as many. */
static void give(struct question *question, const unsigned char *bytes, size_t size)
{
	question->input_bytes = size;
	question->input_memory = guarded_new(size);
	memcpy(question->input_memory, bytes, size < QUESTION_TOKEN ? size : QUESTION_TOKEN);
	if (size > QUESTION_TOKEN)
		question->input_memory[QUESTION_TOKEN] = 0;
	question->input = question->input_memory;
	question->input_size = size;
}

static void give_changed(struct question *question, const unsigned char *token, size_t at)
{
	give(question, token, QUESTION_TOKEN);
	question->input_memory[at] ^= 1;
}

static void give_size(struct question *question, const unsigned char *bytes, size_t size)
{
	if (bytes)
		give(question, bytes, QUESTION_TOKEN);
	question->input_size = size;
}

static void make_input(struct question *question, enum question_input input,
		       const struct question_facts *facts)
{
	static const unsigned char rubbish[QUESTION_TOKEN] = "these are no records";

	switch (input) {
	case NO_INPUT:
		return;
	case SIZE_0_IN:
		return give_size(question, facts->records, 0);
	case NULL_IN:
		return give_size(question, NULL, QUESTION_TOKEN);
	case NULL_HUGE_IN:
		return give_size(question, NULL, facts->largest);
	case ONE_BYTE_IN:
		return give(question, facts->records, 1);
	case RUBBISH:
		return give(question, rubbish, sizeof(rubbish));
	case TOKEN:
		return give(question, facts->records, QUESTION_TOKEN);
	case TOKEN_CUT:
		return give(question, facts->records, QUESTION_TOKEN - 1);
	case TOKEN_GROWN:
		return give(question, facts->records, QUESTION_TOKEN + 1);
	case TOKEN_MAGIC:
		return give_changed(question, facts->records, 0);
	case TOKEN_LENGTH:
		return give_changed(question, facts->records, 8);
	case TOKEN_FORGED:
		return give_changed(question, facts->records, QUESTION_TOKEN / 2);
	case TOKEN_TAIL:
		return give_changed(question, facts->records, QUESTION_TOKEN - 1);
	case TOKEN_STALE:
		return give(question, facts->stale, QUESTION_TOKEN);
	case TOKEN_FOREIGN:
		return give(question, facts->foreign, QUESTION_TOKEN);
	case FOUR_GIB_IN:
		return give_size(question, facts->records, (size_t)1 << 32);
	case HUGE_IN:
		return give_size(question, facts->records, facts->largest);
	case LOCKED_IN:
		give(question, facts->records, QUESTION_TOKEN);
		question->input = question->input_memory + QUESTION_TOKEN;
		return;
	}
}

/* memory bytes of room, which the call is told to be size. */
static void make_room(struct question *question, size_t memory, size_t size)
{
	question->output_bytes = memory;
	question->output_memory = guarded_new(memory);
	question->output = question->output_memory;
	question->output_size = size;
}

static void make_output(struct question *question, enum question_room room,
			const struct question_facts *facts)
{
	/* Of a question that has no answer, any will do. */
	size_t size = question->answer_size ? question->answer_size : QUESTION_TOKEN;

	switch (room) {
	case NO_ROOM:
		return;
	case SIZE_0_OUT:
		return make_room(question, size, 0);
	case NULL_OUT:
		return make_room(question, 0, QUESTION_ANSWER_MAX);
	case NULL_HUGE_OUT:
		return make_room(question, 0, facts->largest);
	case ONE_BYTE_OUT:
		return make_room(question, 1, 1);
	case THREE_BYTES_OUT:
		return make_room(question, 3, 3);
	case CUT:
		return make_room(question, size - 1, size - 1);
	case EXACT:
		return make_room(question, size, size);
	case WIDER:
		return make_room(question, size + 1, size + 1);
	case WIDE:
		return make_room(question, QUESTION_ANSWER_MAX, QUESTION_ANSWER_MAX);
	case A_PAGE:
		return make_room(question, GUARDED_MAX, GUARDED_MAX);
	case HUGE_OUT:
		return make_room(question, size, facts->largest);
	case LOCKED_OUT:
		make_room(question, QUESTION_ANSWER_MAX, QUESTION_ANSWER_MAX);
		question->output += QUESTION_ANSWER_MAX;
		return;
	}
}

struct question question_begin(const struct question_row *row, const struct question_facts *facts,
			       unsigned int place, unsigned int code)
{
	struct question question = {0};

	if (code == ASK_RECORDS && facts->world & REDIRECTED) {
		question.answer = place == ENDED ? facts->stale : facts->records;
		question.answer_size = QUESTION_TOKEN;
	} else if (code == ASK_CONTEXT && facts->world == NAMED) {
		question.answer = facts->context;
		question.answer_size = facts->context_size;
	}
	make_input(&question, row->input, facts);
	make_output(&question, row->room, facts);
	if (question.input_memory)
		memcpy(question.input_before, question.input_memory, question.input_bytes);
	return question;
}

void question_end(struct question *question, enum question_left left)
{
	size_t written = left == ANSWER ? question->answer_size : 0;

	if (question->input_memory)
		assert_memory_equal(question->input_memory, question->input_before,
				    question->input_bytes);
	if (written) {
		assert_non_null(question->output_memory);
		assert_memory_equal(question->output, question->answer, written);
	}
	if (question->output_memory)
		assert_true(guarded_untouched(question->output_memory, question->output_bytes,
					      written));
	guarded_free(question->input_memory, question->input_bytes);
	guarded_free(question->output_memory, question->output_bytes);
	memset(question, 0, sizeof(*question));
}

size_t question_size(const struct question *question, enum question_left left, size_t untold)
{
	if (left == UNTOUCHED)
		return untold;
	return left == NO_BYTES ? 0 : question->answer_size;
}
