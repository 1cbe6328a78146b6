#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# Tries dependencies.sh and the Makefile with a package that is missing, and an apt-get and a sudo that
# only write down how they were called. Nothing is installed.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
export WHITHER_PACKAGES=$work/packages WHITHER_POLICY=$work/policy-rc.d PATH=$work/bin:$PATH WORK=$work
cat >"$work/packages" <<'P'
# A comment, and an empty line.

bash           | build       | command bash, module zlib | a shell
whither-dream  | demo        | command whither-dream     | dreams
whither-doubt  | check, demo | command whither-doubt     | doubts
P

program() {
  printf '#!/bin/bash\n%s\n' "$2" >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}
# Installs what it is told to: an empty program of each package's name.
# shellcheck disable=SC2016
program apt-get 'echo "$*" >>"$WORK/calls"
case $* in *install*) "$WORK/policy-rc.d"; echo "policy $?" >>"$WORK/calls" ;; esac
for word; do case $word in whither-*) : >"$WORK/bin/$word"; chmod +x "$WORK/bin/$word" ;; esac; done'
program id 'echo 0'
# shellcheck disable=SC2016
program systemctl 'echo "systemctl $*" >>"$WORK/calls"'

# expect WHAT STATUS PATTERN COMMAND...: its exit status and what it prints ('': nothing).
expect() {
  local what=$1 status=$2 pattern=$3 found=0
  shift 3
  "$@" >"$work/said" 2>&1 </dev/null || found=$?
  [ "$found" -eq "$status" ] || complain "$what" "exit status $found instead of $status: $(<"$work/said")"
  if [ -z "$pattern" ] && [ ! -s "$work/said" ]; then return; fi
  { [ -n "$pattern" ] && grep -qzE "$pattern" "$work/said"; } ||
    complain "$what" "does not say '$pattern': $(<"$work/said")"
}

forget() {
  rm -f "$work"/bin/whither-* "$work/calls"
}

deps=scripts/dependencies.sh
expect "nothing to install" 0 'nothing to install' $deps install build
[ ! -e "$work/calls" ] || complain "nothing to install" "apt-get was called"
expect "require, present" 0 '' $deps require build
expect "require, missing" 1 'whither-dream +dreams.*whither-doubt +doubts.*make deps demo' $deps require demo
expect "require, other group" 1 'Missing for check' $deps require check
! grep -q dream "$work/said" || complain "require, other group" "asks for what another group needs"
expect "make demo" 2 'whither-dream.*make deps demo' make --no-print-directory demo
expect "make check" 2 'whither-doubt.*make deps check' make --no-print-directory check

expect "install" 0 'installing.*whither-dream +dreams.*deps: installed' $deps install demo
grep -q 'update' "$work/calls" || complain "install" "apt-get update was not called"
grep -q 'policy 101' "$work/calls" || complain "install" "servers may be started"
[ ! -e "$work/policy-rc.d" ] || complain "install" "left the rule that no server is started"
expect "install again" 0 'nothing to install' $deps install demo
forget
expect "make deps demo" 0 'dependencies.sh install demo.*scripts/demo.sh' make -n deps demo
expect "make demo deps" 0 'dependencies.sh install demo.*scripts/demo.sh' make -n demo deps

program id 'echo 1000'
# shellcheck disable=SC2016
program sudo 'echo "sudo $*" >>"$WORK/calls"; exec "$@"'
expect "through sudo" 0 'deps: installed' $deps install check
grep -q '^sudo .*apt-get install.* whither-doubt' "$work/calls" || complain "through sudo" "sudo was not called"
forget
rm "$work/bin/sudo"
expect "no sudo" 1 'you are not root, and sudo is not installed' \
  env WHITHER_SUDO=whither-no-such-sudo $deps install check
program id 'echo 0'
program apt-get :
expect "apt-get without effect" 1 'still not found.*whither-doubt' $deps install check

expect "unknown group" 2 'list\|require\|install' $deps require everything
expect "help" 0 'deps.*demo.*check.*bench.*asan.*soak.*fmt.*install.*help' make --no-print-directory help
[ ! -e "$work/policy-rc.d" ] || complain "a failure" "left the rule that no server is started"
printf '#!/bin/sh\nexit 101\n# mine\n' >"$work/policy-rc.d"
chmod 755 "$work/policy-rc.d"
expect "a rule of the machine's" 1 'still not found' $deps install check
grep -q mine "$work/policy-rc.d" || complain "a rule of the machine's" "was changed"
unset WHITHER_PACKAGES
expect "the real list" 0 'build-essential' $deps list
verdict
