# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Reads the sources of a project as the compiler will: which files they include, under which names."""
import os
import re

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


def text_of(path):
    with open(path, "rb") as file:
        return file.read().decode("utf-8", "replace").replace("\r\n", "\n")


def find(folder, name):
    """The file that Windows would find in folder under name: either slash, any case. Or None."""
    path = folder or "."
    for part in name.replace("\\", "/").split("/"):
        if part in ("", ".", "..") or os.path.exists(os.path.join(path, part)):
            path = os.path.join(path, part)
            continue
        try:
            names = os.listdir(path)
        except OSError:
            return None
        part = next((one for one in names if one.lower() == part.lower()), None)
        if part is None:
            return None
        path = os.path.join(path, part)
    return path if os.path.isfile(path) else None


class Project:
    """The sources and the headers beside them; the headers of the system are none of it.

    files:  path -> text
    traces: names of .tmh files that are included and do not exist
    """

    def __init__(self, sources, folders, own_folder, scratch):
        self.files = {}
        self.traces = set()
        self._folders = list(folders)
        self._own = own_folder
        self._scratch = scratch
        for source in sources:
            self._read(source)

    def is_inline(self, name):
        """Whether some file defines, or declares, a function of this name inline."""
        pattern = re.compile(rf"(?:\b|_)(?:inline|FORCEINLINE|CFORCEINLINE|__forceinline)\b[^;{{}}]*\b{name}\s*\(")
        return any(pattern.search(text) for text in self.files.values())

    def uses_cxx_library(self):
        """Whether some file includes a header of the C++ library: their names have no ending."""
        return any(quote == "<" and "." not in name
                   for text in self.files.values() for quote, name in INCLUDE.findall(text))

    def _read(self, path):
        path = os.path.normpath(path)
        if path in self.files:
            return
        try:
            self.files[path] = text_of(path)
        except OSError:
            return  # the compiler will say so
        for quote, name in INCLUDE.findall(self.files[path]):
            self._include(os.path.dirname(path), quote, name.strip())

    def _include(self, folder, quote, name):
        places = ([folder] if quote == '"' else []) + self._folders
        found = next(filter(None, (find(place, name) for place in places)), None)
        if found:
            exact = any(os.path.isfile(os.path.join(place or ".", name)) for place in places)
            if not exact:
                self._forward(name, os.path.abspath(found))
            self._read(found)
            return
        if name.lower().endswith(".tmh"):
            self.traces.add(name)
            return
        own = find(self._own, name)
        if own and not os.path.isfile(os.path.join(self._own, name)):
            self._forward(name, own)

    def _forward(self, name, target):
        """Makes name mean target, for a file system that tells letters' case apart. clang reads a backslash
        as a slash, gcc as part of the name."""
        for name in {name, name.replace("\\", "/")}:
            path = os.path.normpath(os.path.join(self._scratch, name))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(f'#include "{target}"\n')


def include_folder(scratch):
    """A folder in scratch, so deep that names beginning with ../../ stay within scratch."""
    folder = os.path.join(scratch, *["include"] * 12)
    os.makedirs(folder)
    return folder
