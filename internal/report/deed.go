package report

import (
	"time"

	"github.com/wakachi/wakachi/internal/incident"
)

// A Deed is one thing that was done or happened in the course of the response: the response
// timeline, and the log of contacts with police, ministries and specialists.
type Deed struct {
	ID      string          `json:"-"`
	Sort    DeedSort        `json:"sort"`
	At      incident.Moment `json:"at"`
	With    string          `json:"with,omitempty"`    // whom it was done with, by name; for inside and for authorities
	Shown   string          `json:"shown,omitempty"`   // how a publication calls them; empty: by the words of the sort
	Channel string          `json:"channel,omitempty"` // telephone, web form, visit
	Receipt string          `json:"receipt,omitempty"` // what proves it: a number, a name, a file; without one it is not published
	Note    string          `json:"note,omitempty"`    // for eyes inside
	Hold    string          `json:"hold,omitempty"`    // why it must not be made public yet: 捜査に支障; empty for none

	// Kept says that the record itself shows it: a filing, a sharing, a publication. It then needs no
	// receipt, and nobody edits it here.
	Kept bool `json:"-"`

	By      string    `json:"-"`
	Written time.Time `json:"-"`
	Version int64     `json:"-"`
}

// KeptDeed is under which sort a Deed is kept, as a part of its incident.
const KeptDeed = "deed"

// Proven says whether a deed may stand in the course of the response that others read.
func (d Deed) Proven() bool { return d.Kept || d.Receipt != "" }

// A DeedSort says what a Deed was. Their words are in data/deeds.tsv.
type DeedSort string

// The sorts, in the order in which they usually come.
const (
	Noticed            DeedSort = "noticed"             // 発覚
	Contained          DeedSort = "contained"           // 遮断・隔離
	Stopped            DeedSort = "stopped"             // サービス停止
	SpecialistAsked    DeedSort = "specialist-asked"    // 専門組織・調査会社への相談・依頼
	SpecialistStarted  DeedSort = "specialist-started"  // 調査開始
	SpecialistReported DeedSort = "specialist-reported" // 調査結果の受領
	SharedOut          DeedSort = "shared"              // 情報共有活動への共有
	PoliceTold         DeedSort = "police-told"         // 警察への通報・相談
	AuthorityTold      DeedSort = "authority-told"      // 行政機関への報告
	CustomersTold      DeedSort = "partners-told"       // 取引先への連絡
	PersonsTold        DeedSort = "persons-told"        // 本人への通知
	MadePublic         DeedSort = "published"           // 公表
	Resumed            DeedSort = "restored"            // 復旧
	KnownOutside       DeedSort = "known-outside"       // リークサイト・報道・SNS などで外部に知られた
	OtherDeed          DeedSort = "other"               // その他; Note says what
)

// DeedSorts lists them in that order.
func DeedSorts() []DeedSort {
	return []DeedSort{
		Noticed, Contained, Stopped, SpecialistAsked, SpecialistStarted, SpecialistReported, SharedOut, PoliceTold,
		AuthorityTold, CustomersTold, PersonsTold, MadePublic, Resumed, KnownOutside, OtherDeed,
	}
}
