/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What the provider tells the verifier. */
#ifndef WHITHER_WSK_VERIFY_H
#define WHITHER_WSK_VERIFY_H

#include "wsk_request.h"

/* An IRP that a call brings; false: it has no free stack location. */
bool wsk_verify_irp(struct wsk_site site, PIRP irp);
/* Windows wants PASSIVE_LEVEL. */
void wsk_verify_passive(struct wsk_site site);
/* A call that was not accepted, and why. */
void wsk_report_refused(struct wsk_site site, const char *why, const void *what);
/* The bytes of a request are its own until they are returned. */
void wsk_verify_lent(struct wsk_request *request);
void wsk_verify_returned(struct wsk_request *request);
/* A client that deregisters has left sockets open. */
void wsk_verify_left(unsigned int sockets, const void *place);

#endif /* WHITHER_WSK_VERIFY_H */
