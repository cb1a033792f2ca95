package classify_test

import "testing"

// Whoever writes to us about an attack is not the attacker, though their mail has no label and no list.
func TestAReportByMailIsNoLure(t *testing.T) {
	const sender = "desk@other-firm.example.net"
	for body, lure := range map[string]bool{
		"昨夜の不審な通信ですが、203.0.113.9 へ 5 分おきに出ていました。こちらで止めました。":                                false,
		"The customer behind 203.0.113.9 was suspended today.":                             false,
		"We found svchelper.exe on three hosts. Full report on Friday.":                    false,
		"EDR alert 8812: a script on PC-7 was blocked. Host isolated.":                     false,
		"Please block hxxps://evil[.]top/a at your end.":                                   false,
		"接続の記録について照会します。":                                                                  false,
		"Please open https://invoice-center.top/pay and confirm your password in 24 hours": true,
		"Dear Pedro, the Siemens invoice for the kids club is attached.":                   true,
		"給与明細を添付しました。ご確認ください。":                                                             true,
		"We hit 203.0.113.9 today. Send 3 bitcoin to 1BoatSLRHtKNngkdXEeobR76b53LETtpyT.":  true,
	} {
		items := proposeAll(t, note("m.eml", "From: "+sender+"\nSubject: hello"), note("m.eml/body", body))
		if got := about(t, items, sender); leaves(got) != lure {
			t.Errorf("%s\n the sender leaves: %v (%s)", body, leaves(got), got.Reason.Code)
		}
	}
}
