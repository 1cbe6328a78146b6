/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Part of wsk.h: how a client finds the provider. */
#ifndef WHITHER_WSK_REGISTRATION_H
#define WHITHER_WSK_REGISTRATION_H

#ifndef WHITHER_WSK_H
#error "wsk_registration.h is a part of wsk.h: include that"
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _WSK_CLIENT_NPI {
	PVOID ClientContext;
	const WSK_CLIENT_DISPATCH *Dispatch;
} WSK_CLIENT_NPI, *PWSK_CLIENT_NPI;

typedef struct _WSK_PROVIDER_NPI {
	PWSK_CLIENT Client;
	const WSK_PROVIDER_DISPATCH *Dispatch;
} WSK_PROVIDER_NPI, *PWSK_PROVIDER_NPI;

typedef struct _WSK_REGISTRATION {
	ULONGLONG ReservedRegistrationState;
	PVOID ReservedRegistrationContext;
	KSPIN_LOCK ReservedRegistrationLock;
} WSK_REGISTRATION, *PWSK_REGISTRATION;

typedef struct _WSK_PROVIDER_CHARACTERISTICS {
	USHORT HighestVersion;
	USHORT LowestVersion;
} WSK_PROVIDER_CHARACTERISTICS, *PWSK_PROVIDER_CHARACTERISTICS;

#pragma GCC visibility push(default)

NTSTATUS WskRegister(PWSK_CLIENT_NPI WskClientNpi, PWSK_REGISTRATION WskRegistration);

/* The provider is always ready: this waits only to answer that WskDeregister() has been called. */
NTSTATUS WskCaptureProviderNPI(PWSK_REGISTRATION WskRegistration, ULONG WaitTimeout,
			       PWSK_PROVIDER_NPI WskProviderNpi);
VOID WskReleaseProviderNPI(PWSK_REGISTRATION WskRegistration);
NTSTATUS WskQueryProviderCharacteristics(PWSK_REGISTRATION WskRegistration,
					 PWSK_PROVIDER_CHARACTERISTICS WskProviderCharacteristics);

/* Returns when every capture is released, every call has returned and every socket is closed. */
VOID WskDeregister(PWSK_REGISTRATION WskRegistration);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* WHITHER_WSK_REGISTRATION_H */
