/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The words in which the tables of the three redirect codes are written, for Winsock Kernel
 * (wsk_redirect_rows.c) and for Winsock (winsock_redirect_rows.c), and the memory that a question of
 * theirs passes: poisoned, and followed by a page that nobody may touch.
 */
#ifndef WHITHER_REDIRECT_QUESTION_H
#define WHITHER_REDIRECT_QUESTION_H

#include <stddef.h>

#define QUESTION_TOKEN 64
#define QUESTION_ANSWER_MAX 1024

/* What connections are like where the question is asked. */
enum question_world {
	NAMED = 1 << 0,  /* redirected, with a context */
	BARE = 1 << 1,   /* redirected, without one */
	DIRECT = 1 << 2, /* not redirected */
	AWAY = 1 << 3,   /* whither is not active where the socket was made */
	REDIRECTED = NAMED | BARE,
	PRESENT = REDIRECTED | DIRECT,
	ABSENT = DIRECT | AWAY,
	EVERYWHERE = PRESENT | AWAY
};

/* Which socket is asked. */
enum question_place {
	ACCEPTED = 1 << 0, /* connected, and the kind of connection that the world says */
	HALF = 1 << 1,     /* the same, and the peer has closed it */
	ENDED = 1 << 2,    /* an earlier one, closed by both */
	NEW = 1 << 3,
	BOUND = 1 << 4,
	OUTBOUND = 1 << 5, /* connected by the proxy */
	LISTENING = 1 << 6,
	DATAGRAM = 1 << 7,
	/* Of Winsock Kernel alone. */
	BASIC = 1 << 8,
	STREAM = 1 << 9
};

enum question_code {
	ASK_RECORDS = 1 << 0,
	ASK_CONTEXT = 1 << 1,
	SET = 1 << 2,
	ASK = ASK_RECORDS | ASK_CONTEXT,
	ANY_CODE = ASK | SET
};

/* The input buffer and its size. */
enum question_input {
	NO_INPUT,     /* NULL, 0 */
	SIZE_0_IN,    /* bytes, 0 */
	NULL_IN,      /* NULL, a size */
	NULL_HUGE_IN, /* NULL, the largest size */
	ONE_BYTE_IN,
	RUBBISH,       /* as long as records, but none */
	TOKEN,         /* the records of ACCEPTED */
	TOKEN_CUT,     /* less a byte */
	TOKEN_GROWN,   /* and a byte */
	TOKEN_MAGIC,   /* another first bit */
	TOKEN_LENGTH,  /* another size within */
	TOKEN_FORGED,  /* another bit in the middle */
	TOKEN_TAIL,    /* another last bit */
	TOKEN_STALE,   /* the records of ENDED */
	TOKEN_FOREIGN, /* of another redirector's connection, which is alive */
	FOUR_GIB_IN,   /* bytes, and 4 GiB as their size */
	HUGE_IN,       /* bytes, and the largest size */
	LOCKED_IN      /* that cannot be read */
};

/* The output buffer and its size. */
enum question_room {
	NO_ROOM,       /* NULL, 0 */
	SIZE_0_OUT,    /* room, 0 */
	NULL_OUT,      /* NULL, a size */
	NULL_HUGE_OUT, /* NULL, the largest size */
	ONE_BYTE_OUT,
	THREE_BYTES_OUT,
	CUT,   /* the answer's size less a byte */
	EXACT, /* the answer's size */
	WIDER, /* and a byte */
	WIDE,  /* the largest answer's */
	A_PAGE,
	HUGE_OUT,  /* room for the answer, and the largest size */
	LOCKED_OUT /* that cannot be written */
};

/* What a call leaves where its results go; all else is as it was. */
enum question_left {
	UNTOUCHED,
	NO_BYTES,   /* the size 0 */
	SIZE_ALONE, /* the size of the answer */
	ANSWER      /* its size and its bytes */
};

/* Each code of each place in each of the worlds is a question of its own. */
struct question_row {
	const char *name;
	unsigned int worlds;
	unsigned int places;
	unsigned int codes;
	enum question_input input;
	enum question_room room;
	unsigned int outcome; /* a status or an error */
	enum question_left left;
};

#define ROW(worlds, places, codes, input, room, outcome, left)                               \
	{                                                                                    \
#worlds ": " #places " " #codes " " #input " " #room, worlds, places, codes, \
			input, room, (unsigned int)(outcome), left                           \
	}

/* What is known of the connections. */
struct question_facts {
	enum question_world world;
	size_t largest; /* size that the call can be passed */
	unsigned char records[QUESTION_TOKEN];
	unsigned char stale[QUESTION_TOKEN];
	unsigned char foreign[QUESTION_TOKEN];
	unsigned char context[QUESTION_ANSWER_MAX];
	size_t context_size;
};

/* The buffers of one call. */
struct question {
	void *input;
	size_t input_size;
	unsigned char *output;
	size_t output_size;
	/* What lies behind them. */
	unsigned char *input_memory;
	size_t input_bytes;
	unsigned char input_before[QUESTION_TOKEN + 1];
	unsigned char *output_memory;
	size_t output_bytes;
	const unsigned char *answer;
	size_t answer_size;
};

/* The words of both programs' command line: redirected, bare, direct or away, and the context. */
void question_facts_init(struct question_facts *facts, const char *world, const char *context,
			 size_t largest);
/* One line of standard input: the records of another redirector's connection, or nothing. */
void question_facts_read_foreign(struct question_facts *facts);

/* Whether this row is asked here and now; it says so for a failure's sake. */
int question_applies(const struct question_row *row, const struct question_facts *facts,
		     unsigned int place, unsigned int code);
struct question question_begin(const struct question_row *row, const struct question_facts *facts,
			       unsigned int place, unsigned int code);
/* Its memory is as it must be after the row's call, and is released. */
void question_end(struct question *question, enum question_left left);
/* The size that the caller is told; untold where it is not. */
size_t question_size(const struct question *question, enum question_left left, size_t untold);

#endif /* WHITHER_REDIRECT_QUESTION_H */
