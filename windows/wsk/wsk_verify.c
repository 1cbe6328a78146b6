/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_verify.h"

#include "nt_internal.h"
#include "verifier.h"

bool wsk_verify_irp(struct wsk_site site, PIRP irp)
{
	if (nt_checks(NT_RULE_IRQL))
		nt_check_irql(site.what, DISPATCH_LEVEL, site.place);
	if (irp->CurrentLocation <= 1) {
		if (nt_checks(NT_RULE_STACK_LOCATION))
			nt_violation(NT_RULE_STACK_LOCATION, NT_BUG_NO_MORE_IRP_STACK_LOCATIONS,
				     site.place, NULL, "%s: IRP %p has no stack location left",
				     site.what, (void *)irp);
		return false;
	}
	if (nt_tracks()) {
		nt_irp_check_routine(irp, site.what, site.place);
		nt_irp_sent(irp, site.what, site.place);
	}
	return true;
}

void wsk_verify_passive(struct wsk_site site)
{
	if (nt_checks(NT_RULE_IRQL))
		nt_check_irql(site.what, PASSIVE_LEVEL, site.place);
}

void wsk_report_refused(struct wsk_site site, const char *why, const void *what)
{
	if (nt_checks(NT_RULE_HANDLE))
		nt_violation(NT_RULE_HANDLE, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, site.place,
			     NULL, "%s is called %s (%p)", site.what, why, what);
}

void wsk_verify_lent(struct wsk_request *request)
{
	PMDL mdl;

	if (!nt_tracks() || !request->bytes.length)
		return;
	request->lent = true;
	for (mdl = request->bytes.mdl; mdl; mdl = mdl->Next)
		nt_buffer_lent(MmGetMdlVirtualAddress(mdl), MmGetMdlByteCount(mdl),
			       request->site.what, request->site.place);
}

void wsk_verify_returned(struct wsk_request *request)
{
	for (PMDL mdl = request->bytes.mdl; mdl; mdl = mdl->Next)
		nt_buffer_returned(MmGetMdlVirtualAddress(mdl));
}

void wsk_verify_left(unsigned int sockets, const void *place)
{
	if (sockets && nt_checks(NT_RULE_SOCKET_LEFT))
		nt_violation(NT_RULE_SOCKET_LEFT, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, place,
			     NULL, "WskDeregister: %u sockets are left open", sockets);
}
