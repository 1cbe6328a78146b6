/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_tables.h"

#include "wsk_calls.h"

const WSK_PROVIDER_DISPATCH wsk_provider_dispatch = {
	.Version = MAKE_WSK_VERSION(1, 0),
	.WskSocket = wsk_client_socket,
	.WskSocketConnect = wsk_client_socket_connect,
	.WskControlClient = wsk_client_control,
	.WskGetAddressInfo = wsk_client_get_address_info,
	.WskFreeAddressInfo = wsk_client_free_address_info,
	.WskGetNameInfo = wsk_client_get_name_info,
};

static const WSK_PROVIDER_BASIC_DISPATCH basic = {
	.WskControlSocket = wsk_control,
	.WskCloseSocket = wsk_close,
};

static const WSK_PROVIDER_LISTEN_DISPATCH listening = {
	.WskControlSocket = wsk_control,
	.WskCloseSocket = wsk_close,
	.WskBind = wsk_bind,
	.WskAccept = wsk_accept,
	.WskInspectComplete = wsk_inspect_complete,
	.WskGetLocalAddress = wsk_get_local_address,
};

static const WSK_PROVIDER_CONNECTION_DISPATCH connection = {
	.WskControlSocket = wsk_control,
	.WskCloseSocket = wsk_close,
	.WskBind = wsk_bind,
	.WskConnect = wsk_connect,
	.WskGetLocalAddress = wsk_get_local_address,
	.WskGetRemoteAddress = wsk_get_remote_address,
	.WskSend = wsk_send,
	.WskReceive = wsk_receive,
	.WskDisconnect = wsk_disconnect,
	.WskRelease = wsk_release_data,
	.WskConnectEx = wsk_connect_ex,
	.WskSendEx = wsk_send_ex,
	.WskReceiveEx = wsk_receive_ex,
};

static const WSK_PROVIDER_DATAGRAM_DISPATCH datagram = {
	.WskControlSocket = wsk_control,
	.WskCloseSocket = wsk_close,
	.WskBind = wsk_bind,
	.WskSendTo = wsk_send_to,
	.WskReceiveFrom = wsk_receive_from,
	.WskRelease = wsk_release_datagrams,
	.WskGetLocalAddress = wsk_get_local_address,
	.WskSendMessages = wsk_send_messages,
};

static const WSK_PROVIDER_STREAM_DISPATCH stream = {
	.WskControlSocket = wsk_control,
	.WskCloseSocket = wsk_close,
	.WskBind = wsk_bind,
	.WskAccept = wsk_accept,
	.WskConnect = wsk_connect,
	.WskListen = wsk_listen,
	.WskSend = wsk_send,
	.WskReceive = wsk_receive,
	.WskDisconnect = wsk_disconnect,
	.WskRelease = wsk_release_data,
	.WskGetLocalAddress = wsk_get_local_address,
	.WskGetRemoteAddress = wsk_get_remote_address,
	.WskConnectEx = wsk_connect_ex,
	.WskSendEx = wsk_send_ex,
	.WskReceiveEx = wsk_receive_ex,
};

const void *wsk_table_of(enum wsk_category category)
{
	static const void *const tables[] = {
		[WSK_BASIC] = &basic,           [WSK_LISTEN] = &listening,
		[WSK_CONNECTION] = &connection, [WSK_DATAGRAM] = &datagram,
		[WSK_STREAM] = &stream,
	};

	return tables[category];
}
