#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# Who may include what, in src/ and include/, and that every file is where one would look for it.
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
folders[config]='config|core|lib'                 system[config]="$public|$libc"
folders[engine]='engine|core|lib|skeleton'        system[engine]="$public|$libc|bpf/[^>]+|uuid/uuid\.h"
folders[relay]='relay'                            system[relay]="$public|$libc"
folders[cli]='cli|engine|config|relay|lib|core'   system[cli]="$public|$libc|jansson\.h"
folders[include]='include'                        system[include]="$public|$libc"

# The folder that a header is in: names are unique, so the name is enough.
folder_of() {
  case $1 in
  whither_bpf.skel.h) echo skeleton ;;
  *)
    local found
    found=$(project_files "src/*/${1##*/}" "include/*/${1##*/}" | head -n 1)
    case $found in
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
      complain "$place" "$folder may not include \"$name\" (of $target); it may: ${folders[$folder]}"
  else
    grep -qP "^(${system[$folder]})\$" <<<"$name" || complain "$place" "$folder may not include <$name>"
  fi
}

while IFS= read -r file; do
  case $file in
  include/*) folder=include ;;
  *) folder=${file#src/} && folder=${folder%%/*} ;;
  esac
  if [ -z "${folders[$folder]:-}" ]; then
    complain "$file" "src/$folder is not in the table of this script"
    continue
  fi
  while IFS=: read -r line text; do
    name=$(sed -E 's/^[^"<]*["<]([^">]+)[">].*/\1/' <<<"$text")
    quoted=$(sed -E 's/^[^"<]*(["<]).*/\1/' <<<"$text")
    check_include "$folder" "$file:$line" "$name" "$quoted"
  done < <(grep -nE '^[[:space:]]*#[[:space:]]*include' "$file" || :)
done < <(project_files 'src/*.c' 'src/*.h' 'include/*.h')

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
