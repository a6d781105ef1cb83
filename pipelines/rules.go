package pipelines

import (
	"encoding/json"

	"guiji/quality"
)

// rulesKey is the key of raw Parquet files' metadata that says which rule each
// bit of the masks stands for.
const rulesKey = "guiji.rules"

// bitRule is what a raw file says of one bit.
type bitRule struct {
	Bit      int    `json:"bit"`
	Rule     string `json:"rule"`
	Kind     string `json:"kind"`
	Version  string `json:"version"`
	Item     string `json:"item"`
	Severity string `json:"severity"`
}

// rulesMetadata is the metadata of a raw file.
func rulesMetadata(rules []*quality.Rule) (map[string]string, error) {
	var bits []bitRule
	for _, r := range rules {
		if r.Bit >= 0 {
			bits = append(bits, bitRule{Bit: r.Bit, Rule: r.ID, Kind: r.Check.Name, Version: r.Version, Item: r.Items[0].Name, Severity: string(r.Severity)})
		}
	}
	b, err := json.Marshal(bits)
	return map[string]string{rulesKey: string(b)}, err
}

// readRules reads the metadata of a raw file.
func readRules(metadata string) (bits []bitRule, err error) {
	err = json.Unmarshal([]byte(metadata), &bits)
	return bits, err
}

// errorBits are the bits of an item's error-severity row rules.
func errorBits(metadata, item string) ([]int, error) {
	bits, err := readRules(metadata)
	if err != nil {
		return nil, err
	}
	var out []int
	for _, b := range bits {
		if b.Item == item && b.Severity == string(quality.Error) {
			out = append(out, b.Bit)
		}
	}
	return out, nil
}
