package parcel

import (
	"testing"
	"time"
)

func on(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestTheWindowCloses(t *testing.T) {
	w := Window{First: on("2026-03-01"), Last: on("2026-03-10"), LogDays: []int{90, 30}}
	for _, c := range []struct {
		at    string
		value float64
		short int
	}{
		{"2026-03-10", 1, 0},
		{"2026-03-31", 1, 0},    // the shorter logs begin on the first day
		{"2026-04-01", 0.95, 1}, // and have lost it
		{"2026-04-09", 0.55, 1}, // one day is left in them
		{"2026-04-10", 0.5, 1},
		{"2026-05-30", 0.5, 1},
		{"2026-06-08", 0.05, 2},
		{"2026-06-09", 0, 2},
		{"2027-01-01", 0, 2},
	} {
		if got := w.Value(on(c.at)); got < c.value-1e-9 || got > c.value+1e-9 {
			t.Errorf("%s: value %v, want %v", c.at, got, c.value)
		}
		if got := w.Short(on(c.at)); got != c.short {
			t.Errorf("%s: %d are short, want %d", c.at, got, c.short)
		}
	}
	begins, ends := w.Closes()
	if !begins.Equal(on("2026-04-01")) || !ends.Equal(on("2026-06-09")) {
		t.Errorf("closes from %v to %v", begins, ends)
	}
}

func TestTheWindowOfNothing(t *testing.T) {
	for _, w := range []Window{{}, {First: on("2026-03-01")}, {LogDays: []int{90}}} {
		if begins, ends := w.Closes(); w.Value(on("2026-03-01")) != 0 || !begins.IsZero() || !ends.IsZero() {
			t.Errorf("%+v has a value", w)
		}
	}
	backwards := Window{First: on("2026-03-05"), Last: on("2026-03-01"), LogDays: []int{0}}
	if backwards.Value(on("2026-03-05")) != 1 || backwards.Value(on("2026-03-06")) != 0 {
		t.Error("a window that ends before it begins is a day")
	}
}
