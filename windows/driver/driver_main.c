/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* whither-driver run DRIVER.so...: and, with a driver linked in, the whole of a program. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver_control.h"
#include "driver_object.h"
#include "driver_options.h"
#include "driver_signals.h"
#include "driver_trace.h"
#include "nt_runner.h"

static void say_open(const char *text, void *data)
{
	driver_say("  %s", text);
}

static void late(void)
{
	driver_say("DriverUnload has not returned for 5 seconds; still open:");
	nt_report_open(say_open, NULL);
}

static int prepare(const struct driver_options *options)
{
	int error;

	driver_trace_set(options->trace);
	error = nt_verify_set(options->verify);
	if (error) {
		driver_say("--verify: '%s' is not RULE=stop|report|off,...; the rules: %s",
			   options->verify, nt_verify_names());
		return RUN_USAGE;
	}
	if (options->fault_each)
		nt_fault_each();
	else if (options->fault)
		nt_fault_set(options->fault);
	error = driver_signals_start(late);
	if (error) {
		driver_say("cannot start: %s", strerror(-error));
		return RUN_FAILED;
	}
	return RUN_OK;
}

/* Loads and enters all, until one fails; how many were entered. */
static int enter_all(struct driver *drivers, const struct driver_options *options, int count)
{
	driver_signals_busy("a DriverEntry has not returned");
	for (int i = 0; i < count; i++) {
		const char *path = options->driver_count ? options->drivers[i] : NULL;

		if (driver_load(&drivers[i], path) || driver_enter(&drivers[i]))
			return i;
	}
	return count;
}

static int run_drivers(const struct driver_options *options)
{
	int count = options->driver_count ? options->driver_count : 1, entered, status, stays = 0;
	static struct driver *drivers; /* what stays loaded keeps them to the end */

	drivers = calloc((size_t)count, sizeof(*drivers));
	if (!drivers)
		return RUN_FAILED;
	entered = enter_all(drivers, options, count);
	status = entered == count ? RUN_OK : RUN_FAILED;
	if (status == RUN_OK && driver_controls(options, drivers, count))
		status = RUN_FAILED;
	driver_signals_busy(NULL);
	if (entered == count && !options->once)
		driver_signals_wait();
	if (options->once)
		driver_signals_busy("DriverUnload has not returned");
	driver_signals_unloading(1);
	for (int i = entered - 1; i >= 0; i--)
		stays |= driver_leave(&drivers[i]) < 0;
	driver_signals_unloading(0);
	if (!stays) {
		for (int i = 0; i < count; i++)
			driver_release(&drivers[i]);
		free(drivers);
		nt_stop_threads();
	}
	if (options->fault || options->fault_each)
		driver_say("%lu allocations", nt_fault_count());
	if (status == RUN_OK && nt_verify_violations())
		status = RUN_VIOLATION;
	return status;
}

static int run(int argc, char **argv, int built_in)
{
	struct driver_options options;
	int status = driver_options_read(&options, argc, argv, built_in);

	if (status == 0)
		status = prepare(&options);
	else
		status = status == RUN_OPTIONS_DONE ? -1 : RUN_USAGE;
	if (status == RUN_OK)
		status = run_drivers(&options);
	driver_options_free(&options);
	return status < 0 ? RUN_OK : status;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (driver_built_in())
		return run(argc, argv, 1);
	if (!strcmp(verb, "run"))
		return run(argc - 1, argv + 1, 0);
	if (!strcmp(verb, "--help") || !strcmp(verb, "-h") || !strcmp(verb, "help")) {
		driver_print_usage(stdout, 0);
		return RUN_OK;
	}
	if (!strcmp(verb, "--version") || !strcmp(verb, "-V")) {
		driver_print_version();
		return RUN_OK;
	}
	driver_say("expected the verb 'run'; see whither-driver --help");
	return RUN_USAGE;
}
