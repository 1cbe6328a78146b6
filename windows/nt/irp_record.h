/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What the verifier knows of each IRP. Called while nt_tracks() only. */
#ifndef WHITHER_NT_IRP_RECORD_H
#define WHITHER_NT_IRP_RECORD_H

#include <stdbool.h>

#include <wdm_irp.h>

void nt_irp_born(PIRP irp, bool from_pool, const void *place);
/* It may be freed, reused or sent: nobody below has it. */
bool nt_irp_check_idle(PIRP irp, const char *function, const void *place);
bool nt_irp_check_alive(PIRP irp, const char *function, const void *place);
/* False: it must not be completed (again). */
bool nt_irp_check_completion(PIRP irp, const void *place);
/* Its routine is about to run; at the top it is its owner's again. */
void nt_irp_at_routine(PIRP irp, bool top, const void *place);
/* False: it must not be freed (again). */
bool nt_irp_freed(PIRP irp, const void *place);

#endif
