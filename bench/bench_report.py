# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What is printed, and the CSV files."""
import csv
import os
import platform

from bench_series import quartiles


def number(value):
    """Three or four digits that mean something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


def ratio_text(row):
    ratios = row.ratios()
    if not ratios:
        return "", ""
    low, middle, high = quartiles(ratios)
    return f"{middle:.2f}", f"{low:.2f}..{high:.2f}"


def processor():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


class Table:
    def __init__(self, groups, load, seconds):
        self.groups, self.load, self.seconds = groups, load, seconds

    def heading(self):
        after = os.getloadavg()[0]
        lines = [
            f"Linux {platform.release()}, {os.cpu_count()} x {processor()}; {self.seconds:.0f} s; "
            f"load {self.load:.1f} before, {after:.1f} after"
        ]
        if self.load > 0.5:
            lines.append(
                "This machine was busy with other things: do not trust small differences."
            )
        return lines

    def text(self):
        lines = self.heading()
        for group in self.groups:
            rows = [row for row in group.rows if row.measured]
            lines += ["", f"{group.title} (medians of {max(len(row.values) for row in rows)})"]
            cells = [("", "median", "quartiles", "ratio", "quartiles", "goal", "")]
            for row in rows:
                low, high = row.spread()
                goal, reached = row.goal(row) if row.goal else ("", None)
                verdict = {True: "reached", False: "NOT reached", None: ""}[reached]
                cells.append(
                    (row.name, f"{number(row.median())} {row.unit}",
                     f"{number(low)}..{number(high)}", *ratio_text(row), goal, verdict)
                )
            widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
            for row, line in zip([None, *rows], cells):
                padded = [
                    text.ljust(width) if i in (0, 5, 6) else text.rjust(width)
                    for i, (text, width) in enumerate(zip(line, widths))
                ]
                lines.append(("  " + "  ".join(padded)).rstrip())
                if row and row.note:
                    lines.append(f"      {row.note}")
        return "\n".join(lines)


def write_csv(groups, folder):
    with open(f"{folder}/samples.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["group", "row", "unit", "round", "value"])
        for row in (row for group in groups for row in group.rows):
            for one, value in sorted(row.values.items()):
                out.writerow([row.group, row.name, row.unit, one, value])
    with open(f"{folder}/summary.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            ["group", "row", "unit", "rounds", "lower quartile", "median", "upper quartile",
             "reference", "ratio, lower quartile", "ratio, median", "ratio, upper quartile",
             "goal", "reached", "note"]
        )
        for row in (row for group in groups for row in group.rows if row.measured):
            ratios = row.ratios()
            goal, reached = row.goal(row) if row.goal else ("", None)
            out.writerow(
                [row.group, row.name, row.unit, len(row.values),
                 *quartiles(list(row.values.values())),
                 row.reference.name if row.reference else "",
                 *(quartiles(ratios) if ratios else ("", "", "")),
                 goal, {True: "yes", False: "no", None: ""}[reached], row.note]
            )
