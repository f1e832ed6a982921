# The few commands that people and CI type; CMake does the building. `make` alone lists them.
# JOBS: how many compilers at a time.

JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
BUILD := cmake --build --parallel $(JOBS) --preset

STOWAWAY := build/release/stowaway
STARTER_KB := build/starter.kb
STARTER_ADVISORIES := build/starter.advisories
PACKS := $(wildcard kb/*.pack)

# What `make demo` scans: Debian 12's CMake embeds eleven libraries.
DEMO_PACKAGE := cmake=3.25.1-1
DEMO_SUITE := bookworm

.PHONY: help demo build kb check check-tsan check-clang check-tidy check-fuzz bench accuracy format install \
        deb clean dependencies
.DEFAULT_GOAL := help

help:
	@sed -n 's/^## //p' $(firstword $(MAKEFILE_LIST))

## make demo         install what is missing, build, fetch Debian's cmake source, and show what it embeds
demo: build $(STARTER_KB)
	@tree=$$(tools/get-debian-source $(DEMO_PACKAGE) $(DEMO_SUITE) build/demo) && \
	  echo "\$$ stowaway scan $$tree" && $(STOWAWAY) scan "$$tree"

dependencies:
	@tools/install-dependencies build

## make build        the program alone: build/release/stowaway
build: dependencies build/release/CMakeCache.txt
	$(BUILD) release --target stowaway

# Tests are left out where their libraries are missing, so that a first look needs less.
build/release/CMakeCache.txt: | dependencies
	cmake --preset release -DSTOWAWAY_TESTS=$$(dpkg-query --show librapidcheck-dev libgmock-dev libgtest-dev \
	  >/dev/null 2>&1 && echo ON || echo OFF)

## make kb           the starter knowledge base from kb/*.pack: build/starter.kb
kb: $(STARTER_KB)

$(STARTER_KB): $(PACKS) | build
	@test -n "$(PACKS)" || { echo "make: kb/ holds no packs; docs/starter-kb.md says how to mine them" >&2; exit 1; }
	$(STOWAWAY) kb build kb/*.pack -o $@

## make check        install the test tools, build with warnings as errors, pass every test, all under the address and
##                   undefined-behaviour sanitizers
check:
	@tools/install-dependencies build test
	cmake --preset asan
	$(BUILD) asan
	$(BUILD) asan --target all_verify_interface_header_sets
	ctest --preset asan --parallel $(JOBS)

## make check-tsan   the tests under the thread sanitizer
check-tsan:
	@tools/install-dependencies build test
	cmake --preset tsan
	$(BUILD) tsan
	ctest --preset tsan --parallel $(JOBS) --label-exclude tools

## make check-clang  build and test with Clang
check-clang:
	@tools/install-dependencies build test clang
	cmake --preset clang
	$(BUILD) clang
	ctest --preset clang --parallel $(JOBS) --label-exclude tools

## make check-tidy   clang-tidy over everything
check-tidy:
	@tools/install-dependencies build test clang
	cmake --preset tidy
	$(BUILD) tidy

## make check-fuzz   every fuzz target for ten seconds
check-fuzz:
	@tools/install-dependencies build test clang
	cmake --preset fuzz
	$(BUILD) fuzz
	ctest --test-dir build/fuzz --output-on-failure

## make bench        kernels and whole scans against their limits: writes docs/performance.md and bench/results/
BENCH_WORK := build/bench-work
BENCH_PROGRAMS := build/bench/stowaway build/bench/stowaway-read-tree $(STARTER_KB)

bench: bench-programs
	@tree=$$(tools/get-debian-source $(DEMO_PACKAGE) $(DEMO_SUITE) build/demo) && \
	  STOWAWAY_BENCH_TREE="$$tree" build/bench/stowaway-kernels --benchmark_format=json \
	    --benchmark_out=bench/results/kernels.json && \
	  bench/whole-scan $(BENCH_PROGRAMS) "$$tree/Utilities" && mv bench/results/whole-scan.json bench/results/utilities.json && \
	  bench/whole-scan $(BENCH_PROGRAMS) "$$tree" && \
	  bench/flame-graph docs/scan-flame.svg build/bench/stowaway --quiet --kb $(STARTER_KB) scan --no-cache "$$tree" && \
	  bench/rescan $(BENCH_PROGRAMS) "$$tree" $(BENCH_WORK)
	bench/write-report

## make bench-rescan  a second scan of an unchanged tree, against find
.PHONY: bench-rescan
bench-rescan: bench-programs
	@tree=$$(tools/get-debian-source $(DEMO_PACKAGE) $(DEMO_SUITE) build/demo) && \
	  bench/rescan $(BENCH_PROGRAMS) "$$tree" $(BENCH_WORK)
	bench/write-report

## make bench-mining  the git histories of five components: make bench-mining MIRROR=DIRECTORY
.PHONY: bench-mining
bench-mining: bench-programs
	@test -n "$(MIRROR)" || { echo "make: say where the repositories lie: make bench-mining MIRROR=DIRECTORY" >&2; exit 2; }
	@mkdir -p $(BENCH_WORK)
	bench/mining build/bench/stowaway "$(MIRROR)" $(BENCH_WORK)
	bench/write-report

## make bench-growth  how a scan grows with its subject: 10,000, 100,000 and 500,000 files
## make bench-archive 200 Debian source packages in one command
.PHONY: bench-programs bench-growth bench-archive
bench-programs: dependencies $(STARTER_KB)
	@tools/install-dependencies build bench
	cmake --preset bench -DSTOWAWAY_TESTS=OFF
	$(BUILD) bench --target stowaway stowaway-read-tree stowaway-kernels

bench-growth: bench-programs
	@tree=$$(tools/get-debian-source $(DEMO_PACKAGE) $(DEMO_SUITE) build/demo) && \
	  bench/growth $(BENCH_PROGRAMS) "$$tree" $(BENCH_WORK) && rm -rf $(BENCH_WORK)/tree-*
	bench/write-report

## make bench-knowledge  the knowledge base 1, 10 and 100 times: 10 GB and a quarter of an hour
## make bench-cold    with an empty page cache; as root, since it empties the cache
.PHONY: bench-knowledge bench-cold
bench-knowledge: bench-programs
	$(BUILD) bench --target stowaway-synthetic-index stowaway-lookups stowaway-index-sections
	@mkdir -p $(BENCH_WORK)
	@tree=$$(tools/get-debian-source $(DEMO_PACKAGE) $(DEMO_SUITE) build/demo) && \
	  bench/knowledge build/bench kb "$$tree" $(BENCH_WORK) && rm -rf $(BENCH_WORK)/synthetic-* $(BENCH_WORK)/tree-*
	bench/knowledge --identities build/bench kb $(BENCH_WORK) && rm -rf $(BENCH_WORK)/identities-*
	bench/write-report

bench-cold: bench-programs
	@tree=$$(tools/get-debian-source $(DEMO_PACKAGE) $(DEMO_SUITE) build/demo) && \
	  bench/cold $(BENCH_PROGRAMS) "$$tree"
	bench/write-report

bench-archive: bench-programs
	bench/archive-scan build/bench/stowaway $(STARTER_KB) $(BENCH_WORK)
	bench/write-report

## make bench-serve  requests to a server, against the same in process
## make bench-fleet  1,000 machines submit 100,000 md5sums each: four minutes
.PHONY: bench-serve bench-fleet
bench-serve: bench-programs
	$(BUILD) bench --target stowaway-load
	@mkdir -p $(BENCH_WORK)
	@tree=$$(tools/get-debian-source $(DEMO_PACKAGE) $(DEMO_SUITE) build/demo) && \
	  bench/serve/identify build/bench/stowaway build/bench/stowaway-load $(STARTER_KB) "$$tree" $(BENCH_WORK) && \
	  bench/serve/identify build/bench/stowaway build/bench/stowaway-load $(STARTER_KB) "$$tree" $(BENCH_WORK) kb
	bench/write-report

bench-fleet: bench-programs
	@tree=$$(tools/get-debian-source $(DEMO_PACKAGE) $(DEMO_SUITE) build/demo) && \
	  TREE="$$tree" bench/serve/fleet build/bench/stowaway $(STARTER_KB) $(BENCH_WORK)/fleet 1000 100000 240
	bench/write-report

## make bench-ledger who-embeds over 35,000 subjects and 400,000 copies
.PHONY: bench-ledger
bench-ledger: bench-programs
	$(BUILD) bench --target stowaway-fill-ledger
	bench/ledger/questions build/bench/stowaway build/bench/stowaway-fill-ledger $(BENCH_WORK)

## make bench-distributed  look-ups in a cluster of three servers as it grows, and the same answers as from a file: EVAL=DIRECTORY of trees
.PHONY: bench-distributed
bench-distributed: build
	bench/distributed/batches --write bench/results/distributed-batches.json
	@test -z "$(EVAL)" || tools/compare-stores build/release/stowaway kb $(EVAL) --write bench/results/distributed.json

## make accuracy     precision and recall over a truth set: make accuracy EVAL=DIRECTORY
accuracy: build $(STARTER_KB)
	@test -n "$(EVAL)" || { echo "make: say where the truth set lies: make accuracy EVAL=DIRECTORY" >&2; exit 2; }
	tools/accuracy --eval "$(EVAL)" $(ARGUMENTS)

## make format       let clang-format write the sources
format:
	@tools/install-dependencies test
	tools/check-format --write

## make install      the program, its manual pages, the starter knowledge base and advisories, below DESTDIR and PREFIX
# Builds what is not there yet, but installs no package: this may run as root.
install:
	@test -f build/release/CMakeCache.txt || cmake --preset release -DSTOWAWAY_TESTS=OFF
	$(BUILD) release --target stowaway manual
	DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(PREFIX)"
	@$(MAKE) --no-print-directory install-advisories
	@if [ -n "$(PACKS)" ]; then $(MAKE) --no-print-directory install-kb; else echo "no packs in kb/: no starter.kb"; fi

.PHONY: install-kb
install-kb:
	@if [ ! -f $(STARTER_KB) ] || [ -n "$$(find kb -name '*.pack' -newer $(STARTER_KB))" ]; then \
	  $(STOWAWAY) kb build kb/*.pack -o $(STARTER_KB); fi
	install -D -m 644 $(STARTER_KB) "$(DESTDIR)$(PREFIX)/share/stowaway/starter.kb"

## make advisories   the starter advisories from advisories/starter.jsonl: build/starter.advisories
.PHONY: advisories install-advisories
advisories: $(STARTER_ADVISORIES)

$(STARTER_ADVISORIES): advisories/starter.jsonl | build
	@rm -f $@
	$(STOWAWAY) advisory import $< -o $@

install-advisories:
	@if [ ! -f $(STARTER_ADVISORIES) ] || [ advisories/starter.jsonl -nt $(STARTER_ADVISORIES) ]; then \
	  rm -f $(STARTER_ADVISORIES) && $(STOWAWAY) advisory import advisories/starter.jsonl -o $(STARTER_ADVISORIES); fi
	install -D -m 644 $(STARTER_ADVISORIES) "$(DESTDIR)$(PREFIX)/share/stowaway/starter.advisories"
	install -D -m 644 advisories/README.md "$(DESTDIR)$(PREFIX)/share/doc/stowaway/advisories.md"

## make deb          the Debian packages, checked by lintian: build/deb/*.deb
deb:
	@tools/install-dependencies build deb
	JOBS=$(JOBS) tools/build-deb build/deb

## make check-deb    install them into a fresh Debian 12 (debootstrap: as root, some minutes) and scan there without rights
.PHONY: check-deb
check-deb: deb
	@tools/install-dependencies build deb
	@tree=$$(tools/get-debian-source $(DEMO_PACKAGE) $(DEMO_SUITE) build/demo) && \
	  tests/packaging/chroot.sh build/deb "$$tree/Utilities/cmzlib"

## make clean        remove build/
clean:
	rm -rf build
