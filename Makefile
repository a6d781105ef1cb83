# make demo   the main job on the embedded default: no server, no root
# make test   everything, against real MariaDB and MinIO on loopback
# make help   the rest
SHELL := /bin/bash
export GOFLAGS := -tags=duckdb_arrow -buildvcs=false
export GUIJI_TOOLS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/guiji/tools
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
PERSONS ?= 20000
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.5.0

.PHONY: pictures help build demo test test-root test-fuzz test-example check tools crash bench bench-50m lint fuzz generate new-connector clean preflight

help:
	@sed -n 's/^# make /make /p' Makefile; echo "make build  bin/guiji"; echo "make bench  the figures of bench/README.md (about 15 minutes)"; \
	echo "make crash  the proofs in their long form: figures and the fault table (about 40 minutes)"; \
	echo "make pictures  the reports in Chromium, into .pictures (needs the package chromium)"; \
	echo "make bench-50m  50 million rows inside 2 GiB of memory (about 15 minutes, 35 GB of disk)"; \
	echo "make lint   golangci-lint"; echo "make fuzz   each fuzz target for 30 s"; echo "make generate  docs and schemas made from code"; echo "make new-connector NAME=x  a connector to begin with (docs/adding-a-connector.md)"

preflight:
	@bash deploy/preflight.sh

build: preflight
	@go build -ldflags "-X main.Version=$(VERSION)" -o bin/guiji ./cmd/guiji

demo: build
	@cd examples/dongchang && GOFLAGS="$(GOFLAGS)" go run ./cmd/demo -guiji ../../bin/guiji -dir ../../.demo -persons $(PERSONS)

tools:
	@bash deploy/preflight.sh test
	@bash internal/testkit/install.sh all

test: tools build check test-root test-fuzz test-example

# What needs no server: formatting, vet, the rooms' borders, messages, generated pages.
check:
	@out=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "not gofmt-clean: $$out"; exit 1; }
	@go vet ./...
	@go test -count=1 . ./internal/text ./docs

# Servers make tests wait: three packages at once keep two cores busy. Without symbols, which no
# trace needs, a test links in half the time. What check has tested is not tested again.
test-root:
	@set -eo pipefail; tmp=$$(bash internal/testkit/tmp.sh); trap 'rm -rf "$$tmp"' EXIT; export TMPDIR="$$tmp"; \
	packages=$$(go list ./... | grep -vxE 'guiji|guiji/docs|guiji/internal/text'); go test -count=1 -p 3 -ldflags=-s -timeout 14m $$packages

# Whoever reads what others wrote is fed rubbish each time; make fuzz does it at length, and all. So many
# inputs rather than so long: where time runs out amid an input, go test may call that a failure.
FUZZED := csvfile/FuzzRecords csvfile/FuzzGB18030 excel/FuzzOpen excel/FuzzSheet httpapi/FuzzPage httpapi/FuzzPaging mysql/FuzzAnswer
test-fuzz:
	@$(MAKE) --no-print-directory -j2 FUZZTIME=5000x $(FUZZED:%=fuzz/connectors/%)
fuzz/%:
	go test -run '^$$' -fuzz '^$(notdir $*)$$' -fuzztime $(FUZZTIME) -fuzzminimizetime 50x -parallel 1 ./$(patsubst %/,%,$(dir $*))

test-example:
	@set -e; tmp=$$(bash internal/testkit/tmp.sh); trap 'rm -rf "$$tmp"' EXIT; export TMPDIR="$$tmp"; \
	cd examples/dongchang && go vet ./... && go test -count=1 -ldflags=-s -timeout 10m ./...

# The proofs in their long form; what they show is printed at the end, and it fails where a
# promise is off (docs/proofs.md). The protocol's own need no server but MinIO and run beside the program's.
crash: tools build
	@set -o pipefail; apart=$$(mktemp); trap 'rm -f "$$apart"' EXIT; { \
	  GUIJI_LONG=1 go test -count=1 -v -p 1 -timeout 100m -run '$(PROTOCOL)' ./lake ./lake/protocoltest ./lake/s3 ./lake/localdir ./lake/sweep ./lake/erase ./pipelines/simulation >"$$apart" 2>&1 & protocol=$$!; \
	  GUIJI_LONG=1 go test -count=1 -v -p 1 -timeout 100m -run '$(PROGRAM)' ./connectors/mysql ./pipelines ./pipelines/schedule ./cmd/guiji; program=$$?; \
	  wait $$protocol; protocol=$$?; cat "$$apart"; exit $$((protocol | program)); } 2>&1 | go run ./internal/testkit/proof/collect
PROTOCOL := Dropped|Schedulers|Simulation|SeedsReplay|Broken|Lost|Doubt|Lease|FindsAllDamage|StoreDown|AnswersToPut|WrongCredentials|Parts$$|Killed|GC
PROGRAM := CutAnywhere|ReplicaLag|ChangedTable|Writers|Failpoints|Resumed|Daemon|Downtime|Killed|Terminated|AllRowsBad|Faults

# The reports as people see them: in Chromium, at a desk's width and a phone's, and printed.
pictures:
	GUIJI_PICTURES=$(CURDIR)/.pictures go test -count=1 -v -tags=duckdb_arrow,pictures -run TestPictures ./quality/report

bench-50m: tools build
	go run ./bench -rows 50000000 -limit 2147483648

bench: tools build
	go run ./bench

lint:
	@go run $(GOLANGCI) run ./...

generate:
	go generate ./...
	go test ./quality/checks -run TestDocsAreFresh -update
	go test ./transforms/standardize -run TestDocs -update

new-connector:
	@go run ./internal/newconnector "$(NAME)"

FUZZTIME ?= 50000x
fuzz:
	@grep -rl --include='*_test.go' '^func Fuzz' . | while read -r f; do d=$$(dirname $$f); \
	  for t in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' $$f); do echo "== $$d $$t"; go test -run '^$$' -fuzz "^$$t$$" -fuzztime $(FUZZTIME) $$d || exit 1; done; done

clean:
	rm -rf bin .demo .bench
