/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* All that a redirected connection's accepted socket can be asked, for "whither query". */
#ifndef WH_SOCKET_ANSWERS_H
#define WH_SOCKET_ANSWERS_H

#include <stdio.h>

#include <whither/whither.h>

struct wh_socket_answers {
	uint64_t now; /* ns, CLOCK_BOOTTIME */
	struct whither_origin origin;
	struct whither_hop hops[WHITHER_HOPS_MAX];
	size_t hop_count;
	unsigned char context[WHITHER_ANSWER_MAX];
	size_t context_size;
	int has_context;
	unsigned char records[WHITHER_RECORDS_MAX];
	size_t records_size;
};

/* Asks by the public library. Returns 0 or a negative errno; *ret_question is then what failed. */
int wh_answers_ask(int fd, struct wh_socket_answers *ret, const char **ret_question);

void wh_answers_print_text(const struct wh_socket_answers *answers, FILE *file);
int wh_answers_print_json(const struct wh_socket_answers *answers, FILE *file);

#endif /* WH_SOCKET_ANSWERS_H */
