// Npmfile takes one file out of a package of the npm registry, if the package is the one that
// is expected: npmfile NAME VERSION INTEGRITY FILE OUT. A file that is there already is left.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
)

func main() {
	if len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: npmfile NAME VERSION INTEGRITY FILE OUT")
		os.Exit(2)
	}
	if err := take(os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]); err != nil {
		fmt.Fprintln(os.Stderr, "npmfile:", err)
		os.Exit(1)
	}
}

func take(name, version, integrity, file, out string) error {
	if _, err := os.Stat(out); err == nil {
		return nil
	}
	answer, err := http.Get(fmt.Sprintf("https://registry.npmjs.org/%s/-/%s-%s.tgz", name, path.Base(name), version))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 64<<20))
	if err != nil {
		return err
	}
	sum := sha512.Sum512(body)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != integrity {
		return fmt.Errorf("%s %s is %s, not %s", name, version, got, integrity)
	}
	plain, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return err
	}
	for entries := tar.NewReader(plain); ; {
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("%s %s has no %s", name, version, file)
		}
		if err != nil {
			return err
		}
		if h.Name != "package/"+file {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(entries, 64<<20))
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
			return err
		}
		return os.WriteFile(out, data, 0o644)
	}
}
