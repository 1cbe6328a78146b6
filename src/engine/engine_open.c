/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Opening an engine: the lock, the maps, the table, and the sets of the dead. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine_internal.h"
#include "engine_problem.h"
#include "pin_repair.h"
#include "privilege_check.h"

/* Opens maps of which some had lost their pin. */
static int repair(struct wh_engine *engine, struct wh_problem *problem)
{
	int error = wh_pins_repair(&engine->pins);

	if (error == -EPERM)
		return wh_problem_set(problem, error,
				      "pins are missing from %s; to put them back takes "
				      "CAP_SYS_ADMIN",
				      engine->pins.path);
	if (!error)
		error = wh_maps_open(&engine->maps, &engine->pins, NULL);
	return error ? wh_problem_set(problem, error,
				      "pins are missing from %s, and no attached hook uses what "
				      "they held: run 'whither down --all', then 'up' again",
				      engine->pins.path) :
		       0;
}

int wh_engine_refresh(struct wh_engine *engine, struct wh_problem *problem)
{
	int error;

	if (!engine->have_maps) {
		error = wh_maps_open(&engine->maps, &engine->pins, problem);
		if (error == -EIO && engine->mode == WH_ENGINE_CHANGE)
			error = repair(engine, problem);
		if (error == -ENOENT) {
			memset(engine->rules, 0, sizeof(*engine->rules));
			return 0;
		}
		if (error)
			return error;
		engine->have_maps = 1;
	}
	return wh_rules_read(&engine->pins, engine->maps.active, engine->rules, problem);
}

int wh_engine_open(struct wh_engine **ret_engine, enum wh_engine_mode mode,
		   struct wh_problem *problem)
{
	struct wh_engine *engine;
	int error = wh_privilege_check(problem);

	if (error)
		return error;
	engine = calloc(1, sizeof(*engine));
	if (!engine)
		return wh_problem_set(problem, -ENOMEM, "out of memory");
	engine->pins.fd = -1;
	engine->mode = mode;
	engine->rules = calloc(1, sizeof(*engine->rules));
	error = engine->rules ? wh_pins_open(&engine->pins, mode == WH_ENGINE_CHANGE, problem) :
				wh_problem_set(problem, -ENOMEM, "out of memory");
	if (!error)
		error = wh_engine_refresh(engine, problem);
	if (!error)
		error = wh_engine_collect(engine, problem);
	if (!error && mode == WH_ENGINE_READ && !engine->rules->set_count)
		error = wh_problem_set(problem, -ENOENT, "whither is not active");
	if (error) {
		wh_engine_close(engine);
		return error;
	}
	*ret_engine = engine;
	return 0;
}

void wh_engine_close(struct wh_engine *engine)
{
	if (!engine)
		return;
	if (engine->have_maps)
		wh_maps_close(&engine->maps);
	else if (engine->pins.fd >= 0 && engine->mode == WH_ENGINE_CHANGE)
		rmdir(engine->pins.path); /* made for a change that did not come, if empty */
	wh_pins_close(&engine->pins);
	free(engine->rules);
	free(engine);
}

const struct wh_rules *wh_engine_rules(const struct wh_engine *engine)
{
	return engine->rules;
}

const char *wh_engine_text(const struct wh_engine *engine, uint32_t offset)
{
	return offset < WH_TEXT_SIZE ? engine->rules->text + offset : "";
}
