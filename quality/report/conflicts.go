package report

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// Kinds of conflicts (docs/layout.md). A holder mends the first two; of the third
// the authority has no value while a copy has one: the authority confirms it.
const (
	differs      = "differs"
	authorityHas = "authority_has"
	copyHas      = "copy_has"
)

// conflict is one row of entity/<e>/conflicts with its names resolved.
type conflict struct {
	Entity            string
	Subject           string // entity key
	Record            string // the holder's record key, readable
	Element, Label    string
	Holder, Authority party
	HolderValue       string
	AuthorityValue    string
	HolderTime        string // when each record was changed, where its source says so
	AuthorityTime     string
	Doubted           bool // the holder agrees with others against the authority: it is the authority's to check
	Kind              string
	Since             uint64
	term              *term
	private           bool
	mine              bool // the department of the report is the holder
}

// readSources reads which resource a source number stands for.
func (b *builder) readSources(ctx context.Context) error {
	b.sources, b.sourceNames = map[int]party{}, map[int]string{}
	t, err := b.table(ctx, b.Release, "meta/sources")
	if err != nil || t == nil {
		return err
	}
	role := "''"
	if t.has("subject") {
		role = "coalesce('#' || nullif(subject, ''), '')"
	}
	return b.each(ctx, "report sources", "SELECT source, resource, resource || "+role+" FROM "+t.sql, func(scan scanner) error {
		var n int
		var id, name string
		err := scan(&n, &id, &name)
		b.sources[n], b.sourceNames[n] = b.party(id), name
		return err
	})
}

func (b *builder) party(resource string) party {
	id, _, _ := strings.Cut(resource, "/")
	p := party{Department: id, DepartmentName: b.names[id], Resource: resource}
	if p.DepartmentName == "" {
		p.DepartmentName = id
	}
	for _, r := range b.Project.Resources {
		if r.ID == resource {
			p.Resource = r.Name
		}
	}
	return p
}

// numbers are the source numbers for which keep holds, ascending.
func (b *builder) numbers(keep func(resource int) bool) string {
	var out []int
	for n := range b.sources {
		if keep(n) {
			out = append(out, n)
		}
	}
	sort.Ints(out)
	text := make([]string, len(out))
	for i, n := range out {
		text[i] = strconv.Itoa(n)
	}
	return strings.Join(text, ", ")
}

// conflicts streams the conflicts that concern a department: those it holds, and
// those in which it is the authority asked to confirm.
func (b *builder) conflicts(ctx context.Context, d *department, row func(*conflict) error) error {
	own := b.numbers(func(n int) bool { return b.sources[n].Department == d.Entry.ID })
	if own == "" {
		return nil
	}
	for _, e := range b.Project.Entities {
		t, err := b.table(ctx, b.Release, "entity/"+e.ID+"/conflicts")
		if err != nil {
			return err
		}
		if t == nil {
			continue
		}
		times := "'', ''"
		if t.has("holder_time", "authority_time") { // a release of before has none
			times = "coalesce(" + minute("holder_time") + ", ''), coalesce(" + minute("authority_time") + ", '')"
		}
		doubted, err := b.doubtedBy(ctx, e.ID)
		if err != nil {
			return err
		}
		query := fmt.Sprintf("SELECT coalesce(entity_key, ''), element, holder, coalesce(record_key, ''), coalesce(holder_value, ''), authority, coalesce(authority_value, ''), kind, coalesce(since, 0), holder IN (%[1]s), %[6]s, %[7]s "+
			"FROM %[2]s c WHERE holder IN (%[1]s) OR authority IN (%[1]s) AND kind = '%[3]s' ORDER BY element, holder, authority, CASE kind WHEN '%[4]s' THEN 0 WHEN '%[5]s' THEN 1 ELSE 2 END, entity_key, record_key", own, t.sql, copyHas, differs, authorityHas, times, doubted)
		err = b.stream(ctx, "report conflicts", query, func(scan scanner) error {
			c := conflict{Entity: e.Name}
			var holder int
			var authority sql.NullInt64
			var record string
			if err := scan(&c.Subject, &c.Element, &holder, &record, &c.HolderValue, &authority, &c.AuthorityValue, &c.Kind, &c.Since, &c.mine, &c.HolderTime, &c.AuthorityTime, &c.Doubted); err != nil {
				return err
			}
			c.Record, c.Holder = readableKey(record), b.sources[holder]
			if authority.Valid {
				c.Authority = b.sources[int(authority.Int64)]
			}
			b.name(&c)
			var err error
			if c.term, err = b.termSince(ctx, c.Since); err != nil {
				return err
			}
			return row(&c)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// name gives the conflict its element's name, and hides from an authority what it
// need not see of another department's record.
func (b *builder) name(c *conflict) {
	c.Label = c.Element
	c.HolderValue, c.AuthorityValue = b.named(c.Element, c.HolderValue), b.named(c.Element, c.AuthorityValue)
	if el := b.labels[c.Element]; el != nil {
		c.Label, c.private = el.Name, el.Privacy != catalog.PrivacyNone
	}
	if !c.mine {
		c.Record = masked(c.Record)
		if c.private {
			c.HolderValue = masked(c.HolderValue)
		}
	}
}

// named adds a code's name, since one side may write the code and the other the name.
func (b *builder) named(element, value string) string {
	t := b.tables[element]
	if t == nil {
		return value
	}
	for _, c := range t.Codes {
		if c.Code == value && c.Name != "" && c.Name != value {
			return value + "（" + c.Name + "）"
		}
	}
	return value
}

// readableKey is a record key as its own system shows it.
func readableKey(record string) string {
	var parts []string
	if json.Unmarshal([]byte(record), &parts) != nil {
		return record
	}
	return strings.Join(parts, "、")
}

// masked keeps the ends of a long text and the first sign of a short one.
func masked(s string) string {
	r := []rune(s)
	switch {
	case len(r) == 0:
		return ""
	case len(r) < 8:
		return string(r[:1]) + strings.Repeat("*", max(len(r)-1, 1))
	}
	return string(r[:3]) + strings.Repeat("*", len(r)-5) + string(r[len(r)-2:])
}

// tally counts a conflict under its element, sides and kind; asked tells whether the
// department is to do anything about it.
func (b *builder) tally(d *department, c *conflict) (asked bool) {
	list, total := &d.Conflicts, &d.Disputed
	if c.mine && c.Doubted {
		d.Awaiting++
		return false // the authority's to check first
	}
	if !c.mine || c.Kind == copyHas && c.Holder.Department == c.Authority.Department {
		list, total = &d.Against, &d.ToConfirm
	} else if c.Kind == copyHas {
		return false // the authority's to confirm; the holder has nothing to mend
	}
	if *total++; total == &d.Disputed {
		d.owe(c.term, &d.DisputedLate, b.today())
	}
	grouped(list, c).count(c, b.Release.Version)
	return true
}

// grouped is the group of a list that a conflict belongs to.
func grouped(list *[]*dispute, c *conflict) *dispute {
	for _, have := range *list {
		if have.Element == c.Element && have.Kind == c.Kind && have.Holder == c.Holder && have.Authority == c.Authority {
			return have
		}
	}
	x := &dispute{Element: c.Element, Label: c.Label, Kind: c.Kind, Holder: c.Holder, Authority: c.Authority}
	*list = append(*list, x)
	return x
}

func (x *dispute) count(c *conflict, release uint64) {
	x.Count++
	if c.Since == release {
		x.New++
	}
	if c.term.Late {
		x.Late++
	} else if c.term.Text != "" && (x.Next == nil || c.term.day.Before(x.Next.day)) {
		x.Next = c.term
	}
	if len(x.Examples) < examples {
		x.Examples = append(x.Examples, clash{
			Record: c.Record, Subject: c.Subject, Own: c.HolderValue, OwnTime: c.HolderTime, Other: c.AuthorityValue, OtherTime: c.AuthorityTime, Term: c.term,
		})
	}
}

// conflictRelation is what the authority has where one of the resource's values
// disagrees: the 建议值 of its failures. "" where there is none.
func (b *builder) conflictRelation(ctx context.Context, r *resource) (string, error) {
	own := b.numbers(func(n int) bool { return b.sources[n] == b.party(r.Entry.ID) })
	if own == "" {
		return "", nil
	}
	var parts []string
	for _, e := range b.Project.Entities {
		t, err := b.table(ctx, b.Release, "entity/"+e.ID+"/conflicts")
		if err != nil {
			return "", err
		}
		if t != nil {
			parts = append(parts, fmt.Sprintf("SELECT record_key, element, authority_value FROM %s WHERE holder IN (%s) AND kind IN ('%s', '%s')", t.sql, own, differs, authorityHas))
		}
	}
	if len(parts) == 0 {
		return "", nil
	}
	// Two subjects of one row may carry the same element: where they disagree nothing is suggested.
	return "SELECT record_key, element, CASE WHEN min(authority_value) = max(authority_value) THEN min(authority_value) END AS suggestion FROM (" +
		strings.Join(parts, " UNION ALL ") + ") GROUP BY record_key, element", nil
}

// golden counts an entity's golden records; ok is false where the release has none.
func (b *builder) golden(entity string) (rows int64, ok bool) {
	ds, ok := b.Release.Datasets["entity/"+entity]
	return ds.Rows, ok
}

// held counts an entity's conflicts by the department that holds the value.
func (b *builder) held(ctx context.Context, entity string) (map[string]int64, error) {
	t, err := b.table(ctx, b.Release, "entity/"+entity+"/conflicts")
	if err != nil || t == nil {
		return nil, err
	}
	out := map[string]int64{}
	err = b.each(ctx, "report conflicts by holder", "SELECT "+engine.Ident("holder")+", count(*) FROM "+t.sql+" GROUP BY 1 ORDER BY 1", func(scan scanner) error {
		var n int
		var rows int64
		err := scan(&n, &rows)
		out[b.sources[n].Department] += rows
		return err
	})
	return out, err
}
