/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The functions behind the dispatch tables, by their Windows prototypes; see wsk_dispatch.h. */
#ifndef WHITHER_WSK_CALLS_H
#define WHITHER_WSK_CALLS_H

#include <wsk.h>

/* Each is declared with its type, so that a wrong prototype does not compile. */
#define WSK_CALL(type, name) __typeof__(*(type)NULL) name

/* of a client */
WSK_CALL(PFN_WSK_SOCKET, wsk_client_socket);
WSK_CALL(PFN_WSK_SOCKET_CONNECT, wsk_client_socket_connect);
WSK_CALL(PFN_WSK_CONTROL_CLIENT, wsk_client_control);
WSK_CALL(PFN_WSK_GET_ADDRESS_INFO, wsk_client_get_address_info);
WSK_CALL(PFN_WSK_FREE_ADDRESS_INFO, wsk_client_free_address_info);
WSK_CALL(PFN_WSK_GET_NAME_INFO, wsk_client_get_name_info);

/* of a socket */
WSK_CALL(PFN_WSK_CONTROL_SOCKET, wsk_control);
WSK_CALL(PFN_WSK_CLOSE_SOCKET, wsk_close);
WSK_CALL(PFN_WSK_BIND, wsk_bind);
WSK_CALL(PFN_WSK_LISTEN, wsk_listen);
WSK_CALL(PFN_WSK_ACCEPT, wsk_accept);
WSK_CALL(PFN_WSK_INSPECT_COMPLETE, wsk_inspect_complete);
WSK_CALL(PFN_WSK_CONNECT, wsk_connect);
WSK_CALL(PFN_WSK_CONNECT_EX, wsk_connect_ex);
WSK_CALL(PFN_WSK_GET_LOCAL_ADDRESS, wsk_get_local_address);
WSK_CALL(PFN_WSK_GET_REMOTE_ADDRESS, wsk_get_remote_address);
WSK_CALL(PFN_WSK_SEND, wsk_send);
WSK_CALL(PFN_WSK_SEND_EX, wsk_send_ex);
WSK_CALL(PFN_WSK_RECEIVE, wsk_receive);
WSK_CALL(PFN_WSK_RECEIVE_EX, wsk_receive_ex);
WSK_CALL(PFN_WSK_DISCONNECT, wsk_disconnect);
WSK_CALL(PFN_WSK_RELEASE_DATA_INDICATION_LIST, wsk_release_data);
WSK_CALL(PFN_WSK_SEND_TO, wsk_send_to);
WSK_CALL(PFN_WSK_SEND_MESSAGES, wsk_send_messages);
WSK_CALL(PFN_WSK_RECEIVE_FROM, wsk_receive_from);
WSK_CALL(PFN_WSK_RELEASE_DATAGRAM_INDICATION_LIST, wsk_release_datagrams);

#undef WSK_CALL

#endif /* WHITHER_WSK_CALLS_H */
