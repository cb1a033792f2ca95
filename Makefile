# make demo   shows the main job on three sample incidents and opens the desk on them
# make test   installs what the tests need and passes them
# make build  writes bin/wakachi
# make lint   formatting, vet, static analysis, unused code
# make bench  extraction quality and speed, cost of the gate, time of each page
# make fuzz   each fuzz target for FUZZTIME

GO       ?= go
FUZZTIME ?= 30s
TOOLS    := $(GO) tool -modfile=tools.mod

.PHONY: build demo test lint bench fuzz clean

build:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/wakachi ./cmd/wakachi

demo: build
	@sh demo.sh

test: lint
	$(GO) test ./...
	$(GO) test -race -short ./internal/store ./internal/gate ./internal/exchange ./internal/account

lint:
	@test -z "$$(gofmt -l cmd internal *.go)" || { echo "not gofmt'd:"; gofmt -l cmd internal *.go; exit 1; }
	$(GO) vet ./...
	$(TOOLS) staticcheck ./...
	@$(TOOLS) deadcode -test ./... | { ! grep . ; }

bench:
	$(GO) test -run '^$$' -bench . -benchtime 3x ./internal/indicator ./internal/disguise ./internal/app ./internal/web

fuzz:
	@for pkg in $$($(GO) list ./internal/...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "== $$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 50x $$pkg || exit 1; \
	  done; done

clean:
	rm -rf bin
