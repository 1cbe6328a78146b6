/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskRegister() and what belongs to it. */

#include "nt_runner.h"
#include "wsk_registration_state.h"
#include "wsk_request.h"
#include "wsk_socket.h"
#include "wsk_tables.h"
#include "wsk_verify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

const NPIID NPI_WSK_INTERFACE_ID = {
	0x2227e803, 0x8d8b, 0x11d4, {0xab, 0xad, 0x00, 0x90, 0x27, 0x71, 0x9e, 0x09}};

/* WskDeregister() says what it waits for after this long. */
#define PATIENCE_SECONDS 5

pthread_mutex_t wsk_registration_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static LIST_ENTRY registrations = {&registrations, &registrations};

static struct wsk_registration *find(const void *candidate)
{
	LIST_ENTRY *entry;

	for (entry = registrations.Flink; entry != &registrations; entry = entry->Flink) {
		struct wsk_registration *one =
			CONTAINING_RECORD(entry, struct wsk_registration, link);

		if (one == candidate)
			return one;
	}
	return NULL;
}

struct wsk_registration *wsk_registration_enter(PWSK_CLIENT client)
{
	struct wsk_registration *registration;

	pthread_mutex_lock(&wsk_registration_lock);
	registration = find(client);
	if (registration)
		registration->calls++;
	pthread_mutex_unlock(&wsk_registration_lock);
	return registration;
}

static void count(unsigned int *counter, int difference)
{
	pthread_mutex_lock(&wsk_registration_lock);
	*counter += (unsigned int)difference;
	if (!*counter)
		pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&wsk_registration_lock);
}

void wsk_registration_leave(struct wsk_registration *registration)
{
	count(&registration->calls, -1);
}

void wsk_registration_add_socket(struct wsk_registration *registration)
{
	pthread_mutex_lock(&wsk_registration_lock);
	registration->sockets++;
	registration->had_sockets = true;
	pthread_mutex_unlock(&wsk_registration_lock);
}

void wsk_registration_remove_socket(struct wsk_registration *registration)
{
	count(&registration->sockets, -1);
}

static void tell_open(nt_line *line, void *data)
{
	wsk_socket_tell(NULL, line, data);
}

static void register_teller(void)
{
	nt_on_report_open(tell_open);
}

NTSTATUS WskRegister(PWSK_CLIENT_NPI WskClientNpi, PWSK_REGISTRATION WskRegistration)
{
	struct wsk_registration *registration;

	if (!WskClientNpi || !WskClientNpi->Dispatch || !WskRegistration)
		return STATUS_INVALID_PARAMETER;
	registration = calloc(1, sizeof(*registration));
	if (!registration)
		return STATUS_INSUFFICIENT_RESOURCES;
	pthread_once(&once, register_teller);
	registration->npi = *WskClientNpi;
	InitializeListHead(&registration->list_change);
	pthread_mutex_lock(&wsk_registration_lock);
	InsertTailList(&registrations, &registration->link);
	pthread_mutex_unlock(&wsk_registration_lock);
	WskRegistration->ReservedRegistrationState = 1;
	WskRegistration->ReservedRegistrationContext = registration;
	WskRegistration->ReservedRegistrationLock = 0;
	return STATUS_SUCCESS;
}

NTSTATUS WskCaptureProviderNPI(PWSK_REGISTRATION WskRegistration, ULONG WaitTimeout,
			       PWSK_PROVIDER_NPI WskProviderNpi)
{
	struct wsk_registration *registration;
	NTSTATUS status = STATUS_DEVICE_NOT_READY;

	(void)WaitTimeout;
	if (!WskRegistration || !WskProviderNpi)
		return STATUS_INVALID_PARAMETER;
	pthread_mutex_lock(&wsk_registration_lock);
	registration = find(WskRegistration->ReservedRegistrationContext);
	if (registration && !registration->leaving) {
		if (WSK_MAJOR_VERSION(registration->npi.Dispatch->Version) == 1) {
			registration->captures++;
			WskProviderNpi->Client = registration;
			WskProviderNpi->Dispatch = &wsk_provider_dispatch;
			status = STATUS_SUCCESS;
		} else {
			status = STATUS_NOINTERFACE;
		}
	}
	pthread_mutex_unlock(&wsk_registration_lock);
	return status;
}

VOID WskReleaseProviderNPI(PWSK_REGISTRATION WskRegistration)
{
	struct wsk_registration *registration;

	if (!WskRegistration)
		return;
	pthread_mutex_lock(&wsk_registration_lock);
	registration = find(WskRegistration->ReservedRegistrationContext);
	if (registration && registration->captures && !--registration->captures)
		pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&wsk_registration_lock);
}

NTSTATUS WskQueryProviderCharacteristics(PWSK_REGISTRATION WskRegistration,
					 PWSK_PROVIDER_CHARACTERISTICS WskProviderCharacteristics)
{
	NTSTATUS status = STATUS_DEVICE_NOT_READY;
	struct wsk_registration *registration;

	if (!WskRegistration || !WskProviderCharacteristics)
		return STATUS_INVALID_PARAMETER;
	pthread_mutex_lock(&wsk_registration_lock);
	registration = find(WskRegistration->ReservedRegistrationContext);
	if (registration && !registration->leaving) {
		WskProviderCharacteristics->LowestVersion = MAKE_WSK_VERSION(1, 0);
		WskProviderCharacteristics->HighestVersion = MAKE_WSK_VERSION(1, 0);
		status = STATUS_SUCCESS;
	}
	pthread_mutex_unlock(&wsk_registration_lock);
	return status;
}

static void print_line(const char *text, void *data)
{
	(void)data;
	fprintf(stderr, "whither: open: %s\n", text);
}

static void complain(struct wsk_registration *registration, const void *place)
{
	unsigned int captures = registration->captures, calls = registration->calls;
	unsigned int sockets = registration->sockets;

	pthread_mutex_unlock(&wsk_registration_lock);
	fprintf(stderr, "whither: WskDeregister() waits for %u captures, %u calls, %u sockets\n",
		captures, calls, sockets);
	wsk_socket_tell(registration, print_line, NULL);
	wsk_verify_left(sockets, place);
	pthread_mutex_lock(&wsk_registration_lock);
}

static void await_zeros(struct wsk_registration *registration, const void *place)
{
	struct timespec limit;
	bool said = false;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += PATIENCE_SECONDS;
	while (registration->captures || registration->calls || registration->sockets) {
		if (said) {
			pthread_cond_wait(&changed, &wsk_registration_lock);
		} else if (pthread_cond_timedwait(&changed, &wsk_registration_lock, &limit) ==
			   ETIMEDOUT) {
			said = true;
			complain(registration, place);
		}
	}
}

VOID WskDeregister(PWSK_REGISTRATION WskRegistration)
{
	struct wsk_registration *registration;
	LIST_ENTRY cancelled;

	if (!WskRegistration)
		return;
	InitializeListHead(&cancelled);
	pthread_mutex_lock(&wsk_registration_lock);
	registration = find(WskRegistration->ReservedRegistrationContext);
	if (!registration || registration->leaving) {
		pthread_mutex_unlock(&wsk_registration_lock);
		return;
	}
	registration->leaving = true;
	wsk_request_cancel_queue(&registration->list_change, &cancelled);
	pthread_mutex_unlock(&wsk_registration_lock);
	wsk_complete_list(&cancelled);
	pthread_mutex_lock(&wsk_registration_lock);
	await_zeros(registration, __builtin_return_address(0));
	RemoveEntryList(&registration->link);
	pthread_mutex_unlock(&wsk_registration_lock);
	WskRegistration->ReservedRegistrationContext = NULL;
	WskRegistration->ReservedRegistrationState = 0;
	free(registration);
}
