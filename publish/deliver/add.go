package deliver

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/publish/outbox"
)

// Release is one that messages are to be about.
type Release struct {
	Version uint64
	Made    time.Time
	// Fresh tells whether a department has data that this release checked anew; nil: all.
	Fresh func(department string) bool
}

// Request is what a person asks for.
type Request struct {
	Department string // alone; "" all, and the bureau
	Again      bool   // one that was sent already, too
}

// messages are those of a release, as they go into the outbox: the bureau's last, which
// marks that all are there.
func (d *Deliverer) messages(ctx context.Context, rel Release, req Request) (out []Message, err error) {
	if req.Department != "" && d.Project.Department(req.Department) == nil {
		return nil, fault.New(fault.Config, "deliver.department", req.Department)
	}
	dir, back, err := d.shelf.take(ctx, rel.Version, req.Department)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, back()) }()
	for i := range d.Project.Departments {
		dep := &d.Project.Departments[i]
		if req.Department != "" && req.Department != dep.ID || req.Department == "" && rel.Fresh != nil && !rel.Fresh(dep.ID) {
			continue
		}
		m, err := d.ofDepartment(filepath.Join(dir, dep.ID), rel, dep)
		if err != nil {
			return nil, fmt.Errorf("message to department %q: %w", dep.ID, err)
		}
		out = append(out, m)
	}
	if req.Department == "" {
		p, err := readPage(dir)
		if err != nil {
			return nil, err
		}
		m := Message{ID: id(rel.Version, bureau), Kind: OfAll, At: d.Now(), Release: rel.Version, Made: rel.Made, Report: p.Summary}
		m.Parts, m.More = parts(p.Departments)
		out = append(out, m)
	}
	return out, nil
}

// ofDepartment is the message about a department's report, which lies in a folder.
func (d *Deliverer) ofDepartment(dir string, rel Release, dep *catalog.Department) (Message, error) {
	p, err := readPage(dir)
	if err == nil && p.Release != rel.Version {
		err = fault.New(fault.Unreachable, "deliver.reports", rel.Version)
	}
	if err != nil {
		return Message{}, err
	}
	m := Message{ID: id(rel.Version, dep.ID), Kind: OfReport, To: dep.ID, At: d.Now(), Release: rel.Version, Made: rel.Made, Report: p.Summary}
	m.Parts, m.More = parts(p.Resources)
	m.Report.Contact = catalog.Contact{} // departments.yaml has it
	if !dep.Delivery.Attach {
		return m, nil
	}
	names := attachable(p.Files)
	size, err := weigh(dir, names)
	if err != nil {
		return m, err
	}
	if m.TooLarge = size > d.set().AttachLimit(); !m.TooLarge {
		m.Files = names
	}
	return m, nil
}

// bureau stands for the bureau where ids of departments stand: no department has it.
const bureau = "_bureau"

// id is the one message of a release to a receiver.
func id(release uint64, to string) string { return fmt.Sprintf("v%012d/%s", release, to) }

// Add puts the messages of a release into the outbox, each once over all daemons, and
// ends those that a later one takes the place of. It sends nothing. What is asked for
// again while it is being sent is refused.
func (d *Deliverer) Add(ctx context.Context, rel Release, req Request) (added int, err error) {
	list, err := d.messages(ctx, rel, req)
	if err != nil {
		return 0, err
	}
	if err := d.claim(ctx, list, req.Again); err != nil {
		return 0, err
	}
	if added, err = d.putAll(ctx, list, req.Again); err != nil {
		return added, err
	}
	_, err = d.waiting(ctx)
	return added, err
}

// putAll makes the entries of messages, and counts those that were not there.
func (d *Deliverer) putAll(ctx context.Context, list []Message, again bool) (added int, err error) {
	for _, m := range list {
		e, err := d.put(ctx, m, again)
		if err != nil {
			return added, fmt.Errorf("outbox: %w", err)
		}
		if e != nil {
			added++
		}
	}
	return added, nil
}

// put makes the entry of a message; one more where it is asked for again.
func (d *Deliverer) put(ctx context.Context, m Message, again bool) (*outbox.Entry[Message], error) {
	first := m.ID
	for n := 2; ; n++ {
		e, err := d.box.Add(ctx, m.ID, m, d.steps(m), false)
		if e != nil || err != nil || !again {
			return e, err
		}
		m.ID = fmt.Sprintf("%s@%d", first, n)
	}
}

// steps are the ways of a message that the project has now.
func (d *Deliverer) steps(m Message) []string {
	out := []string{}
	for _, t := range d.targets(m.To, len(m.Files) > 0) {
		out = append(out, t.step)
	}
	return out
}
