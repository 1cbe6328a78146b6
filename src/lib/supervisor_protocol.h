/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * How the supervisor of "whither run" is asked, where the kernel is not: by one packet over a unix
 * socket (SOCK_SEQPACKET), with the socket in question beside it (SCM_RIGHTS), and one packet back.
 * A descriptor's number says nothing here: what is answered for is what was passed along.
 *
 * Both ends are of one build or of neighbours: the magic says which version this is.
 */
#ifndef WH_SUPERVISOR_PROTOCOL_H
#define WH_SUPERVISOR_PROTOCOL_H

#include "abi_answer.h"
#include "token_codec.h"

/* The variable of the environment that names the run's directory, and the socket's name there. */
#define WH_SUPERVISOR_VARIABLE "WHITHER_SUPERVISOR"
#define WH_SUPERVISOR_SOCKET "supervisor"

#define WH_SUPERVISOR_MAGIC 0x31535257u /* "WRS1" */

enum wh_supervisor_operation {
	WH_SUPERVISOR_GET = 1, /* getsockopt(): size is that of the buffer, 0 asks for the length */
	WH_SUPERVISOR_SET = 2, /* setsockopt(): size bytes, of which the first are here */
	WH_SUPERVISOR_RELOAD = 3, /* read the rule files again; no socket beside it */
};

struct wh_supervisor_request {
	__u32 magic;
	__u16 operation;
	__u16 option;
	__u32 size;
	__u32 reserved; /* 0 */
	__u8 bytes[WH_TOKEN_MAX];
};

struct wh_supervisor_answer {
	__s32 error; /* 0 or a negative errno; then nothing follows */
	__u32 size;  /* of the answer, of which no more than was asked for follows */
	__u8 bytes[WH_ANSWER_MAX];
};

#define WH_SUPERVISOR_ANSWER_HEAD 8

_Static_assert(sizeof(struct wh_supervisor_request) == 144, "request");
_Static_assert(sizeof(struct wh_supervisor_answer) == WH_SUPERVISOR_ANSWER_HEAD + WH_ANSWER_MAX,
	       "answer");

#endif /* WH_SUPERVISOR_PROTOCOL_H */
