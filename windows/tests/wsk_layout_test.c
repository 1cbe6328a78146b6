/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* wsk.h: sizes, offsets, values, and both forms of calling the basic functions. */

#include "wsk_scene.h"

#define IS(condition) _Static_assert(condition, #condition)

IS(sizeof(WSK_SOCKET) == 8);
IS(sizeof(WSK_BUF) == 24 && offsetof(WSK_BUF, Offset) == 8 && offsetof(WSK_BUF, Length) == 16);
IS(sizeof(WSK_BUF_LIST) == 32 && offsetof(WSK_BUF_LIST, Buffer) == 8);
IS(sizeof(WSK_DATA_INDICATION) == 32);
IS(sizeof(WSK_DATAGRAM_INDICATION) == 56);
IS(offsetof(WSK_DATAGRAM_INDICATION, ControlInfo) == 32);
IS(offsetof(WSK_DATAGRAM_INDICATION, RemoteAddress) == 48);
IS(sizeof(WSK_INSPECT_ID) == 16);
IS(sizeof(WSK_CLIENT_NPI) == 16 && sizeof(WSK_PROVIDER_NPI) == 16);
IS(sizeof(WSK_REGISTRATION) == 24);
IS(sizeof(WSK_PROVIDER_CHARACTERISTICS) == 4);
IS(sizeof(WSK_TRANSPORT) == 28 && offsetof(WSK_TRANSPORT, ProviderId) == 12);
IS(sizeof(WSK_EVENT_CALLBACK_CONTROL) == 16);
IS(sizeof(WSK_TDI_MAP) == 16 && sizeof(WSK_TDI_MAP_INFO) == 16);
IS(sizeof(WSK_CLIENT_DISPATCH) == 16);
IS(sizeof(WSK_CLIENT_LISTEN_DISPATCH) == 24 && sizeof(WSK_CLIENT_CONNECTION_DISPATCH) == 24);
IS(sizeof(WSK_CLIENT_DATAGRAM_DISPATCH) == 8 && sizeof(WSK_CLIENT_STREAM_DISPATCH) == 16);
IS(sizeof(WSK_PROVIDER_DISPATCH) == 56 && offsetof(WSK_PROVIDER_DISPATCH, WskSocket) == 8);
IS(sizeof(WSK_PROVIDER_BASIC_DISPATCH) == 16);
IS(sizeof(WSK_PROVIDER_LISTEN_DISPATCH) == 48);
IS(sizeof(WSK_PROVIDER_DATAGRAM_DISPATCH) == 64);
IS(sizeof(WSK_PROVIDER_CONNECTION_DISPATCH) == 104);
IS(sizeof(WSK_PROVIDER_STREAM_DISPATCH) == 120);
IS(offsetof(WSK_PROVIDER_LISTEN_DISPATCH, WskCloseSocket) == 8);
IS(offsetof(WSK_PROVIDER_LISTEN_DISPATCH, Basic.WskCloseSocket) == 8);
IS(offsetof(WSK_PROVIDER_LISTEN_DISPATCH, WskBind) == 16);
IS(offsetof(WSK_PROVIDER_DATAGRAM_DISPATCH, WskSendMessages) == 56);
IS(offsetof(WSK_PROVIDER_CONNECTION_DISPATCH, WskSend) == 48);
IS(offsetof(WSK_PROVIDER_STREAM_DISPATCH, WskListen) == 40);

IS(MAKE_WSK_VERSION(1, 2) == 0x0102 && WSK_MAJOR_VERSION(0x0102) == 1);
IS(WSK_MINOR_VERSION(0x0102) == 2);
IS(SO_WSK_SECURITY == 0x4001 && SO_WSK_EVENT_CALLBACK == 0x4002);
IS(SIO_WSK_SET_REMOTE_ADDRESS == 0x8f000001 && SIO_WSK_REGISTER_EXTENSION == 0xcf000002);
IS(SIO_WSK_QUERY_IDEAL_SEND_BACKLOG == 0x4f000003 && SIO_WSK_QUERY_RECEIVE_BACKLOG == 0x4f000004);
IS(SIO_WSK_QUERY_INSPECT_ID == 0x4f000005 && SIO_WSK_SET_SENDTO_ADDRESS == 0x8f000006);
IS(WskInspectReject == 0 && WskInspectAccept == 1 && WskInspectPend == 2 && WskInspectMax == 3);
IS(WskSetOption == 0 && WskGetOption == 1 && WskIoctl == 2 && WskControlMax == 3);
IS(SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS == 0x980000dc);
IS(SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT == 0x980000dd);
IS(SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS == 0x980000de);

static void the_basic_functions_are_members_of_every_table(void **state)
{
	static const struct {
		USHORT type;
		ULONG protocol;
		ULONG flags;
	} kinds[] = {
		{SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_BASIC_SOCKET},
		{SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET},
		{SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET},
		{SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET},
		{SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_STREAM_SOCKET},
	};
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		PWSK_SOCKET socket = open_socket(&scene, kinds[i].type, kinds[i].protocol,
						 kinds[i].flags, NULL, NULL);

		assert_ptr_equal(basic_calls(socket)->WskCloseSocket,
				 connection_calls(socket)->Basic.WskCloseSocket);
		assert_ptr_equal(basic_calls(socket)->WskControlSocket,
				 listen_calls(socket)->WskControlSocket);
		/* No function of a table is missing. */
		for (size_t j = 0; kinds[i].flags == WSK_FLAG_STREAM_SOCKET &&
				   j < sizeof(WSK_PROVIDER_STREAM_DISPATCH) / sizeof(void *);
		     j++)
			assert_non_null(((void *const *)socket->Dispatch)[j]);
		close_socket(socket);
	}
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_basic_functions_are_members_of_every_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
