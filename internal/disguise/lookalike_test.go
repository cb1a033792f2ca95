package disguise

import "testing"

func TestLookAlikes(t *testing.T) {
	f, _ := Compile(join(manufacturer(), retailer()))
	for host, want := range map[string]string{
		"shinonome-kaku.example":          "domain",
		"mail.shinonome-kaku.example":     "domain",
		"shinonome-kaku.top":              "other-domain",
		"shinonomekaku.net":               "other-domain",
		"shinonome-kaku-login.com":        "extra-word",
		"login-shinonome.com":             "extra-word",
		"shinonome-kaku.example.evil.top": "other-domain",
		"sh1n0nome-kaku.com":              "homoglyph",
		"shinonorne-kaku.com":             "homoglyph",
		"shinоnome-kaku.com":              "homoglyph", // Cyrillic о
		"xn--shinnome-kaku-l7k.com":       "homoglyph",
		"shinonme-kaku.com":               "edit-distance",
		"shinnoome-kaku.com":              "edit-distance",
		"harenohj.shop":                   "edit-distance",
		"harenohi.shop":                   "other-domain",
		"axismate-update.com":             "extra-word",
		"東雲架空.example":                    "exact",
		"skm-group.net":                   "other-domain",
	} {
		h, ok := f.LookAlike(host)
		if !ok {
			t.Errorf("%s resembles nothing", host)
			continue
		}
		if h.Derived != want {
			t.Errorf("%s: %s, want %s", host, h.Derived, want)
		}
		if h.Start < 0 || h.End > len(host) || h.Start >= h.End {
			t.Errorf("%s: span %d to %d", host, h.Start, h.End)
		}
	}
	for _, host := range []string{"", ".", "static-kx7q-update.top", "api.kx7q-telemetry.net", "cdn-jq-stat.xyz", "example.com", "google.com", "kaku.com", "group.example"} {
		if h, ok := f.LookAlike(host); ok {
			t.Errorf("%s resembles %q (%s)", host, h.Term.Text, h.Derived)
		}
	}
}

func TestOpaqueTokens(t *testing.T) {
	for _, s := range []string{
		"3b7a1f0c9d2e4a58b6c7d8e9f0a1b2c3", "550e8400-e29b-41d4-a716-446655440000", "U2hpbm9ub21lIEtha3U", "c2hpbm9ub21l",
		"1778457912", "%e6%9d%b1%e9%9b%b2", "sid=a8Fk2LqZ9x", "mizukixq4t7kfakeonionaddressforexample23abcdefghijklmnop", "qwrtzpsdf", "xn--7rv807h",
	} {
		if !Opaque(s) {
			t.Errorf("%q is taken for words", s)
		}
	}
	for _, s := range []string{
		"", "upload.php", "wp-content", "index.html", "python-requests/2.31.0", "MzUpdateCheck", "collect", "igfxsvc.exe", "checkout.min.js",
		"README_RESTORE.txt", "2026", "v2", "Mozilla/5.0", "kurage_ldr.pdb", "admin", "見積依頼書", "KRG/1.2", "PowerShell",
	} {
		if Opaque(s) {
			t.Errorf("%q is taken for data", s)
		}
	}
}
