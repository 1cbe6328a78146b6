#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# check_install.sh BUILD: installs into an empty folder, and compiles and runs a user's program from
# there by pkg-config, against the shared and against the static library.
set -euo pipefail

build=$(realpath "${1:?the build folder}")
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

if [ -n "${WHITHER_SANITIZED:-}" ]; then
  echo "a library under a sanitizer is not for installing"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
meson install -C "$build" --no-rebuild --quiet --destdir "$work/root" >"$work/log" 2>&1 ||
  { cat "$work/log" && complain "meson install" "failed"; }

for name in whither.h libwhither.so libwhither.so.0 libwhither.a whither.pc; do
  find "$work/root" -name "$name" | grep -q . || complain "$name" "is not installed"
done

cat >"$work/user.c" <<'C'
#include <stdio.h>
#include <whither/whither.h>

int main(void)
{
  puts(whither_strerror(-1));
  return 0;
}
C
pc=$(find "$work/root" -name whither.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
PKG_CONFIG_SYSROOT_DIR=$work/root
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
read -ra flags <<<"$(pkg-config --cflags --libs whither)"
folder=$(dirname "$(find "$work/root" -name libwhither.so)")

gcc "$work/user.c" "${flags[@]}" -o "$work/shared" || complain "whither.pc" "does not link"
LD_LIBRARY_PATH=$folder "$work/shared" >"$work/said" || complain "libwhither.so" "does not run"
[ -s "$work/said" ] || complain "whither_strerror" "says nothing"
gcc "$work/user.c" "${flags[@]/#-lwhither/-l:libwhither.a}" -o "$work/static" ||
  complain "libwhither.a" "does not link"
"$work/static" >"$work/said" || complain "libwhither.a" "does not run"

# The Windows surface, where it was built: a driver is compiled, and run, from there.
pc=$(find "$work/root" -name whither-windows.pc)
if [ -n "$pc" ]; then
  pkg-config --cflags whither-windows | grep -q -- '-fshort-wchar -fms-extensions' ||
    complain "whither-windows.pc" "does not carry the flags"
  cat >"$work/driver.c" <<'C'
#include <wsk.h>

static VOID Unload(PDRIVER_OBJECT DriverObject)
{
  DbgPrint("unloading %wZ\n", &DriverObject->DriverName);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = Unload;
  return STATUS_SUCCESS;
}
C
  tools=$(dirname "$(find "$work/root" -name whither-cc -path '*bin*')")
  for name in whither-cc whither-driver; do
    find "$work/root" -name "$name" -path '*bash-completion*' | grep -q . ||
      complain "$name" "its completion is not installed"
  done
  LD_LIBRARY_PATH=$folder "$tools/whither-cc" -Wall -Werror "$work/driver.c" -o "$work/driver.so" ||
    complain "whither-cc" "does not compile a driver"
  LD_LIBRARY_PATH=$folder "$tools/whither-driver" run --once "$work/driver.so" >"$work/said" 2>&1 ||
    complain "whither-driver" "does not run a driver: $(cat "$work/said")"
  LD_LIBRARY_PATH=$folder "$tools/whither-cc" --exe "$work/driver.c" -o "$work/driver" ||
    complain "whither-cc" "does not link a driver with its runner"
  LD_LIBRARY_PATH=$folder "$work/driver" --once 2>"$work/said" || complain "whither-cc --exe" "does not run"
fi
verdict
