/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "status_table.h"

#include <errno.h>
#include <ntstatus.h>
#include <pthread.h>
#include <stdlib.h>
#include <winerror.h>

struct net_status {
	int error;
	NTSTATUS status;
	int wsa;
};

/* The first row of an error, of a status, decides. Error -1: no error of Linux' is this status. */
static const struct net_status rows[] = {
	{0, STATUS_SUCCESS, 0},
	{EPERM, STATUS_ACCESS_DENIED, WSAEACCES},
	{EACCES, STATUS_ACCESS_DENIED, WSAEACCES},
	/* Of a SET: the token is not one of ours, or not any more. */
	{EBADMSG, STATUS_ACCESS_DENIED, WSAEACCES},
	{ESTALE, STATUS_ACCESS_DENIED, WSAEACCES},
	{ENOENT, STATUS_NOT_FOUND, WSAEINVAL},
	{EINTR, STATUS_CANCELLED, WSAEINTR},
	{ECANCELED, STATUS_CANCELLED, ERROR_OPERATION_ABORTED},
	{EBADF, STATUS_INVALID_HANDLE, WSAENOTSOCK},
	{ENOTSOCK, STATUS_OBJECT_TYPE_MISMATCH, WSAENOTSOCK},
	{EFAULT, STATUS_ACCESS_VIOLATION, WSAEFAULT},
	{EINVAL, STATUS_INVALID_PARAMETER, WSAEINVAL},
	{EOVERFLOW, STATUS_INTEGER_OVERFLOW, WSAEINVAL},
	{EMFILE, STATUS_TOO_MANY_OPENED_FILES, WSAEMFILE},
	{ENFILE, STATUS_TOO_MANY_OPENED_FILES, WSAEMFILE},
	{EAGAIN, STATUS_DEVICE_NOT_READY, WSAEWOULDBLOCK},
	{EINPROGRESS, STATUS_DEVICE_NOT_READY, WSAEWOULDBLOCK},
	{-1, STATUS_INVALID_DEVICE_STATE, WSAEINVAL},
	{EALREADY, STATUS_INVALID_DEVICE_STATE, WSAEALREADY},
	{EISCONN, STATUS_INVALID_DEVICE_STATE, WSAEISCONN},
	{ENOTCONN, STATUS_INVALID_DEVICE_STATE, WSAENOTCONN},
	{EDESTADDRREQ, STATUS_INVALID_PARAMETER, WSAEDESTADDRREQ},
	{EMSGSIZE, STATUS_BUFFER_OVERFLOW, WSAEMSGSIZE},
	{EPROTOTYPE, STATUS_PROTOCOL_UNREACHABLE, WSAEPROTOTYPE},
	{EPROTONOSUPPORT, STATUS_PROTOCOL_UNREACHABLE, WSAEPROTONOSUPPORT},
	{EOPNOTSUPP, STATUS_NOT_SUPPORTED, WSAEOPNOTSUPP},
	{ENOSYS, STATUS_NOT_IMPLEMENTED, WSAEOPNOTSUPP},
	{ENOPROTOOPT, STATUS_NOT_SUPPORTED, WSAENOPROTOOPT},
	{ESOCKTNOSUPPORT, STATUS_NOT_SUPPORTED, WSAESOCKTNOSUPPORT},
	{EADDRNOTAVAIL, STATUS_INVALID_ADDRESS_COMPONENT, WSAEADDRNOTAVAIL},
	{EPFNOSUPPORT, STATUS_INVALID_ADDRESS_COMPONENT, WSAEPFNOSUPPORT},
	{EAFNOSUPPORT, STATUS_INVALID_ADDRESS_COMPONENT, WSAEAFNOSUPPORT},
	{EADDRINUSE, STATUS_ADDRESS_ALREADY_ASSOCIATED, WSAEADDRINUSE},
	{ENETUNREACH, STATUS_NETWORK_UNREACHABLE, WSAENETUNREACH},
	{ENETDOWN, STATUS_NETWORK_UNREACHABLE, WSAENETDOWN},
	{EHOSTUNREACH, STATUS_HOST_UNREACHABLE, WSAEHOSTUNREACH},
	{EHOSTDOWN, STATUS_HOST_UNREACHABLE, WSAEHOSTDOWN},
	{ECONNRESET, STATUS_CONNECTION_RESET, WSAECONNRESET},
	{ENETRESET, STATUS_CONNECTION_RESET, WSAENETRESET},
	{ECONNABORTED, STATUS_CONNECTION_ABORTED, WSAECONNABORTED},
	{ECONNREFUSED, STATUS_CONNECTION_REFUSED, WSAECONNREFUSED},
	{ETIMEDOUT, STATUS_IO_TIMEOUT, WSAETIMEDOUT},
	{-1, STATUS_CONNECTION_DISCONNECTED, WSAECONNRESET},
	{EPIPE, STATUS_CONNECTION_DISCONNECTED, WSAESHUTDOWN},
	{ESHUTDOWN, STATUS_CONNECTION_DISCONNECTED, WSAESHUTDOWN},
	{ENOBUFS, STATUS_INSUFFICIENT_RESOURCES, WSAENOBUFS},
	{ENOMEM, STATUS_INSUFFICIENT_RESOURCES, WSAENOBUFS},
	{EIO, STATUS_UNSUCCESSFUL, WSAENETDOWN},
	{-1, STATUS_PENDING, ERROR_IO_PENDING},
	{-1, STATUS_TIMEOUT, WSAETIMEDOUT},
	{-1, STATUS_LINK_TIMEOUT, WSAETIMEDOUT},
	{-1, STATUS_BUFFER_TOO_SMALL, WSAEFAULT},
	{-1, STATUS_INVALID_BUFFER_SIZE, WSAEMSGSIZE},
	{-1, STATUS_NO_MEMORY, WSAENOBUFS},
	{-1, STATUS_QUOTA_EXCEEDED, WSAENOBUFS},
	{-1, STATUS_SHARING_VIOLATION, WSAEADDRINUSE},
	{-1, STATUS_TOO_MANY_ADDRESSES, WSAEADDRINUSE},
	{-1, STATUS_ADDRESS_ALREADY_EXISTS, WSAEADDRINUSE},
	{-1, STATUS_INVALID_ADDRESS, WSAEADDRNOTAVAIL},
	{-1, STATUS_CONFLICTING_ADDRESSES, WSAEADDRNOTAVAIL},
	{-1, STATUS_INVALID_CONNECTION, WSAENOTCONN},
	{-1, STATUS_CONNECTION_ACTIVE, WSAEISCONN},
	{-1, STATUS_GRACEFUL_DISCONNECT, WSAEDISCON},
	{-1, STATUS_REMOTE_DISCONNECT, WSAECONNRESET},
	{-1, STATUS_PORT_UNREACHABLE, WSAECONNRESET},
	{-1, STATUS_LOCAL_DISCONNECT, WSAECONNABORTED},
	{-1, STATUS_REMOTE_NOT_LISTENING, WSAECONNREFUSED},
	{-1, STATUS_REQUEST_NOT_ACCEPTED, WSAEWOULDBLOCK},
	{-1, STATUS_REQUEST_ABORTED, ERROR_OPERATION_ABORTED},
	{-1, STATUS_PIPE_DISCONNECTED, WSAESHUTDOWN},
	{-1, STATUS_FILE_FORCED_CLOSED, WSAECONNABORTED},
};

/* What differs when it is an answer to one of the three redirect codes. */
static const struct net_status redirect_rows[] = {
	{ENOBUFS, STATUS_BUFFER_TOO_SMALL, WSAEFAULT},
	{ENOENT, STATUS_NOT_FOUND, WSAEINVAL},
	/* Redirected, without a context. */
	{ENODATA, STATUS_NOT_FOUND, FWP_E_NOT_FOUND},
	/* Not active here, or not TCP. */
	{EOPNOTSUPP, STATUS_NOT_FOUND, WSAEOPNOTSUPP},
};

static pthread_once_t environment_once = PTHREAD_ONCE_INIT;
static int chosen_not_found;
static int chosen_short;

static const struct net_status *find(const struct net_status *table, size_t count, int error)
{
	for (size_t i = 0; i < count; i++)
		if (table[i].error == error)
			return &table[i];
	return NULL;
}

static const struct net_status *general_row(int error)
{
	static const struct net_status unknown = {-1, STATUS_UNSUCCESSFUL, WSAEINVAL};
	const struct net_status *row = NULL;

	if (error >= 0)
		row = find(rows, sizeof(rows) / sizeof(rows[0]), error);
	return row ? row : &unknown;
}

static const struct net_status *redirect_row(int error)
{
	const struct net_status *row =
		find(redirect_rows, sizeof(redirect_rows) / sizeof(redirect_rows[0]), error);

	return row ? row : general_row(error);
}

NTSTATUS net_status_of_errno(int error)
{
	return general_row(error)->status;
}

int net_wsa_of_errno(int error)
{
	return general_row(error)->wsa;
}

int net_wsa_of_status(NTSTATUS status)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].status == status)
			return rows[i].wsa == WSAEINTR ? ERROR_OPERATION_ABORTED : rows[i].wsa;
	if (status >= 0)
		return 0;
	/* An error of Windows' own that was wrapped into an NTSTATUS. */
	if (((ULONG)status >> 16 & 0xfff) == FACILITY_WIN32)
		return (int)(status & 0xffff);
	return WSAEINVAL;
}

/* Decimal, or hexadecimal with 0x; 0 when it is neither, or not set. */
static int number_of(const char *text)
{
	char *end = NULL;
	unsigned long value = text ? strtoul(text, &end, 0) : 0;

	return text && *text && !*end && value <= 0xffffffffUL ? (int)(unsigned int)value : 0;
}

static void read_environment(void)
{
	chosen_not_found = number_of(getenv("WHITHER_WSA_NOT_FOUND"));
	chosen_short = number_of(getenv("WHITHER_WSA_SHORT"));
}

NTSTATUS net_status_of_redirect(int error)
{
	return redirect_row(error)->status;
}

int net_wsa_of_redirect(int error)
{
	if (error == ENOENT || error == ENODATA || error == ENOBUFS) {
		pthread_once(&environment_once, read_environment);
		if (error == ENOBUFS && chosen_short)
			return chosen_short;
		if (error != ENOBUFS && chosen_not_found)
			return chosen_not_found;
	}
	return redirect_row(error)->wsa;
}
