/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* One copy and one print behind all of <ntstrsafe.h> and <strsafe.h>. */
#include <stdbool.h>
#include <string.h>
#include <strsafe_family.h>

#include "format_engine.h"
#include "utf_units.h"

enum outcome {
	DONE,
	CUT,
	INVALID,
};

#define ALL_FLAGS 0x1fff

/* A destination: where the text ends, and the units that it may have. */
struct target {
	const struct whither_safe_call *call;
	char *at;
	size_t units;
	size_t end;
};

static size_t length_of(const void *text, size_t most, size_t unit)
{
	return unit == 1 ? strnlen(text, most) : nt_utf16_length(text, most);
}

static void terminate(struct target *target, size_t end)
{
	target->end = end;
	memset(target->at + end * target->call->unit, 0, target->call->unit);
}

/* An extended call may have no destination; every other must have one of some size. */
static bool open_target(struct target *target)
{
	const struct whither_safe_call *call = target->call;
	bool may_be_empty = call->extended && (call->flags & STRSAFE_IGNORE_NULLS);

	target->at = call->to;
	target->units = call->size / call->unit;
	target->end = 0;
	if (target->units > STRSAFE_MAX_CCH || (call->extended && (call->flags & ~ALL_FLAGS)))
		return false;
	if (!target->units)
		return may_be_empty;
	if (!target->at) {
		target->units = 0;
		return false;
	}
	if (!call->appends)
		return true;
	target->end = length_of(target->at, target->units, call->unit);
	return target->end < target->units;
}

/* Into a destination without room, only nothing goes. */
static enum outcome put_nowhere(const struct target *target, bool nothing)
{
	if (nothing)
		return DONE;
	return target->at ? CUT : INVALID;
}

static void fill_behind(const struct target *target)
{
	const struct whither_safe_call *call = target->call;
	size_t used = (target->end + 1) * call->unit;

	if ((call->flags & STRSAFE_FILL_BEHIND_NULL) && used < call->size)
		memset(target->at + used, (int)(call->flags & 0xff), call->size - used);
}

/* Appending with NO_TRUNCATION leaves the destination as it was. */
static void undo(struct target *target, size_t old_end, enum outcome outcome)
{
	const struct whither_safe_call *call = target->call;
	bool whole_or_nothing = call->flags & STRSAFE_NO_TRUNCATION;

	if (call->flags & STRSAFE_FILL_ON_FAILURE) {
		memset(target->at, (int)(call->flags & 0xff), call->size);
		terminate(target, call->flags & 0xff ? target->units - 1 : 0);
	}
	if ((call->flags & STRSAFE_NULL_ON_FAILURE) || (whole_or_nothing && !call->appends))
		terminate(target, 0);
	else if (whole_or_nothing && outcome == CUT && !(call->flags & STRSAFE_FILL_ON_FAILURE))
		terminate(target, old_end);
}

/* What an extended call does beyond its text. */
static int finish(struct target *target, size_t old_end, enum outcome outcome)
{
	const struct whither_safe_call *call = target->call;

	if (!call->extended)
		return outcome;
	if (target->units && target->units <= STRSAFE_MAX_CCH) {
		if (outcome == DONE)
			fill_behind(target);
		else
			undo(target, old_end, outcome);
	}
	if (outcome != INVALID) {
		if (call->ret_end)
			*call->ret_end = target->at ? target->at + target->end * call->unit : NULL;
		if (call->ret_left)
			*call->ret_left = call->size - target->end * call->unit;
	}
	return outcome;
}

int whither_safe_put(const struct whither_safe_call *call, const void *from, SIZE_T most)
{
	struct target target = {.call = call};
	enum outcome outcome = DONE;
	size_t length, room, old_end;

	if (!from && call->extended && (call->flags & STRSAFE_IGNORE_NULLS))
		from = u"";
	if (!open_target(&target))
		return finish(&target, target.end, INVALID);
	old_end = target.end;
	if (!from || most > STRSAFE_MAX_CCH) {
		if (target.units && !call->appends)
			terminate(&target, 0);
		return finish(&target, old_end, INVALID);
	}
	room = target.units - target.end;
	length = length_of(from, most < room ? most : room, call->unit);
	if (!target.units)
		return finish(&target, 0,
			      put_nowhere(&target, !length_of(from, most ? 1 : 0, call->unit)));
	if (length == room) {
		length--;
		outcome = CUT;
	}
	memmove(target.at + target.end * call->unit, from, length * call->unit);
	terminate(&target, target.end + length);
	return finish(&target, old_end, outcome);
}

int whither_safe_print(const struct whither_safe_call *call, const void *format, va_list arguments)
{
	struct target target = {.call = call};
	size_t room;
	int length;

	if (!format && call->extended && (call->flags & STRSAFE_IGNORE_NULLS))
		format = u"";
	if (!open_target(&target))
		return finish(&target, 0, INVALID);
	if (!target.units)
		return finish(&target, 0,
			      put_nowhere(&target, format && !length_of(format, 1, call->unit)));
	room = target.units - 1;
	if (!format)
		length = NT_FORMAT_REFUSED;
	else if (call->unit == 1)
		length = nt_format_bytes(call->to, room, format, arguments);
	else
		length = nt_format_units(call->to, room, format, arguments);
	if (length == NT_FORMAT_REFUSED) {
		terminate(&target, 0);
		return finish(&target, 0, INVALID);
	}
	if (length < 0 || (size_t)length > room) {
		terminate(&target, room);
		return finish(&target, 0, CUT);
	}
	terminate(&target, (size_t)length);
	return finish(&target, 0, DONE);
}

int whither_safe_length(const void *text, SIZE_T most, UCHAR unit, SIZE_T *ret_units)
{
	size_t length = text && most <= STRSAFE_MAX_CCH ? length_of(text, most, unit) : most;

	if (length == most) {
		if (ret_units)
			*ret_units = 0;
		return INVALID;
	}
	if (ret_units)
		*ret_units = length;
	return DONE;
}
