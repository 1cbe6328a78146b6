/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Part of wsk.h: the client's event callbacks and the tables that hold them.
 *
 * A callback runs at DISPATCH_LEVEL in a thread of the provider and must not wait. Those of one
 * socket never overlap.
 */
#ifndef WHITHER_WSK_EVENTS_H
#define WHITHER_WSK_EVENTS_H

#ifndef WHITHER_WSK_H
#error "wsk_events.h is a part of wsk.h: include that"
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct _WSK_CLIENT_CONNECTION_DISPATCH;

/* Not called: no event of a client, as opposed to a socket, is defined. */
typedef NTSTATUS(WSKAPI *PFN_WSK_CLIENT_EVENT)(PVOID ClientContext, ULONG EventType,
					       PVOID Information, SIZE_T InformationLength);

/* AcceptSocket NULL: the listening socket is dead, close it; said once. */
typedef NTSTATUS(WSKAPI *PFN_WSK_ACCEPT_EVENT)(
	PVOID SocketContext, ULONG Flags, PSOCKADDR LocalAddress, PSOCKADDR RemoteAddress,
	PWSK_SOCKET AcceptSocket, PVOID *AcceptSocketContext,
	const struct _WSK_CLIENT_CONNECTION_DISPATCH **AcceptSocketDispatch);

/* Linux has completed the handshake before the client is asked: a rejection is a reset. */
typedef WSK_INSPECT_ACTION(WSKAPI *PFN_WSK_INSPECT_EVENT)(PVOID SocketContext,
							  PSOCKADDR LocalAddress,
							  PSOCKADDR RemoteAddress,
							  PWSK_INSPECT_ID InspectID);
typedef NTSTATUS(WSKAPI *PFN_WSK_ABORT_EVENT)(PVOID SocketContext, PWSK_INSPECT_ID InspectID);

/* *BytesAccepted is BytesIndicated unless the client sets it. */
typedef NTSTATUS(WSKAPI *PFN_WSK_RECEIVE_EVENT)(PVOID SocketContext, ULONG Flags,
						PWSK_DATA_INDICATION DataIndication,
						SIZE_T BytesIndicated, SIZE_T *BytesAccepted);
typedef NTSTATUS(WSKAPI *PFN_WSK_DISCONNECT_EVENT)(PVOID SocketContext, ULONG Flags);
typedef NTSTATUS(WSKAPI *PFN_WSK_SEND_BACKLOG_EVENT)(PVOID SocketContext, SIZE_T IdealBacklogSize);

typedef NTSTATUS(WSKAPI *PFN_WSK_RECEIVE_FROM_EVENT)(PVOID SocketContext, ULONG Flags,
						     PWSK_DATAGRAM_INDICATION DataIndication);

typedef struct _WSK_CLIENT_DISPATCH {
	USHORT Version;
	USHORT Reserved;
	PFN_WSK_CLIENT_EVENT WskClientEvent;
} WSK_CLIENT_DISPATCH, *PWSK_CLIENT_DISPATCH;

typedef struct _WSK_CLIENT_LISTEN_DISPATCH {
	PFN_WSK_ACCEPT_EVENT WskAcceptEvent;
	PFN_WSK_INSPECT_EVENT WskInspectEvent;
	PFN_WSK_ABORT_EVENT WskAbortEvent;
} WSK_CLIENT_LISTEN_DISPATCH, *PWSK_CLIENT_LISTEN_DISPATCH;

typedef struct _WSK_CLIENT_CONNECTION_DISPATCH {
	PFN_WSK_RECEIVE_EVENT WskReceiveEvent;
	PFN_WSK_DISCONNECT_EVENT WskDisconnectEvent;
	PFN_WSK_SEND_BACKLOG_EVENT WskSendBacklogEvent;
} WSK_CLIENT_CONNECTION_DISPATCH, *PWSK_CLIENT_CONNECTION_DISPATCH;

typedef struct _WSK_CLIENT_DATAGRAM_DISPATCH {
	PFN_WSK_RECEIVE_FROM_EVENT WskReceiveFromEvent;
} WSK_CLIENT_DATAGRAM_DISPATCH, *PWSK_CLIENT_DATAGRAM_DISPATCH;

typedef struct _WSK_CLIENT_STREAM_DISPATCH {
	const WSK_CLIENT_LISTEN_DISPATCH *Listen;
	const WSK_CLIENT_CONNECTION_DISPATCH *Connect;
} WSK_CLIENT_STREAM_DISPATCH, *PWSK_CLIENT_STREAM_DISPATCH;

#ifdef __cplusplus
}
#endif

#endif /* WHITHER_WSK_EVENTS_H */
