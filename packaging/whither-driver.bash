# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors

_whither_driver()
{
  local word=${COMP_WORDS[COMP_CWORD]}

  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W 'run --help --version' -- "$word")
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '--ioctl --device --output-size --once --verify --verify= --fault
      --trace --help --version' -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -X '!*.so' -- "$word"; compgen -d -- "$word")
  fi
}
complete -o filenames -F _whither_driver whither-driver
