/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* An open engine, as its own files see it. */
#ifndef WH_ENGINE_INTERNAL_H
#define WH_ENGINE_INTERNAL_H

#include "engine.h"
#include "pin_directory.h"
#include "program_load.h"

struct wh_engine {
	struct wh_pins pins; /* the lock */
	struct wh_maps maps; /* valid if have_maps */
	int have_maps;
	enum wh_engine_mode mode;
	struct wh_rules *rules; /* a copy of the active table; empty when there is none */
};

/* Opens the maps if they are there and reads the active table. */
int wh_engine_refresh(struct wh_engine *engine, struct wh_problem *problem);

struct wh_unit_list;

/* Compiles list into a new table, malloc()ed; changes nothing. */
int wh_engine_compile(const struct wh_engine *engine, struct wh_unit_list *list,
		      struct wh_rules **ret_table, struct wh_problem *problem);

/* Puts list in force. */
int wh_engine_install(struct wh_engine *engine, struct wh_unit_list *list,
		      struct wh_problem *problem);

/* Removes the sets of processes that have died. */
int wh_engine_collect(struct wh_engine *engine, struct wh_problem *problem);

/* Reads the active table of the map into rules, all zero when there is none. */
int wh_rules_read(const struct wh_pins *pins, int active_map, struct wh_rules *rules,
		  struct wh_problem *problem);

/* Puts a table in force. One map update: nothing in between is ever seen. */
int wh_rules_swap(const struct wh_pins *pins, int active_map, const struct wh_rules *rules,
		  struct wh_problem *problem);

#endif /* WH_ENGINE_INTERNAL_H */
