/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskGetAddressInfo(), WskFreeAddressInfo(), WskGetNameInfo(): the resolver may block, and runs in
 * a worker. It cannot be interrupted: a cancelled request ends with what is found. */

#include "status_table.h"
#include "utf_units.h"
#include "wsk_calls.h"
#include "wsk_host_name.h"
#include "wsk_request.h"
#include "wsk_socket.h"
#include "wsk_worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NODE_MAX 1025
#define SERVICE_MAX 256

struct lookup {
	struct wsk_job job;
	struct wsk_request *request;
	char node[NODE_MAX * 3]; /* UTF-8 */
	char service[SERVICE_MAX * 3];
	bool has_node, has_service;
	struct wsk_host_hints hints;
	struct addrinfoexW **result;
	struct wsk_address address;
	PUNICODE_STRING node_out, service_out;
};

/* A counted UTF-16 string as a terminated UTF-8 one; false when it is malformed or too long. */
static bool to_utf8(PUNICODE_STRING string, char *out, size_t size)
{
	const uint16_t *units = (const uint16_t *)string->Buffer;
	size_t left = string->Length / sizeof(*units), used = 0;

	if (string->Length % sizeof(*units) || (left && !units))
		return false;
	while (left) {
		uint32_t code;
		size_t step = nt_utf16_decode(units, left, &code);

		if (!code || used + 5 > size)
			return false;
		used += nt_utf8_encode(code, out + used);
		units += step;
		left -= step;
	}
	out[used] = '\0';
	return true;
}

/* A terminated UTF-8 string as UTF-16 units, terminator included; how many. */
static size_t to_utf16(const char *text, uint16_t *out)
{
	size_t left = strlen(text), used = 0;

	while (left) {
		uint32_t code;
		size_t step = nt_utf8_decode(text, left, &code);

		used += nt_utf16_encode(code, out + used);
		text += step;
		left -= step;
	}
	out[used++] = 0;
	return used;
}

static NTSTATUS run_inline_or_not(struct lookup *lookup)
{
	struct wsk_request *request = lookup->request;

	IoMarkIrpPending(request->irp);
	if (wsk_inline_mode() == WSK_INLINE_ALL || !wsk_worker_run(&lookup->job))
		lookup->job.run(&lookup->job);
	return STATUS_PENDING;
}

static void free_lookup(struct wsk_request *request)
{
	free(request->u.call);
}

/* One block an entry: the structure, the address, the name. */
static struct addrinfoexW *entry_of(const struct wsk_host_entry *host, int flags)
{
	size_t name_size = host->name ? (strlen(host->name) + 1) * sizeof(uint16_t) : 0;
	struct addrinfoexW *entry =
		calloc(1, sizeof(*entry) + sizeof(host->address.bytes) + 4 + name_size);
	unsigned char *bytes;

	if (!entry)
		return NULL;
	bytes = (unsigned char *)(entry + 1);
	entry->ai_flags = flags;
	entry->ai_family = host->family;
	entry->ai_socktype = host->type;
	entry->ai_protocol = host->protocol;
	entry->ai_addrlen = host->address.size;
	entry->ai_addr = (struct sockaddr *)bytes;
	memcpy(bytes, host->address.bytes, host->address.size);
	if (host->name) {
		entry->ai_canonname = (PWSTR)(bytes + 32);
		to_utf16(host->name, (uint16_t *)entry->ai_canonname);
	}
	return entry;
}

static NTSTATUS give_list(const struct wsk_host_entry *host, int flags,
			  struct addrinfoexW **ret_first)
{
	struct addrinfoexW *first = NULL, **last = &first;

	for (; host; host = host->next) {
		*last = entry_of(host, flags);
		if (!*last) {
			wsk_client_free_address_info(NULL, first);
			return STATUS_INSUFFICIENT_RESOURCES;
		}
		last = &(*last)->ai_next;
	}
	*ret_first = first;
	return STATUS_SUCCESS;
}

static void run_address(struct wsk_job *job)
{
	struct lookup *lookup = CONTAINING_RECORD(job, struct lookup, job);
	struct wsk_host_entry *found = NULL;
	NTSTATUS status;
	int error;

	error = wsk_host_resolve(lookup->has_node ? lookup->node : NULL,
				 lookup->has_service ? lookup->service : NULL, &lookup->hints,
				 &found);
	if (error)
		status = net_status_of_errno(-error);
	else
		status = give_list(found, (int)lookup->hints.flags, lookup->result);
	wsk_host_entry_free(found);
	wsk_finish(lookup->request, status, 0);
}

/* NULL: *ret_status is what the call returns. */
static struct lookup *begin_lookup(struct wsk_site site, PWSK_CLIENT client, PIRP irp,
				   void (*run)(struct wsk_job *job), NTSTATUS *ret_status)
{
	struct wsk_registration *registration;
	struct wsk_request *request;
	struct lookup *lookup;

	if (!wsk_client_begin(site, client, irp, &registration, &request, ret_status))
		return NULL;
	lookup = calloc(1, sizeof(*lookup));
	if (!lookup) {
		*ret_status = wsk_finish(request, STATUS_INSUFFICIENT_RESOURCES, 0);
		return NULL;
	}
	request->u.call = lookup;
	request->release = free_lookup;
	lookup->job.run = run;
	lookup->request = request;
	return lookup;
}

/* NOLINTNEXTLINE(readability-function-size): the parameters are Windows'. */
NTSTATUS wsk_client_get_address_info(PWSK_CLIENT client, PUNICODE_STRING node,
				     PUNICODE_STRING service, ULONG name_space, GUID *provider,
				     struct addrinfoexW *hints, struct addrinfoexW **result,
				     PEPROCESS process, PETHREAD thread, PIRP irp)
{
	struct lookup *lookup;
	NTSTATUS status;

	(void)name_space;
	(void)provider;
	(void)process;
	(void)thread;
	lookup = begin_lookup(WSK_SITE("WskGetAddressInfo"), client, irp, run_address, &status);
	if (!lookup)
		return status;
	lookup->result = result;
	lookup->has_node = node;
	lookup->has_service = service;
	if (!result || (!node && !service) ||
	    (node && !to_utf8(node, lookup->node, sizeof(lookup->node))) ||
	    (service && !to_utf8(service, lookup->service, sizeof(lookup->service))))
		return wsk_finish(lookup->request, STATUS_INVALID_PARAMETER, 0);
	if (hints)
		lookup->hints = (struct wsk_host_hints){(unsigned int)hints->ai_flags,
							hints->ai_family, hints->ai_socktype,
							hints->ai_protocol};
	return run_inline_or_not(lookup);
}

VOID wsk_client_free_address_info(PWSK_CLIENT client, struct addrinfoexW *first)
{
	(void)client;
	while (first) {
		struct addrinfoexW *next = first->ai_next;

		free(first);
		first = next;
	}
}

/* The string with its terminator, which Length does not count. */
static NTSTATUS give_name(PUNICODE_STRING out, const char *text)
{
	uint16_t units[NODE_MAX + 1];
	size_t size;

	if (!out)
		return STATUS_SUCCESS;
	size = to_utf16(text, units) * sizeof(*units);
	if (!out->Buffer || size > out->MaximumLength)
		return STATUS_BUFFER_TOO_SMALL;
	memcpy(out->Buffer, units, size);
	out->Length = (USHORT)(size - sizeof(*units));
	return STATUS_SUCCESS;
}

static void run_name(struct wsk_job *job)
{
	struct lookup *lookup = CONTAINING_RECORD(job, struct lookup, job);
	char node[NODE_MAX], service[SERVICE_MAX];
	NTSTATUS status;
	int error;

	error = wsk_host_name_of(&lookup->address, lookup->hints.flags, node, sizeof(node), service,
				 sizeof(service));
	status = error ? net_status_of_errno(-error) : give_name(lookup->node_out, node);
	if (status == STATUS_SUCCESS)
		status = give_name(lookup->service_out, service);
	wsk_finish(lookup->request, status, 0);
}

/* NOLINTNEXTLINE(readability-function-size): the parameters are Windows'. */
NTSTATUS wsk_client_get_name_info(PWSK_CLIENT client, PSOCKADDR address, ULONG size,
				  PUNICODE_STRING node, PUNICODE_STRING service, ULONG flags,
				  PEPROCESS process, PETHREAD thread, PIRP irp)
{
	struct lookup *lookup;
	NTSTATUS status;

	(void)process;
	(void)thread;
	lookup = begin_lookup(WSK_SITE("WskGetNameInfo"), client, irp, run_name, &status);
	if (!lookup)
		return status;
	lookup->node_out = node;
	lookup->service_out = service;
	lookup->hints.flags = flags;
	if (!address || size < sizeof(ADDRESS_FAMILY) || (!node && !service) ||
	    size < wsk_address_size(address->sa_family) ||
	    !wsk_address_take(&lookup->address, address, address->sa_family))
		return wsk_finish(lookup->request, STATUS_INVALID_PARAMETER, 0);
	return run_inline_or_not(lookup);
}
