package indicator

import (
	"slices"
	"strings"
	"testing"
)

// reads compares what is found in texts with "type value" lists.
func reads(t *testing.T, cases map[string][]string) {
	t.Helper()
	for text, want := range cases {
		got := Find(text)
		checkMatches(t, text, got)
		if g := told(got); !slices.Equal(g, want) {
			t.Errorf("%s\n got %q\nwant %q", text, g, want)
		}
	}
}

func TestRansomNotesAreFilesHoweverTheyAreDecorated(t *testing.T) {
	reads(t, map[string][]string{
		"!!!READ_ME!!!.txt":             {"file !!!READ_ME!!!.txt"},
		"#HOW TO DECRYPT#.hta":          {"file #HOW TO DECRYPT#.hta"},
		"置かれた ##RECOVER-FILES##.html を": {"file ##RECOVER-FILES##.html"},
		"It is called !!README!!.TXT.":  {"file !!README!!.TXT"},
		"#!README.txt, !!abcd.rtf":      {"file #!README.txt", "file !!abcd.rtf"},
		"## !!!README!!!.txt":           {"file !!!README!!!.txt"},
		// Too little decoration, another extension, no name, or one that goes on.
		"#a.txt":                                  {"file a.txt"},
		"# Notes on readme.txt":                   {"file readme.txt"},
		"!!!READ_ME!!!.exe!":                      {},
		"!!!!.txt !!abcdefgh.txtx":                {},
		"stop!!README!!.txt":                      {},
		"!!" + strings.Repeat("a", 90) + "!!.txt": {},
	})
}

func TestTheWordBeforeAFileNameMakesItOne(t *testing.T) {
	reads(t, map[string][]string{
		"binary: svchosts":          {"file svchosts"},
		"binary name: lsaupd":       {"file lsaupd"},
		"Process Name | updsvc1":    {"file updsvc1"},
		"binary: mzlock.exe":        {"file mzlock.exe"},
		`binary: C:\x\a.exe`:        {`directory C:\x\a.exe`, "file a.exe"},
		"binary: " + hex64:          {"SHA-256 " + hex64},
		"the binary was removed":    {},
		"binary file format is old": {},
		"process name: the usual":   {},
	})
}

func TestSubjectLinesAreSubjectsWhereTheyAreQuoted(t *testing.T) {
	reads(t, map[string][]string{
		`subject line "Invoice 4432 overdue"`:     {"email-subject Invoice 4432 overdue"},
		"email subject line 'Pay now 12'":         {"email-subject Pay now 12"},
		"メールの件名: 至急ご確認ください":                       {"email-subject 至急ご確認ください"},
		"タイトル「お知らせ」":                              {"email-subject お知らせ"},
		"   subject   Overdue statement - second": {"email-subject Overdue statement - second"},
		"   subject   from        received":       {},
		"The subject line was long":               {},
		"The subject line of the mail is a lure":  {},
	})
}

func TestARecordOfAnEventNamesWhatWasMade(t *testing.T) {
	reads(t, map[string][]string{
		`{"event":"service_create","name":"EvilSvc"}`:       {"service EvilSvc"},
		`{"event": "task_created", "target": "MzUpd"}`:      {"scheduled-task MzUpd"},
		`{"event":"task_registered","object":"MzUpd"}`:      {"scheduled-task MzUpd"},
		`{"event":"process_create","name":"EvilSvc"}`:       {},
		`{"event":"service_create","user":"EvilSvc"}`:       {},
		"mutex_count 3, service_state Running9":             {},
		`rogue service "EvilSvc"; service installed: MzSvc`: {"service EvilSvc", "service MzSvc"},
	})
}

func TestAUserAgentMayStandAFewWordsBehindItsLabel(t *testing.T) {
	reads(t, map[string][]string{
		"UA in all of them = KRG/1.2 (x)":                          {"user-agent KRG/1.2 (x)"},
		"the UA of the tool was `KRG/1.2`":                         {"user-agent KRG/1.2"},
		"user agent seen with it: python-requests/2.31.0":          {"user-agent python-requests/2.31.0"},
		"UA string: KRG/1.2":                                       {"user-agent KRG/1.2"},
		"the UA was strange.":                                      {},
		"UA strings all differed, and more than 40 bytes on = x/1": {},
		"UA":   {},
		"UA =": {},
	})
}

// A JA3S tells of the server's answer: searched for as a JA3 it would never be found.
func TestTheTwoSidesOfAHandshakeAreTwoTypes(t *testing.T) {
	reads(t, map[string][]string{
		"JA3: " + hex32:                   {"ja3 " + hex32},
		"JA3S: " + hex32:                  {"ja3s " + hex32},
		"ja3s_hash=" + hex32:              {"ja3s " + hex32},
		"JA3S fingerprint " + hex32:       {"ja3s " + hex32},
		"JA3 " + hex32 + " JA3S " + hex32: {"ja3 " + hex32, "ja3s " + hex32},
		"JA3S: " + hex40:                  {"SHA-1 " + hex40},
		"#fields\tts\tja3\tja3s\n1.1\t" + hex32 + "\t" + hex32: {"ja3 " + hex32, "ja3s " + hex32},
	})
	for text, ok := range map[string]bool{hex32: true, strings.ToUpper(hex32): true, hex40: false, "x": false, "": false} {
		v, err := Parse(JA3S, text)
		if (err == nil) != ok || ok && v != (Value{Type: JA3S, Value: hex32}) {
			t.Errorf("%q is %+v, %v", text, v, err)
		}
	}
}

func TestANameOfSeveralWordsIsReadWhole(t *testing.T) {
	reads(t, map[string][]string{
		"it makes a task named TermSync Nightly and goes on": {"scheduled-task TermSync Nightly"},
		"task called Night Sync":                             {"scheduled-task Night Sync"},
		"a scheduled task named NightSync runs it":           {"scheduled-task NightSync"},
		"開始時に schtasks で TenkiProbe を作る":                     {"scheduled-task TenkiProbe"},
		"a task named for the day it runs":                   {},
	})
}

func TestAnAddressTypedWithBlanksIsOne(t *testing.T) {
	reads(t, map[string][]string{
		"198 . 51 . 100 . 222":          {"ipv4-addr 198.51.100.222"},
		"it went to 203 . 0 . 113 . 9.": {"ipv4-addr 203.0.113.9"},
		"3 . 14 and 1 . 2 . 3":          {},
		"1 . 2 . 3 . 4 . 5":             {},
		"1234 . 0 . 113 . 9":            {},
		". . . 4 . ":                    {},
	})
}

func TestNamesOfSeveralWordsWithoutQuotes(t *testing.T) {
	reads(t, map[string][]string{
		"drops it as service TBG Document Sync; task TBG Sync Repair": {"service TBG Document Sync", "scheduled-task TBG Sync Repair"},
		"scheduled task DMS Agent Sync (User), then":                  {"scheduled-task DMS Agent Sync"},
		"3. サービス WlmsHelperSvc（2 を起動する）":                              {"service WlmsHelperSvc"},
		"サービス GitHub を使っている":                                          {},
		"all send User-Agent: Buoy/2.2 (load). ja3 " + hex64[:32]:     {"user-agent Buoy/2.2 (load)", "ja3 " + hex64[:32]},
		"User-Agent: Mozilla/4.0 (compatible; MSIE 7.0; X 5.1)":       {"user-agent Mozilla/4.0 (compatible; MSIE 7.0; X 5.1)"},
	})
}

func TestAPageAtAHostIsNoMailbox(t *testing.T) {
	reads(t, map[string][]string{
		"phishing page at evil[.]top":       {"domain-name evil.top"},
		"wrote from john.doe at evil[.]top": {"email-addr john.doe@evil.top"},
		"wrote from billing at evil[.]top":  {"email-addr billing@evil.top"},
	})
}

func TestAFullWidthColonIsNoPartOfAnAddress(t *testing.T) {
	reads(t, map[string][]string{
		"確認済み：2001:db8:77::5 は":   {"ipv6-addr 2001:db8:77::5"},
		"2001:db8:77::5：C2":       {"ipv6-addr 2001:db8:77::5"},
		"203[.]0[.]113[.]61。2 つ目": {"ipv4-addr 203.0.113.61"},
	})
}
