/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Connected sockets, and other kinds of them, for the tests of Winsock. */
#ifndef WHITHER_WINSOCK_SCENE_H
#define WHITHER_WINSOCK_SCENE_H

#include "cmocka_once.h"

#include <mstcpip.h>
#include <stdbool.h>
#include <string.h>
#include <winsock2.h>
#include <ws2tcpip.h>

struct scene {
	SOCKET listener;
	SOCKET client;
	SOCKET server;
	SOCKADDR_IN address;
};

static struct scene scene;

static inline int open_scene(void **state)
{
	int size = sizeof(scene.address);
	WSADATA data;

	assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
	memset(&scene, 0, sizeof(scene));
	scene.address.sin_family = AF_INET;
	scene.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	scene.listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	assert_int_equal(bind(scene.listener, (SOCKADDR *)&scene.address, size), 0);
	assert_int_equal(listen(scene.listener, SOMAXCONN), 0);
	assert_int_equal(getsockname(scene.listener, (SOCKADDR *)&scene.address, &size), 0);
	scene.client = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
	assert_int_equal(connect(scene.client, (SOCKADDR *)&scene.address, size), 0);
	scene.server = accept(scene.listener, NULL, NULL);
	assert_true(scene.server != INVALID_SOCKET);
	return 0;
}

static inline int close_scene(void **state)
{
	closesocket(scene.listener);
	closesocket(scene.client);
	closesocket(scene.server);
	return WSACleanup();
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

/* Of a call that must fail: with this error. */
#define assert_wsa(call, error)                                    \
	do {                                                       \
		WSASetLastError(0);                                \
		assert_int_equal((int)(call), SOCKET_ERROR);       \
		assert_int_equal(WSAGetLastError(), (int)(error)); \
	} while (0)

#endif
