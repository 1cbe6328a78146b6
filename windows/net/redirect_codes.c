/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "redirect_codes.h"

#include "host_socket.h"

#include <errno.h>
#include <limits.h>
#include <mstcpip.h>
#include <stdint.h>

static const struct net_redirect_code codes[] = {
	{SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, false, net_host_query_records,
	 "SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS"},
	{SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, false, net_host_query_context,
	 "SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT"},
	{SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS, true, net_host_set_records,
	 "SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS"},
};

const struct net_redirect_code *net_redirect_code(ULONG code)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].code == code)
			return &codes[i];
	return NULL;
}

/* Whether the connection has records: then a context is missing because the rule chose none. */
static bool was_redirected(int fd)
{
	return net_host_query_records(fd, NULL, 0, NULL) == -ENOBUFS;
}

int net_redirect_query(const struct net_redirect_code *code, int fd, void *buffer, size_t size,
		       size_t *ret_needed)
{
	int error = code->call(fd, buffer, size > INT_MAX ? INT_MAX : size, ret_needed);

	if (error == -ENOENT && code->code == SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT &&
	    was_redirected(fd))
		return -ENODATA;
	return error;
}

int net_redirect_set(int fd, const void *records, size_t size)
{
	int error;

	if (size > UINT_MAX)
		return -EOVERFLOW;
	error = net_host_set_records(fd, (void *)(uintptr_t)records, size, NULL);
	return error == -ENOBUFS ? -ENOMEM : error;
}
