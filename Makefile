# make verify runs what CI runs.

GO ?= go
# Upstream's checkout, for what compares with it: make bench UPSTREAM=…
UPSTREAM ?=

.PHONY: beam bugs some-bugs verify format vet staticcheck tidy port test race docs ported bench mutants mutants-properties mutants-score mutants-spec wasm-tools toolchains oracle figures conformance site browser page-figures pictures

verify: format vet staticcheck tidy port test some-bugs race

format:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not gofmt-ed: $$unformatted"; exit 1; fi

vet:
	$(GO) vet ./...

staticcheck:
	$(GO) tool -modfile=tools/go.mod staticcheck ./...

tidy:
	$(GO) mod tidy -diff

port:
	@$(GO) run ./cmd/cabi port >port.out; status=$$?; grep 'definitions.py at' port.out; rm -f port.out; exit $$status
	@$(GO) run ./cmd/cabi sites | tail -1

test:
	$(GO) test ./...

# bugs puts every bug of properties/testdata/history and invented into spec/, and checks that each is noticed as docs/generated/bugs.md says. They are
# compiled into one program, each behind a switch. EVERY=3 takes every third, as some-bugs does.
bugs:
	CABI_BUGS=$(EVERY) $(GO) test ./properties -run 'TestBugs$$' -timeout 0

some-bugs:
	$(MAKE) bugs EVERY=3

race:
	$(GO) test -race -short ./spec ./model

# beam tests cmd/cabi-beam, a module of its own: Apache Beam takes minutes to build the first time.
beam:
	cd cmd/cabi-beam && $(GO) vet . && $(GO) test .

# docs makes the generated pages again; the tests fail while they are stale.
docs:
	$(GO) test ./cmd/cabi ./spec ./spec/history ./properties ./internal/toolchains ./internal/export -run Docs -write -timeout 0

# ported makes everything again that is recorded from definitions.py, or made from the port, once spec/ is the port of another one:
# make ported UPSTREAM=DIR, where DIR is its checkout. docs/porting.md says what comes before and after.
DEFINITIONS = $(abspath $(firstword $(wildcard $(UPSTREAM)/design/mvp/canonical-abi) $(UPSTREAM)))
# How many random runs the recorded ones are chosen from.
RUNS ?= 50000

ported:
	$(if $(UPSTREAM),,$(error name the checkout that was ported: make ported UPSTREAM=DIR))
	$(GO) run ./internal/frames/generate
	$(GO) run ./cmd/cabi port --upstream $(UPSTREAM)
	$(GO) run ./cmd/cabi sites --record
	CABI_UPDATE=1 $(GO) test ./properties -run TestNeeds
	CABI_UPSTREAM=$(DEFINITIONS) $(GO) test ./internal/upstream -run 'TestVectors$$' -record $(RUNS) -timeout 0
	$(GO) test ./internal/suite -run Generated -write -timeout 0
	$(MAKE) docs

# bench explores the model M, beside SPIN, TLC and Stateright if they are there (cabi bench page --help), and every world, as
# docs/generated/performance.md shows; then the port itself.
bench:
	$(GO) run ./cmd/cabi bench page
	$(GO) test ./spec -run '^$$' -bench . -benchmem
ifneq ($(UPSTREAM),)
	python3 spec/testdata/bench.py $(UPSTREAM)/design/mvp/canonical-abi
endif

# mutants changes spec/ in one place at a time, and has searches and promises judge each change. It keeps what it finds in mutants.jsonl, and goes
# on from there: what is noticed is not judged again. EVERY=8 takes every eighth, PART=2/8 the second of eight parts of what is left.
# PACKAGE=properties leaves out each report of the checkers, and plants bugs that must then go unseen; PART=2/8 plants every eighth.
EVERY ?= 1
PART ?= 1/1
PACKAGE ?= spec
mutants: mutants-$(PACKAGE)

mutants-properties:
	CABI_CHECKERS=1 CABI_PART=$(PART) nice -n 19 $(GO) test ./properties -run TestCheckerMutants -v -timeout 0

mutants-spec:
	CABI_MUTANTS=$(CURDIR)/mutants.jsonl CABI_MUTANTS_EVERY=$(EVERY) CABI_PART=$(PART) nice $(GO) test ./properties -run 'TestMutants$$' -v -timeout 0

# mutants-score prints the score of what mutants has judged so far, and lists the mutants that live, with what explains them.
mutants-score:
	CABI_MUTANTS=$(CURDIR)/mutants.jsonl $(GO) test ./properties -run TestScore -v -count=1

# wasm-tools fetches wasm-tools, compiled to a core module, into the cache of the user: cabi wast reads text with it.
wasm-tools:
	$(GO) run ./internal/wasmtools/fetch

# toolchains has npm fetch toolchains that make components, and makes components of internal/toolchains/programs with them, in the cache of
# the user: the tests of internal/toolchains run them. It takes minutes, and needs node and npm.
toolchains:
	$(GO) run ./internal/toolchains/fetch

# oracle records again what Wasmtime gives for the sessions of internal/toolchains, and figures how fast components run here, there and
# under jco. Both need a C compiler, and what toolchains makes.
oracle:
	cd internal/toolchains/wasmtime && $(GO) mod download && GOFLAGS=-mod=mod CGO_CFLAGS="-I$$($(GO) list -m -f '{{.Dir}}' github.com/bytecodealliance/wasmtime-go/v39)/build/include" $(GO) run .

figures:
	sh internal/toolchains/figures.sh

# conformance runs the exported traces and, with UPSTREAM=DIR, the scripts of a checkout under Wasmtime, jco and the specification, and
# records what comes of them, which docs/conformance.md is made of. It takes some ten minutes, and needs npm, a C compiler and what wasm-tools fetches.
conformance:
	$(GO) run ./internal/conformance/record $(if $(UPSTREAM),-upstream $(UPSTREAM))
# site makes the page of docs/page.md as static files, with the engine as a WebAssembly module.
SITE ?= site
site:
	$(GO) run ./internal/explorer/site $(SITE)

# browser drives the page with Chromium; where there is none, its tests are skipped. They are a module of their own.
browser:
	cd internal/page/browser && $(GO) test -count=1 .

# page-figures prints the figures of docs/page.md: sizes, and how long the page takes to start and to step.
page-figures:
	cd internal/page/browser && CABI_LONG=1 $(GO) test -count=1 -run TestFigures -v .

# pictures makes the pictures of the page that README.md and docs/ show. Fonts differ from machine to machine.
pictures:
	dir=$$(mktemp -d) && (cd internal/page/browser && CABI_PICTURES=$$dir $(GO) test -count=1 -run 'TestLostCancellation|TestPlay|TestTutorial|TestDiff' .) && \
	for name in cancel-light cancel-dark play-light tutorial-two tutorial-stale diff-light; do cp $$dir/$$name.png docs/page-$$name.png || exit 1; done; rm -r $$dir
