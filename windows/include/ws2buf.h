/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Included by ws2def.h: buffers, messages with control data, answers of the name service. */
#ifndef WHITHER_WS2BUF_H
#define WHITHER_WS2BUF_H

#ifndef WHITHER_WS2DEF_H
#error "Include ws2def.h."
#endif

typedef struct _WSABUF {
	ULONG len;
	CHAR *buf;
} WSABUF, *LPWSABUF, *PWSABUF;

typedef struct _WSAMSG {
	LPSOCKADDR name;
	INT namelen;
	LPWSABUF lpBuffers;
	ULONG dwBufferCount;
	WSABUF Control;
	ULONG dwFlags;
} WSAMSG, *PWSAMSG, *LPWSAMSG;

/* cmsg_len has the width of SIZE_T, as Linux' has. */
typedef struct _WSACMSGHDR {
	SIZE_T cmsg_len;
	INT cmsg_level;
	INT cmsg_type;
} WSACMSGHDR, *PWSACMSGHDR, *LPWSACMSGHDR;
typedef WSACMSGHDR CMSGHDR, *PCMSGHDR;

#define WSA_CMSGHDR_ALIGN(length) \
	(((SIZE_T)(length) + __alignof__(WSACMSGHDR) - 1) & ~(SIZE_T)(__alignof__(WSACMSGHDR) - 1))
#define WSA_CMSGDATA_ALIGN(length) \
	(((SIZE_T)(length) + sizeof(ULONG_PTR) - 1) & ~(SIZE_T)(sizeof(ULONG_PTR) - 1))
#define CMSGHDR_ALIGN WSA_CMSGHDR_ALIGN
#define CMSGDATA_ALIGN WSA_CMSGDATA_ALIGN

#define WSA_CMSG_FIRSTHDR(msg)                                                                   \
	(((msg)->Control.len >= sizeof(WSACMSGHDR)) ? (LPWSACMSGHDR)(void *)(msg)->Control.buf : \
						      (LPWSACMSGHDR)NULL)
/* The room that is left is compared, not pointers: cmsg_len may come from a peer. */
#define WHITHER_CMSG_LEFT(msg, cmsg)  \
	((SIZE_T)(msg)->Control.len - \
	 (SIZE_T)((const CHAR *)(cmsg) - (const CHAR *)(msg)->Control.buf))
#define WSA_CMSG_NXTHDR(msg, cmsg)                                    \
	(((cmsg) == NULL) ?                                           \
		 WSA_CMSG_FIRSTHDR(msg) :                             \
	 (((cmsg)->cmsg_len < sizeof(WSACMSGHDR)) ||                  \
	  ((cmsg)->cmsg_len > WHITHER_CMSG_LEFT(msg, cmsg)) ||        \
	  (WSA_CMSGHDR_ALIGN((cmsg)->cmsg_len) + sizeof(WSACMSGHDR) > \
	   WHITHER_CMSG_LEFT(msg, cmsg))) ?                           \
		 (LPWSACMSGHDR)NULL :                                 \
		 (LPWSACMSGHDR)(void *)((CHAR *)(cmsg) + WSA_CMSGHDR_ALIGN((cmsg)->cmsg_len)))
#define WSA_CMSG_DATA(cmsg) ((UCHAR *)(cmsg) + WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR)))
#define WSA_CMSG_SPACE(length) (WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR)) + WSA_CMSGHDR_ALIGN(length))
#define WSA_CMSG_LEN(length) (WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR)) + (SIZE_T)(length))
#define CMSG_FIRSTHDR WSA_CMSG_FIRSTHDR
#define CMSG_NXTHDR WSA_CMSG_NXTHDR
#define CMSG_SPACE WSA_CMSG_SPACE
#define CMSG_LEN WSA_CMSG_LEN

/* Of WSAMSG.dwFlags; Linux' MSG_TRUNC and MSG_CTRUNC have other numbers. */
#define MSG_TRUNC 0x0100
#define MSG_CTRUNC 0x0200
#define MSG_BCAST 0x0400
#define MSG_MCAST 0x0800
#define MSG_ERRQUEUE 0x1000

typedef struct addrinfo {
	INT ai_flags;
	INT ai_family;
	INT ai_socktype;
	INT ai_protocol;
	SIZE_T ai_addrlen;
	CHAR *ai_canonname;
	struct sockaddr *ai_addr;
	struct addrinfo *ai_next;
} ADDRINFOA, *PADDRINFOA;

typedef struct addrinfoW {
	INT ai_flags;
	INT ai_family;
	INT ai_socktype;
	INT ai_protocol;
	SIZE_T ai_addrlen;
	PWSTR ai_canonname;
	struct sockaddr *ai_addr;
	struct addrinfoW *ai_next;
} ADDRINFOW, *PADDRINFOW;

typedef struct addrinfoexA {
	INT ai_flags;
	INT ai_family;
	INT ai_socktype;
	INT ai_protocol;
	SIZE_T ai_addrlen;
	CHAR *ai_canonname;
	struct sockaddr *ai_addr;
	void *ai_blob;
	SIZE_T ai_bloblen;
	LPGUID ai_provider;
	struct addrinfoexA *ai_next;
} ADDRINFOEXA, *PADDRINFOEXA, *LPADDRINFOEXA;

typedef struct addrinfoexW {
	INT ai_flags;
	INT ai_family;
	INT ai_socktype;
	INT ai_protocol;
	SIZE_T ai_addrlen;
	PWSTR ai_canonname;
	struct sockaddr *ai_addr;
	void *ai_blob;
	SIZE_T ai_bloblen;
	LPGUID ai_provider;
	struct addrinfoexW *ai_next;
} ADDRINFOEXW, *PADDRINFOEXW, *LPADDRINFOEXW;

typedef ADDRINFOA ADDRINFO, *LPADDRINFO;
#ifdef UNICODE
typedef ADDRINFOW ADDRINFOT, *PADDRINFOT;
typedef ADDRINFOEXW ADDRINFOEX, *PADDRINFOEX;
#else
typedef ADDRINFOA ADDRINFOT, *PADDRINFOT;
typedef ADDRINFOEXA ADDRINFOEX, *PADDRINFOEX;
#endif

#define AI_PASSIVE 0x00000001
#define AI_CANONNAME 0x00000002
#define AI_NUMERICHOST 0x00000004
#define AI_NUMERICSERV 0x00000008
#define AI_DNS_ONLY 0x00000010
#define AI_FORCE_CLEAR_TEXT 0x00000020
#define AI_BYPASS_DNS_CACHE 0x00000040
#define AI_RETURN_TTL 0x00000080
#define AI_ALL 0x00000100
#define AI_ADDRCONFIG 0x00000400
#define AI_V4MAPPED 0x00000800
#define AI_NON_AUTHORITATIVE 0x00004000
#define AI_SECURE 0x00008000
#define AI_RETURN_PREFERRED_NAMES 0x00010000
#define AI_FQDN 0x00020000
#define AI_FILESERVER 0x00040000
#define AI_DISABLE_IDN_ENCODING 0x00080000
#define AI_SECURE_WITH_FALLBACK 0x00100000
#define AI_EXTENDED 0x80000000

#define NI_NOFQDN 0x01
#define NI_NUMERICHOST 0x02
#define NI_NAMEREQD 0x04
#define NI_NUMERICSERV 0x08
#define NI_DGRAM 0x10
#define NI_MAXHOST 1025
#define NI_MAXSERV 32

#define NS_ALL 0
#define NS_DNS 12
#define NS_NETBT 13

WHITHER_STATIC_ASSERT(sizeof(WSABUF) == 16 && sizeof(WSAMSG) == 56 && sizeof(WSACMSGHDR) == 16);
WHITHER_STATIC_ASSERT(WSA_CMSG_LEN(0) == 16 && WSA_CMSG_SPACE(1) == 24);
WHITHER_STATIC_ASSERT(sizeof(ADDRINFOA) == 48 && sizeof(ADDRINFOW) == 48);
WHITHER_STATIC_ASSERT(sizeof(ADDRINFOEXA) == 72 && sizeof(ADDRINFOEXW) == 72);

#endif
