/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WSAAddressToString and WSAStringToAddress. */
#include "ws_call.h"

#include <ip2string.h>
#include <string.h>
#include <ws2ipdef.h>

INT WSAAPI WSAAddressToStringA(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
			       LPWSAPROTOCOL_INFOA lpProtocolInfo, LPSTR lpszAddressString,
			       LPDWORD lpdwAddressStringLength)
{
	char text[80];
	ULONG size = sizeof(text);
	LONG error;

	if (!lpsaAddress || !lpdwAddressStringLength)
		return ws_fail(WSAEFAULT);
	if (lpsaAddress->sa_family == AF_INET && dwAddressLength >= sizeof(SOCKADDR_IN)) {
		const SOCKADDR_IN *four = (const SOCKADDR_IN *)(const void *)lpsaAddress;

		error = RtlIpv4AddressToStringExA(&four->sin_addr, four->sin_port, text, &size);
	} else if (lpsaAddress->sa_family == AF_INET6 && dwAddressLength >= sizeof(SOCKADDR_IN6)) {
		const SOCKADDR_IN6 *six = (const SOCKADDR_IN6 *)(const void *)lpsaAddress;

		error = RtlIpv6AddressToStringExA(&six->sin6_addr, six->sin6_scope_id,
						  six->sin6_port, text, &size);
	} else {
		return ws_fail(WSAEINVAL);
	}
	if (error)
		return ws_fail(WSAEINVAL);
	/* The size counts the terminator. */
	if (!lpszAddressString || *lpdwAddressStringLength < size) {
		*lpdwAddressStringLength = size;
		return ws_fail(WSAEFAULT);
	}
	memcpy(lpszAddressString, text, size);
	*lpdwAddressStringLength = size;
	return 0;
}

INT WSAAPI WSAAddressToStringW(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
			       LPWSAPROTOCOL_INFOW lpProtocolInfo, LPWSTR lpszAddressString,
			       LPDWORD lpdwAddressStringLength)
{
	char text[80] = "";
	DWORD size = sizeof(text);

	if (!lpdwAddressStringLength)
		return ws_fail(WSAEFAULT);
	if (WSAAddressToStringA(lpsaAddress, dwAddressLength, NULL, text, &size))
		return SOCKET_ERROR;
	if (!lpszAddressString || *lpdwAddressStringLength < size) {
		*lpdwAddressStringLength = size;
		return ws_fail(WSAEFAULT);
	}
	for (DWORD i = 0; i < size; i++)
		lpszAddressString[i] = (WCHAR)text[i];
	*lpdwAddressStringLength = size;
	return 0;
}

INT WSAAPI WSAStringToAddressA(LPSTR AddressString, INT AddressFamily,
			       LPWSAPROTOCOL_INFOA lpProtocolInfo, LPSOCKADDR lpAddress,
			       LPINT lpAddressLength)
{
	const INT size = AddressFamily == AF_INET6 ? (INT)sizeof(SOCKADDR_IN6) :
						     (INT)sizeof(SOCKADDR_IN);
	SOCKADDR_IN four = {.sin_family = AF_INET};
	SOCKADDR_IN6 six = {.sin6_family = AF_INET6};
	ULONG scope = 0;
	LONG error;

	if (!AddressString || !lpAddress || !lpAddressLength)
		return ws_fail(WSAEFAULT);
	if (AddressFamily != AF_INET && AddressFamily != AF_INET6)
		return ws_fail(WSAEINVAL);
	if (*lpAddressLength < size) {
		*lpAddressLength = size;
		return ws_fail(WSAEFAULT);
	}
	if (AddressFamily == AF_INET) {
		error = RtlIpv4StringToAddressExA(AddressString, FALSE, &four.sin_addr,
						  &four.sin_port);
	} else {
		error = RtlIpv6StringToAddressExA(AddressString, &six.sin6_addr, &scope,
						  &six.sin6_port);
		six.sin6_scope_id = scope;
	}
	if (error)
		return ws_fail(WSAEINVAL);
	if (AddressFamily == AF_INET)
		memcpy(lpAddress, &four, sizeof(four));
	else
		memcpy(lpAddress, &six, sizeof(six));
	*lpAddressLength = size;
	return 0;
}

INT WSAAPI WSAStringToAddressW(LPWSTR AddressString, INT AddressFamily,
			       LPWSAPROTOCOL_INFOW lpProtocolInfo, LPSOCKADDR lpAddress,
			       LPINT lpAddressLength)
{
	char text[80];

	if (!AddressString)
		return ws_fail(WSAEFAULT);
	if (!WideCharToMultiByte(CP_UTF8, 0, AddressString, -1, text, sizeof(text), NULL, NULL))
		return ws_fail(WSAEINVAL);
	return WSAStringToAddressA(text, AddressFamily, NULL, lpAddress, lpAddressLength);
}
