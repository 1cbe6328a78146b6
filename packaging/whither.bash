# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors

# The verbs and their options are asked of the program: no second list of them.

_whither_verbs()
{
  whither --help 2> /dev/null | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p'
}

_whither_options()
{
  whither "$1" --help 2> /dev/null | sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p'
}

_whither_words()
{
  case $1 in
  up | down | check)
    local path
    for path in /etc/whither/*.conf; do
      path=${path##*/}
      echo "${path%.conf}"
    done
    compgen -f -- "$2"
    ;;
  show) echo connections ;;
  help) _whither_verbs ;;
  esac
}

_whither()
{
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]}

  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "$(_whither_verbs) help --help --version" -- "$word")
    return
  fi
  case $before in
  --user | -u) mapfile -t COMPREPLY < <(compgen -u -- "$word") ;;
  --pid | -p) mapfile -t COMPREPLY < <(compgen -W "$(cd /proc && echo [0-9]*)" -- "$word") ;;
  --exe | -e | --log | --records | --via-credentials) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
  --via)
    compopt -o nospace
    mapfile -t COMPREPLY < <(compgen -W "socks5:// http:// proxy-protocol://" -- "$word")
    ;;
  --engine) mapfile -t COMPREPLY < <(compgen -W "kernel seccomp" -- "$word") ;;
  --ask-default) mapfile -t COMPREPLY < <(compgen -W "block redirect" -- "$word") ;;
  --ask) mapfile -t COMPREPLY < <(compgen -c -f -- "$word") ;;
  --rules) mapfile -t COMPREPLY < <(compgen -W "$(_whither_words up "$word")" -- "$word") ;;
  --cgroup) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
  *)
    if [[ $word == -* ]]; then
      mapfile -t COMPREPLY < <(compgen -W "$(_whither_options "$verb")" -- "$word")
    else
      mapfile -t COMPREPLY < <(compgen -W "$(_whither_words "$verb" "$word")" -- "$word")
    fi
    ;;
  esac
}
complete -o filenames -F _whither whither
