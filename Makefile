# The front door: installs what is missing, then calls Meson. CONTRIBUTING.md says more.
#
#   make          build/thalweg and build/libthalweg.*; no tests, no benchmarks
#   make demo     the three experiments on the built-in data, pictures and a page in thalweg-demo/
#   make all      these, and the programs of the tests and benchmarks
#   make test     all tests (TORCH=1 installs PyTorch for those of thalweg.torch, which are skipped without it)
#   make bench    the measured tables (installs NumPy and PyTorch to measure against)
#   make gallery  the pictures of README.md and docs/, in gallery/ (CIFAR=FOLDER RESNET20=FILE: tools/gallery)
#   make soak     surveys, trainings and ranks killed at random instants, and continued (KILLS=100); 1,178 gradient checks
#   make fuzz     the readers of foreign files under libFuzzer   (SECONDS=60 each)
#   make sanitize the tests under ASan and UBSan, then the runner under TSan
#   make arm      builds for 64-bit ARM and runs the tests of the numeric parts under qemu
#   make install  PREFIX=/usr/local
#   make check-house the rules of the house: no circles of files, folders used downwards, sizes
#   make format   clang-format over the tree; make check-format only looks

BUILD ?= build
PREFIX ?= /usr/local
SECONDS ?= 60
KILLS ?= 100
SOURCES = $(shell git ls-files '*.c' '*.h' 2>/dev/null)

.DEFAULT_GOAL = product
.PHONY: product all demo gallery test viewer-tools soak bench fuzz sanitize arm install format check-format check-house clean configured tested

# a folder that came with a copied or moved checkout would build what lies elsewhere, or nothing
configured:
	$(if $(shell tools/check-build $(BUILD)),$(error $(shell tools/check-build $(BUILD))))
	@[ -f $(BUILD)/build.ninja ] || tools/install-packages build
	@[ -f $(BUILD)/build.ninja ] || meson setup $(BUILD) --prefix=$(PREFIX) $(MESON_OPTIONS)

product: configured
	@ninja -C $(BUILD) product

# a folder that was configured without CMocka knows no tests
tested:
	@[ -d $(BUILD)/tests ] || meson configure $(BUILD) -Dtests=enabled
	@ninja -C $(BUILD)

all: configured
	@tools/install-packages test $(if $(TORCH),torch)
	@$(MAKE) --no-print-directory tested

demo: product
	@$(BUILD)/thalweg demo

gallery: product
	@CIFAR="$(if $(CIFAR),$(realpath $(CIFAR)))" RESNET20="$(if $(RESNET20),$(realpath $(RESNET20)))" \
	    PIXELS="$(if $(PIXELS),$(realpath $(PIXELS)))" tools/gallery $(BUILD)/thalweg gallery

test: all viewer-tools
	@tools/run-tests $(BUILD)

# what looks at pages in a browser; without node, npm or their registry those tests are skipped, and say so
viewer-tools:
	@[ -d tests/viewer/node_modules/playwright-core ] || ! command -v npm >/dev/null || \
	    (cd tests/viewer && npm ci --no-audit --no-fund --loglevel=error --prefer-offline --fetch-retries=0 >/dev/null 2>&1) || \
	    echo 'the tests of the viewer are skipped: npm ci could not get playwright-core'

soak: all
	@KILLS=$(KILLS) THALWEG=$(CURDIR)/$(BUILD)/thalweg THALWEG_SOURCE=$(CURDIR) \
	    tests/cli/resume.sh $(CURDIR)/$(BUILD)/tests/cli/slow_program
	@KILLS=$(KILLS) THALWEG=$(CURDIR)/$(BUILD)/thalweg THALWEG_SOURCE=$(CURDIR) tests/cli/trainings.sh
	@tools/soak-ranks $(CURDIR)/$(BUILD)/thalweg $(CURDIR)/$(BUILD)/tests/cli/slow_program || [ $$? -eq 77 ]
	@tools/soak-gradchecks $(CURDIR)/$(BUILD)/thalweg
	@THALWEG_SLOW=1 THALWEG_SOURCE=$(CURDIR) $(BUILD)/tests/net/test_network_derivatives
	@THALWEG_SLOW=1 THALWEG_SOURCE=$(CURDIR) $(BUILD)/tests/curvature/test_resnet_curvature
	@LIGHT=all THALWEG_SOURCE=$(CURDIR) tests/net/onnx/conformance.sh $(CURDIR)/$(BUILD)/tests/net/onnx/onnx_cases 1.21 || \
	    [ $$? -eq 77 ] || [ ! -x $(BUILD)/tests/net/onnx/onnx_cases ]

bench: configured
	@tools/install-packages bench
	@$(MAKE) --no-print-directory tested
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

install: configured
	@meson configure $(BUILD) --prefix=$(PREFIX)
	@ninja -C $(BUILD) product
	@meson install -C $(BUILD) --no-rebuild
	@if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then ldconfig || true; fi # programs find the library at once

format:
	@clang-format -i $(SOURCES)

check-format:
	@clang-format --dry-run --Werror $(SOURCES)

check-house: product
	@tools/check-house --build $(BUILD) $(RULES)

clean:
	rm -rf $(BUILD)
