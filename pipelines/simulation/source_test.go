package simulation

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// Sizes of the made-up source. A transaction commits at most late after it wrote its
// rows' cursor, and increments look back further than that.
const (
	late     = 20 * time.Second
	lookback = 30 * time.Second
	keys     = 6
)

// row is what a source holds under a key: a value, and when it was written.
type row struct {
	Value  int   `json:"v"`
	Cursor int64 `json:"c"` // seconds; many rows share one
}

// image is a whole table.
type image map[string]row

// table is one table of the source: changed by transactions whose rows bear the time
// they were written at, which others see only when they commit.
type table struct {
	now     image
	open    []transaction
	values  int
	moments []moment // of every snapshot that was opened, for the truth about it
}

type transaction struct {
	rows  image
	since time.Time
}

// moment is what a snapshot saw.
type moment struct {
	rows image
	to   int64 // the largest cursor
	at   time.Time
}

// write begins a transaction over some rows, and may commit it at once.
func (t *table) write(w *world) {
	tx := transaction{image{}, time.Now()}
	for range 1 + w.rng.IntN(3) {
		t.values++
		tx.rows[fmt.Sprintf("k%d", w.rng.IntN(keys))] = row{t.values, time.Now().Unix()}
	}
	t.open = append(t.open, tx)
	if w.rng.IntN(3) > 0 {
		t.commit(w.rng.IntN(len(t.open)))
	}
}

// commit lets one transaction be seen. Rows that a later one has changed meanwhile
// keep the later value, as their locks would have seen to.
func (t *table) commit(i int) {
	for k, r := range t.open[i].rows {
		if r.Value > t.now[k].Value {
			t.now[k] = r
		}
	}
	t.open = append(t.open[:i:i], t.open[i+1:]...)
}

// settle commits what would be late before the clock goes on by d.
func (t *table) settle(d time.Duration) {
	for i := 0; i < len(t.open); {
		if time.Since(t.open[i].since)+d > late {
			t.commit(i)
		} else {
			i++
		}
	}
}

// snapshot opens a moment of the table and returns its number.
func (t *table) snapshot() int {
	m := moment{rows: maps.Clone(t.now), at: time.Now()}
	for _, r := range m.rows {
		m.to = max(m.to, r.Cursor)
	}
	t.moments = append(t.moments, m)
	return len(t.moments) - 1
}

// since are a moment's rows behind a cursor.
func (m moment) since(from int64) image {
	out := image{}
	for k, r := range m.rows {
		if r.Cursor > from {
			out[k] = r
		}
	}
	return out
}

// bytes is an image as a data file.
func (i image) bytes() []byte {
	b, err := json.Marshal(i)
	if err != nil {
		panic(err) // numbers and short texts
	}
	return b
}
