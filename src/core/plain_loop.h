/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A loop that the verifier checks once, whatever its length: the bpf_loop helper (Linux 5.17)
 * in the kernel, a plain loop elsewhere. The step returns 0 to go on and 1 to stop.
 */
#ifndef WH_PLAIN_LOOP_H
#define WH_PLAIN_LOOP_H

#include "base_types.h"

typedef long (*wh_loop_step)(__u64 index, void *context);

#ifdef __bpf__

static long (*const wh_loop)(__u32 count, wh_loop_step step, void *context,
			     __u64 flags) = (void *)181; /* BPF_FUNC_loop */

#else

WH_RULE long wh_loop(__u32 count, wh_loop_step step, void *context, __u64 flags)
{
	__u32 i;

	(void)flags;
	for (i = 0; i < count; i++)
		if (step(i, context))
			return (long)i + 1;
	return (long)i;
}

#endif

#endif /* WH_PLAIN_LOOP_H */
