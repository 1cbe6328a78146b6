/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* whither doctor: tests what has to be so. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli_verbs.h"
#include "doctor.h"
#include "json_text.h"

enum {
	OPTION_NO_CONNECTION = 256,
};

/* Its exit statuses; whither(8) promises them. */
enum {
	DOCTOR_GOOD = 0,
	DOCTOR_WARNINGS = 1,
	DOCTOR_FAILED = 2,
	DOCTOR_NO_ANSWER = 3,
};

static const struct wh_option options[] = {
	{OPTION_NO_CONNECTION, "no-connection", NULL, "change nothing: no connection is made"},
	{'j', "json", NULL, "for programs"},
	{0},
};

struct request {
	const struct wh_verb *verb;
	int json, passive;
};

static int take(int id, const char *value, void *data)
{
	struct request *request = data;

	switch (id) {
	case OPTION_NO_CONNECTION:
		request->passive = 1;
		return 0;
	case 'j':
		request->json = 1;
		return 0;
	default:
		return wh_argument_unexpected(request->verb, value);
	}
}

void wh_doctor_add(struct wh_doctor *doctor, enum wh_finding_state state, const char *check,
		   const char *format, ...)
{
	struct wh_finding *more =
		realloc(doctor->findings, (doctor->count + 1) * sizeof(*doctor->findings));
	va_list arguments;
	char *text;
	int length;

	if (!more) {
		doctor->incomplete = 1;
		return;
	}
	doctor->findings = more;
	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		doctor->incomplete = 1;
	else
		more[doctor->count++] = (struct wh_finding){state, check, text};
}

static const char *state_name(enum wh_finding_state state)
{
	static const char *const names[] = {[WH_FINDING_OK] = "ok",
					    [WH_FINDING_NOT_TESTED] = "not tested",
					    [WH_FINDING_WARNING] = "warning",
					    [WH_FINDING_FAILED] = "failed"};

	return names[state];
}

static enum wh_finding_state worst(const struct wh_doctor *doctor)
{
	enum wh_finding_state state = WH_FINDING_OK;

	for (size_t i = 0; i < doctor->count; i++)
		if (doctor->findings[i].state > state)
			state = doctor->findings[i].state;
	return state;
}

static int print(const struct wh_doctor *doctor, int json)
{
	json_t *object, *findings;

	for (size_t i = 0; !json && i < doctor->count; i++)
		printf("%-10s  %-15s  %s\n", state_name(doctor->findings[i].state),
		       doctor->findings[i].check, doctor->findings[i].text);
	if (!json)
		return 0;
	object = json_object();
	findings = json_array();
	wh_json_string(object, "state", state_name(worst(doctor)));
	for (size_t i = 0; i < doctor->count; i++) {
		json_t *finding = json_object();

		wh_json_string(finding, "state", state_name(doctor->findings[i].state));
		wh_json_string(finding, "check", doctor->findings[i].check);
		wh_json_string(finding, "text", doctor->findings[i].text);
		wh_json_append(findings, finding);
	}
	wh_json_member(object, "findings", findings);
	return wh_json_print(object, stdout);
}

static void examine(struct wh_doctor *doctor, int passive)
{
	wh_doctor_machine(doctor);
	wh_doctor_rules(doctor);
	wh_doctor_escapes(doctor);
	wh_engine_close(doctor->engine);
	doctor->engine = NULL;
	if (!doctor->privileged)
		wh_doctor_add(doctor, WH_FINDING_NOT_TESTED, "connection",
			      "it takes the privilege to put rules in force");
	else if (passive)
		wh_doctor_add(doctor, WH_FINDING_NOT_TESTED, "connection", "--no-connection");
	else
		wh_doctor_connection(doctor);
}

static int run(const struct wh_verb *verb, int argc, char **argv)
{
	static const int statuses[] = {[WH_FINDING_OK] = DOCTOR_GOOD,
				       [WH_FINDING_NOT_TESTED] = DOCTOR_GOOD,
				       [WH_FINDING_WARNING] = DOCTOR_WARNINGS,
				       [WH_FINDING_FAILED] = DOCTOR_FAILED};
	struct request request = {.verb = verb};
	struct wh_doctor doctor = {0};
	int error = wh_arguments_read(verb, argc, argv, take, &request, NULL), status;

	if (error)
		return error == WH_ARGUMENTS_HELP ? WH_EXIT_OK : DOCTOR_NO_ANSWER;
	signal(SIGPIPE, SIG_IGN); /* what it made for the test has to be cleared away */
	examine(&doctor, request.passive);
	error = print(&doctor, request.json) || doctor.incomplete;
	if (error)
		wh_say("out of memory");
	status = error ? DOCTOR_NO_ANSWER : statuses[worst(&doctor)];
	for (size_t i = 0; i < doctor.count; i++)
		free(doctor.findings[i].text);
	free(doctor.findings);
	if (fflush(stdout)) {
		wh_say("cannot write to standard output: %s", strerror(errno));
		status = DOCTOR_NO_ANSWER;
	}
	return status;
}

const struct wh_verb wh_verb_doctor = {
	.name = "doctor",
	.run = run,
	.help = "test what has to be so: kernel, mounts, hooks, proxies, a real connection",
	.synopsis = "[--no-connection] [--json]",
	.options = options,
	.more = "A line for each check: ok, warning, failed or not tested, and what would be right. The\n"
		"connection is made in a cgroup and network namespace of its own, by a rule set that\n"
		"names these alone; without privilege it says what it could not test.\n\n"
		"Exit status: 0 nothing is wrong, 1 warnings, 2 something failed, 3 no answer.\n",
};
