/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Events of Winsock, which are those of windows.h. */
#include "ws_call.h"

WSAEVENT WSAAPI WSACreateEvent(void)
{
	return CreateEventW(NULL, TRUE, FALSE, NULL);
}

BOOL WSAAPI WSACloseEvent(WSAEVENT hEvent)
{
	return CloseHandle(hEvent);
}

BOOL WSAAPI WSASetEvent(WSAEVENT hEvent)
{
	return SetEvent(hEvent);
}

BOOL WSAAPI WSAResetEvent(WSAEVENT hEvent)
{
	return ResetEvent(hEvent);
}

DWORD WSAAPI WSAWaitForMultipleEvents(DWORD cEvents, const WSAEVENT *lphEvents, BOOL fWaitAll,
				      DWORD dwTimeout, BOOL fAlertable)
{
	return WaitForMultipleObjectsEx(cEvents, lphEvents, fWaitAll, dwTimeout, fAlertable);
}
