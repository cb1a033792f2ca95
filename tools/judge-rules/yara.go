package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf16"
)

// yara compiles the rules and shows them small files. Each probe names the rules that must
// fire on it, none if it is a near miss.
func yara(j judge) error {
	rules := filepath.Join(j.golden, "yara/mixed.amber.yar")
	version, err := j.run(nil, "yara", "--version")
	if err != nil {
		return err
	}
	fmt.Print("YARA ", version)
	if _, err := j.run(nil, "yarac", "--fail-on-warnings", rules, filepath.Join(j.dir, "compiled")); err != nil {
		return err
	}
	const p = "wakachi_mixed_"
	for i, probe := range []struct {
		content string
		want    string
	}{
		{"probe", p + "hash_sha256_1"},
		{"nothing", ""},
		{"x MZLOCK.exe x", p + "file_1"},
		{wide(" mzlock.exe "), p + "file_1"},
		{"xmzlock.exe", ""}, {"mzlock.exec", ""}, {"mzlock_exe", ""},
		{"名前 請求書.docm", p + "file_1"}, {wide("請求書.docm"), p + "file_1"}, {"請求書,docm", ""},
		{`Global\KRG-77aa-2026`, p + "mutex_1"}, {wide(`Global\KRG-77aa-2026`), p + "mutex_1"}, {`Global\KRG-77aa-20267`, ""}, {`Global\krg-77aa-2026`, ""},
		{`"; } condition: true /* \" \ $ | ' */ // # -- * ? % ` + "`" + ` {x} [y] <z> & = ~`, p + "mutex_1"},
		{`"; } condition: true /* \" \ $ | ' */ // # -- * ? % ` + "`" + ` {x} [y] <z> & = -`, ""},
		{"ミューテックス「壱」", p + "mutex_1"},
		{`d:\WORK\x\Release\x.pdb`, p + "pdb_path_1"},
		{`SOFTWARE\Mz "x" 'y'; -- %z`, p + "windows_registry_key_1"}, {`SOFTWARE\Mz "x" 'y'; -- %zz`, ""},
		{`KRG/1.2`, p + "user_agent_1"}, {`KRG/1.25`, ""},
		{`Mz's "Svc"; --`, p + "service_1"}, {`\Microsoft\MzUpdateCheck`, p + "scheduled_task_1"},
		{`C:\ProgramData\mz\mz'lock;$(x)%a%.exe`, p + "directory_1"}, {`/tmp/.x/$(id);'a'`, p + "directory_1"},
	} {
		name := filepath.Join(j.dir, fmt.Sprint("probe", i))
		if err := os.WriteFile(name, []byte(probe.content), 0o644); err != nil {
			return err
		}
		out, err := j.run(nil, "yara", rules, name)
		if err != nil {
			return err
		}
		var fired []string
		for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
			fired = append(fired, strings.Split(line, " ")[0])
		}
		if got := strings.Join(fired, " "); got != probe.want {
			return fmt.Errorf("on %q fired %q, should be %q", probe.content, got, probe.want)
		}
	}
	return nil
}

func wide(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}
