# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Connect and close, in every way that there is: no record is wrong and nothing is left.
cycles_soak.py does the same for longer."""
from kernel_cycles import cycles
from kernel_scene import *


@case
def twenty_thousand_cycles_of_mixed_kinds_leave_nothing_and_no_record_is_wrong(scene):
    cycles(scene, 20000)


@case
def cycles_that_all_fail_leave_nothing(scene):
    cycles(scene, 3000, ["refused", "refused_later", "black_hole", "narrow", "unrouted"])


main(__file__)
