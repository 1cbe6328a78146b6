# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# The front door; Meson does the work. `make help` lists what there is.

.DEFAULT_GOAL := all
.NOTPARALLEL:

targets := all demo demo-windows check check-kernel-6.1 bench asan soak fmt install
.PHONY: $(targets) deps help configure

# What is asked for beside deps decides what deps installs: `make deps demo` fetches no Java.
# Each target comes after deps, so it finds what deps has just installed.
goals := $(filter $(targets),$(MAKECMDGOALS))
groups := $(patsubst demo-windows,demo,$(filter demo demo-windows bench fmt,$(goals))) \
	$(if $(filter check asan soak,$(goals)),check) $(if $(filter all install,$(goals)),build) \
	$(if $(filter check-kernel-6.1,$(goals)),guest)
ifneq ($(filter deps,$(MAKECMDGOALS)),)
$(targets): deps
endif

require = @WHITHER_GOAL=$@ scripts/dependencies.sh require

all: ## build everything, in build/
	$(require) build
	@$(MAKE) --no-print-directory configure
	meson compile -C build

deps: ## install what is missing from Debian's packages (make deps demo: for the demo only)
	@scripts/dependencies.sh install $(strip $(groups))

demo: ## build, then redirect a real curl through the embedded relay (as anybody; root: in the kernel)
	$(require) demo
	@$(MAKE) --no-print-directory all
	env WHITHER=$(CURDIR)/build/src/cli/whither bash scripts/demo.sh

demo-windows: ## build, then redirect a real curl to a Windows driver (needs root)
	$(require) demo
	@$(MAKE) --no-print-directory all
	scripts/as_root.sh env WHITHER=$(CURDIR)/build/src/cli/whither \
		WHITHER_CC=$(CURDIR)/build/windows/driver/whither-cc \
		WHITHER_DRIVER=$(CURDIR)/build/windows/driver/whither-driver bash scripts/demo_windows.sh

check: ## build, then run every test; the last line counts them (root runs the kernel tests too)
	$(require) check
	@$(MAKE) --no-print-directory configure
	scripts/check.sh

check-kernel-6.1: ## build, then try the kernel programs on Debian 12's own Linux, in qemu (slow; no root)
	$(require) guest
	@$(MAKE) --no-print-directory all
	scripts/check_kernel_6_1.sh

bench: ## build, then measure side by side with the alternatives (needs root)
	$(require) bench
	@$(MAKE) --no-print-directory all
	scripts/as_root.sh env WHITHER=$(CURDIR)/build/src/cli/whither bash bench/run.sh

asan: ## the unit, windows, fuzz, kernel and seccomp tests again, under AddressSanitizer and UBSan
	$(require) check
	scripts/check.sh --sanitize

soak: ## the long tests: an hour and more
	$(require) check
	@$(MAKE) --no-print-directory configure
	scripts/check.sh --soak

fmt: ## put the C sources into the house style
	$(require) fmt
	scripts/format.sh

install: ## install, below DESTDIR= if given; PREFIX= counts at the first build
	@$(MAKE) --no-print-directory all
	meson install -C build --no-rebuild

help: ## this list
	@sed -n 's/^\([a-z0-9.-]*\): ## /\1\t/p' Makefile | expand -t 18

configure:
	@test -f build/build.ninja || meson setup build --native-file build-dev.ini $(if $(PREFIX),--prefix $(PREFIX))
