/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "relay_service.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "time_text.h"

#define TURN_MS 100

int wh_relay_service_signals(void)
{
	static const int taken[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR2};
	sigset_t signals;
	int fd;

	sigemptyset(&signals);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		sigaddset(&signals, taken[i]);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* Connections that are open go on as they are. What cannot be read stays as it was. */
static void reload(struct wh_relay_service *service)
{
	struct wh_relay_upstream upstream;
	int error = wh_relay_log_reopen(service->log);

	if (error)
		wh_say("the log cannot be opened again, the old one stays: %s", strerror(-error));
	if (wh_relay_settings_upstream(service->settings, &upstream)) {
		wh_say("not reloaded: the upstream stays as it was");
		return;
	}
	error = upstream.address_count ? wh_relay_set_upstream(service->relay, &upstream) : 0;
	explicit_bzero(&upstream, sizeof(upstream));
	if (error)
		wh_say("not reloaded: %s", strerror(-error));
	else
		wh_say("reloaded");
}

/* In nanoseconds of the boot clock; never 0, which stands for "not draining". */
static uint64_t start_draining(struct wh_relay_service *service)
{
	wh_relay_stop_accepting(service->relay);
	return wh_boot_now() + service->drain_seconds * 1000000000ull + 1;
}

static uint64_t replace(struct wh_relay_service *service)
{
	int result = wh_relay_replace(service->relay);

	if (result > 0) {
		wh_relay_wake_for(service->relay, service->signals);
		return start_draining(service);
	}
	wh_say("not replaced: %s", strerror(-result));
	return 0;
}

/* Returns whether that was the end; *deadline: 0, or when draining ends. */
static bool take_signal(struct wh_relay_service *service, int number, uint64_t *deadline)
{
	bool ends = number == SIGTERM || number == SIGINT;

	if (*deadline)
		return ends;
	if (ends)
		*deadline = start_draining(service);
	else if (number == SIGHUP)
		reload(service);
	else
		*deadline = replace(service);
	return false;
}

int wh_relay_service_run(struct wh_relay_service *service)
{
	uint64_t deadline = 0;
	int error = wh_relay_wake_for(service->relay, service->signals);

	if (error)
		return error;
	for (;;) {
		struct signalfd_siginfo signal;
		int count;

		if (deadline && (!wh_relay_connections(service->relay) || wh_boot_now() > deadline))
			return 0;
		count = wh_relay_dispatch(service->relay, deadline ? TURN_MS : -1);
		if (count < 0)
			return count;
		if (!wh_relay_woken(service->relay) ||
		    read(service->signals, &signal, sizeof(signal)) != sizeof(signal))
			continue;
		if (take_signal(service, (int)signal.ssi_signo, &deadline))
			return 0;
	}
}
