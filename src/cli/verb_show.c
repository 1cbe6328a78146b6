/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* whither show: what is in force and what goes on. */
#include <errno.h>
#include <string.h>

#include "cli_verbs.h"
#include "json_text.h"
#include "live_connections.h"
#include "run_leftovers.h"
#include "status.h"
#include "suggestion.h"

static const struct wh_option options[] = {
	{'j', "json", NULL, "for programs"},
	{0},
};

struct request {
	const struct wh_verb *verb;
	int json, connections;
};

static int take(int id, const char *value, void *data)
{
	static const char *const words[] = {"connections", NULL};
	struct request *request = data;
	const char *suggestion;

	if (id == 'j') {
		request->json = 1;
		return 0;
	}
	if (!strcmp(value, words[0])) {
		request->connections = 1;
		return 0;
	}
	suggestion = wh_suggest(value, words);
	if (!suggestion)
		return wh_argument_unexpected(request->verb, value);
	wh_say("show: did not expect '%s'; did you mean '%s'?", value, suggestion);
	return -EINVAL;
}

/* That there is nothing to show is an answer. */
static int show_inactive(const struct request *request)
{
	json_t *object;

	if (!request->json) {
		printf("whither is not active\n");
		return 0;
	}
	object = json_object();
	wh_json_flag(object, "active", 0);
	if (request->connections)
		wh_json_member(object, "connections", json_array());
	return wh_json_print(object, stdout);
}

static int show_connections(struct wh_engine *engine, const struct request *request,
			    struct wh_problem *problem)
{
	struct wh_live_connections connections;
	int error = wh_live_collect(engine, &connections, problem);

	if (error)
		return error;
	snprintf(problem->text, sizeof(problem->text), "out of memory");
	error = request->json ? wh_live_print_json(&connections, stdout) :
				wh_live_print_text(&connections, stdout);
	wh_live_clear(&connections);
	return error;
}

static int show_status(struct wh_engine *engine, const struct request *request,
		       struct wh_problem *problem)
{
	struct wh_status status;
	int error = wh_status_collect(engine, &status, problem);

	if (error)
		return error;
	snprintf(problem->text, sizeof(problem->text), "out of memory");
	if (request->json)
		error = wh_status_print_json(&status, stdout);
	else
		wh_status_print_text(&status, stdout);
	wh_status_clear(&status);
	return error;
}

static int run(const struct wh_verb *verb, int argc, char **argv)
{
	struct request request = {.verb = verb};
	struct wh_engine *engine = NULL;
	struct wh_problem problem = {0};
	int error = wh_arguments_read(verb, argc, argv, take, &request, NULL);

	if (error)
		return wh_arguments_exit(error);
	error = wh_cli_engine_open(&engine, WH_ENGINE_READ, &problem);
	if (error == -ENOENT)
		return show_inactive(&request) ? WH_EXIT_FAILED : WH_EXIT_OK;
	if (!error)
		error = request.connections ? show_connections(engine, &request, &problem) :
					      show_status(engine, &request, &problem);
	wh_engine_close(engine);
	if (!error)
		return WH_EXIT_OK;
	wh_say("%s", problem.text);
	return WH_EXIT_FAILED;
}

const struct wh_verb wh_verb_show = {
	.name = "show",
	.run = run,
	.help = "show the rules in force, who listens, what passed, and what is wrong",
	.synopsis = "[connections] [--json]",
	.options = options,
	.more = "connections lists the redirected connections that live: who, whither in truth, by\n"
		"which proxies. A star after a redirector says that its proxy set no records and was\n"
		"recognised by its process.\n",
};
