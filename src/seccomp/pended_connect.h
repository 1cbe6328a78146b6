/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Connects about which somebody is asked before they are made. */
#ifndef WH_PENDED_CONNECT_H
#define WH_PENDED_CONNECT_H

#include "supervisor_internal.h"

/* Whether the connect may be redirected. Waits for the answer, if there is somebody to ask. */
bool wh_pended_ask(struct wh_call *call, const struct wh_connect *connect);

#endif /* WH_PENDED_CONNECT_H */
