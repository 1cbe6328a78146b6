/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#ifndef WHITHER_NT_TIMER_H
#define WHITHER_NT_TIMER_H

/* Ends the thread of timers and DPCs, when it has run what is due. */
void nt_timer_stop(void);

#endif
