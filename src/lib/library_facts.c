/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What needs no socket: sizes, texts, the version. */
#include "library_export.h"

#include <errno.h>

#define TEXT_OF(number) #number
#define VERSION_TEXT(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

struct error_text {
	int error;
	const char *text;
};

/* Each says what happened; where one number means two things, both. */
static const struct error_text error_texts[] = {
	{0, "Success"},
	{ENOENT, "This connection was not redirected, or its redirector chose no context"},
	{ENOTCONN, "The socket is not connected"},
	{EINVAL, "The socket is listening, or an argument is not valid"},
	{EOPNOTSUPP, "Not a TCP socket, or whither is not active where this socket was made"},
	{EBADF, "Not an open file descriptor"},
	{ENOTSOCK, "The file descriptor is not a socket"},
	{EFAULT, "The buffer is not in this process's memory"},
	{ENOBUFS, "The buffer is too small, or the kernel has no room left for this connection"},
	{EACCES, "The records were issued to another redirector than the one of this process"},
	{ESTALE, "The records' connection is gone, or whither was restarted since"},
	{EBADMSG, "These bytes are not redirect records"},
	{EOVERFLOW, "The length fields of the records do not add up"},
	{EISCONN, "The socket is already connected or connecting"},
	{ENOMEM, "Out of memory"},
	{EPERM, "A filter blocks this connection"},
	{ECONNREFUSED, "The proxy is absent, or another process holds its address"},
	{ELOOP, "The connection has been redirected as often as is allowed"},
};

const char *whither_strerror(int error)
{
	size_t count = sizeof(error_texts) / sizeof(error_texts[0]);

	for (size_t i = 0; i < count; i++)
		if (error == error_texts[i].error || error == -error_texts[i].error)
			return error_texts[i].text;
	return "An error that whither does not return";
}

const char *whither_version(void)
{
	return VERSION_TEXT(WHITHER_VERSION_MAJOR, WHITHER_VERSION_MINOR, WHITHER_VERSION_PATCH);
}

socklen_t whither_address_size(const union whither_address *address)
{
	switch (address->sa.sa_family) {
	case AF_INET:
		return sizeof(address->in);
	case AF_INET6:
		return sizeof(address->in6);
	default:
		return 0;
	}
}
