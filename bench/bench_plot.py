# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""A plot as SVG: a bar for each row's median, a whisker for its quartiles, group below group."""
from xml.sax.saxutils import escape

from bench_report import number

LABEL, BAR, RIGHT = 330, 420, 230
LINE, HEAD = 20, 46
COLOURS = (("whither", "#2b6cb0"), ("nft", "#b7791f"), ("", "#718096"))


def colour(row):
    return next(shade for word, shade in COLOURS if word in row.name)


def text(x, y, words, anchor="start", size=12, weight="normal"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'font-weight="{weight}">{escape(words)}</text>'
    )


def draw_group(group, top):
    rows = [row for row in group.rows if row.measured]
    # A scale for each unit: bars of different units do not compare.
    longest = {}
    for row in rows:
        longest[row.unit] = max(longest.get(row.unit, 0), row.median(), row.spread()[1])
    shapes = [text(10, top + 26, group.title, size=15, weight="bold")]
    y = top + HEAD
    for row in rows:
        scale = BAR / longest[row.unit] if longest[row.unit] > 0 else 0
        low, high = (LABEL + max(0, value) * scale for value in row.spread())
        width = max(0, row.median()) * scale
        middle = y + LINE / 2 - 2
        shapes += [
            text(LABEL - 8, y + 12, row.name, "end"),
            f'<rect x="{LABEL}" y="{y}" width="{width:.1f}" height="{LINE - 5}" '
            f'fill="{colour(row)}"/>',
            f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 4}v8'
            f'M{high:.1f} {middle - 4}v8" stroke="#1a202c" fill="none"/>',
        ]
        ratios = row.ratios()
        said = f"{number(row.median())} {row.unit}"
        if ratios:
            said += f"  ({sorted(ratios)[len(ratios) // 2]:.2f} x)"
        shapes.append(text(max(LABEL + width, high) + 8, y + 12, said))
        y += LINE
    return shapes, y


def write_plot(groups, path):
    shapes, y = [], 0
    for group in groups:
        drawn, y = draw_group(group, y)
        shapes += drawn
    width, height = LABEL + BAR + RIGHT, y + 20
    with open(path, "w") as file:
        file.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="sans-serif">\n'
            f'<rect width="{width}" height="{height}" fill="white"/>\n'
        )
        file.write("\n".join(shapes))
        file.write("\n</svg>\n")
