# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The .tmh files that Windows' trace preprocessor makes of a source: here, macros that give the text of
the message to whoever runs the driver with --trace, and that never look at their arguments."""
import os
import re

CONFIG = re.compile(r"begin_wpp\s+config(.*?)end_wpp", re.S)
FUNCTION = re.compile(r"^[ \t]*(?://+|\*)?[ \t]*FUNC[ \t]+([A-Za-z_]\w*)", re.M)

HEAD = """\
/* Made by whither-cc: the trace functions of this project. */
#ifndef WHITHER_TRACE_MACROS
#define WHITHER_TRACE_MACROS
#ifdef __cplusplus
extern "C"
#endif
__attribute__((weak, visibility("default"))) void
whither_driver_trace(const char *file, int line, const char *function, const char *text);
#define WHITHER_TRACE(text) \\
	((void)(whither_driver_trace ? \\
			whither_driver_trace(__FILE__, __LINE__, __func__, text) : (void)0))
#define WPP_INIT_TRACING(...) ((void)0)
#define WPP_CLEANUP(...) ((void)0)
#define WPP_LEVEL_ENABLED(...) 0
#define WPP_FLAG_ENABLED(...) 0
#define WPP_LEVEL_FLAGS_ENABLED(...) 0
"""


def functions_of(texts):
    """DoTraceMessage, and every function that a configuration block names."""
    names = {"DoTraceMessage", "DoDebugTrace"}
    for text in texts:
        for block in CONFIG.findall(text):
            names.update(FUNCTION.findall(block))
    return sorted(names)


def write(project, scratch):
    """Makes the trace headers that the project includes and does not have."""
    if not project.traces:
        return
    lines = [HEAD]
    for name in functions_of(project.files.values()):
        lines.append(f"#undef {name}\n#define {name}(...) WHITHER_TRACE(#__VA_ARGS__)\n")
    lines.append("#endif\n")
    for name in project.traces:
        path = os.path.join(scratch, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(lines))
