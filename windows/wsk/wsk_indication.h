/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Data that an event callback shows to the client. Each indication is a block of its own, so that
 * the client may keep it and release it alone, in any order, from any thread; what the client
 * writes into Next is only read by the release it makes with it.
 */
#ifndef WHITHER_WSK_INDICATION_H
#define WHITHER_WSK_INDICATION_H

#include "wsk_socket.h"

struct wsk_indication {
	union {
		WSK_DATA_INDICATION data; /* what the client sees comes first */
		WSK_DATAGRAM_INDICATION datagram;
	} view;
	LIST_ENTRY link; /* in socket->indications */
	struct wsk_address remote;
	PMDL mdl;
	void *control;
	size_t size;
	_Alignas(16) unsigned char bytes[];
};

/* With room for size bytes; NULL: no memory. Not in the socket's list. */
struct wsk_indication *wsk_indication_new(size_t size);
void wsk_indication_free(struct wsk_indication *indication);

/* From here on the client may release it. Under the socket's lock, as all that follows. */
void wsk_indication_hold(struct wsk_socket *socket, struct wsk_indication *indication);
/* Takes it back, unless it has been released; whether it was there. */
bool wsk_indication_take_back(struct wsk_socket *socket, const void *view);
void wsk_indication_free_all(struct wsk_socket *socket);

/* Whether the client holds so much that nothing more is shown. */
bool wsk_indication_full(const struct wsk_socket *socket);

#endif /* WHITHER_WSK_INDICATION_H */
