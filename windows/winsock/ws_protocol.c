/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Protocols and services by name and number, sockets handed on, the older forms. */
#include "ws_protocol.h"
#include "host_lookup.h"
#include "host_socket.h"
#include "ws_call.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <ws2ipdef.h>

#define NAME_SIZE 64
#define PROTOCOLS 4

int WSAAPI WSAHtonl(SOCKET s, u_long hostlong, u_long *lpnetlong)
{
	if (!lpnetlong)
		return ws_fail(WSAEFAULT);
	*lpnetlong = htonl(hostlong);
	return 0;
}

int WSAAPI WSAHtons(SOCKET s, u_short hostshort, u_short *lpnetshort)
{
	if (!lpnetshort)
		return ws_fail(WSAEFAULT);
	*lpnetshort = htons(hostshort);
	return 0;
}

int WSAAPI WSANtohl(SOCKET s, u_long netlong, u_long *lphostlong)
{
	return WSAHtonl(s, netlong, lphostlong);
}

int WSAAPI WSANtohs(SOCKET s, u_short netshort, u_short *lphostshort)
{
	return WSAHtons(s, netshort, lphostshort);
}

/* The names that Windows' own file of protocols has. */
static const struct protocol {
	char *names[2];
	short number;
} protocols[] = {
	{{(char *)"ip", (char *)"IP"}, 0},
	{{(char *)"icmp", (char *)"ICMP"}, 1},
	{{(char *)"igmp", (char *)"IGMP"}, 2},
	{{(char *)"tcp", (char *)"TCP"}, 6},
	{{(char *)"udp", (char *)"UDP"}, 17},
	{{(char *)"ipv6", (char *)"IPv6"}, 41},
	{{(char *)"esp", (char *)"ESP"}, 50},
	{{(char *)"ah", (char *)"AH"}, 51},
	{{(char *)"ipv6-icmp", (char *)"IPv6-ICMP"}, 58},
};

static struct protoent *give_protocol(const struct protocol *found)
{
	static _Thread_local struct protoent entry;
	static _Thread_local char *aliases[2];

	if (!found) {
		ws_fail(WSANO_DATA);
		return NULL;
	}
	aliases[0] = found->names[1];
	entry = (struct protoent){found->names[0], aliases, found->number};
	return &entry;
}

struct protoent *WSAAPI getprotobyname(const char *name)
{
	for (size_t i = 0; name && i < ARRAYSIZE(protocols); i++)
		if (strcasecmp(name, protocols[i].names[0]) == 0)
			return give_protocol(&protocols[i]);
	return give_protocol(NULL);
}

struct protoent *WSAAPI getprotobynumber(int number)
{
	for (size_t i = 0; i < ARRAYSIZE(protocols); i++)
		if (number == protocols[i].number)
			return give_protocol(&protocols[i]);
	return give_protocol(NULL);
}

static struct servent *find_service(const char *name, int port, const char *protocol)
{
	static _Thread_local struct servent entry;
	static _Thread_local char names[2][NAME_SIZE];
	static _Thread_local char *aliases[1];

	if (!ws_host_service(name, &port, protocol, names[0], names[1], NAME_SIZE)) {
		ws_fail(WSANO_DATA);
		return NULL;
	}
	entry = (struct servent){names[0], aliases, names[1], (short)port};
	return &entry;
}

struct servent *WSAAPI getservbyname(const char *name, const char *proto)
{
	if (!name) {
		ws_fail(WSAEFAULT);
		return NULL;
	}
	return find_service(name, 0, proto);
}

struct servent *WSAAPI getservbyport(int port, const char *proto)
{
	return find_service(NULL, port, proto);
}

int WSAAPI GetHostNameW(PWSTR name, int namelen)
{
	char narrow[256];

	if (!name || namelen <= 0)
		return ws_fail(WSAEFAULT);
	if (gethostname(narrow, sizeof(narrow)))
		return SOCKET_ERROR;
	return MultiByteToWideChar(CP_UTF8, 0, narrow, -1, name, namelen) ? 0 : ws_fail(WSAEFAULT);
}

static WSAPROTOCOL_INFOW describe(int family, int type, int protocol)
{
	static const WCHAR texts[2][2][20] = {{u"MSAFD Tcpip [TCP/IP]", u"MSAFD Tcpip [UDP/IP]"},
					      {u"MSAFD Tcp [TCP/IPv6]", u"MSAFD Tcp [UDP/IPv6]"}};
	const bool datagrams = type == SOCK_DGRAM;
	const int size = family == AF_INET6 ? (int)sizeof(SOCKADDR_IN6) : (int)sizeof(SOCKADDR_IN);
	WSAPROTOCOL_INFOW info = {
		.dwServiceFlags1 = XP1_IFS_HANDLES |
				   (datagrams ? XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED |
							XP1_SUPPORT_BROADCAST :
						XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER |
							XP1_GRACEFUL_CLOSE),
		.ProtocolChain.ChainLen = BASE_PROTOCOL,
		.iVersion = 2,
		.iAddressFamily = family,
		.iMaxSockAddr = size,
		.iMinSockAddr = size,
		.iSocketType = type,
		.iProtocol = protocol,
		.dwMessageSize = datagrams ? 65467 : 0,
	};

	memcpy(info.szProtocol, texts[family == AF_INET6][datagrams], sizeof(texts[0][0]));
	return info;
}

static void narrow_info(const WSAPROTOCOL_INFOW *wide, WSAPROTOCOL_INFOA *info)
{
	memcpy(info, wide, __builtin_offsetof(WSAPROTOCOL_INFOA, szProtocol));
	for (size_t i = 0; i < ARRAYSIZE(info->szProtocol); i++)
		info->szProtocol[i] = (CHAR)wide->szProtocol[i];
}

/* How many of the wanted there are; the first `room` go into infos. */
static DWORD list_protocols(const INT *wanted, WSAPROTOCOL_INFOW infos[PROTOCOLS])
{
	DWORD count = 0;

	for (int i = 0; i < PROTOCOLS; i++) {
		const int protocol = i & 1 ? IPPROTO_UDP : IPPROTO_TCP;
		const INT *at = wanted;

		while (at && *at && *at != protocol)
			at++;
		if (!at || *at)
			infos[count++] = describe(i & 2 ? AF_INET6 : AF_INET,
						  i & 1 ? SOCK_DGRAM : SOCK_STREAM, protocol);
	}
	return count;
}

int WSAAPI WSAEnumProtocolsW(LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer,
			     LPDWORD lpdwBufferLength)
{
	WSAPROTOCOL_INFOW infos[PROTOCOLS] = {0};
	const DWORD count = list_protocols(lpiProtocols, infos);
	const DWORD needed = count * (DWORD)sizeof(infos[0]);

	if (!lpdwBufferLength)
		return ws_fail(WSAEFAULT);
	if (needed > *lpdwBufferLength || (needed && !lpProtocolBuffer)) {
		*lpdwBufferLength = needed;
		return ws_fail(WSAENOBUFS);
	}
	if (needed)
		memcpy(lpProtocolBuffer, infos, needed);
	return (int)count;
}

int WSAAPI WSAEnumProtocolsA(LPINT lpiProtocols, LPWSAPROTOCOL_INFOA lpProtocolBuffer,
			     LPDWORD lpdwBufferLength)
{
	WSAPROTOCOL_INFOW infos[PROTOCOLS] = {0};
	const DWORD count = list_protocols(lpiProtocols, infos);
	const DWORD needed = count * (DWORD)sizeof(*lpProtocolBuffer);

	if (!lpdwBufferLength)
		return ws_fail(WSAEFAULT);
	if (needed > *lpdwBufferLength || (needed && !lpProtocolBuffer)) {
		*lpdwBufferLength = needed;
		return ws_fail(WSAENOBUFS);
	}
	for (DWORD i = 0; i < count; i++)
		narrow_info(&infos[i], &lpProtocolBuffer[i]);
	return (int)count;
}

int WSAAPI WSADuplicateSocketW(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW lpProtocolInfo)
{
	const int fd = ws_fd(s);
	const int type = net_host_type(fd);

	if (!lpProtocolInfo)
		return ws_fail(WSAEFAULT);
	if (type < 0)
		return ws_fail(WSAENOTSOCK);
	if (dwProcessId != GetCurrentProcessId())
		return ws_fail(WSAEINVAL);
	*lpProtocolInfo =
		describe(net_host_family(fd), type, type == SOCK_DGRAM ? IPPROTO_UDP : IPPROTO_TCP);
	lpProtocolInfo->dwProviderReserved = (DWORD)fd;
	return 0;
}

int WSAAPI WSADuplicateSocketA(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOA lpProtocolInfo)
{
	WSAPROTOCOL_INFOW wide = {0};

	if (!lpProtocolInfo)
		return ws_fail(WSAEFAULT);
	if (WSADuplicateSocketW(s, dwProcessId, &wide))
		return SOCKET_ERROR;
	narrow_info(&wide, lpProtocolInfo);
	return 0;
}

SOCKET ws_socket_of_info(const void *info)
{
	/* Of either width: the text comes last. */
	const WSAPROTOCOL_INFOA *head = info;
	int fd;

	if (net_host_type((int)head->dwProviderReserved) < 0) {
		ws_fail(WSAEINVAL);
		return INVALID_SOCKET;
	}
	fd = fcntl((int)head->dwProviderReserved, F_DUPFD_CLOEXEC, 0);
	if (fd < 0) {
		ws_result(-errno);
		return INVALID_SOCKET;
	}
	return (SOCKET)fd;
}

int WSAAPI WSASendDisconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData)
{
	if (lpOutboundDisconnectData && lpOutboundDisconnectData->len)
		return ws_fail(WSAENOPROTOOPT);
	return shutdown(s, SD_SEND);
}

int WSAAPI WSARecvDisconnect(SOCKET s, LPWSABUF lpInboundDisconnectData)
{
	if (lpInboundDisconnectData && lpInboundDisconnectData->len)
		return ws_fail(WSAENOPROTOOPT);
	return shutdown(s, SD_RECEIVE);
}
