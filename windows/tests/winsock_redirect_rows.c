/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "winsock_redirect_rows.h"

#include <stdlib.h>

#define CONNECTED (ACCEPTED | HALF | ENDED)
#define UNCONNECTED (NEW | BOUND)
#define ANY_PLACE (CONNECTED | OUTBOUND | UNCONNECTED | LISTENING | DATAGRAM)

#define UNWRITTEN 0x7777u

/* Errors that the environment may have changed. */
#define TOO_SHORT 1
#define NOT_REDIRECTED 2
#define WITHOUT_CONTEXT 3

static const struct question_row rows[] = {
	/* A query as it should be. Its input is not looked at. */
	ROW(REDIRECTED, CONNECTED, ASK_RECORDS, NO_INPUT, EXACT, 0, ANSWER),
	ROW(REDIRECTED, CONNECTED, ASK_RECORDS, NO_INPUT, WIDER, 0, ANSWER),
	ROW(REDIRECTED, CONNECTED, ASK_RECORDS, NO_INPUT, WIDE, 0, ANSWER),
	ROW(REDIRECTED, CONNECTED, ASK_RECORDS, NO_INPUT, A_PAGE, 0, ANSWER),
	ROW(REDIRECTED, CONNECTED, ASK_RECORDS, NO_INPUT, HUGE_OUT, 0, ANSWER),
	ROW(REDIRECTED, CONNECTED, ASK_RECORDS, ONE_BYTE_IN, EXACT, 0, ANSWER),
	ROW(REDIRECTED, CONNECTED, ASK_RECORDS, NULL_IN, EXACT, 0, ANSWER),
	ROW(REDIRECTED, CONNECTED, ASK_RECORDS, LOCKED_IN, EXACT, 0, ANSWER),
	ROW(NAMED, CONNECTED, ASK_CONTEXT, NO_INPUT, EXACT, 0, ANSWER),
	ROW(NAMED, CONNECTED, ASK_CONTEXT, NO_INPUT, WIDER, 0, ANSWER),
	ROW(NAMED, CONNECTED, ASK_CONTEXT, NO_INPUT, WIDE, 0, ANSWER),
	ROW(NAMED, CONNECTED, ASK_CONTEXT, NO_INPUT, A_PAGE, 0, ANSWER),
	ROW(NAMED, CONNECTED, ASK_CONTEXT, NO_INPUT, HUGE_OUT, 0, ANSWER),
	ROW(NAMED, CONNECTED, ASK_CONTEXT, TOKEN, EXACT, 0, ANSWER),
	ROW(NAMED, CONNECTED, ASK_CONTEXT, NULL_HUGE_IN, EXACT, 0, ANSWER),
	/* Too little room: the size is told. */
	ROW(REDIRECTED, CONNECTED, ASK_RECORDS, NO_INPUT, NO_ROOM, TOO_SHORT, SIZE_ALONE),
	ROW(REDIRECTED, CONNECTED, ASK_RECORDS, NO_INPUT, SIZE_0_OUT, TOO_SHORT, SIZE_ALONE),
	ROW(REDIRECTED, CONNECTED, ASK_RECORDS, NO_INPUT, ONE_BYTE_OUT, TOO_SHORT, SIZE_ALONE),
	ROW(REDIRECTED, CONNECTED, ASK_RECORDS, NO_INPUT, THREE_BYTES_OUT, TOO_SHORT, SIZE_ALONE),
	ROW(REDIRECTED, CONNECTED, ASK_RECORDS, NO_INPUT, CUT, TOO_SHORT, SIZE_ALONE),
	ROW(NAMED, CONNECTED, ASK_CONTEXT, NO_INPUT, NO_ROOM, TOO_SHORT, SIZE_ALONE),
	ROW(NAMED, CONNECTED, ASK_CONTEXT, NO_INPUT, SIZE_0_OUT, TOO_SHORT, SIZE_ALONE),
	ROW(NAMED, CONNECTED, ASK_CONTEXT, NO_INPUT, ONE_BYTE_OUT, TOO_SHORT, SIZE_ALONE),
	ROW(NAMED, CONNECTED, ASK_CONTEXT, NO_INPUT, CUT, TOO_SHORT, SIZE_ALONE),
	/* Nothing to tell. */
	ROW(BARE, CONNECTED, ASK_CONTEXT, NO_INPUT, NO_ROOM, WITHOUT_CONTEXT, UNTOUCHED),
	ROW(BARE, CONNECTED, ASK_CONTEXT, NO_INPUT, ONE_BYTE_OUT, WITHOUT_CONTEXT, UNTOUCHED),
	ROW(BARE, CONNECTED, ASK_CONTEXT, NO_INPUT, WIDE, WITHOUT_CONTEXT, UNTOUCHED),
	ROW(BARE, CONNECTED, ASK_CONTEXT, NO_INPUT, HUGE_OUT, WITHOUT_CONTEXT, UNTOUCHED),
	ROW(DIRECT, ACCEPTED | HALF, ASK, NO_INPUT, NO_ROOM, NOT_REDIRECTED, UNTOUCHED),
	ROW(DIRECT, ACCEPTED | HALF, ASK, NO_INPUT, SIZE_0_OUT, NOT_REDIRECTED, UNTOUCHED),
	ROW(DIRECT, ACCEPTED | HALF, ASK, NO_INPUT, ONE_BYTE_OUT, NOT_REDIRECTED, UNTOUCHED),
	ROW(DIRECT, ACCEPTED | HALF, ASK, NO_INPUT, WIDE, NOT_REDIRECTED, UNTOUCHED),
	ROW(DIRECT, ACCEPTED | HALF, ASK, NO_INPUT, HUGE_OUT, NOT_REDIRECTED, UNTOUCHED),
	ROW(PRESENT, OUTBOUND, ASK, NO_INPUT, NO_ROOM, NOT_REDIRECTED, UNTOUCHED),
	ROW(PRESENT, OUTBOUND, ASK, NO_INPUT, WIDE, NOT_REDIRECTED, UNTOUCHED),
	/* A query of the wrong socket, or where there is no whither. */
	ROW(DIRECT, ENDED, ASK, NO_INPUT, NO_ROOM, WSAENOTCONN, UNTOUCHED),
	ROW(DIRECT, ENDED, ASK, NO_INPUT, WIDE, WSAENOTCONN, UNTOUCHED),
	ROW(PRESENT, UNCONNECTED, ASK, NO_INPUT, NO_ROOM, WSAENOTCONN, UNTOUCHED),
	ROW(PRESENT, UNCONNECTED, ASK, NO_INPUT, WIDE, WSAENOTCONN, UNTOUCHED),
	ROW(PRESENT, LISTENING, ASK, NO_INPUT, NO_ROOM, WSAEINVAL, UNTOUCHED),
	ROW(PRESENT, LISTENING, ASK, NO_INPUT, WIDE, WSAEINVAL, UNTOUCHED),
	ROW(PRESENT, DATAGRAM, ASK, NO_INPUT, NO_ROOM, WSAEOPNOTSUPP, UNTOUCHED),
	ROW(PRESENT, DATAGRAM, ASK, NO_INPUT, WIDE, WSAEOPNOTSUPP, UNTOUCHED),
	ROW(AWAY, ANY_PLACE, ASK, NO_INPUT, NO_ROOM, WSAEOPNOTSUPP, UNTOUCHED),
	ROW(AWAY, ANY_PLACE, ASK, NO_INPUT, ONE_BYTE_OUT, WSAEOPNOTSUPP, UNTOUCHED),
	ROW(AWAY, ANY_PLACE, ASK, NO_INPUT, WIDE, WSAEOPNOTSUPP, UNTOUCHED),
	/* The output of a query: missing, or not to be written. */
	ROW(EVERYWHERE, ANY_PLACE, ASK, NO_INPUT, NULL_OUT, WSAEFAULT, UNTOUCHED),
	ROW(EVERYWHERE, ANY_PLACE, ASK, NO_INPUT, NULL_HUGE_OUT, WSAEFAULT, UNTOUCHED),
	ROW(REDIRECTED, CONNECTED, ASK_RECORDS, NO_INPUT, LOCKED_OUT, WSAEFAULT, UNTOUCHED),
	ROW(NAMED, CONNECTED, ASK_CONTEXT, NO_INPUT, LOCKED_OUT, WSAEFAULT, UNTOUCHED),
	/* A set of the wrong socket, or where there is no whither. */
	ROW(PRESENT, ACCEPTED | HALF | OUTBOUND, SET, TOKEN, NO_ROOM, WSAEISCONN, UNTOUCHED),
	ROW(PRESENT, ACCEPTED | HALF | OUTBOUND, SET, RUBBISH, NO_ROOM, WSAEISCONN, UNTOUCHED),
	ROW(PRESENT, ENDED, SET, RUBBISH, NO_ROOM, WSAEACCES, UNTOUCHED),
	ROW(PRESENT, LISTENING, SET, TOKEN, NO_ROOM, WSAEINVAL, UNTOUCHED),
	ROW(PRESENT, DATAGRAM, SET, TOKEN, NO_ROOM, WSAEOPNOTSUPP, UNTOUCHED),
	ROW(AWAY, ANY_PLACE, SET, RUBBISH, NO_ROOM, WSAEOPNOTSUPP, UNTOUCHED),
	/* The input of a set: missing, or too long to be any. */
	ROW(EVERYWHERE, ANY_PLACE, SET, NO_INPUT, NO_ROOM, WSAEINVAL, UNTOUCHED),
	ROW(EVERYWHERE, ANY_PLACE, SET, NULL_IN, NO_ROOM, WSAEFAULT, UNTOUCHED),
	ROW(EVERYWHERE, ANY_PLACE, SET, NULL_HUGE_IN, NO_ROOM, WSAEFAULT, UNTOUCHED),
	ROW(PRESENT, UNCONNECTED, SET, SIZE_0_IN, NO_ROOM, WSAEACCES, UNTOUCHED),
	ROW(PRESENT, UNCONNECTED, SET, HUGE_IN, NO_ROOM, WSAEFAULT, UNTOUCHED),
	/* The output of a set: there is none, and its place is not looked at. */
	ROW(EVERYWHERE, ANY_PLACE, SET, TOKEN, ONE_BYTE_OUT, WSAEINVAL, UNTOUCHED),
	ROW(EVERYWHERE, ANY_PLACE, SET, TOKEN, WIDE, WSAEINVAL, UNTOUCHED),
	ROW(EVERYWHERE, ANY_PLACE, SET, TOKEN, NULL_OUT, WSAEINVAL, UNTOUCHED),
	ROW(EVERYWHERE, ANY_PLACE, SET, TOKEN, NULL_HUGE_OUT, WSAEINVAL, UNTOUCHED),
	ROW(REDIRECTED, UNCONNECTED, SET, TOKEN, SIZE_0_OUT, 0, NO_BYTES),
	/* What is set: records that are none, damaged, somebody else's, out of date, good. */
	ROW(PRESENT, UNCONNECTED, SET, RUBBISH, NO_ROOM, WSAEACCES, UNTOUCHED),
	ROW(PRESENT, UNCONNECTED, SET, ONE_BYTE_IN, NO_ROOM, WSAEACCES, UNTOUCHED),
	ROW(PRESENT, UNCONNECTED, SET, LOCKED_IN, NO_ROOM, WSAEFAULT, UNTOUCHED),
	ROW(REDIRECTED, UNCONNECTED, SET, TOKEN_CUT, NO_ROOM, WSAEACCES, UNTOUCHED),
	ROW(REDIRECTED, UNCONNECTED, SET, TOKEN_MAGIC, NO_ROOM, WSAEACCES, UNTOUCHED),
	ROW(REDIRECTED, UNCONNECTED, SET, TOKEN_FORGED, NO_ROOM, WSAEACCES, UNTOUCHED),
	ROW(REDIRECTED, UNCONNECTED, SET, TOKEN_TAIL, NO_ROOM, WSAEACCES, UNTOUCHED),
	ROW(REDIRECTED, UNCONNECTED, SET, TOKEN_STALE, NO_ROOM, WSAEACCES, UNTOUCHED),
	ROW(NAMED, UNCONNECTED, SET, TOKEN_FOREIGN, NO_ROOM, WSAEACCES, UNTOUCHED),
	ROW(REDIRECTED, UNCONNECTED, SET, TOKEN_GROWN, NO_ROOM, WSAEINVAL, UNTOUCHED),
	ROW(REDIRECTED, UNCONNECTED, SET, TOKEN_LENGTH, NO_ROOM, WSAEINVAL, UNTOUCHED),
	ROW(REDIRECTED, UNCONNECTED, SET, TOKEN, NO_ROOM, 0, NO_BYTES),
	/* And these leave in force what was set before. */
	ROW(REDIRECTED, UNCONNECTED, SET, RUBBISH, NO_ROOM, WSAEACCES, UNTOUCHED),
	ROW(REDIRECTED, UNCONNECTED, SET, TOKEN_STALE, NO_ROOM, WSAEACCES, UNTOUCHED),
	ROW(REDIRECTED, UNCONNECTED, SET, TOKEN_GROWN, NO_ROOM, WSAEINVAL, UNTOUCHED),
};

/* The ways to ask. */
struct form {
	bool overlapped;
	bool routine;
	bool returns; /* there is a place for the size */
};

static const struct form forms[] = {
	{false, false, true}, {false, true, true}, /* a routine alone is none */
	{true, false, true},  {true, false, false}, {true, true, true}, {true, true, false}};

static struct {
	int runs;
	DWORD error;
	DWORD bytes;
	WSAOVERLAPPED *overlapped;
} seen;

static void CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
	seen.runs++;
	seen.error = error;
	seen.bytes = bytes;
	seen.overlapped = overlapped;
}

static int chosen(const char *variable, int usual)
{
	const char *text = getenv(variable);

	return text ? atoi(text) : usual;
}

static int error_of(const struct question_row *row)
{
	switch (row->outcome) {
	case TOO_SHORT:
		return chosen("WHITHER_WSA_SHORT", WSAEFAULT);
	case NOT_REDIRECTED:
		return chosen("WHITHER_WSA_NOT_FOUND", WSAEINVAL);
	case WITHOUT_CONTEXT:
		return chosen("WHITHER_WSA_NOT_FOUND", (int)0x80320008); /* FWP_E_NOT_FOUND */
	default:
		return (int)row->outcome;
	}
}

static DWORD number_of(unsigned int code)
{
	if (code == SET)
		return SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS;
	return code == ASK_RECORDS ? SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS :
				     SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT;
}

static int call(SOCKET s, unsigned int code, const struct question *question, DWORD *returned,
		WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE function)
{
	WSASetLastError(0);
	return WSAIoctl(s, number_of(code), question->input, (DWORD)question->input_size,
			question->output, (DWORD)question->output_size, returned, overlapped,
			function);
}

/* What an overlapped call has left behind. Only one that succeeded sets the event or runs the routine. */
static void check_overlapped(SOCKET s, const struct form *form, WSAOVERLAPPED *overlapped,
			     int error, DWORD size)
{
	bool told = !error && !form->routine;
	DWORD bytes = UNWRITTEN, flags = UNWRITTEN;

	assert_true(HasOverlappedIoCompleted(overlapped));
	assert_int_equal((LONG)overlapped->Internal < 0, error != 0);
	assert_int_equal(overlapped->InternalHigh, size);
	assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped->hEvent, TRUE, 0, FALSE),
			 told ? WSA_WAIT_EVENT_0 : WSA_WAIT_TIMEOUT);
	assert_int_equal(seen.runs, 0); /* not before the thread waits for it */
	assert_int_equal(SleepEx(0, TRUE), !error && form->routine ? WAIT_IO_COMPLETION : 0);
	assert_int_equal(SleepEx(0, TRUE), 0);
	assert_int_equal(seen.runs, !error && form->routine);
	if (seen.runs) {
		assert_int_equal(seen.error, 0);
		assert_int_equal(seen.bytes, size);
		assert_ptr_equal(seen.overlapped, overlapped);
	}
	if (!error) {
		assert_true(WSAGetOverlappedResult(s, overlapped, &bytes, FALSE, &flags));
		assert_int_equal(bytes, size);
		assert_int_equal(flags, 0);
	}
}

static void ask_so(const struct question_row *row, const struct form *form,
		   const struct question *question, unsigned int code, SOCKET s)
{
	struct {
		DWORD size;
		DWORD guard;
	} returned = {UNWRITTEN, UNWRITTEN};
	WSAOVERLAPPED overlapped;
	int error = error_of(row);

	memset(&seen, 0, sizeof(seen));
	memset(&overlapped, 0xa5, sizeof(overlapped));
	overlapped.hEvent = WSACreateEvent();
	WSASetEvent(overlapped.hEvent);
	assert_int_equal(call(s, code, question, form->returns ? &returned.size : NULL,
			      form->overlapped ? &overlapped : NULL,
			      form->routine ? routine : NULL),
			 error ? SOCKET_ERROR : 0);
	assert_int_equal(error ? WSAGetLastError() : 0, error);
	assert_int_equal(returned.size,
			 form->returns ? question_size(question, row->left, UNWRITTEN) : UNWRITTEN);
	assert_int_equal(returned.guard, UNWRITTEN);
	if (form->overlapped)
		check_overlapped(s, form, &overlapped, error,
				 (DWORD)question_size(question, row->left, 0));
	else
		assert_int_equal(SleepEx(0, TRUE), 0);
	WSACloseEvent(overlapped.hEvent);
}

static void ask(const struct question_row *row, const struct question_facts *facts,
		enum question_place place, unsigned int code, SOCKET s)
{
	struct question question;

	for (size_t i = 0; i < ARRAYSIZE(forms); i++) {
		question = question_begin(row, facts, place, code);
		ask_so(row, &forms[i], &question, code, s);
		question_end(&question, row->left);
	}
	/* Nowhere to say the size, or nobody to ask: nothing happens at all. */
	question = question_begin(row, facts, place, code);
	assert_int_equal(call(s, code, &question, NULL, NULL, NULL), SOCKET_ERROR);
	assert_int_equal(WSAGetLastError(), WSAEFAULT);
	question_end(&question, UNTOUCHED);
}

void winsock_rows_ask(const struct question_facts *facts, enum question_place place, SOCKET s)
{
	size_t questions = 0;

	for (size_t i = 0; i < ARRAYSIZE(rows); i++)
		for (unsigned int code = ASK_RECORDS; code <= SET; code <<= 1)
			if (question_applies(&rows[i], facts, place, code)) {
				ask(&rows[i], facts, place, code, s);
				questions++;
			}
	assert_true(questions > 10);
}
