# make demo   shows the main job on three sample incidents and opens the desk on them
# make test   installs what the tests need and passes them
# make build  writes bin/wakachi
# make lint   formatting, vet, static analysis, unused code
# make bench  extraction quality and speed, cost of the gate, time of each page, the hunt beside ripgrep
# make fuzz   each fuzz target for FUZZTIME

GO       ?= go
FUZZTIME ?= 30s
TOOLS    := $(GO) tool -modfile=tools.mod

.PHONY: build demo test fonts browser-tools office-tools lint bench fuzz clean

# The vector instructions of the hunt are an experiment of the compiler; every processor without them
# gets the portable way, in the same binary. The rest is made for every one: a binary that is carried to
# an older machine must run there. On one that has it, GOAMD64=v3 is worth 4 to 8 % to the hunt.
GOAMD64 ?= v1

build: fonts
	GOEXPERIMENT=simd GOAMD64=$(GOAMD64) CGO_ENABLED=0 $(GO) build -trimpath -o bin/wakachi ./cmd/wakachi

demo: build
	@sh demo.sh

test: fonts lint browser-tools office-tools
	$(GO) test ./...
	GOEXPERIMENT=simd $(GO) test ./internal/hunt
	$(GO) test -tags browser -run '^TestBrowser' ./internal/wakatest
	$(GO) test -race -short ./internal/store ./internal/gate ./internal/exchange ./internal/account ./internal/taxii

# The font of PDF files, embedded in the binary: BIZ UDPGothic by Morisawa, under the SIL Open Font License. It is
# fetched under its hash and not kept with the sources; without it everything builds, and PDF says that it is missing.
fonts:
	@$(GO) run ./tools/npmfile @expo-google-fonts/biz-udpgothic 0.4.2 $(FONTSUM) 400Regular/BIZUDPGothic_400Regular.ttf internal/typeset/fonts/gothic.ttf
	@$(GO) run ./tools/npmfile @expo-google-fonts/biz-udpgothic 0.4.2 $(FONTSUM) LICENSE_FONT internal/typeset/fonts/OFL.txt

FONTSUM := "sha512-HySo5PUz//XzvqKTKiOcgvdFuyPvJBIrnhhEW7l+Q1sqxblzzHuXhIaiYx4VdLjLbNA1fNaMdTgM7wj2k1FYBQ=="

# The tests of written files open them as people would: LibreOffice, Poppler, QPDF.
office-tools:
	@{ command -v soffice && command -v pdftotext && command -v qpdf; } >/dev/null || { apt-get update -q && apt-get install -yq --no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils qpdf fonts-ipafont-gothic; } \
	  || { echo "the tests of written files need LibreOffice, Poppler and QPDF: install them, or run make test as root on Debian"; exit 1; }

# The browser tests need Chromium with Japanese fonts, from Debian's packages, and axe-core.
browser-tools:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { apt-get update -q && apt-get install -yq --no-install-recommends chromium fonts-noto-cjk; } \
	  || { echo "the browser tests need Chromium: install it, or run make test as root on Debian"; exit 1; }
	@$(GO) run ./tools/npmfile axe-core 4.14.1 \
	  "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==" axe.min.js build/axe.min.js

lint:
	@test -z "$$(gofmt -l cmd internal *.go)" || { echo "not gofmt'd:"; gofmt -l cmd internal *.go; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags browser ./internal/wakatest
	GOEXPERIMENT=simd $(GO) vet ./internal/hunt
	$(TOOLS) staticcheck ./...
	@$(TOOLS) deadcode -test ./... | { ! grep . ; }

bench:
	$(GO) test -run '^$$' -bench . -benchtime 3x ./internal/indicator ./internal/disguise ./internal/app ./internal/web
	$(MAKE) build && $(GO) run ./tools/huntbench

fuzz:
	@for pkg in $$($(GO) list ./internal/...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "== $$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 50x $$pkg || exit 1; \
	  done; done

clean:
	rm -rf bin build
