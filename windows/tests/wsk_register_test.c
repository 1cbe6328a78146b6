/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Registration, and what WskDeregister() waits for. */

#include "wsk_scene.h"

#include <pthread.h>
#include <sched.h>

static void a_client_is_registered_and_gone(void **state)
{
	WSK_PROVIDER_CHARACTERISTICS versions;
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	assert_non_null(scene.provider.Client);
	assert_true(scene.provider.Dispatch->Version >= MAKE_WSK_VERSION(1, 0));
	assert_int_equal(WskQueryProviderCharacteristics(&scene.registration, &versions),
			 STATUS_SUCCESS);
	assert_int_equal(versions.LowestVersion, MAKE_WSK_VERSION(1, 0));
	assert_true(versions.HighestVersion >= MAKE_WSK_VERSION(1, 0));
	scene_end(&scene);
	assert_int_equal(WskQueryProviderCharacteristics(&scene.registration, &versions),
			 STATUS_DEVICE_NOT_READY);
	assert_int_equal(WskCaptureProviderNPI(&scene.registration, WSK_NO_WAIT, &scene.provider),
			 STATUS_DEVICE_NOT_READY);
	WskDeregister(&scene.registration);
	WskReleaseProviderNPI(&scene.registration);
}

static void a_version_that_is_unknown_has_no_interface(void **state)
{
	static const WSK_CLIENT_DISPATCH future = {MAKE_WSK_VERSION(2, 0), 0, NULL};
	WSK_CLIENT_NPI npi = {NULL, &future};
	WSK_PROVIDER_NPI provider;
	WSK_REGISTRATION registration;

	(void)state;
	assert_int_equal(WskRegister(&npi, &registration), STATUS_SUCCESS);
	assert_int_equal(WskCaptureProviderNPI(&registration, WSK_NO_WAIT, &provider),
			 STATUS_NOINTERFACE);
	WskDeregister(&registration);
}

static void nothing_is_registered_without_pointers(void **state)
{
	static const WSK_CLIENT_DISPATCH dispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
	WSK_CLIENT_NPI npi = {NULL, &dispatch}, without = {NULL, NULL};
	WSK_REGISTRATION registration;

	(void)state;
	assert_int_equal(WskRegister(NULL, &registration), STATUS_INVALID_PARAMETER);
	assert_int_equal(WskRegister(&without, &registration), STATUS_INVALID_PARAMETER);
	assert_int_equal(WskRegister(&npi, NULL), STATUS_INVALID_PARAMETER);
	WskDeregister(NULL);
	WskReleaseProviderNPI(NULL);
	assert_int_equal(WskCaptureProviderNPI(NULL, 0, NULL), STATUS_INVALID_PARAMETER);
	assert_int_equal(WskQueryProviderCharacteristics(NULL, NULL), STATUS_INVALID_PARAMETER);
}

static void *deregister(void *argument)
{
	struct scene *scene = argument;

	WskDeregister(&scene->registration);
	__atomic_store_n((int *)&scene->npi.ClientContext, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static bool gone(struct scene *scene)
{
	return __atomic_load_n((int *)&scene->npi.ClientContext, __ATOMIC_SEQ_CST);
}

static void pause_a_little(void)
{
	LARGE_INTEGER time = {.QuadPart = -500000};
	KEVENT never;

	KeInitializeEvent(&never, NotificationEvent, FALSE);
	KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, &time);
}

static void deregistration_waits_for_captures_and_sockets(void **state)
{
	WSK_PROVIDER_NPI provider;
	struct scene scene;
	PWSK_SOCKET socket;
	pthread_t thread;

	(void)state;
	scene_begin(&scene);
	socket = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
			     NULL);
	pthread_create(&thread, NULL, deregister, &scene);
	pause_a_little();
	assert_false(gone(&scene));
	assert_int_equal(WskCaptureProviderNPI(&scene.registration, WSK_NO_WAIT, &provider),
			 STATUS_DEVICE_NOT_READY);
	WskReleaseProviderNPI(&scene.registration);
	pause_a_little();
	assert_false(gone(&scene));
	/* A socket outlives the provider's release. */
	close_socket(socket);
	pthread_join(thread, NULL);
	assert_true(gone(&scene));
}

/* A routine must not wait; this one does, to see who waits for it. */
static NTSTATUS NTAPI linger(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	int *state = context;

	(void)device;
	(void)irp;
	__atomic_store_n(state, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(state, __ATOMIC_SEQ_CST) != 2)
		sched_yield();
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static void a_socket_is_open_until_its_close_routine_has_returned(void **state)
{
	struct scene scene;
	PWSK_SOCKET socket;
	pthread_t thread;
	int step = 0;
	PIRP irp;

	(void)state;
	scene_begin(&scene);
	socket = open_socket(&scene, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
			     NULL);
	irp = IoAllocateIrp(1, FALSE);
	IoSetCompletionRoutine(irp, linger, &step, TRUE, TRUE, TRUE);
	assert_int_equal(basic_calls(socket)->WskCloseSocket(socket, irp), STATUS_PENDING);
	while (__atomic_load_n(&step, __ATOMIC_SEQ_CST) != 1)
		sched_yield();
	WskReleaseProviderNPI(&scene.registration);
	pthread_create(&thread, NULL, deregister, &scene);
	pause_a_little();
	assert_false(gone(&scene));
	__atomic_store_n(&step, 2, __ATOMIC_SEQ_CST);
	pthread_join(thread, NULL);
	IoFreeIrp(irp);
}

static void one_program_may_register_twice(void **state)
{
	struct scene one, other;
	PWSK_SOCKET socket;

	(void)state;
	scene_begin(&one);
	scene_begin(&other);
	assert_ptr_not_equal(one.provider.Client, other.provider.Client);
	socket = open_socket(&other, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_BASIC_SOCKET, NULL, NULL);
	scene_end(&one);
	close_socket(socket);
	scene_end(&other);
}

static void a_request_for_changes_ends_with_the_client(void **state)
{
	struct asked asked;
	struct scene scene;

	(void)state;
	asked_init(&asked);
	scene_begin(&scene);
	assert_int_equal(scene.provider.Dispatch->WskControlClient(
				 scene.provider.Client, WSK_TRANSPORT_LIST_CHANGE, 0, NULL, 0, NULL,
				 NULL, asked_arm(&asked)),
			 STATUS_PENDING);
	asked_waits(&asked);
	scene_end(&scene);
	assert_int_equal(asked_wait(&asked), STATUS_CANCELLED);
	asked_free(&asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_is_registered_and_gone),
		cmocka_unit_test(a_version_that_is_unknown_has_no_interface),
		cmocka_unit_test(nothing_is_registered_without_pointers),
		cmocka_unit_test(deregistration_waits_for_captures_and_sockets),
		cmocka_unit_test(a_socket_is_open_until_its_close_routine_has_returned),
		cmocka_unit_test(one_program_may_register_twice),
		cmocka_unit_test(a_request_for_changes_ends_with_the_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
