package app

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/wakachi/wakachi/internal/cli"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/store"
)

// Limits of the server. A request that takes longer than these is cut off.
const (
	headerTime  = 5 * time.Second
	readTime    = 2 * time.Minute // papers over a slow line
	writeTime   = 2 * time.Minute
	idleTime    = 2 * time.Minute
	headerBytes = 32 << 10
	readyTime   = 2 * time.Second
	stopTime    = 5 * time.Second // what is under way may take this long after the end was asked for
)

// serve opens the data directory and answers until the context ends.
func serve(ctx context.Context, o cli.ServeOptions) (err error) {
	if o.Database != "" {
		return fault.New(fault.Usage, "app.database") // the URL may hold a password: not repeated
	}
	s, err := store.Open(ctx, o.Data, store.Options{Now: time.Now, Random: rand.Reader})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return listenFault(err, o.Listen)
	}
	d, err := newDesk(ctx, s, o)
	if err != nil {
		return err
	}
	if o.Demo {
		if err := d.stage(ctx, o.Data, "http://"+l.Addr().String()); err != nil {
			return err
		}
	}
	setup, err := d.firstRun(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go d.settle(ctx)
	go d.sync(ctx)
	go d.watch.Run(ctx)
	go d.remind.Run(ctx)
	server := &http.Server{
		Handler:           probes(s.Ready, d.handler),
		ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	if o.Started != nil {
		o.Started(l.Addr().String(), setup)
	}
	select {
	case err := <-ended:
		return fault.Wrap(err, fault.Unavailable, "app.listen", o.Listen)
	case <-ctx.Done():
		return stop(server)
	}
}

// stop lets requests under way end, and then cuts off those that did not.
func stop(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		server.Close()
	}
	return nil
}

func listenFault(err error, address string) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fault.Wrap(err, fault.Unavailable, "app.port", address)
	case errors.Is(err, syscall.EACCES):
		return fault.Wrap(err, fault.Unavailable, "app.port-denied", address)
	}
	if _, ok := errors.AsType[*net.AddrError](err); ok {
		return fault.Wrap(err, fault.Usage, "app.address", address)
	}
	return fault.Wrap(err, fault.Unavailable, "app.listen", address)
}

// probes answers the two questions of whoever runs the process, and hands everything else
// on. The answers have no details: anybody who reaches the port may ask.
func probes(ready func(context.Context) error, rest http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTime)
		defer cancel()
		if ready(ctx) != nil {
			answer(w, http.StatusServiceUnavailable, "not ready\n")
			return
		}
		answer(w, http.StatusOK, "ok\n")
	})
	asked := guarded(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
			asked.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	})
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // whoever asked has gone
}

// guarded sets the headers every answer has.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		next.ServeHTTP(w, r)
	})
}
