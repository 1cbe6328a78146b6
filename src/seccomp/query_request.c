/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "query_request.h"

#include <errno.h>

int wh_query_check(const struct wh_supervisor_request *request, size_t length)
{
	if (length != sizeof(*request) || request->magic != WH_SUPERVISOR_MAGIC ||
	    request->reserved)
		return -EBADMSG;
	switch (request->operation) {
	case WH_SUPERVISOR_GET:
	case WH_SUPERVISOR_SET:
	case WH_SUPERVISOR_RELOAD:
		return 0;
	default:
		return -EBADMSG;
	}
}
