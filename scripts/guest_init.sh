#!/bin/busybox sh
# shellcheck shell=dash disable=SC2154 # what is not assigned here is in /settings
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# The first program of check_kernel_6_1.sh's guest: makes a machine of the host's files, runs the
# tests there and switches off. What the host shall see begins with "guest: ".

/bin/busybox --install -s /bin
PATH=/bin:/sbin
say() {
  echo "guest: $*"
}
finish() {
  say "status $1"
  sync
  poweroff -f
  sleep 60
}

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
# shellcheck source=/dev/null
. /settings
for module in /modules/*; do
  insmod "$module" || say "cannot load ${module##*/}"
done
mount -t 9p -o trans=virtio,version=9p2000.L,cache=loose,ro,msize=262144 host /host || finish 3

mount -t proc proc /host/proc
mount -t sysfs sys /host/sys
mount -t devtmpfs dev /host/dev
for folder in tmp run dev/shm; do
  mkdir -p "/host/$folder"
  mount -t tmpfs tmpfs "/host/$folder"
done
mount -t cgroup2 cgroup2 /host/sys/fs/cgroup
ip link set lo up
hostname guest

# The host's root becomes that of a mount namespace: in a mere chroot, tests could not make user
# namespaces.
inside() {
  # shellcheck disable=SC2016
  unshare -m sh -c 'cd /host && mount -o move . / && exec chroot . "$@"' inside \
    /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 WHITHER="$whither" \
    WHITHER_HELPERS="$helpers" WHITHER_COPIES="$helpers/strange_client:$helpers/hostile_client" \
    WHITHER_LIBRARY="$source_root/build/src/lib" "$@"
}

helpers=
# Programs that the kernel refuses, in the verifier's own words.
say "Linux $(uname -r), up in $(cut -d. -f1 /proc/uptime) s"
mount -t bpf bpf /host/sys/fs/bpf
mkdir /host/sys/fs/bpf/check
if inside bpftool prog loadall "$object" /sys/fs/bpf/check >/load 2>&1; then
  say "the kernel programs load"
else
  say "the kernel programs do NOT load (all of it: build/kernel-6.1/verifier.txt):"
  tail -n 30 /load | sed 's/^/guest: | /'
  stty -F /dev/ttyS1 raw 2>/dev/null
  cat /load >/dev/ttyS1
fi
rm -r /host/sys/fs/bpf/check
umount /host/sys/fs/bpf

failed=0
for test in $tests; do
  helpers=$source_root/build/${test%/*}
  begun=$(cut -d. -f1 /proc/uptime)
  case $test in
  *.py) set -- python3 "$source_root/$test" ;;
  *.sh) set -- bash "$source_root/$test" ;;
  *) set -- "$source_root/$test" ;;
  esac
  inside timeout -k 10 "$test_bound" "$@" >/output 2>&1 </dev/null
  status=$?
  case $status in
  0) word=passed ;;
  77) word=skipped ;;
  124 | 137) word="took too long" ;;
  *) word="FAILED ($status)" ;;
  esac
  say "$test: $word, $(grep -c '^ok' /output) cases, $(($(cut -d. -f1 /proc/uptime) - begun)) s"
  [ "$status" -eq 0 ] || tail -n 40 /output | sed 's/^/guest: | /'
  case $status in 0 | 77) ;; *) failed=$((failed + 1)) ;; esac
done
dmesg | grep -E 'BUG|WARNING|Oops|RCU stall' | sed 's/^/guest: kernel: /'
[ $failed -eq 0 ] && finish 0
finish 1
