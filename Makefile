# Everything here works on a bare Debian or Ubuntu machine with Go and make:
# what is missing of system packages is installed first (as root or with sudo).

# One set of tags everywhere, so that Fyne, which takes minutes, is built once.
export GOFLAGS := $(strip $(GOFLAGS) -tags=migrated_fynedo)
export CGO_ENABLED := 1

GOFUMPT     := mvdan.cc/gofumpt@v0.9.2
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.7.0
LINT_BIN    := $(CURDIR)/bin/lint

# The instruction sets that this machine has, best first. Tests run with the
# best; the packages with kernels run with each of the others too.
CPU  := $(shell cat /proc/cpuinfo 2>/dev/null | grep -m1 ^flags)
has   = $(filter $(words $(1)),$(words $(filter $(1),$(CPU))))
ISAS := $(if $(call has,avx512f avx512vl avx512dq avx512bw avx2 fma),avx512) $(if $(call has,avx2 fma),avx2) generic
KERNEL_PACKAGES := ./core/kernel ./core/bsn

TESTFLAGS ?=
FUZZTIME  ?= 20s

# Where make install puts things; DESTDIR goes before it all, for packages.
PREFIX  ?= /usr/local
DESTDIR ?=
BIN     ?= bin
SHARE   := $(DESTDIR)$(PREFIX)/share
APP_ID  := photo.blindspot.Blindspot
ICONS   := 16 22 24 32 48 64 128 256 512

.PHONY: help run build install uninstall test lint bench latency monkey arm64 race fuzz deps clean

help: ## show this list
	@grep -E '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: deps ## open the window on the sample photo
	go run ./cmd/blindspot

build: deps ## build bin/blindspot and bin/blindspot-cli
	go build -o bin/blindspot ./cmd/blindspot
	go build -o bin/blindspot-cli ./cmd/blindspot-cli

install: ## put what make build made, menu entry and icons under PREFIX (/usr/local)
	@test -x $(BIN)/blindspot && test -x $(BIN)/blindspot-cli || { echo "run make build first"; exit 1; }
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BIN)/blindspot $(BIN)/blindspot-cli $(DESTDIR)$(PREFIX)/bin
	install -D -m 644 packaging/linux/$(APP_ID).desktop $(SHARE)/applications/$(APP_ID).desktop
	install -D -m 644 packaging/linux/$(APP_ID).metainfo.xml $(SHARE)/metainfo/$(APP_ID).metainfo.xml
	install -D -m 644 assets/icon.svg $(SHARE)/icons/hicolor/scalable/apps/$(APP_ID).svg
	for size in $(ICONS); do \
	  install -D -m 644 packaging/linux/icons/$$size.png $(SHARE)/icons/hicolor/$${size}x$$size/apps/$(APP_ID).png || exit 1; \
	done
	install -d $(SHARE)/doc/blindspot
	install -m 644 assets/licences/*.txt $(SHARE)/doc/blindspot
	@$(REFRESH_DESKTOP)

uninstall: ## take away what make install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/blindspot $(DESTDIR)$(PREFIX)/bin/blindspot-cli
	rm -f $(SHARE)/applications/$(APP_ID).desktop $(SHARE)/metainfo/$(APP_ID).metainfo.xml
	rm -f $(SHARE)/icons/hicolor/scalable/apps/$(APP_ID).svg
	rm -f $(ICONS:%=$(SHARE)/icons/hicolor/*x%/apps/$(APP_ID).png)
	rm -rf $(SHARE)/doc/blindspot
	@$(REFRESH_DESKTOP)

# Desktops read the menu entry and the icons from caches, unless they lie in a package that is being made.
REFRESH_DESKTOP = test -n "$(DESTDIR)" || { update-desktop-database -q $(SHARE)/applications; \
  gtk-update-icon-cache -q -t $(SHARE)/icons/hicolor; } 2>/dev/null || true

test: deps ## run all tests, with every instruction set of this machine
	BLINDSPOT_ISA=$(firstword $(ISAS)) go test -timeout 15m $(TESTFLAGS) $$(go list ./... | grep -v /cmd/)
	@# These build the programs themselves: the cache does not see what they are made of.
	BLINDSPOT_ISA=$(firstword $(ISAS)) go test -count=1 -timeout 15m $(TESTFLAGS) ./cmd/...
	for isa in $(wordlist 2,9,$(ISAS)); do \
	  echo "# with the $$isa kernels"; \
	  BLINDSPOT_ISA=$$isa go test -timeout 15m $(TESTFLAGS) $(KERNEL_PACKAGES) || exit 1; \
	done

lint: deps $(LINT_BIN)/gofumpt $(LINT_BIN)/staticcheck ## gofumpt, go vet and staticcheck
	@unformatted=$$($(LINT_BIN)/gofumpt -l .); \
	  test -z "$$unformatted" || { echo "gofumpt would change:"; echo "$$unformatted"; exit 1; }
	go vet ./...
	$(LINT_BIN)/staticcheck ./...

$(LINT_BIN)/gofumpt $(LINT_BIN)/staticcheck: Makefile
	GOBIN=$(LINT_BIN) GOFLAGS= go install $(GOFUMPT)
	GOBIN=$(LINT_BIN) GOFLAGS= go install $(STATICCHECK)
	@touch $(LINT_BIN)/*

bench: deps ## time the kernels and the whole network
	go test -run '^$$' -bench . ./core/...
	go run ./cmd/blindspot-cli bench

# How often each thing is measured. The machine should have nothing else to do.
SAMPLES ?= 20

latency: deps ## time what a user waits for in a real window, alone and while it trains
	BLINDSPOT_LATENCY=$(SAMPLES) go test -timeout 60m -run '^$$' -bench Window ./cmd/blindspot

MONKEY ?= 5m

monkey: deps ## use the window at random for MONKEY (5m), under the race detector
	BLINDSPOT_MONKEY=$(MONKEY) GOFLAGS="$(GOFLAGS) -race" go test -count=1 -v -timeout 24h -run TestMonkey ./cmd/blindspot

race: deps ## the race detector on what runs in parallel
	go test -race -timeout 15m $(TESTFLAGS) ./app ./core/photo/tiff
	@# The blind spot is a matter of arithmetic, and takes minutes here.
	go test -race -timeout 15m $(TESTFLAGS) -skip TestBlindSpotThroughTheWholeProgram ./core/denoise
	go test -race -timeout 15m $(TESTFLAGS) -run 'TestPNG|Save' ./core/photo
	@# The detector itself needs more memory than a limited decoder may take.
	go test -race -timeout 15m $(TESTFLAGS) -skip 'TestMemoryLimit' ./core/photo/raw

fuzz: deps ## each fuzz target for FUZZTIME (20s)
	@.ci/fuzz $(FUZZTIME)

# In an emulator the whole network runs against the reference tensors only: its
# slow twins in plain Go would take an hour and have no kernels to test.
ARM64_TEST = GOARCH=arm64 CC=aarch64-linux-gnu-gcc \
  go test -timeout 30m -exec 'qemu-aarch64 -L /usr/aarch64-linux-gnu' $(TESTFLAGS)

arm64: ## the kernels' tests for ARM, under qemu
	.ci/deps arm64
	$(ARM64_TEST) ./core/kernel
	$(ARM64_TEST) -run '^Test(Golden|InstructionSet)' ./core/bsn

deps: ## install what is missing to build, run and test
	@.ci/deps

clean: ## remove what was built
	rm -rf bin build artefacts
