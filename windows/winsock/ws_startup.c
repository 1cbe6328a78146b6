/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "ws_call.h"

#include "status_table.h"

#include <string.h>

static _Thread_local DWORD last_error;
static LONG startups;

DWORD WINAPI GetLastError(void)
{
	return last_error;
}

void WINAPI SetLastError(DWORD dwErrCode)
{
	last_error = dwErrCode;
}

int WSAAPI WSAGetLastError(void)
{
	return (int)last_error;
}

void WSAAPI WSASetLastError(int iError)
{
	last_error = (DWORD)iError;
}

int ws_fail(int wsa_error)
{
	last_error = (DWORD)wsa_error;
	return SOCKET_ERROR;
}

int ws_result(int host_result)
{
	return host_result < 0 ? ws_fail(net_wsa_of_errno(-host_result)) : host_result;
}

bool ws_started(void)
{
	if (__atomic_load_n(&startups, __ATOMIC_ACQUIRE) > 0)
		return true;
	ws_fail(WSANOTINITIALISED);
	return false;
}

/* The error is returned, not set. Versions 1.0 to 2.2 are spoken; of a later one, 2.2. */
int WSAAPI WSAStartup(WORD wVersionRequested, LPWSADATA lpWSAData)
{
	static const WORD spoken[] = {MAKEWORD(1, 0), MAKEWORD(1, 1), MAKEWORD(2, 0),
				      MAKEWORD(2, 1), MAKEWORD(2, 2)};
	WORD version = MAKEWORD(2, 2);

	if (LOBYTE(wVersionRequested) == 0)
		return WSAVERNOTSUPPORTED;
	if (!lpWSAData)
		return WSAEFAULT;
	for (size_t i = 0; i < ARRAYSIZE(spoken); i++)
		if (spoken[i] == wVersionRequested)
			version = wVersionRequested;
	memset(lpWSAData, 0, sizeof(*lpWSAData));
	lpWSAData->wVersion = version;
	lpWSAData->wHighVersion = MAKEWORD(2, 2);
	strcpy(lpWSAData->szDescription, "WinSock 2.0");
	strcpy(lpWSAData->szSystemStatus, "Running");
	if (LOBYTE(version) == 1)
		lpWSAData->iMaxSockets = 32767;
	__atomic_add_fetch(&startups, 1, __ATOMIC_ACQ_REL);
	return 0;
}

/* Sockets that are open stay so: they are descriptors. */
int WSAAPI WSACleanup(void)
{
	LONG count = __atomic_load_n(&startups, __ATOMIC_ACQUIRE);

	do {
		if (count == 0)
			return ws_fail(WSANOTINITIALISED);
	} while (!__atomic_compare_exchange_n(&startups, &count, count - 1, false, __ATOMIC_ACQ_REL,
					      __ATOMIC_ACQUIRE));
	return 0;
}
