/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Protocols, services, addresses as text, sockets handed on. */
#include <string.h>
#include <winsock2.h>
#include <ws2tcpip.h>

#include "cmocka_once.h"

static int start(void **state)
{
	WSADATA data;

	return WSAStartup(MAKEWORD(2, 2), &data);
}

static int stop(void **state)
{
	return WSACleanup();
}

static void names_of_protocols_and_services(void **state)
{
	struct servent *service;

	assert_int_equal(getprotobyname("TCP")->p_proto, IPPROTO_TCP);
	assert_string_equal(getprotobynumber(IPPROTO_UDP)->p_name, "udp");
	assert_string_equal(getprotobynumber(IPPROTO_UDP)->p_aliases[0], "UDP");
	assert_null(getprotobyname("nothing"));
	assert_int_equal(WSAGetLastError(), WSANO_DATA);
	assert_null(getprotobyname(NULL));
	assert_null(getprotobynumber(250));
	service = getservbyname("http", "tcp");
	if (service) { /* where the host has a list */
		assert_int_equal(ntohs((u_short)service->s_port), 80);
		assert_string_equal(service->s_proto, "tcp");
		service = getservbyport(htons(80), "tcp");
		assert_string_equal(service->s_name, "http");
	}
	assert_null(getservbyname("no such service", NULL));
	assert_int_equal(WSAGetLastError(), WSANO_DATA);
	assert_null(getservbyname(NULL, NULL));
	assert_null(getservbyport(htons(1), "no such protocol"));
}

static void byte_order_in_the_long_form(void **state)
{
	u_long wide = 0;
	u_short narrow = 0;

	assert_int_equal(WSAHtonl(INVALID_SOCKET, 1, &wide), 0);
	assert_int_equal(wide, 0x01000000);
	assert_int_equal(WSANtohl(INVALID_SOCKET, wide, &wide), 0);
	assert_int_equal(wide, 1);
	assert_int_equal(WSAHtons(INVALID_SOCKET, 1, &narrow), 0);
	assert_int_equal(narrow, 0x0100);
	assert_int_equal(WSANtohs(INVALID_SOCKET, narrow, &narrow), 0);
	assert_int_equal(narrow, 1);
	assert_int_equal(WSAHtonl(INVALID_SOCKET, 1, NULL), SOCKET_ERROR);
	assert_int_equal(WSAGetLastError(), WSAEFAULT);
	assert_int_equal(WSANtohs(INVALID_SOCKET, 1, NULL), SOCKET_ERROR);
}

static void an_address_goes_to_text_and_back(void **state)
{
	static char text4[] = "127.0.0.1:80";
	static char text6[] = "[fe80::1%3]:443";
	static WCHAR wide6[] = u"::1";
	SOCKADDR_IN6 six = {0};
	SOCKADDR_IN four = {0};
	char text[64];
	WCHAR wide[64];
	INT size = sizeof(four);
	DWORD length = sizeof(text);

	assert_int_equal(WSAStringToAddressA(text4, AF_INET, NULL, (LPSOCKADDR)&four, &size), 0);
	assert_int_equal(four.sin_port, htons(80));
	assert_int_equal(four.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	assert_int_equal(WSAAddressToStringA((LPSOCKADDR)&four, sizeof(four), NULL, text, &length),
			 0);
	assert_string_equal(text, text4);
	assert_int_equal(length, sizeof(text4));
	length = 3;
	assert_int_equal(WSAAddressToStringA((LPSOCKADDR)&four, sizeof(four), NULL, text, &length),
			 SOCKET_ERROR);
	assert_int_equal(WSAGetLastError(), WSAEFAULT);
	assert_int_equal(length, sizeof(text4));
	assert_int_equal(WSAAddressToStringA((LPSOCKADDR)&four, 4, NULL, text, &length),
			 SOCKET_ERROR);
	assert_int_equal(WSAGetLastError(), WSAEINVAL);
	size = sizeof(four);
	assert_int_equal(WSAStringToAddressA(text6, AF_INET6, NULL, (LPSOCKADDR)&six, &size),
			 SOCKET_ERROR);
	assert_int_equal(WSAGetLastError(), WSAEFAULT);
	assert_int_equal(size, sizeof(six));
	assert_int_equal(WSAStringToAddressA(text6, AF_INET6, NULL, (LPSOCKADDR)&six, &size), 0);
	assert_int_equal(six.sin6_scope_id, 3);
	length = 64;
	assert_int_equal(WSAAddressToStringW((LPSOCKADDR)&six, sizeof(six), NULL, wide, &length),
			 0);
	assert_int_equal(length, sizeof(text6));
	assert_int_equal(wide[0], '[');
	length = 1;
	assert_int_equal(WSAAddressToStringW((LPSOCKADDR)&six, sizeof(six), NULL, wide, &length),
			 SOCKET_ERROR);
	assert_int_equal(WSAStringToAddressW(wide6, AF_INET6, NULL, (LPSOCKADDR)&six, &size), 0);
	assert_int_equal(six.sin6_port, 0);
	assert_int_equal(WSAStringToAddressA(text4, 77, NULL, (LPSOCKADDR)&six, &size),
			 SOCKET_ERROR);
	assert_int_equal(WSAStringToAddressA(text, AF_INET6, NULL, (LPSOCKADDR)&six, &size),
			 SOCKET_ERROR);
	assert_int_equal(WSAStringToAddressW(NULL, AF_INET6, NULL, (LPSOCKADDR)&six, &size),
			 SOCKET_ERROR);
}

static void four_protocols(void **state)
{
	INT tcp[] = {IPPROTO_TCP, 0};
	WSAPROTOCOL_INFOA narrow[4];
	WSAPROTOCOL_INFOW wide[4];
	DWORD size = 0;
	SOCKET s;

	assert_int_equal(WSAEnumProtocolsA(NULL, NULL, &size), SOCKET_ERROR);
	assert_int_equal(WSAGetLastError(), WSAENOBUFS);
	assert_int_equal(size, sizeof(narrow));
	assert_int_equal(WSAEnumProtocolsA(NULL, narrow, &size), 4);
	assert_string_equal(narrow[0].szProtocol, "MSAFD Tcpip [TCP/IP]");
	size = sizeof(wide);
	assert_int_equal(WSAEnumProtocolsW(tcp, wide, &size), 2);
	assert_int_equal(wide[1].iAddressFamily, AF_INET6);
	assert_int_equal(wide[1].iSocketType, SOCK_STREAM);
	assert_int_equal(WSAEnumProtocolsW(tcp, wide, NULL), SOCKET_ERROR);
	size = 4;
	assert_int_equal(WSAEnumProtocolsW(tcp, wide, &size), SOCKET_ERROR);
	/* A socket of what was listed. */
	s = WSASocketA(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &narrow[1], 0,
		       0);
	assert_int_not_equal(s, INVALID_SOCKET);
	closesocket(s);
	s = WSASocketA(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, NULL, 0, 0);
	assert_int_equal(s, INVALID_SOCKET);
	assert_int_equal(WSAGetLastError(), WSAEFAULT);
}

static void a_socket_is_handed_on_within_the_process(void **state)
{
	SOCKET one = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
	SOCKADDR_IN address = {.sin_family = AF_INET};
	SOCKADDR_IN same = {0};
	int size = sizeof(address);
	WSAPROTOCOL_INFOW info;
	WSAPROTOCOL_INFOA narrow;
	SOCKET other;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(one, (struct sockaddr *)&address, sizeof(address)), 0);
	getsockname(one, (struct sockaddr *)&address, &size);
	assert_int_equal(WSADuplicateSocketW(one, GetCurrentProcessId(), &info), 0);
	assert_int_equal(info.iSocketType, SOCK_DGRAM);
	other = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0);
	assert_int_not_equal(other, INVALID_SOCKET);
	closesocket(one);
	getsockname(other, (struct sockaddr *)&same, &size);
	assert_int_equal(same.sin_port, address.sin_port);
	assert_int_equal(WSADuplicateSocketA(other, GetCurrentProcessId() + 1, &narrow),
			 SOCKET_ERROR);
	assert_int_equal(WSAGetLastError(), WSAEINVAL);
	assert_int_equal(WSADuplicateSocketA(other, GetCurrentProcessId(), &narrow), 0);
	assert_int_equal(WSADuplicateSocketA(other, 0, NULL), SOCKET_ERROR);
	assert_int_equal(WSADuplicateSocketW(INVALID_SOCKET, GetCurrentProcessId(), &info),
			 SOCKET_ERROR);
	assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
	closesocket(other);
}

static void a_half_is_closed_without_data(void **state)
{
	SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	char data[] = "x";
	WSABUF buffer = {1, data};
	WCHAR name[128];

	assert_int_equal(WSASendDisconnect(s, &buffer), SOCKET_ERROR);
	assert_int_equal(WSAGetLastError(), WSAENOPROTOOPT);
	assert_int_equal(WSARecvDisconnect(s, &buffer), SOCKET_ERROR);
	assert_int_equal(WSASendDisconnect(s, NULL), SOCKET_ERROR);
	assert_int_equal(WSAGetLastError(), WSAENOTCONN);
	assert_int_equal(WSARecvDisconnect(s, NULL), SOCKET_ERROR);
	closesocket(s);
	assert_int_equal(GetHostNameW(name, 128), 0);
	assert_int_not_equal(name[0], 0);
	assert_int_equal(GetHostNameW(NULL, 128), SOCKET_ERROR);
	assert_int_equal(GetHostNameW(name, 1), SOCKET_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_protocols_and_services),
		cmocka_unit_test(byte_order_in_the_long_form),
		cmocka_unit_test(an_address_goes_to_text_and_back),
		cmocka_unit_test(four_protocols),
		cmocka_unit_test(a_socket_is_handed_on_within_the_process),
		cmocka_unit_test(a_half_is_closed_without_data),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
