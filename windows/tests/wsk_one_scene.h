/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* For a program whose tests of Winsock Kernel all use one scene, which must end well after the last. */
#ifndef WHITHER_WSK_ONE_SCENE_H
#define WHITHER_WSK_ONE_SCENE_H

#include "wsk_scene.h"

static struct scene scene;

static inline int open_scene(void **state)
{
	(void)state;
	scene_begin(&scene);
	return 0;
}

static inline int close_scene(void **state)
{
	(void)state;
	scene_end(&scene);
	return 0;
}

#define RUN_IN_SCENE(tests) cmocka_run_group_tests(tests, open_scene, close_scene)

#endif /* WHITHER_WSK_ONE_SCENE_H */
