package logfile

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkOpen is how much text each decoder gives a second. Those of bzip2 and xz need the
// programs of these names to pack it.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	log := squid(200_000)
	japanese := strings.Repeat("2026年11月23日 12:34:56 不審な通信を検知 192.0.2.1\r\n", 200_000)
	plain := write(b, dir, "log", []byte(log))
	wide := append([]byte("ElfFile\x00"), utf16Of(b, log, false, false)...)
	for _, tc := range []struct {
		name string
		make func() (string, bool)
	}{
		{"plain", func() (string, bool) { return plain, true }},
		{"gzip", func() (string, bool) { return write(b, dir, "log.gz", gz(b, log)), true }},
		{"zstd", func() (string, bool) { return write(b, dir, "log.zst", zst(b, log)), true }},
		{"zip", func() (string, bool) { return write(b, dir, "log.zip", zipOf(b, "log", log)), true }},
		{"bzip2", func() (string, bool) { return packed(b, plain, "bzip2", "-k", ".bz2") }},
		{"xz", func() (string, bool) { return packed(b, plain, "xz", "-k1", ".xz") }},
		{"utf16", func() (string, bool) { return write(b, dir, "wide", utf16Of(b, log, false, true)), true }},
		{"utf16be", func() (string, bool) { return write(b, dir, "wide", utf16Of(b, log, true, true)), true }},
		{"utf16japanese", func() (string, bool) { return write(b, dir, "wide", utf16Of(b, japanese, false, true)), true }},
		{"evtx", func() (string, bool) { return write(b, dir, "wide", wide), true }},
	} {
		b.Run(tc.name, func(b *testing.B) {
			p, ok := tc.make()
			if !ok {
				b.Skip("no program to pack it")
			}
			s := one(b, Options{}, p)
			buf := make([]byte, 256<<10)
			b.ResetTimer()
			for b.Loop() {
				st, err := s.Open(context.Background())
				if err != nil {
					b.Fatal(err)
				}
				n, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{st}, buf)
				if err != nil {
					b.Fatal(err)
				}
				st.Close()
				b.SetBytes(n)
			}
			b.ReportMetric(float64(s.Size)*float64(b.N)/b.Elapsed().Seconds()/1e6, "diskMB/s")
		})
	}
}

// packed packs a file with a program, if it is there.
func packed(b *testing.B, path, program, flag, ending string) (string, bool) {
	if _, err := exec.LookPath(program); err != nil {
		return "", false
	}
	if err := exec.Command(program, flag, path).Run(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path + ending)
	return filepath.Clean(path + ending), err == nil && info.Size() > 0
}
