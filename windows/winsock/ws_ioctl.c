/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WSAIoctl. */
#include "host_socket.h"
#include "redirect_codes.h"
#include "status_table.h"
#include "ws_call.h"
#include "ws_extension.h"
#include "ws_overlapped.h"

#include <errno.h>
#include <mstcpip.h>
#include <ntstatus.h>
#include <string.h>

/* The nine arguments, less those of completion. */
struct ws_control {
	int fd;
	DWORD code;
	const void *in;
	DWORD in_size;
	void *out;
	DWORD out_size;
};

/* What came of it: an error of Winsock or 0, and the bytes to report, also of a buffer too small. */
struct ws_outcome {
	int wsa;
	NTSTATUS status;
	DWORD bytes;
	bool says_bytes; /* although it failed */
};

static struct ws_outcome failed(int wsa, NTSTATUS status)
{
	return (struct ws_outcome){.wsa = wsa, .status = status};
}

static struct ws_outcome of_errno(int error, DWORD bytes)
{
	if (error < 0)
		return failed(net_wsa_of_errno(-error), net_status_of_errno(-error));
	return (struct ws_outcome){.bytes = bytes};
}

static struct ws_outcome redirect(const struct net_redirect_code *code,
				  const struct ws_control *control)
{
	struct ws_outcome outcome = {0};
	size_t needed = 0;
	int error;

	if (code->sets) {
		if (control->out_size)
			return failed(WSAEINVAL, STATUS_INVALID_PARAMETER);
		if (!control->in && control->in_size)
			return failed(WSAEFAULT, STATUS_INVALID_PARAMETER);
		error = net_redirect_set(control->fd, control->in, control->in_size);
	} else {
		if (!control->out && control->out_size)
			return failed(WSAEFAULT, STATUS_INVALID_PARAMETER);
		error = net_redirect_query(code, control->fd, control->out, control->out_size,
					   &needed);
	}
	outcome.bytes = (DWORD)needed;
	outcome.says_bytes = error == -ENOBUFS && !code->sets;
	outcome.wsa = error ? net_wsa_of_redirect(-error) : 0;
	outcome.status = error ? net_status_of_redirect(-error) : STATUS_SUCCESS;
	return outcome;
}

static struct ws_outcome set_mode(const struct ws_control *control)
{
	u_long nonblocking;

	if (!control->in || control->in_size < sizeof(nonblocking))
		return failed(WSAEFAULT, STATUS_INVALID_PARAMETER);
	memcpy(&nonblocking, control->in, sizeof(nonblocking));
	return of_errno(net_host_set_blocking(control->fd, nonblocking == 0), 0);
}

static struct ws_outcome ask_readable(const struct ws_control *control)
{
	size_t bytes = 0;
	u_long answer;
	int error;

	if (!control->out || control->out_size < sizeof(answer))
		return failed(WSAEFAULT, STATUS_BUFFER_TOO_SMALL);
	error = net_host_readable(control->fd, &bytes);
	answer = (u_long)bytes;
	if (!error)
		memcpy(control->out, &answer, sizeof(answer));
	return of_errno(error, sizeof(answer));
}

static struct ws_outcome keep_alive(const struct ws_control *control)
{
	struct tcp_keepalive values;

	if (!control->in || control->in_size < sizeof(values))
		return failed(WSAEFAULT, STATUS_INVALID_PARAMETER);
	memcpy(&values, control->in, sizeof(values));
	return of_errno(net_host_keepalive(control->fd, values.onoff != 0, values.keepalivetime,
					   values.keepaliveinterval),
			0);
}

static struct ws_outcome find_extension(const struct ws_control *control)
{
	void *function;
	GUID guid;

	if (!control->in || control->in_size < sizeof(guid) || !control->out ||
	    control->out_size < sizeof(function))
		return failed(WSAEFAULT, STATUS_BUFFER_TOO_SMALL);
	memcpy(&guid, control->in, sizeof(guid));
	function = ws_extension(&guid);
	if (!function)
		return failed(WSAEOPNOTSUPP, STATUS_NOT_SUPPORTED);
	memcpy(control->out, &function, sizeof(function));
	return of_errno(0, sizeof(function));
}

static struct ws_outcome perform(const struct ws_control *control)
{
	const struct net_redirect_code *code = net_redirect_code(control->code);
	int type;

	if (code)
		return redirect(code, control);
	type = net_host_type(control->fd);
	if (type < 0)
		return of_errno(type, 0);
	switch (control->code) {
	case FIONBIO:
		return set_mode(control);
	case FIONREAD:
		return ask_readable(control);
	case SIO_KEEPALIVE_VALS:
		return keep_alive(control);
	case SIO_GET_EXTENSION_FUNCTION_POINTER:
		return find_extension(control);
	default:
		return failed(WSAEOPNOTSUPP, STATUS_NOT_SUPPORTED);
	}
}

/* NOLINTNEXTLINE(readability-function-size): Windows' own parameters. */
int WSAAPI WSAIoctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
		    LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
		    LPWSAOVERLAPPED lpOverlapped,
		    LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
	const struct ws_control control = {ws_fd(s),   dwIoControlCode, lpvInBuffer,
					   cbInBuffer, lpvOutBuffer,    cbOutBuffer};
	struct ws_outcome outcome;

	if (!lpcbBytesReturned && !lpOverlapped)
		return ws_fail(WSAEFAULT);
	if (lpOverlapped)
		ws_overlapped_begin(lpOverlapped);
	outcome = perform(&control);
	if (lpcbBytesReturned && (!outcome.wsa || outcome.says_bytes))
		*lpcbBytesReturned = outcome.bytes;
	if (lpOverlapped)
		ws_overlapped_inline(control.fd, lpOverlapped, lpCompletionRoutine, outcome.status,
				     outcome.bytes);
	return outcome.wsa ? ws_fail(outcome.wsa) : 0;
}
