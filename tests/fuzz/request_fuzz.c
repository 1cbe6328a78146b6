/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A packet to the supervisor of "whither run", and the token in it. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "query_request.h"

static void must(int holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wh_supervisor_request *request = calloc(1, sizeof(*request));
	struct wh_token token = {.id = 7};
	int error;

	if (!request)
		return 0;
	memcpy(request, data, size < sizeof(*request) ? size : sizeof(*request));
	error = wh_query_check(request, size);
	must(error == 0 || error == -EBADMSG);
	must(error || (size == sizeof(*request) && request->magic == WH_SUPERVISOR_MAGIC));
	if (!error && request->operation == WH_SUPERVISOR_SET) {
		/* The size is the sender's word: more than is there must not be read. */
		error = wh_token_decode(request->bytes, request->size, &token);
		must(error == 0 || error == -EBADMSG || error == -EOVERFLOW);
	}
	free(request);
	return 0;
}
