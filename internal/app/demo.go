package app

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/deadline"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/reporting"
	"github.com/wakachi/wakachi/internal/sample"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A role is a person of the demonstration.
type role struct {
	login, name string
	hats        []party.Hat
}

// A house is an organisation of the demonstration; its first person is its administrator.
type house struct {
	name   string
	people []role
}

// All names are invented.
var demoHouses = []house{
	{"架空情報共有センター", []role{
		{"hub-admin", "仲谷 遥", []party.Hat{party.Administrator, party.Security}}, {"hub-approver", "橘 修", []party.Hat{party.Approver}},
	}},
	{"株式会社東雲架空製作所", []role{
		{"targeted-security", "真田 圭", []party.Hat{party.Administrator, party.Security}},
		{"targeted-legal", "三浦 理恵", []party.Hat{party.Legal, party.PR}}, {"targeted-approver", "大野 誠", []party.Hat{party.Approver, party.Management}},
	}},
	{"株式会社ハレノヒ架空商店", []role{
		{"webserver-security", "森 拓也", []party.Hat{party.Administrator, party.Security}},
		{"webserver-legal", "佐伯 美和", []party.Hat{party.Legal, party.PR}}, {"webserver-approver", "黒木 亮", []party.Hat{party.Approver, party.Management}},
	}},
	{"青葉架空総合病院", []role{
		{"ransomware-security", "北条 直", []party.Hat{party.Administrator, party.Security}},
		{"ransomware-legal", "三好 香織", []party.Hat{party.Legal, party.PR}}, {"ransomware-approver", "藤堂 学", []party.Hat{party.Approver, party.Management}},
	}},
	{"みなと架空銀行", []role{{"member-a", "岸 由佳", []party.Hat{party.Administrator, party.Security}}}},
	{"あけぼの架空大学病院", []role{{"member-b", "南 健", []party.Hat{party.Administrator, party.Security}}}},
}

// demoAccount is a line of demo.json.
type demoAccount struct {
	Login        string      `json:"login"`
	Password     string      `json:"password"`
	Token        string      `json:"token"`
	Organisation string      `json:"organisation"`
	Hats         []party.Hat `json:"hats"`
}

// stage fills an empty store with the demonstration: a hub, three victims each at another
// stage, two members; and writes demo.json, so that a script can play everyone. A store that
// is not empty is left as it is, but must have been filled this way.
func (d *desk) stage(ctx context.Context, dir, url string) error {
	empty, err := d.accounts.Empty(ctx)
	if err != nil {
		return err
	}
	name := filepath.Join(dir, "demo.json")
	if !empty {
		if _, err := os.Stat(name); err != nil {
			return fault.Wrap(err, fault.Conflict, "app.demo-not-empty", dir)
		}
		return d.restage(name, url)
	}
	s := &staging{desk: d, ctx: ctx}
	var actors [][]party.Actor
	for _, h := range demoHouses {
		actors = append(actors, s.found(h))
	}
	s.community(actors)
	incidents, err := sample.Incidents()
	if err != nil {
		return fault.Wrap(err, fault.Internal, "web.internal")
	}
	for k, i := range incidents {
		s.incident(i, actors[k+1])
	}
	s.pass(actors)
	if s.err != nil {
		return s.err
	}
	return writeDemo(name, demoFile{url, s.accounts})
}

type demoFile struct {
	URL      string        `json:"url"`
	Accounts []demoAccount `json:"accounts"`
}

func writeDemo(name string, f demoFile) error {
	body, err := json.MarshalIndent(f, "", "  ")
	if err == nil {
		err = os.WriteFile(name, append(body, '\n'), 0o600)
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "cli.write", name)
	}
	return nil
}

// restage says where a demonstration is found this time.
func (d *desk) restage(name, url string) error {
	body, err := os.ReadFile(name)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "cli.open", name)
	}
	var f demoFile
	if err := json.Unmarshal(body, &f); err != nil {
		return fault.Wrap(err, fault.Damaged, "cli.open", name)
	}
	f.URL = url
	return writeDemo(name, f)
}

// staging does one thing after another until one fails.
type staging struct {
	*desk
	ctx      context.Context
	accounts []demoAccount
	err      error
}

func (s *staging) do(f func() error) {
	if s.err == nil {
		s.err = f()
	}
}

// found makes an organisation with its people, each with a password and a token.
func (s *staging) found(h house) []party.Actor {
	var out []party.Actor
	for k, p := range h.people {
		s.do(func() error {
			password, err := demoPassword()
			if err != nil {
				return err
			}
			a := account.Account{Login: p.login, Name: p.name, Hats: p.hats}
			var actor party.Actor
			if k == 0 {
				actor, err = s.desk.accounts.Found(s.ctx, h.name, a, password)
			} else {
				var made account.Account
				made, err = s.desk.accounts.Create(s.ctx, out[0], a, password)
				actor = party.Actor{Account: made.ID, Org: out[0].Org, Name: p.name, Hats: p.hats}
			}
			if err != nil {
				return err
			}
			out = append(out, actor)
			token, _, err := s.desk.accounts.MakeToken(s.ctx, actor, account.Token{
				Name: "demo", Scope: party.Rights(), Until: time.Now().Add(300 * 24 * time.Hour),
			})
			s.accounts = append(s.accounts, demoAccount{p.login, password, token, h.name, p.hats})
			return err
		})
	}
	return out
}

func demoPassword() (string, error) {
	var b [10]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fault.Wrap(err, fault.Internal, "web.internal")
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])), nil
}

// community makes the sharing activity and lets everybody join.
func (s *staging) community(houses [][]party.Actor) {
	s.do(func() error {
		hub := houses[0][0]
		c := parcel.Community{
			Name: "架空地域情報共有会", Ceiling: tlp.AmberStrict, Visible: true, LogDays: 180, Hub: parcel.Member{Name: demoHouses[0].name, People: 2},
		}
		for k, h := range houses[1:] {
			c.Members = append(c.Members, parcel.Member{Org: h[0].Org, Name: demoHouses[k+1].name, People: len(h) + 2})
		}
		made, err := s.office.SetCommunity(s.ctx, hub, c)
		if err != nil {
			return err
		}
		for _, h := range houses[1:] {
			if err := s.office.Join(s.ctx, h[0], hub.Org, made.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// incident opens a victim's incident and carries it to its stage: the first has its notes
// taken in, the second waits for approval, the third has shared.
func (s *staging) incident(i sample.Incident, people []party.Actor) {
	if s.err != nil {
		return
	}
	security, approver := people[0], people[2]
	var opened incident.Incident
	s.do(func() (err error) {
		if err = s.casework.SetProfile(s.ctx, security, 0, string(i.Profile)); err != nil {
			return err
		}
		opened, err = s.casework.Open(s.ctx, security, demoCases[i.Name])
		return err
	})
	var newest int64
	s.do(func() error {
		in, err := s.casework.TakeIn(s.ctx, security, opened.ID, "notes.md", i.Notes)
		for _, x := range in.Proposed {
			newest = max(newest, x.Version)
		}
		return err
	})
	s.do(func() error { return s.say(security, opened.ID, i.Said) })
	if i.Name == "targeted" {
		return
	}
	s.do(func() error {
		_, err := s.casework.ConfirmAll(s.ctx, security, opened.ID, newest)
		return err
	})
	s.do(func() error {
		for q, a := range demoAnswers[i.Name] {
			if err := s.casework.Give(s.ctx, people[1], opened.ID, "sharing", incident.Answer{Question: q, Answer: a}); err != nil {
				return err
			}
		}
		return nil
	})
	s.do(func() error {
		all, err := s.office.Communities(s.ctx, security)
		if err != nil {
			return err
		}
		now := time.Now().UTC().Truncate(24 * time.Hour)
		r, err := s.earlier.Compose(s.ctx, security, opened.ID, exchange.Proposal{
			To: parcel.Audience{Community: all[0].ID, Reach: party.Community}, Label: tlp.Amber,
			Letter: parcel.Letter{
				Ask:    "次の通信先や痕跡が、皆さまの記録に見当たるか教えてください。見当たらない場合も、ログが残っていない場合も、回答は役に立ちます。",
				AskDue: now.AddDate(0, 0, 7), Until: now.AddDate(0, 3, 0), Conditions: "自動転送しないでください。", PAP: tlp.PAPAmber,
			},
		})
		if err != nil || i.Name == "webserver" {
			return err
		}
		_, err = s.earlier.Approve(s.ctx, approver, r.ID, r.Version)
		return err
	})
}

// say says of an incident what its sample has for the first report: facts, deeds, and which rules apply.
func (s *staging) say(security party.Actor, id incident.ID, script []byte) error {
	var said struct {
		Facts    []report.Fact
		Deeds    []report.Deed
		Declared []deadline.Regime
	}
	if err := json.Unmarshal(script, &said); err != nil {
		return err
	}
	var facts []reporting.Said
	for _, f := range said.Facts {
		if f.Standing != report.NotLooked {
			facts = append(facts, reporting.Said{Fact: f})
		}
	}
	if err := s.reporting.Say(s.ctx, security, id, facts); err != nil {
		return err
	}
	for _, d := range said.Deeds {
		if _, err := s.reporting.Enter(s.ctx, security, id, d); err != nil {
			return err
		}
	}
	regimes := map[deadline.Regime]deadline.Answer{}
	for _, r := range said.Declared {
		regimes[r] = deadline.Yes
	}
	return s.reporting.Declare(s.ctx, security, id, 0, regimes, nil)
}

// pass lets what was approved leave, and two members answer it.
func (s *staging) pass(houses [][]party.Actor) {
	s.do(func() error { return s.office.Resume(s.ctx) })
	s.do(func() error {
		if _, err := s.office.Settle(s.ctx); err != nil {
			return err
		}
		_, err := s.relay.Forward(s.ctx)
		return err
	})
	members := [][]party.Actor{houses[len(houses)-2], houses[len(houses)-1]}
	answers := []parcel.Answer{
		{Finding: parcel.NotFound, Logs: parcel.ProxyLog, From: time.Now().AddDate(0, -3, 0), To: time.Now(), Coverage: 90, Covered: true},
		{Finding: parcel.Found, Logs: parcel.DNSLog, Count: 2, From: time.Now().AddDate(0, -3, 0), To: time.Now()},
	}
	for k, m := range members {
		s.do(func() error {
			shared, err := s.relay.Shared(s.ctx, m[0])
			if err != nil || len(shared) == 0 {
				return err
			}
			return s.relay.Answer(s.ctx, m[0], shared[0].Parcel, parcel.Reply{Answer: answers[k]})
		})
	}
}

// What is known of the samples as a whole, and answers of the third's flow.
var (
	demoCases = map[string]incident.Case{
		"targeted":   {Sort: "標的型攻撃", Stage: incident.FirstResponse},
		"webserver":  {Sort: "Web サーバへの不正侵入", Stage: incident.Investigating, CommonCause: true},
		"ransomware": {Sort: "侵入型ランサムウェア", Stage: incident.Investigating},
	}
	demoAnswers = map[string]map[string]string{
		"ransomware": {"unknown": "no", "not_widespread": "cannot_tell", "unclear": "yes"},
	}
)
