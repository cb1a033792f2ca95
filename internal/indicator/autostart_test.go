package indicator

import "testing"

func TestAutostartValues(t *testing.T) {
	const run = `HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run`
	for text, want := range map[string]string{
		`HKCU\Software\Microsoft\Windows\CurrentVersion\Run  value  "EdgeSyncHelper"  -> x`:       run + `\EdgeSyncHelper`,
		`「HKCU\Software\Microsoft\Windows\CurrentVersion\Run」に「Kasumi Drv」という値`:                   run + `\Kasumi Drv`,
		`HKCU\Software\Microsoft\Windows\CurrentVersion\Run の KasumiDrv`:                          run + `\KasumiDrv`,
		`reg add "HKCU\Software\Microsoft\Windows\CurrentVersion\Run" /v OneNoteSync /d c:\a.exe`: run + `\OneNoteSync`,
		`HKCU\Software\Microsoft\Windows\CurrentVersion\Run value name: TaskHostX.`:               run + `\TaskHostX`,
		`HKCU\Software\Microsoft\Windows\CurrentVersion\Run に rundll32 を登録`:                       run,
		`HKCU\Software\Microsoft\Windows\CurrentVersion\Run に C:\ProgramData\Kx.exe`:              run,
		`HKCU\Software\Microsoft\Windows\CurrentVersion\Run was empty`:                            run,
		`HKCU\Software\Microsoft\Windows\CurrentVersion\Run value "`:                              run,
		`HKCU\Software\Microsoft\Windows\CurrentVersion\Run に`:                                    run,
		`HKCU\Software\Microsoft\Windows\CurrentVersion\Run\Updater value "C:\x.exe"`:             run + `\Updater`,
		`HKCU\Software\TermSync value "Seed"`:                                                     `HKEY_CURRENT_USER\Software\TermSync`,
		`HKCU\Software\Microsoft\Windows\CurrentVersion\Run 値「%APPDATA%\x」`:                       run,
	} {
		got := ""
		for _, m := range Find(text) {
			if m.Type == Registry {
				got += m.Value.Value
			}
		}
		if got != want {
			t.Errorf("%s\n gives %s", text, got)
		}
	}
}
