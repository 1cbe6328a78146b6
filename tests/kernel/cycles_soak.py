# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""leak_cycles.py for longer."""
from kernel_cycles import cycles
from kernel_scene import *


@case
def three_hundred_thousand_cycles_of_mixed_kinds_leave_nothing_and_no_record_is_wrong(scene):
    cycles(scene, 300000, processes=8)


main(__file__)
