package disguise

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// manyTerms makes profiles of invented organisations, people and domains.
func manyTerms(n int) []Term {
	r := rand.New(rand.NewPCG(1, 2))
	kanji := []rune("東雲青葉真壁高梨諏訪三枝小田切山川森林石松竹梅桜橋本村井上下中野原岡崎島津藤佐伊加賀斉渡辺")
	kana := []string{"ka", "ki", "sa", "shi", "ta", "chi", "na", "ni", "ha", "ma", "mi", "ra", "ri", "wa", "yo", "to", "ko"}
	pick := func(k int) string {
		var b strings.Builder
		for range k {
			b.WriteRune(kanji[r.IntN(len(kanji))])
		}
		return b.String()
	}
	latin := func(k int) string {
		var b strings.Builder
		for range k {
			b.WriteString(kana[r.IntN(len(kana))])
		}
		return b.String()
	}
	var list []Term
	for i := range n {
		switch i % 4 {
		case 0:
			list = append(list, Term{"株式会社" + pick(4) + "製作所", Organisation, "victim"})
		case 1:
			list = append(list, Term{latin(4) + "-" + latin(2) + ".example", Domain, "victim"})
		case 2:
			list = append(list, Term{pick(2) + " " + pick(2), Person, "victim"})
		default:
			list = append(list, Term{latin(3) + fmt.Sprintf("-%d-", i), HostPrefix, "victim"})
		}
	}
	return list
}

// notes is Japanese text of about size bytes as incident notes are written, without a term in it.
func notes(size int) string {
	lines := []string{
		"攻撃者はメールに添付された圧縮ファイルを利用者に開かせ、遠隔操作のプログラムを実行させた。\n",
		"通信先は確認されており、遮断の処置を済ませた。影響の範囲は調査中である。\n",
		"サーバの記録を保全し、外部の専門組織へ解析を依頼した。結果は来週の予定。\n",
		"管理者の権限が窃取された形跡があり、全ての利用者の合言葉を変更した。\n",
		"公表の時期については関係機関と調整している。報道からの照会は広報が受ける。\n",
	}
	r := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	for b.Len() < size {
		b.WriteString(lines[r.IntN(len(lines))])
	}
	return b.String()
}

func benchmarkFind(b *testing.B, terms int, text string) {
	f, _ := Compile(manyTerms(terms))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		f.Find(text)
	}
}

func BenchmarkFind50Terms(b *testing.B)   { benchmarkFind(b, 50, notes(100<<10)) }
func BenchmarkFind5000Terms(b *testing.B) { benchmarkFind(b, 5000, notes(100<<10)) }

// English notes are all runs of the base64 alphabet: each word is tried as an encoding.
func BenchmarkFindEnglish(b *testing.B) {
	benchmarkFind(b, 5000, strings.Repeat("The attacker moved laterally with stolen credentials and staged files for upload. ", 1200))
}

// Prose has words that come again and words that do not.
func BenchmarkFindProse(b *testing.B) {
	benchmarkFind(b, 5000, english(rand.New(rand.NewPCG(7, 8)), 16000))
}

// BenchmarkFindProseOnce asks a new Finder each time: no word is known.
func BenchmarkFindProseOnce(b *testing.B) {
	f, _ := Compile(manyTerms(5000))
	text := english(rand.New(rand.NewPCG(7, 8)), 16000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		f.memos = newMemos()
		f.Find(text)
	}
}

// BenchmarkFindGrowth reports how much dearer 5,000 terms are than 50.
func BenchmarkFindGrowth(b *testing.B) {
	few, _ := Compile(manyTerms(50))
	many, _ := Compile(manyTerms(5000))
	text := notes(100 << 10)
	var spent [2]time.Duration
	for b.Loop() {
		for i, f := range []*Finder{few, many} {
			start := time.Now()
			f.Find(text)
			spent[i] += time.Since(start)
		}
	}
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "ratio")
}

func BenchmarkFindBase64Noise(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	noise := make([]byte, 100<<10)
	for i := range noise {
		noise[i] = alphabet[r.IntN(64)]
	}
	benchmarkFind(b, 5000, string(noise))
}

func BenchmarkCompile5000(b *testing.B) {
	terms := manyTerms(5000)
	b.ReportAllocs()
	for b.Loop() {
		Compile(terms)
	}
}
