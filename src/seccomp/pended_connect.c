/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "pended_connect.h"

bool wh_pended_ask(struct wh_call *call, const struct wh_connect *connect)
{
	return true;
}
