/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What the provider knows of a client: one per WskRegister(), and at once its PWSK_CLIENT. Three
 * counts keep it: captures, calls whose IRPs are not completed, sockets whose close has not
 * returned. WskDeregister() waits for three zeros.
 */
#ifndef WHITHER_WSK_REGISTRATION_STATE_H
#define WHITHER_WSK_REGISTRATION_STATE_H

#include <pthread.h>
#include <stdbool.h>
#include <wsk.h>

struct wsk_registration {
	LIST_ENTRY link;
	WSK_CLIENT_NPI npi;
	unsigned int captures;
	unsigned int calls;
	unsigned int sockets;
	bool leaving;           /* WskDeregister() has been called */
	bool had_sockets;       /* too late for static events */
	ULONG static_events;    /* WSK_SET_STATIC_EVENT_CALLBACKS */
	LIST_ENTRY list_change; /* WSK_TRANSPORT_LIST_CHANGE, pending */
};

/* Guards every registration. */
extern pthread_mutex_t wsk_registration_lock;

/* The registration of a client, counted as a call; NULL for anything else. */
struct wsk_registration *wsk_registration_enter(PWSK_CLIENT client);
void wsk_registration_leave(struct wsk_registration *registration);

void wsk_registration_add_socket(struct wsk_registration *registration);
void wsk_registration_remove_socket(struct wsk_registration *registration);

#endif /* WHITHER_WSK_REGISTRATION_STATE_H */
