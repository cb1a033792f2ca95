package document

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// What the PDF engine may cost. It is PDFium, compiled to WebAssembly: whatever a hostile
// file does to it, it sees no file, no network and no memory but its own.
const (
	pdfMemoryPages = 4096            // of 64 KiB: 256 MiB for one document and all that comes out of it
	pdfIdle        = 2 * time.Minute // after which the engine is given up; it holds some 60 MB

	// Starting the interpreter takes a fifth of the time that compiling takes, a page in it
	// fifteen times as long as compiled: these few pages and bytes are read so at first.
	quickPages = 8
	quickBytes = 512 << 10
)

// errNotQuick says that a document is more than the interpreter should read.
var errNotQuick = errors.New("too many pages for the interpreter")

// A pdfEngine reads one document at a time. It starts with the first and ends when idle.
type pdfEngine struct {
	mu    sync.Mutex
	cache wazero.CompilationCache
	quick *pdfSandbox // interprets
	full  *pdfSandbox // compiles
	pages int         // that quick has read
	idle  *time.Timer
}

// sharedPDFEngine is one for the process: compiling it anew for each document would cost
// more than reading the document.
var sharedPDFEngine pdfEngine

// A pdfSandbox makes instances; each document has its own, with fresh memory.
type pdfSandbox struct {
	pool pdfium.Pool
	ctx  context.Context
	end  context.CancelFunc
}

// use runs read with an instance of the engine, and ends it when budget is spent; late
// then says so. The first argument of read is how many pages it may read; with more, it
// gives errNotQuick and is called again, with an engine that has no such bound.
func (e *pdfEngine) use(size int, budget time.Duration, read func(pages int, in pdfium.Pdfium) error) (late bool, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.idle != nil {
		e.idle.Stop()
	}
	defer func() { e.idle = time.AfterFunc(pdfIdle, e.close) }()
	if e.full == nil && size <= quickBytes && e.pages < quickPages {
		late, err = e.run(&e.quick, wazero.NewRuntimeConfigInterpreter(), budget, func(in pdfium.Pdfium) error {
			return read(quickPages-e.pages, in)
		})
		if !errors.Is(err, errNotQuick) {
			return late, err
		}
	}
	drop(&e.quick) // from here on the compiled engine reads everything
	return e.run(&e.full, wazero.NewRuntimeConfig(), budget, func(in pdfium.Pdfium) error {
		return read(1<<30, in)
	})
}

// run starts a sandbox if there is none, and runs read in it. A sandbox whose time was up
// cannot be used again.
func (e *pdfEngine) run(s **pdfSandbox, cfg wazero.RuntimeConfig, budget time.Duration, read func(pdfium.Pdfium) error) (late bool, err error) {
	if *s == nil {
		if *s, err = e.start(cfg); err != nil {
			return false, err
		}
	}
	box := *s
	instance, err := box.pool.GetInstance(budget)
	if err != nil {
		return false, err
	}
	timer := time.AfterFunc(budget, box.end)
	err = read(instance)
	timer.Stop()
	late = box.ctx.Err() != nil
	_ = instance.Close()
	if late {
		drop(s)
	}
	return late, err
}

func drop(s **pdfSandbox) {
	if *s != nil {
		_ = (*s).pool.Close()
		(*s).end()
		*s = nil
	}
}

func (e *pdfEngine) start(cfg wazero.RuntimeConfig) (*pdfSandbox, error) {
	if e.cache == nil {
		e.cache = wazero.NewCompilationCache()
	}
	ctx, end := context.WithCancel(context.Background())
	pool, err := webassembly.Init(webassembly.Config{
		Context:  experimental.WithCompilationWorkers(ctx, runtime.GOMAXPROCS(0)),
		MaxTotal: 1,
		FSConfig: wazero.NewFSConfig(), // none: the default would be the whole disk
		Stdout:   io.Discard,
		Stderr:   io.Discard,
		RuntimeConfig: cfg.
			WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
			WithMemoryLimitPages(pdfMemoryPages).
			WithCloseOnContextDone(true).
			WithCompilationCache(e.cache),
	})
	if err != nil {
		end()
		return nil, err
	}
	return &pdfSandbox{pool: pool, ctx: ctx, end: end}, nil
}

// close gives the engine up, until a further document comes.
func (e *pdfEngine) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	drop(&e.quick)
	drop(&e.full)
	if e.cache != nil {
		_ = e.cache.Close(context.Background())
		e.cache = nil
	}
	e.pages = 0
}
