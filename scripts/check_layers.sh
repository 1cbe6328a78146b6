#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# Who may include what, in src/, include/ and windows/, and that every file is where one would look for it.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

# libc and the kernel's user-space headers: a plain name that is no other library's, or one of these folders.
foreign='jansson|libelf|gelf|zlib|cmocka|uuid'
libc="((sys|arpa|net|netinet|linux|asm|bits)/[^>]+|(?!$foreign)[a-z0-9_]+\.h)"
public='whither/whither\.h'

declare -A folders system
# folder         "headers" of these folders       <headers>
folders[core]='core'                              system[core]='linux/types\.h'
folders[bpf]='bpf|core'                           system[bpf]='(linux|bpf)/[^>]+'
folders[lib]='lib|core'                           system[lib]="$public|$libc"
folders[machine]='machine'                        system[machine]="$libc"
folders[config]='config|machine|core|lib'         system[config]="$public|$libc"
folders[engine]='engine|machine|core|lib|skeleton' system[engine]="$public|$libc|bpf/[^>]+|uuid/uuid\.h"
folders[seccomp]='seccomp|engine|machine|core|lib' system[seccomp]="$libc"
folders[relay]='relay'                            system[relay]="$public|$libc"
folders[cli]='cli|engine|seccomp|config|relay|lib|core'   system[cli]="$public|$libc|jansson\.h"
folders[include]='include'                        system[include]="$public|$libc"
# The Windows surface: "headers" of these folders, of windows/; <headers>, beside those of windows/include.
# C++ alone includes headers of its library: those whose names ours replace come first.
# <x86intrin.h> is the compiler's own.
folders[windows/include]='windows/include'        system[windows/include]='cstdio|cstdlib|cwchar|cwctype|x86intrin\.h'
folders[windows/nt]='nt'                          system[windows/nt]="$libc"
folders[windows/net]='net|nt'                     system[windows/net]="$public|$libc"
folders[windows/winsock]='winsock|net|nt'         system[windows/winsock]="$public|$libc"
folders[windows/wsk]='wsk|net|nt'                 system[windows/wsk]="$public|$libc"
folders[windows/driver]='driver|net|nt'           system[windows/driver]="$public|$libc"

# The folder that a header is in: names are unique, so the name is enough.
folder_of() {
  case $1 in
  whither_bpf.skel.h) echo skeleton ;;
  *)
    local found
    found=$(project_files "src/*/${1##*/}" "include/*/${1##*/}" "windows/*/${1##*/}" | head -n 1)
    case $found in
    windows/include/*) echo windows/include ;;
    windows/*) found=${found#windows/} && echo "${found%%/*}" ;;
    include/*) echo include ;;
    src/*) found=${found#src/} && echo "${found%%/*}" ;;
    *) echo nowhere ;;
    esac
    ;;
  esac
}

# One #include line of a file in folder $1.
check_include() {
  local folder=$1 place=$2 name=$3 quoted=$4 target
  if [ "$quoted" = '"' ]; then
    target=$(folder_of "$name")
    [[ "|${folders[$folder]}|" == *"|$target|"* ]] ||
      { [[ $folder == windows/* ]] && [ "$target" = windows/include ]; } ||
      complain "$place" "$folder may not include \"$name\" (of $target); it may: ${folders[$folder]}"
  else
    grep -qP "^(${system[$folder]})\$" <<<"$name" ||
      { [[ $folder == windows/* ]] && [ -f "windows/include/$name" ]; } ||
      complain "$place" "$folder may not include <$name>"
  fi
}

while IFS= read -r file; do
  case $file in
  include/*) folder=include ;;
  windows/examples/* | windows/tests/*) continue ;;
  windows/*) folder=${file#windows/} && folder=windows/${folder%%/*} ;;
  *) folder=${file#src/} && folder=${folder%%/*} ;;
  esac
  if [ -z "${folders[$folder]:-}" ]; then
    complain "$file" "$folder is not in the table of this script"
    continue
  fi
  while IFS=: read -r line text; do
    name=$(sed -E 's/^[^"<]*["<]([^">]+)[">].*/\1/' <<<"$text")
    quoted=$(sed -E 's/^[^"<]*(["<]).*/\1/' <<<"$text")
    check_include "$folder" "$file:$line" "$name" "$quoted"
  done < <(grep -nE '^[[:space:]]*#[[:space:]]*include' "$file" || :)
done < <(project_files 'src/*.c' 'src/*.h' 'include/*.h' 'windows/*.c' 'windows/*.h')

# One file loads the kernel programs: it alone sees the generated header.
loaders=$(project_files 'src/*.c' 'src/*.h' | xargs -r -d '\n' grep -l 'whither_bpf\.skel\.h' || :)
[ "$(wc -w <<<"$loaders")" -le 1 ] || complain "${loaders//$'\n'/ }" "one file may include whither_bpf.skel.h"

while IFS= read -r place; do
  complain "$place" "src/ knows nothing of windows/"
done < <(project_files 'src/*' | xargs -r -d '\n' grep -nHE '(^|[^a-zA-Z])windows/' | cut -d: -f1,2 || :)

while IFS= read -r file; do
  complain "$file" "src/ has one level of folders"
done < <(project_files 'src/*' | grep -E '^src/[^/]+/[^/]+/' || :)

while IFS= read -r name; do
  complain "$name" "two files have this name: $(project_files | grep -E "(^|/)${name//./\\.}\$" | tr '\n' ' ')"
done < <(project_files '*.c' '*.h' '*.sh' '*.py' '*.go' '*.js' '*.java' | sed 's|.*/||' | sort | uniq -d)

for folder in src/*/; do
  readme=${folder}README.md
  if [ ! -f "$readme" ]; then
    complain "$readme" "is missing: what the folder is, what it may include, where to start"
    continue
  fi
  # Beside the licence's comment.
  lines=$(sed '/^<!--/,/-->/d' "$readme" | grep -c .)
  [ "$lines" -le 8 ] || complain "$readme" "$lines lines; eight will do"
done
verdict
