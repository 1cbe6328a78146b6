/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Included by winsock2.h: protocols, services, addresses as text of any family, the older forms. */
#ifndef WHITHER_WINSOCK_MORE_H
#define WHITHER_WINSOCK_MORE_H

#ifndef WHITHER_WINSOCK2_H
#error "Include winsock2.h."
#endif

#define WINSOCK_VERSION MAKEWORD(2, 2)
#define WINSOCK_API_LINKAGE
#define MAXGETHOSTSTRUCT 1024
#define SG_UNCONSTRAINED_GROUP 1
#define SG_CONSTRAINED_GROUP 2
#define WSA_FLAG_MULTIPOINT_C_LEAF 0x04
#define WSA_FLAG_REGISTERED_IO 0x100
#define WSAGETSELECTEVENT(value) LOWORD(value)
#define WSAGETSELECTERROR(value) HIWORD(value)
#define _IOR(group, code, type) \
	(0x40000000u | ((ULONG)(sizeof(type) & 0x7f) << 16) | ((group) << 8) | (code))
#define _IOW(group, code, type) \
	(0x80000000u | ((ULONG)(sizeof(type) & 0x7f) << 16) | ((group) << 8) | (code))
#define _IO(group, code) (0x20000000u | ((group) << 8) | (code))
#ifndef timerisset
#define timerisset(time) ((time)->tv_sec || (time)->tv_usec)
#define timerclear(time) ((time)->tv_sec = (time)->tv_usec = 0)
#define timercmp(one, other, how)                                                    \
	(((one)->tv_sec == (other)->tv_sec) ? ((one)->tv_usec how(other)->tv_usec) : \
					      ((one)->tv_sec how(other)->tv_sec))
#endif

#define MAX_PROTOCOL_CHAIN 7
#define BASE_PROTOCOL 1
#define WSAPROTOCOL_LEN 255
#define XP1_CONNECTIONLESS 0x1
#define XP1_GUARANTEED_DELIVERY 0x2
#define XP1_GUARANTEED_ORDER 0x4
#define XP1_MESSAGE_ORIENTED 0x8
#define XP1_GRACEFUL_CLOSE 0x20
#define XP1_SUPPORT_BROADCAST 0x200
#define XP1_IFS_HANDLES 0x20000
typedef struct _WSAPROTOCOLCHAIN {
	int ChainLen;
	DWORD ChainEntries[MAX_PROTOCOL_CHAIN];
} WSAPROTOCOLCHAIN, *LPWSAPROTOCOLCHAIN;
#define WHITHER_PROTOCOL_INFO(unit)                   \
	{                                             \
		DWORD dwServiceFlags1;                \
		DWORD dwServiceFlags2;                \
		DWORD dwServiceFlags3;                \
		DWORD dwServiceFlags4;                \
		DWORD dwProviderFlags;                \
		GUID ProviderId;                      \
		DWORD dwCatalogEntryId;               \
		WSAPROTOCOLCHAIN ProtocolChain;       \
		int iVersion;                         \
		int iAddressFamily;                   \
		int iMaxSockAddr;                     \
		int iMinSockAddr;                     \
		int iSocketType;                      \
		int iProtocol;                        \
		int iProtocolMaxOffset;               \
		int iNetworkByteOrder;                \
		int iSecurityScheme;                  \
		DWORD dwMessageSize;                  \
		DWORD dwProviderReserved;             \
		unit szProtocol[WSAPROTOCOL_LEN + 1]; \
	}
typedef struct _WSAPROTOCOL_INFOA WHITHER_PROTOCOL_INFO(CHAR) WSAPROTOCOL_INFOA;
typedef struct _WSAPROTOCOL_INFOW WHITHER_PROTOCOL_INFO(WCHAR) WSAPROTOCOL_INFOW;

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

int WSAAPI WSAHtonl(SOCKET s, u_long hostlong, u_long *lpnetlong);
int WSAAPI WSAHtons(SOCKET s, u_short hostshort, u_short *lpnetshort);
int WSAAPI WSANtohl(SOCKET s, u_long netlong, u_long *lphostlong);
int WSAAPI WSANtohs(SOCKET s, u_short netshort, u_short *lphostshort);

/* The answers live in the thread until its next call. */
struct servent *WSAAPI getservbyname(const char *name, const char *proto)
	WHITHER_WINSOCK(getservbyname);
struct servent *WSAAPI getservbyport(int port, const char *proto) WHITHER_WINSOCK(getservbyport);
struct protoent *WSAAPI getprotobyname(const char *name) WHITHER_WINSOCK(getprotobyname);
struct protoent *WSAAPI getprotobynumber(int number) WHITHER_WINSOCK(getprotobynumber);
int WSAAPI GetHostNameW(PWSTR name, int namelen);

/* "ADDRESS:PORT", "[ADDRESS%SCOPE]:PORT"; the port and the brackets may be missing. */
INT WSAAPI WSAAddressToStringA(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
			       LPWSAPROTOCOL_INFOA lpProtocolInfo, LPSTR lpszAddressString,
			       LPDWORD lpdwAddressStringLength);
INT WSAAPI WSAAddressToStringW(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
			       LPWSAPROTOCOL_INFOW lpProtocolInfo, LPWSTR lpszAddressString,
			       LPDWORD lpdwAddressStringLength);
INT WSAAPI WSAStringToAddressA(LPSTR AddressString, INT AddressFamily,
			       LPWSAPROTOCOL_INFOA lpProtocolInfo, LPSOCKADDR lpAddress,
			       LPINT lpAddressLength);
INT WSAAPI WSAStringToAddressW(LPWSTR AddressString, INT AddressFamily,
			       LPWSAPROTOCOL_INFOW lpProtocolInfo, LPSOCKADDR lpAddress,
			       LPINT lpAddressLength);

/* TCP and UDP over IPv4 and IPv6. */
int WSAAPI WSAEnumProtocolsA(LPINT lpiProtocols, LPWSAPROTOCOL_INFOA lpProtocolBuffer,
			     LPDWORD lpdwBufferLength);
int WSAAPI WSAEnumProtocolsW(LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer,
			     LPDWORD lpdwBufferLength);
/* For this process alone: another one is WSAEINVAL. WSASocket(FROM_PROTOCOL_INFO ...) takes it. */
int WSAAPI WSADuplicateSocketA(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOA lpProtocolInfo);
int WSAAPI WSADuplicateSocketW(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW lpProtocolInfo);

/* Data with a disconnection is WSAENOPROTOOPT: no protocol here has such. */
int WSAAPI WSASendDisconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData);
int WSAAPI WSARecvDisconnect(SOCKET s, LPWSABUF lpInboundDisconnectData);

WHITHER_END_C
#pragma GCC visibility pop

#define WSAAddressToString WHITHER_AW(WSAAddressToString)
#define WSAStringToAddress WHITHER_AW(WSAStringToAddress)
#define WSAEnumProtocols WHITHER_AW(WSAEnumProtocols)
#define WSADuplicateSocket WHITHER_AW(WSADuplicateSocket)
#ifdef UNICODE
typedef WSAPROTOCOL_INFOW WSAPROTOCOL_INFO;
typedef LPWSAPROTOCOL_INFOW LPWSAPROTOCOL_INFO;
#else
typedef WSAPROTOCOL_INFOA WSAPROTOCOL_INFO;
typedef LPWSAPROTOCOL_INFOA LPWSAPROTOCOL_INFO;
#endif

WHITHER_STATIC_ASSERT(sizeof(WSAPROTOCOL_INFOA) == 372 && sizeof(WSAPROTOCOL_INFOW) == 628);

#endif
