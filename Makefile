# The front door: installs what is missing, then calls Meson. CONTRIBUTING.md says more.
#
#   make          build/thalweg and build/libthalweg.*
#   make demo     the three experiments on the built-in data, pictures in thalweg-demo/
#   make test     all tests
#   make bench    the measured tables (installs NumPy and PyTorch to measure against)
#   make soak     surveys killed at random instants and continued (KILLS=100); 1,178 gradient checks
#   make fuzz     the readers of foreign files under libFuzzer   (SECONDS=60 each)
#   make sanitize the tests under ASan and UBSan, then the runner under TSan
#   make arm      builds for 64-bit ARM and runs the tests of the numeric parts under qemu
#   make install  PREFIX=/usr/local
#   make format   clang-format over the tree; make check-format only looks

BUILD ?= build
PREFIX ?= /usr/local
SECONDS ?= 60
KILLS ?= 100
SOURCES = $(shell git ls-files '*.c' '*.h' 2>/dev/null)

.PHONY: all demo test soak bench fuzz sanitize arm install format check-format clean tools

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

$(BUILD)/build.ninja:
	@tools/install-packages build
	@meson setup $(BUILD) --prefix=$(PREFIX) $(MESON_OPTIONS)

demo: all
	@$(BUILD)/thalweg demo

test:
	@tools/install-packages build test
	@$(MAKE) --no-print-directory all
	@tools/run-tests $(BUILD)

soak: all
	@KILLS=$(KILLS) THALWEG=$(CURDIR)/$(BUILD)/thalweg THALWEG_SOURCE=$(CURDIR) \
	    tests/cli/resume.sh $(CURDIR)/$(BUILD)/tests/cli/slow_program
	@tools/soak-gradchecks $(CURDIR)/$(BUILD)/thalweg

bench:
	@tools/install-packages build bench
	@$(MAKE) --no-print-directory all
	@bench/run $(BUILD)

fuzz:
	@tools/install-packages build fuzz
	@fuzz/run.sh $(SECONDS)

sanitize:
	@tools/install-packages build test
	@tools/sanitize

arm:
	@tools/install-packages arm
	@tools/cross-arm

install: all
	@meson configure $(BUILD) --prefix=$(PREFIX)
	@meson install -C $(BUILD)

format:
	@clang-format -i $(SOURCES)

check-format:
	@clang-format --dry-run --Werror $(SOURCES)

clean:
	rm -rf $(BUILD)
