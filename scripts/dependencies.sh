#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# dependencies.sh list|require|install [build|demo|check|bench|fmt|guest]...
#
#   list     every package of packages.txt, present or missing
#   require  says what is missing for these and fails; silent when nothing is
#   install  installs what is missing for these, through sudo when not root
#
# Without a group: all of them but guest. Everything needs build.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
packages=${WHITHER_PACKAGES:-$here/packages.txt}
# An ordinary user's PATH lacks the folder that bpftool, nft and ip are in.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

usage() {
  sed -n '5,11s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

trim() {
  local text=$1
  text=${text#"${text%%[![:space:]]*}"}
  printf '%s' "${text%"${text##*[![:space:]]}"}"
}

# Any of these files.
exists() {
  local file
  for file in "$@"; do
    [ -e "$file" ] && return 0
  done
  return 1
}

# Also without pkg-config, which may itself be missing.
has_module() {
  if command -v pkg-config >/dev/null; then
    pkg-config --exists "$1"
  else
    exists /usr/{lib,share,lib/*,local/lib,local/lib/*}/pkgconfig/"$1".pc
  fi
}

has_runtime() {
  local builtins
  builtins=$(clang -print-libgcc-file-name --rtlib=compiler-rt 2>/dev/null) || return 1
  [ -e "${builtins/builtins/$1}" ]
}

proved() {
  case $1 in
  command) command -v "$2" >/dev/null ;;
  module) has_module "$2" ;;
  header) exists /usr/include/"$2" /usr/include/*/"$2" /usr/local/include/"$2" ;;
  runtime) has_runtime "$2" ;;
  file) exists "$2" ;;
  *)
    echo "$packages: unknown proof: $1 $2" >&2
    exit 2
    ;;
  esac
}

# Every proof of a package: "command gcc, header stdio.h".
present() {
  local proofs proof kind name
  IFS=, read -ra proofs <<<"$1"
  for proof in "${proofs[@]}"; do
    read -r kind name <<<"$proof"
    proved "$kind" "$name" || return 1
  done
}

# Whether a package that is needed for $1 ("demo, check") is needed for one of the groups asked for.
wanted() {
  local group
  for group in "${groups[@]}"; do
    [[ ", ${1// /}," == *[\ ,]"$group",* ]] && return 0
  done
  return 1
}

# Calls $1 with package, purpose and present|missing for each wanted package.
each_package() {
  local package for proofs purpose state
  while IFS='|' read -r package for proofs purpose; do
    package=$(trim "$package")
    case $package in '' | '#'*) continue ;; esac
    wanted "$(trim "$for")" || continue
    state=missing
    present "$proofs" && state=present
    "$1" "$package" "$(trim "$purpose")" "$state"
  done <"$packages"
}

missing=()
report=()
collect() {
  [ "$3" = missing ] || return 0
  missing+=("$1")
  report+=("$(printf '  %-20s %s' "$1" "$2")")
}

print_row() {
  printf '%-8s %-20s %s\n' "$3" "$1" "$2"
}

# A server among the packages is only a program for tests here: it is not started, now or at boot.
# Debian asks this file before it starts one (policy-rc.d of invoke-rc.d).
policy=${WHITHER_POLICY:-/usr/sbin/policy-rc.d}
servers='redsocks haproxy squid nginx microsocks'
install_quietly() {
  local wrote='' name before=()
  for name in $servers; do
    command -v "$name" >/dev/null && before+=("$name")
  done
  if [ ! -e "$policy" ]; then
    wrote=yes
    # shellcheck disable=SC2064 # as it is now
    trap "'$here/as_root.sh' rm -f '$policy'" EXIT
    "$here"/as_root.sh sh -c "printf '#!/bin/sh\nexit 101\n' >'$policy' && chmod 755 '$policy'"
  fi
  "$here"/as_root.sh env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "$@" </dev/null
  if [ -n "$wrote" ]; then
    "$here"/as_root.sh rm -f "$policy"
    trap - EXIT
  fi
  command -v systemctl >/dev/null || return 0
  for name in $servers; do
    [[ " ${before[*]} " == *" $name "* ]] && continue
    "$here"/as_root.sh systemctl --quiet disable "$name" 2>/dev/null || :
  done
}

install_missing() {
  if [ ${#missing[@]} -eq 0 ]; then
    echo "deps: nothing to install"
    return 0
  fi
  if ! command -v apt-get >/dev/null; then
    echo "deps: missing, and this is not Debian (no apt-get). Install what gives you:" >&2
    printf '%s\n' "${report[@]}" >&2
    exit 1
  fi
  echo "deps: installing from Debian's packages:"
  printf '%s\n' "${report[@]}"
  "$here"/as_root.sh env DEBIAN_FRONTEND=noninteractive apt-get update -q
  install_quietly "${missing[@]}"

  missing=()
  report=()
  hash -r
  each_package collect
  if [ ${#missing[@]} -gt 0 ]; then
    echo "deps: installed, but still not found:" >&2
    printf '%s\n' "${report[@]}" >&2
    exit 1
  fi
  echo "deps: installed"
}

verb=${1:-}
[ $# -gt 0 ] && shift
groups=(build "$@")
[ $# -gt 0 ] || groups=(build demo check bench fmt)
for group in "${groups[@]}"; do
  case $group in build | demo | check | bench | fmt | guest) ;; *) usage ;; esac
done

case $verb in
list) each_package print_row ;;
install)
  each_package collect
  install_missing
  ;;
require)
  each_package collect
  [ ${#missing[@]} -gt 0 ] || exit 0
  echo "Missing for ${groups[-1]}:" >&2
  printf '%s\n' "${report[@]}" >&2
  echo "Install them with: make deps ${WHITHER_GOAL:-${groups[-1]}}" >&2
  exit 1
  ;;
*) usage ;;
esac
