#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# check_kernel_6_1.sh [TEST]...: do the kernel programs load and work on the oldest kernel?
#
# Boots Debian 12's own Linux 6.1 under qemu and runs tests of tests/kernel and tests/seccomp there: those that are
# named (tests/kernel/first_redirect.py), or a few that touch every program. The guest's root is
# this machine's, read-only, so what is installed here is installed there. Needs no root, and no
# hardware support; WHITHER=binary, or build/'s.
#
#   WHITHER_ACCEL=kvm     with hardware support, if there is any (default: tcg, which always works)
#   WHITHER_BOUND=1800    seconds for everything
#   WHITHER_TEST_BOUND=300  seconds for one test
set -euo pipefail

cd "$(dirname "$0")/.."
source_root=$PWD
whither=${WHITHER:-$source_root/build/src/cli/whither}
accel=${WHITHER_ACCEL:-tcg}
bound=${WHITHER_BOUND:-1800}
test_bound=${WHITHER_TEST_BOUND:-300}
object=${WHITHER_OBJECT:-$source_root/build/src/bpf/whither.bpf.o}
work=$source_root/build/kernel-6.1

if [ "$(uname -m)" != x86_64 ]; then
  echo "the guest is an x86_64, and so are the programs that it finds here; this is $(uname -m)" >&2
  exit 1
fi
WHITHER_GOAL=check-kernel-6.1 scripts/dependencies.sh require guest
if [ ! -x "$whither" ]; then
  echo "$whither is not there: run make first, or set WHITHER" >&2
  exit 1
fi
# The redirect, chains, answers, refusals, the owners' hooks, rules that come and go; the engine without
# privilege, and Yama, which the machine that this runs on may lack.
usual=(tests/kernel/{first_redirect,chains_of_three,query_answers,set_sockets,listener_guard}.py
  tests/kernel/{chain_owners,rule_sets,local_address,when_absent}.py
  tests/kernel/yama_scopes.py tests/seccomp/supervised_run.py)

# The kernel package is unpacked, not installed, and kept.
fetch_kernel() {
  local package
  [ -e "$work/root/boot" ] && return 0
  package=$(apt-cache search --names-only '^linux-image-6\.1\.0-[0-9]+-amd64$' |
    sort -V | tail -n 1 | cut -d' ' -f1)
  if [ -z "$package" ]; then
    echo "apt knows no linux-image-6.1.0-*-amd64: is this Debian 12, and was apt-get update run?" >&2
    exit 1
  fi
  rm -rf "$work"
  mkdir -p "$work"
  (cd "$work" && apt-get download "$package")
  dpkg-deb -x "$work"/"$package"_*.deb "$work/unpacked"
  busybox depmod -b "$work/unpacked" "$(ls "$work/unpacked/lib/modules")"
  mv "$work/unpacked" "$work/root"
  rm "$work"/*.deb
}

# make_initramfs RELEASE: busybox, the modules that reach the host's files, and the first program.
make_initramfs() {
  local modules=$work/root/lib/modules/$1 ram=$work/ram module number=10 list
  shift
  rm -rf "$ram"
  mkdir -p "$ram"/{bin,sbin,dev,proc,sys,host,modules,lib}
  cp "$(command -v busybox)" "$ram/bin/busybox"
  # modules.dep names what a module needs; the needed ones come last there and are loaded first.
  for module in drivers/virtio/virtio_pci net/9p/9pnet_virtio fs/9p/9p; do
    list=$(sed -n "s|^kernel/$module.ko: *||p" "$modules/modules.dep" | tr ' ' '\n' | tac)
    for list in $list "kernel/$module.ko"; do
      compgen -G "$ram/modules/*-${list##*/}" >/dev/null && continue
      cp "$modules/$list" "$ram/modules/$number-${list##*/}"
      number=$((number + 1))
    done
  done
  # The kernel asks for more modules by itself, out of the unpacked package.
  ln -s ../bin/busybox "$ram/sbin/modprobe"
  ln -s "/host$work/root/lib/modules" "$ram/lib/modules"
  cp scripts/guest_init.sh "$ram/init"
  chmod 755 "$ram/init"
  {
    printf 'source_root=%q\n' "$source_root"
    printf 'whither=%q\n' "$whither"
    printf 'object=%q\n' "$object"
    printf 'tests="%s"\n' "$*"
    printf 'test_bound=%q\n' "$test_bound"
  } >"$ram/settings"
  (cd "$ram" && find . | cpio --quiet -o -H newc >"$work/initramfs")
}

fetch_kernel
release=$(ls "$work/root/lib/modules")
tests=("$@")
[ ${#tests[@]} -gt 0 ] || tests=("${usual[@]}")
make_initramfs "$release" "${tests[@]}"

case $accel in
kvm) processor=host ;;
*) processor=max ;;
esac
log=$work/console.txt
echo "Linux $release under qemu ($accel); at most $bound s; console in $log"
status=0
timeout "$bound" qemu-system-x86_64 \
  -accel "$accel" -cpu "$processor" -smp 2 -m 2048 -nographic -no-reboot -nic none \
  -serial mon:stdio -serial "file:$work/verifier.txt" \
  -kernel "$work/root/boot/vmlinuz-$release" -initrd "$work/initramfs" \
  -append 'console=ttyS0 quiet panic=-1 mitigations=off' \
  -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
  </dev/null | tee "$log" | sed -un 's/\r$//; s/^guest: //p' || status=$?
if [ "$status" -ne 0 ]; then
  echo "the guest did not end in time, or did not start: see $log" >&2
  exit 1
fi
grep -q '^guest: status 0' "$log"
