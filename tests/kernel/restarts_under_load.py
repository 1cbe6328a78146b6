# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""A proxy restarted under load, see restart_load.py; restarts_soak.py gives another number."""
import os

import restart_load
from kernel_scene import *

COUNT = int(os.environ.get("WHITHER_RESTART_LOAD", "2400"))
BOUND = max(60, COUNT // 80)


@case
def with_block_nothing_reaches_the_origin_around_a_proxy_that_is_restarted(scene):
    restart_load.blocks(scene, COUNT, BOUND)


@case
def with_permit_nothing_is_lost_while_the_proxy_is_restarted(scene):
    restart_load.permits(scene, COUNT, BOUND)


main(__file__)
