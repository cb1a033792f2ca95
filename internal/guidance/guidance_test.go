package guidance_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/wakachi/wakachi/internal/guidance"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/phrase"
)

// A line with a cell too few would be left out without a word: none has.
func TestEveryLineOfATableIsRead(t *testing.T) {
	columns := map[string]int{
		"sources.tsv": 5, "points.tsv": 5, "kinds.tsv": 16, "questions.tsv": 5,
		"answers.tsv": 5, "steps.tsv": 7, "explanation.tsv": 7,
	}
	names, err := filepath.Glob("data/*.tsv")
	if err != nil || len(names) != len(columns) {
		t.Fatalf("%v, %v", names, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
			cells := strings.Split(line, "\t")
			if strings.HasPrefix(line, "#") {
				continue
			}
			if len(cells) != columns[filepath.Base(name)] {
				t.Errorf("%s:%d has %d cells", name, i+1, len(cells))
			}
			for _, c := range cells {
				if c == "" || strings.TrimSpace(c) != c {
					t.Errorf("%s:%d has the cell %q", name, i+1, c)
				}
			}
		}
	}
}

func statements() map[string]guidance.Statement {
	out := map[string]guidance.Statement{}
	for _, p := range guidance.Points() {
		out["point "+p.ID] = p.Statement
	}
	for _, k := range guidance.Kinds() {
		name := "kind " + string(k.Token)
		out[name] = guidance.Statement{Text: k.Name, From: k.NameFrom}
		out[name+", tier"] = guidance.Statement{Text: k.Name, From: k.TierFrom}
		out[name+", share"] = guidance.Statement{Text: k.Name, From: k.ShareFrom}
		out[name+", publish"] = guidance.Statement{Text: k.Name, From: k.PublishFrom}
		out[name+", found"], out[name+", first"] = k.Found, k.First
	}
	for _, q := range guidance.Questions() {
		out["title of "+q.Title.EN] = guidance.Statement{Text: q.Title, From: q.TitleFrom}
		for _, a := range q.Answer {
			out["answer "+a.EN] = a
		}
	}
	for _, name := range []guidance.SheetName{guidance.Sharing, guidance.Publication} {
		out["timing "+string(name)] = guidance.Sheet(name).Timing
		for _, s := range guidance.Sheet(name).Steps {
			out["step "+string(name)+" "+string(s.Token)] = s.Statement
		}
	}
	for _, s := range guidance.Explanation() {
		for _, b := range s.Body {
			out["explanation "+b.EN] = b
		}
	}
	return out
}

// Nothing is said without where it is from, in both languages, and what nobody has read says so.
func TestEveryStatementSaysWhereItIsFrom(t *testing.T) {
	all, date := statements(), regexp.MustCompile(`^20\d\d-\d\d-\d\d$`)
	if len(all) < 180 {
		t.Fatalf("only %d statements", len(all))
	}
	used := map[string]bool{}
	for name, s := range all {
		used[s.From.Source] = true
		source, ok := guidance.SourceOf(s.From.Source)
		if !ok || !date.MatchString(s.From.Read) || source.Read != s.From.Read {
			t.Errorf("%s: source %q, read %q", name, s.From.Source, s.From.Read)
		}
		want := map[guidance.Mark]string{guidance.Seed: "overview", guidance.Recall: "guidance", guidance.Design: "ours"}
		switch m := s.From.Mark; m {
		case guidance.Seed, guidance.Recall, guidance.Design:
			if s.From.Source != want[m] {
				t.Errorf("%s: %s, but from %s", name, m, s.From.Source)
			}
		case guidance.Found:
			if slices.Contains([]string{"overview", "guidance", "ours"}, s.From.Source) {
				t.Errorf("%s: found in %s", name, s.From.Source)
			}
		default:
			t.Errorf("%s: mark %q", name, m)
		}
		if verify := s.From.Mark == guidance.Recall || s.From.Mark == guidance.Found; s.From.Verify != verify {
			t.Errorf("%s: %s, verify %v", name, s.From.Mark, s.From.Verify)
		}
		if !hasJapanese(s.JA) || hasJapanese(s.EN) || s.EN == "" {
			t.Errorf("%s: %q / %q", name, s.JA, s.EN)
		}
	}
	for _, s := range guidance.Sources() {
		if !used[s.Key] {
			t.Errorf("nothing is from %s", s.Key)
		}
		if s.Address == "" && s.Key != "ours" {
			t.Errorf("%s has no address", s.Key)
		}
	}
	if _, ok := guidance.SourceOf("hearsay"); ok {
		t.Error("there is a source called hearsay")
	}
}

func hasJapanese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
	})
}

// Our words are no quotation: no quotation marks around a whole sentence, and no sentence of
// the overview that a reader could take for our memory of the guidance.
func TestAnswersAreSentencesAndNoQuotations(t *testing.T) {
	for _, q := range guidance.Questions() {
		for _, a := range q.Answer {
			if !strings.HasSuffix(a.JA, "。") || !strings.HasSuffix(a.EN, ".") {
				t.Errorf("Q%d: no whole sentence: %q / %q", q.Number, a.JA, a.EN)
			}
			if strings.Contains(a.JA, "。」") || strings.ContainsAny(a.EN, `"“”`) {
				t.Errorf("Q%d: reads like a quotation: %q", q.Number, a.JA)
			}
		}
	}
}

func TestKindsAreThoseOfTheRecord(t *testing.T) {
	kinds := guidance.Kinds()
	if len(kinds) != 12 {
		t.Fatalf("%d kinds", len(kinds))
	}
	for i, k := range incident.Kinds() {
		if string(kinds[i].Token) != string(k) {
			t.Errorf("kind %d is %s here and %s in the record", i, kinds[i].Token, k)
		}
		if string(kinds[i].Tier) != string(k.Class()) {
			t.Errorf("%s is %s here and %s in the record", k, kinds[i].Tier, k.Class())
		}
	}
	if _, ok := guidance.KindOf("rumour"); ok {
		t.Error("rumour is a kind")
	}
}

// The simplified list as the overview prints it; what it leaves out is marked as ours.
func TestTheSimplifiedList(t *testing.T) {
	signs := map[guidance.Tier]string{guidance.Technical: "〇△", guidance.Between: "△〇", guidance.Damage: "―〇"}
	left := []guidance.Token{"actor", "controls"}
	share, publish := guidance.Sheet(guidance.Sharing).Rows, guidance.Sheet(guidance.Publication).Rows
	for i, k := range guidance.Kinds() {
		ours := slices.Contains(left, k.Token)
		if got := k.Share.Glyph() + k.Publish.Glyph(); !ours && got != signs[k.Tier] {
			t.Errorf("%s: %s, want %s", k.Token, got, signs[k.Tier])
		}
		for _, from := range []guidance.Provenance{k.ShareFrom, k.PublishFrom, k.TierFrom} {
			if (from.Mark == guidance.Design) != ours {
				t.Errorf("%s is marked %s", k.Token, from.Mark)
			}
		}
		if share[i].Kind != k.Token || share[i].Sign != k.Share || publish[i].Sign != k.Publish {
			t.Errorf("%s differs between its row and its kind", k.Token)
		}
	}
	if s := guidance.Sheet("gossip"); s.Rows != nil || s.Steps != nil {
		t.Error("there is a sheet for gossip")
	}
}

func TestStepsAreUniqueAndTickedByKnownRecords(t *testing.T) {
	for _, name := range []guidance.SheetName{guidance.Sharing, guidance.Publication} {
		seen := map[guidance.Token]bool{}
		for _, s := range guidance.Sheet(name).Steps {
			if seen[s.Token] {
				t.Errorf("%s: %s twice", name, s.Token)
			}
			seen[s.Token] = true
		}
		if len(seen) < 15 {
			t.Errorf("%s has %d steps", name, len(seen))
		}
	}
	for _, r := range guidance.Records() {
		for _, l := range []phrase.Language{phrase.Japanese, phrase.English} {
			if _, ok := l.Lookup("guidance.record." + string(r)); !ok {
				t.Errorf("the record %s has no words", r)
			}
		}
	}
}

func TestQuestions(t *testing.T) {
	qs := guidance.Questions()
	if len(qs) != 33 {
		t.Fatalf("%d questions", len(qs))
	}
	topics := map[guidance.Topic]int{}
	for i, q := range qs {
		if q.Number != i+1 || len(q.Answer) == 0 || len(q.Applies) == 0 {
			t.Errorf("Q%d at place %d: %d paragraphs, applies to %v", q.Number, i+1, len(q.Answer), q.Applies)
		}
		topics[q.Topic]++
		if same, ok := guidance.QuestionOf(q.Number); !ok || same.Title != q.Title {
			t.Errorf("Q%d is not found by its number", q.Number)
		}
	}
	for topic, n := range map[guidance.Topic]int{guidance.SharingTopic: 13, guidance.PublicationTopic: 7, guidance.ProtectionTopic: 5, guidance.TechnicalTopic: 8} {
		if topics[topic] != n {
			t.Errorf("%s has %d questions, the overview %d", topic, topics[topic], n)
		}
	}
	for _, n := range []int{-1, 0, 34} {
		if _, ok := guidance.QuestionOf(n); ok {
			t.Errorf("there is a Q%d", n)
		}
	}
}

// Whatever screen a person is on, and whichever kind an item is, some question speaks to it.
func TestEveryPlaceHasItsQuestions(t *testing.T) {
	want := []guidance.Token{
		"desk", "release.compose", "release.preview", "release.approve", "flow.sharing", "flow.publication",
		"clock", "filing", "police", "received", "third-party", "stepping-stone", "vulnerability", "publication", "consent",
	}
	for _, k := range guidance.Kinds() {
		want = append(want, "item."+k.Token)
	}
	for _, place := range want {
		if len(guidance.For(place)) == 0 || !slices.Contains(guidance.Places(), place) {
			t.Errorf("no question applies to %s", place)
		}
	}
	if got := guidance.For("nowhere"); len(got) != 0 {
		t.Errorf("%d questions apply nowhere", len(got))
	}
	numbers := func(qs []guidance.Question) (out []int) {
		for _, q := range qs {
			out = append(out, q.Number)
		}
		return out
	}
	if got := numbers(guidance.For("vulnerability")); !slices.Equal(got, []int{23}) {
		t.Errorf("to a vulnerability apply %v", got)
	}
	if got := numbers(guidance.For(guidance.ProtectionTopic)); !slices.Equal(got, []int{21, 22, 23, 24, 25}) {
		t.Errorf("protection is %v", got)
	}
}

func TestPoints(t *testing.T) {
	var ids []string
	for _, p := range guidance.Points() {
		ids = append(ids, p.ID)
		if same, ok := guidance.PointOf(p.ID); !ok || same != p {
			t.Errorf("point %s is not found by its id", p.ID)
		}
	}
	if got := strings.Join(ids, " "); got != "1-1 1-2 1-3 2-1 2-2 2-3 3 4" {
		t.Errorf("points %s", got)
	}
	if _, ok := guidance.PointOf("5"); ok {
		t.Error("there is a point 5")
	}
}

func TestReferencesAreCited(t *testing.T) {
	for ref, want := range map[string]string{
		"1-2": "非公開の共有と公表とを分け、公表の準備を待たずに共有します。",
		"Q8":  "いつ共有すればいいのですか？", "Q33": "", "4": "",
	} {
		if got, ok := guidance.Cite(ref); !ok || want != "" && got.JA != want || got.From.Mark != guidance.Seed {
			t.Errorf("%s: %+v, %v", ref, got, ok)
		}
	}
	for _, ref := range []string{"", "Q", "Q0", "Q34", "8", "Qx", "1-4", "QQ8"} {
		if got, ok := guidance.Cite(ref); ok {
			t.Errorf("%q cites %+v", ref, got)
		}
	}
}

// What a caller does to its copy stays with the caller.
func TestTablesCannotBeChanged(t *testing.T) {
	before := dump(t)
	qs, sheet, page := guidance.Questions(), guidance.Sheet(guidance.Sharing), guidance.Explanation()
	for i := range qs {
		qs[i].Title.JA, qs[i].Answer[0].JA, qs[i].Applies[0] = "", "", ""
	}
	for i := range sheet.Steps {
		sheet.Steps[i] = guidance.Step{}
	}
	page[0].Body[0].JA = ""
	guidance.Kinds()[0].Share = guidance.Out
	guidance.Points()[0].ID = ""
	guidance.For("desk")[0].Answer[0].JA = ""
	if dump(t) != before {
		t.Error("a table changed")
	}
}

func dump(t *testing.T) string {
	t.Helper()
	out, err := json.Marshal([]any{
		guidance.Questions(), guidance.Sheet(guidance.Sharing), guidance.Explanation(), guidance.Kinds(), guidance.Points(), guidance.Sources(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestTokensHaveWords(t *testing.T) {
	tokens := []string{"guidance.verify", "guidance.not-quoted", "guidance.title", "guidance.question"}
	for _, m := range []guidance.Mark{guidance.Seed, guidance.Found, guidance.Recall, guidance.Design} {
		tokens = append(tokens, "guidance.mark."+string(m))
	}
	for _, k := range guidance.Kinds() {
		tokens = append(tokens, "guidance.tier."+string(k.Tier), "guidance.sign."+string(k.Share), "guidance.sign."+string(k.Publish))
	}
	for _, q := range guidance.Questions() {
		tokens = append(tokens, "guidance.topic."+string(q.Topic))
	}
	for _, token := range tokens {
		if _, ok := phrase.Japanese.Lookup(token); !ok {
			t.Errorf("%s has no words", token)
		}
	}
	text := guidance.Text{JA: "日", EN: "E"}
	if text.In(phrase.Japanese) != "日" || text.In(phrase.English) != "E" {
		t.Error("a text gives the wrong language")
	}
}
