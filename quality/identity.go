package quality

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"guiji/internal/fault"
)

// identify gives every rule an id of its own: as written, else its items and
// check; a second one of the kind is numbered. Written twice is an error.
func (b *binder) identify() {
	taken := map[string]bool{}
	kept := b.rules[:0]
	for _, r := range b.rules {
		if r.ID == "" {
			kept = append(kept, r)
			continue
		}
		if taken[r.ID] {
			b.errs = append(b.errs, fault.New(fault.Config, "quality.twice", r.At.File, r.At.Line, r.ID))
			continue
		}
		taken[r.ID] = true
		kept = append(kept, r)
	}
	b.rules = kept
	for _, r := range b.rules {
		if r.ID != "" {
			continue
		}
		base := strings.Join(names(r), "+") + "." + r.Check.Name
		if len(r.Items) == 0 {
			base = r.Check.Name
		}
		if v, ok := r.Params.(Varied); ok {
			if name, _ := v.Variant(); name != "" {
				base += "_" + name
			}
		}
		for n := 1; r.ID == ""; n++ {
			id := base
			if n > 1 {
				id = fmt.Sprintf("%s_%d", base, n)
			}
			if !taken[id] {
				taken[id], r.ID, r.Numbered = true, id, n > 1
			}
		}
	}
}

// version is 8 hex digits over what decides a rule's verdict: its check, its
// items with their types, its parameters and what these refer to, and the rows it
// judges. Title, severity, action and tolerance change no verdict on a row.
func version(r *Rule, env *Env) string {
	def := struct {
		Check  string
		Items  []string
		Params any
		Beyond string
		Where  []string `json:",omitempty"`
	}{Check: r.Check.Name, Params: r.Params}
	if b, err := json.Marshal(r.Params); err == nil && string(b) == "{}" {
		def.Params = nil // parameters that may be left out, all left out: as a check without any
	}
	for i := range r.where {
		def.Where = append(def.Where, r.where[i].sql(""))
	}
	for _, it := range r.Items {
		def.Items = append(def.Items, it.Name+" "+it.Type.String())
	}
	if d, ok := r.Params.(Defined); ok {
		def.Beyond = d.Definition(env)
	}
	b, err := json.Marshal(def)
	if err != nil {
		b = fmt.Appendf(nil, "%+v", def) // parameters are plain data: not reached
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:4])
}

func names(r *Rule) []string {
	out := make([]string, len(r.Items))
	for i, it := range r.Items {
		out[i] = it.Name
	}
	return out
}
