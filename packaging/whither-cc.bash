# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors

_whither_cc()
{
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}

  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '--kernel --user --exe --cc=gcc --cc=clang --print-flags --verbose
      --help --version -Wno-long -Wall -Wextra -Werror -c -o -g -I -D -fsyntax-only
      -fsanitize=address -fsanitize=undefined -fsanitize=thread' -- "$word")
  elif [[ $before == -o ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -X '!*.@(c|cc|cpp|cxx|o|a|so)' -- "$word"; compgen -d -- "$word")
  fi
}
complete -o filenames -F _whither_cc whither-cc
