package guidance

import "slices"

// A Topic is a chapter of the questions. Words: "guidance.topic." + the topic.
type Topic = Token

// The four chapters of Q1–Q33.
const (
	SharingTopic     Topic = "sharing"     // 情報共有の方法等: Q1–Q13
	PublicationTopic Topic = "publication" // 公表、報告・届出: Q14–Q20
	ProtectionTopic  Topic = "protection"  // 被害組織の保護: Q21–Q25
	TechnicalTopic   Topic = "technical"   // 技術情報の取扱い: Q26–Q33
)

// A Question is one of Q1–Q33 with our answer to it.
type Question struct {
	Number    int         `json:"number"` // 1 to 33
	Topic     Topic       `json:"topic"`
	Title     Text        `json:"title"` // the Japanese is the overview's wording, the English ours
	TitleFrom Provenance  `json:"title_from"`
	Answer    []Statement `json:"answer"` // paragraphs in our words, the overview's matter first; not a quotation
	Applies   []Token     `json:"applies"`
}

// Questions lists all in the order of their numbers.
func Questions() []Question { return copies(tables().questions) }

// QuestionOf looks up a question by its number.
func QuestionOf(number int) (Question, bool) {
	if number < 1 || number > len(tables().questions) {
		return Question{}, false
	}
	return copies(tables().questions[number-1 : number])[0], true
}

// For gives the questions that apply to a place of the product, such as "release.compose" or
// "item.malware", or that make up a topic. A token that is both, such as "publication",
// gives either. An unknown token has none.
func For(token Token) []Question {
	var out []Question
	for _, q := range tables().questions {
		if q.Topic == token || slices.Contains(q.Applies, token) {
			out = append(out, q)
		}
	}
	return copies(out)
}

// Places lists every place some question applies to, sorted.
func Places() []Token {
	var out []Token
	for _, q := range tables().questions {
		out = append(out, q.Applies...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func copies(qs []Question) []Question {
	out := slices.Clone(qs)
	for i := range out {
		out[i].Answer = slices.Clone(out[i].Answer)
		out[i].Applies = slices.Clone(out[i].Applies)
	}
	return out
}
