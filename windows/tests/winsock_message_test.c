/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WSARecvMsg and WSASendMsg: datagrams with control data, at once and overlapped. */
#include "winsock_scene.h"

#include <mswsock.h>

static LPFN_WSARECVMSG receive_message;
static LPFN_WSASENDMSG send_message;

struct pair {
	SOCKET asks;
	SOCKET answers;
	SOCKADDR_STORAGE name; /* of the one that answers */
	int name_size;
};

static void *extension(SOCKET s, GUID guid)
{
	void *function = NULL;
	DWORD size = 0;

	assert_int_equal(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof(guid),
				  &function, sizeof(function), &size, NULL, NULL),
			 0);
	return function;
}

static struct pair open_pair(int family)
{
	struct pair pair = {.name_size = sizeof(pair.name)};
	SOCKADDR_IN6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	SOCKADDR_IN four = {.sin_family = AF_INET};
	DWORD on = 1;
	WSADATA data;

	assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
	four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	pair.asks = socket(family, SOCK_DGRAM, IPPROTO_UDP);
	pair.answers = socket(family, SOCK_DGRAM, IPPROTO_UDP);
	assert_int_equal(bind(pair.answers,
			      family == AF_INET6 ? (SOCKADDR *)&six : (SOCKADDR *)&four,
			      family == AF_INET6 ? sizeof(six) : sizeof(four)),
			 0);
	assert_int_equal(getsockname(pair.answers, (SOCKADDR *)&pair.name, &pair.name_size), 0);
	/* IPV6_PKTINFO is the same number. */
	assert_int_equal(setsockopt(pair.answers, family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP,
				    IP_PKTINFO, (char *)&on, sizeof(on)),
			 0);
	receive_message = (LPFN_WSARECVMSG)extension(pair.asks, (GUID)WSAID_WSARECVMSG);
	send_message = (LPFN_WSASENDMSG)extension(pair.asks, (GUID)WSAID_WSASENDMSG);
	return pair;
}

static void close_pair(struct pair *pair)
{
	closesocket(pair->asks);
	closesocket(pair->answers);
	WSACleanup();
}

static void ask(struct pair *pair, const char *text)
{
	assert_int_equal(sendto(pair->asks, text, (int)strlen(text), 0, (SOCKADDR *)&pair->name,
				pair->name_size),
			 strlen(text));
}

/* A message with room for everything. */
struct room {
	SOCKADDR_STORAGE from;
	char bytes[32];
	_Alignas(8) char control[64];
	WSABUF buffer;
	WSAMSG message;
};

static void lay_out(struct room *room)
{
	memset(room, 0xa5, sizeof(*room));
	room->buffer = (WSABUF){sizeof(room->bytes), room->bytes};
	room->message = (WSAMSG){(LPSOCKADDR)&room->from,
				 sizeof(room->from),
				 &room->buffer,
				 1,
				 {sizeof(room->control), room->control},
				 0};
}

static void where_it_arrived_and_back_from_there(void **state)
{
	struct pair pair = open_pair(AF_INET);
	DWORD bytes = 0;
	struct room room;
	WSACMSGHDR *header;
	IN_PKTINFO info;
	char answer[8];

	ask(&pair, "where");
	lay_out(&room);
	assert_int_equal(receive_message(pair.answers, &room.message, &bytes, NULL, NULL), 0);
	assert_int_equal(bytes, 5);
	assert_memory_equal(room.bytes, "where", 5);
	assert_int_equal(room.message.dwFlags, 0);
	assert_int_equal(room.message.namelen, sizeof(SOCKADDR_IN));
	assert_int_equal(room.message.Control.len, WSA_CMSG_SPACE(sizeof(info)));
	header = WSA_CMSG_FIRSTHDR(&room.message);
	assert_non_null(header);
	assert_int_equal(header->cmsg_level, IPPROTO_IP);
	assert_int_equal(header->cmsg_type, IP_PKTINFO);
	assert_int_equal(header->cmsg_len, WSA_CMSG_LEN(sizeof(info)));
	memcpy(&info, WSA_CMSG_DATA(header), sizeof(info));
	assert_int_equal(info.ipi_addr.s_addr, htonl(INADDR_LOOPBACK));
	assert_int_equal(info.ipi_ifindex, 1);
	assert_null(WSA_CMSG_NXTHDR(&room.message, header));

	/* The same control data sends the answer from there. */
	room.buffer.len = (ULONG)bytes;
	assert_int_equal(send_message(pair.answers, &room.message, 0, &bytes, NULL, NULL), 0);
	assert_int_equal(bytes, 5);
	assert_int_equal(recv(pair.asks, answer, sizeof(answer), 0), 5);
	/* Nor does a message need any. */
	room.message.Control.len = 0;
	assert_int_equal(WSASendMsg(pair.answers, &room.message, 0, &bytes, NULL, NULL), 0);
	assert_int_equal(recv(pair.asks, answer, sizeof(answer), 0), 5);
	close_pair(&pair);
}

static void hops_of_the_other_family(void **state)
{
	struct pair pair = open_pair(AF_INET6);
	DWORD on = 1;
	DWORD bytes = 0;
	bool arrived = false;
	bool hops = false;
	struct room room;

	assert_int_equal(setsockopt(pair.answers, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, (char *)&on,
				    sizeof(on)),
			 0);
	/* Sent with a number of hops of its own. */
	lay_out(&room);
	memcpy(room.bytes, "six", 3);
	room.buffer.len = 3;
	room.message.name = (LPSOCKADDR)&pair.name;
	room.message.namelen = pair.name_size;
	room.message.Control.len = (ULONG)WSA_CMSG_SPACE(sizeof(INT));
	*(WSACMSGHDR *)(void *)room.control =
		(WSACMSGHDR){WSA_CMSG_LEN(sizeof(INT)), IPPROTO_IPV6, IPV6_HOPLIMIT};
	*(INT *)(void *)WSA_CMSG_DATA(room.control) = 77;
	assert_int_equal(send_message(pair.asks, &room.message, 0, &bytes, NULL, NULL), 0);
	lay_out(&room);
	assert_int_equal(receive_message(pair.answers, &room.message, &bytes, NULL, NULL), 0);
	assert_int_equal(bytes, 3);
	for (WSACMSGHDR *header = WSA_CMSG_FIRSTHDR(&room.message); header;
	     header = WSA_CMSG_NXTHDR(&room.message, header)) {
		assert_int_equal(header->cmsg_level, IPPROTO_IPV6);
		if (header->cmsg_type == IPV6_PKTINFO) {
			IN6_PKTINFO info;

			memcpy(&info, WSA_CMSG_DATA(header), sizeof(info));
			arrived = IN6_IS_ADDR_LOOPBACK(&info.ipi6_addr);
		} else {
			assert_int_equal(header->cmsg_type, IPV6_HOPLIMIT);
			hops = *(INT *)(void *)WSA_CMSG_DATA(header) == 77;
		}
	}
	assert_true(arrived && hops);
	close_pair(&pair);
}

static void too_little_room(void **state)
{
	struct pair pair = open_pair(AF_INET);
	DWORD bytes = 99;
	struct room room;

	/* For the control data: said, and nothing is written behind. */
	ask(&pair, "text");
	lay_out(&room);
	room.message.Control.len = 16;
	assert_int_equal(receive_message(pair.answers, &room.message, &bytes, NULL, NULL), 0);
	assert_int_equal(bytes, 4);
	assert_int_equal(room.message.dwFlags, MSG_CTRUNC);
	assert_int_equal(room.message.Control.len, 0);
	assert_int_equal((unsigned char)room.control[16], 0xa5);
	/* Looked at, then for the bytes: the rest is lost. */
	ask(&pair, "longer text");
	lay_out(&room);
	room.message.dwFlags = MSG_PEEK;
	assert_int_equal(receive_message(pair.answers, &room.message, &bytes, NULL, NULL), 0);
	assert_int_equal(bytes, 11);
	lay_out(&room);
	room.buffer.len = 6;
	assert_wsa(receive_message(pair.answers, &room.message, &bytes, NULL, NULL), WSAEMSGSIZE);
	assert_int_equal(room.message.dwFlags, MSG_TRUNC);
	assert_memory_equal(room.bytes, "longer\xa5", 7);
	/* No name is asked for, and no control data. */
	ask(&pair, "bare");
	lay_out(&room);
	room.message.name = NULL;
	room.message.Control = (WSABUF){0, NULL};
	assert_int_equal(receive_message(pair.answers, &room.message, &bytes, NULL, NULL), 0);
	assert_int_equal(room.message.dwFlags, MSG_CTRUNC);
	close_pair(&pair);
}

static DWORD routine_bytes;

static void CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
	assert_int_equal(error, 0);
	routine_bytes = bytes;
}

static void overlapped_ones(void **state)
{
	struct pair pair = open_pair(AF_INET);
	WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
	DWORD bytes = 0;
	DWORD flags = 0;
	struct room room;

	lay_out(&room);
	assert_wsa(receive_message(pair.answers, &room.message, NULL, &overlapped, NULL),
		   WSA_IO_PENDING);
	ask(&pair, "later");
	assert_true(WSAGetOverlappedResult(pair.answers, &overlapped, &bytes, TRUE, &flags));
	assert_int_equal(bytes, 5);
	assert_int_equal(room.message.Control.len, WSA_CMSG_SPACE(sizeof(IN_PKTINFO)));
	assert_int_equal(room.message.namelen, sizeof(SOCKADDR_IN));
	/* One that is answered at once, through a routine. */
	room.buffer.len = 3;
	assert_int_equal(send_message(pair.answers, &room.message, 0, &bytes, &overlapped, routine),
			 0);
	assert_int_equal(routine_bytes, 0);
	assert_int_equal(SleepEx(5000, TRUE), WAIT_IO_COMPLETION);
	assert_int_equal(routine_bytes, 3);
	/* And one that is cancelled writes nothing. */
	lay_out(&room);
	assert_wsa(receive_message(pair.answers, &room.message, NULL, &overlapped, NULL),
		   WSA_IO_PENDING);
	assert_true(CancelIoEx((HANDLE)pair.answers, &overlapped));
	assert_false(WSAGetOverlappedResult(pair.answers, &overlapped, &bytes, TRUE, &flags));
	assert_int_equal(WSAGetLastError(), WSA_OPERATION_ABORTED);
	assert_int_equal(room.message.Control.len, sizeof(room.control));
	WSACloseEvent(overlapped.hEvent);
	close_pair(&pair);
}

static void wrong_messages(void **state)
{
	struct pair pair = open_pair(AF_INET);
	SOCKET stream = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	WSACMSGHDR *header;
	DWORD bytes;
	struct room room;

	lay_out(&room);
	header = (WSACMSGHDR *)(void *)room.control;
	assert_wsa(receive_message(INVALID_SOCKET, &room.message, &bytes, NULL, NULL), WSAENOTSOCK);
	assert_wsa(receive_message(pair.answers, NULL, &bytes, NULL, NULL), WSAEFAULT);
	assert_wsa(receive_message(pair.answers, &room.message, NULL, NULL, NULL), WSAEFAULT);
	assert_wsa(receive_message(stream, &room.message, &bytes, NULL, NULL), WSAEOPNOTSUPP);
	assert_wsa(send_message(stream, &room.message, 0, &bytes, NULL, NULL), WSAEOPNOTSUPP);
	assert_wsa(send_message(pair.asks, NULL, 0, &bytes, NULL, NULL), WSAEFAULT);
	room.message.namelen = 1;
	assert_wsa(send_message(pair.asks, &room.message, 0, &bytes, NULL, NULL), WSAEFAULT);
	memcpy(&room.from, &pair.name, (size_t)pair.name_size);
	room.message.namelen = pair.name_size;
	room.message.Control.buf = NULL;
	assert_wsa(send_message(pair.asks, &room.message, 0, &bytes, NULL, NULL), WSAEFAULT);
	room.message.Control = (WSABUF){(ULONG)WSA_CMSG_SPACE(8), room.control};
	/* A length that is too small, one that is too large, a type that nobody knows. */
	for (int i = 0; i < 3; i++) {
		*header = (WSACMSGHDR){i == 0 ? 3 :
				       i == 1 ? 1000 :
						WSA_CMSG_LEN(8),
				       IPPROTO_IP, i == 2 ? 1234 : IP_PKTINFO};
		assert_wsa(send_message(pair.asks, &room.message, 0, &bytes, NULL, NULL),
			   WSAEINVAL);
	}
	closesocket(stream);
	close_pair(&pair);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_it_arrived_and_back_from_there),
		cmocka_unit_test(hops_of_the_other_family),
		cmocka_unit_test(too_little_room),
		cmocka_unit_test(overlapped_ones),
		cmocka_unit_test(wrong_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
