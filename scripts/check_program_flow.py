#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""check_program_flow.py OBJECT: does Linux 6.1 accept how the kernel programs flow?

Before it looks at any value, the verifier walks over the instructions, depth first and the next one
before a jump's target. A way back is a loop, and allowed, if a jump takes it. If it is taken by
merely going on (the compiler laid out the loop's end before its beginning), Linux before 6.7 refuses
the program ("back-edge from insn"); newer kernels, on which these are developed, do not mind.
"""
import struct
import sys

CLASS_JUMP, CLASS_JUMP32 = 5, 6
JUMP, CALL, EXIT = 0x0, 0x8, 0x9
STT_FUNC = 2


def sections(data):
    """(name, type, offset, size, link) of each section of a 64-bit little-endian ELF file."""
    if data[:6] != b"\x7fELF\x02\x01":
        sys.exit(f"{sys.argv[1]} is no 64-bit little-endian ELF file")
    start, = struct.unpack_from("<Q", data, 40)
    size, count, names = struct.unpack_from("<HHH", data, 58)
    headers = [struct.unpack_from("<IIQQQQII", data, start + index * size) for index in range(count)]
    text = headers[names][4]

    def name(offset):
        return data[text + offset:data.index(b"\0", text + offset)].decode()

    return [(name(one[0]), one[1], one[4], one[5], one[6]) for one in headers]


def functions(data):
    """(section, name, code) of each function."""
    found = sections(data)
    for _, kind, offset, size, link in found:
        if kind != 2:  # SHT_SYMTAB
            continue
        for at in range(offset, offset + size, 24):
            name, info, _, section, value, length = struct.unpack_from("<IBBHQQ", data, at)
            if info & 0xF == STT_FUNC and section < len(found):
                text = found[link][2] + name
                code = data[found[section][2] + value:found[section][2] + value + length]
                yield found[section][0], data[text:data.index(b"\0", text)].decode(), code


def edges(code, at):
    """(target, by a jump) of each way on, in the verifier's order."""
    opcode, _, offset, _ = struct.unpack_from("<BBhi", code, at * 8)
    operation = opcode >> 4
    if opcode & 7 not in (CLASS_JUMP, CLASS_JUMP32) or operation == CALL:
        return [(at + 1, False)]
    if operation == EXIT:
        return []
    if operation == JUMP:
        return [(at + 1 + offset, True)]
    return [(at + 1, True), (at + 1 + offset, True)]


def way_back(code):
    """(from, to) of a way back that no jump takes, or None."""
    state = {0: "open"}
    path = [(0, iter(edges(code, 0)))]
    while path:
        at, rest = path[-1]
        for target, jumps in rest:
            if target not in state:
                state[target] = "open"
                path.append((target, iter(edges(code, target))))
                break
            if state[target] == "open" and not jumps:
                return at, target
        else:
            state[at] = "done"
            path.pop()
    return None


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    count, refused = 0, 0
    for section, name, code in functions(data):
        count += 1
        found = way_back(code)
        if found:
            refused += 1
            print(f"{name} ({section}): instruction {found[1]} is a loop's beginning, and {found[0]} goes on to it "
                  "without a jump: Linux 6.1 refuses it. Unroll the loop, or change how it ends.")
    if not count:
        sys.exit(f"{sys.argv[1]} has no functions")
    print(f"{count} functions of {sys.argv[1]}: {refused} refused")
    sys.exit(1 if refused else 0)


if __name__ == "__main__":
    main()
