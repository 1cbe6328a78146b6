# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Values by row and round, and what they amount to."""
import statistics


def quartiles(values):
    """Lower quartile, median, upper quartile."""
    if len(values) < 2:
        return (values[0],) * 3
    return tuple(statistics.quantiles(values, n=4, method="inclusive"))


class Row:
    """What is measured once a round. reference: the row that it is compared with, round by round.

    goal: a function of this row that returns (text, reached), reached True, False or None.
    """

    def __init__(self, group, name, unit, reference=None, goal=None):
        self.group, self.name, self.unit = group, name, unit
        self.reference, self.goal = reference, goal
        self.values = {}  # by round
        self.note = ""

    def add(self, number, value):
        self.values[number] = float(value)

    @property
    def measured(self):
        return bool(self.values)

    def median(self):
        return statistics.median(self.values.values())

    def spread(self):
        low, _, high = quartiles(list(self.values.values()))
        return low, high

    def ratios(self, other=None):
        """This row over the other one, for each round that has both."""
        other = other or self.reference
        if not other:
            return []
        both = sorted(set(self.values) & set(other.values))
        return [self.values[one] / other.values[one] for one in both if other.values[one]]

    def differences(self, other=None):
        other = other or self.reference
        both = sorted(set(self.values) & set(other.values))
        return [self.values[one] - other.values[one] for one in both]


def at_most(limit):
    """The ratio to the reference."""

    def goal(row):
        ratios = row.ratios()
        return f"<= {limit:g} x", quartiles(ratios)[1] <= limit if ratios else None

    return goal


def not_above(*others):
    """Not above any of these rows by more than the run's own spread: half the distance of the
    quartiles of the ratio."""

    def goal(row):
        reached = []
        for other in others:
            ratios = row.ratios(other)
            if ratios:
                low, middle, high = quartiles(ratios)
                reached.append(middle - 1 <= (high - low) / 2)
        return "not above nft, TPROXY", all(reached) if reached else None

    return goal


def same_as_reference(row):
    """Within the quartiles of what the reference itself varies by, or of the ratio."""
    ratios = row.ratios()
    if not ratios:
        return "as direct", None
    low, middle, high = quartiles(ratios)
    own = quartiles(list(row.reference.values.values()))
    noise = max((high - low) / 2, (own[2] - own[0]) / own[1] / 2)
    return "as direct", abs(middle - 1) <= noise


def both(*goals):
    def goal(row):
        said = [one(row) for one in goals]
        reached = [one[1] for one in said]
        return ", ".join(one[0] for one in said), None if None in reached else all(reached)

    return goal


def at_most_more(limit):
    """The difference to the reference."""

    def goal(row):
        differences = row.differences()
        text = f"<= direct + {limit:,}"
        return text, statistics.median(differences) <= limit if differences else None

    return goal
