package catalog

// Scoring is local policy: how indicators weigh, what the grades are called and
// where they begin (GB/T 36344-2018 leaves both to the user).
type Scoring struct {
	Weights Weights `yaml:"weights,omitempty"`
	Grades  []Grade `yaml:"grades,omitempty"` // any order; default 优 from 90, 良 from 80, 合格 from 60, 不合格 from 0
}

// Weights of dimensions and indicators; one that is not named weighs 1, one of 0 is
// left out of the score.
type Weights struct {
	Dimensions map[string]float64 `yaml:"dimensions,omitempty"` // by code, "01" 规范性 to "06" 可访问性
	Indicators map[string]float64 `yaml:"indicators,omitempty"` // within their dimension, by code, such as "0301"
}

// Grade is a name for scores from From upwards.
type Grade struct {
	Name string  `yaml:"name"`
	From float64 `yaml:"from"` // 0 to 100
}

// knownDimension reports whether a code is of one of the six dimensions of
// GB/T 36344-2018.
func knownDimension(code string) bool { return len(code) == 2 && code >= "01" && code <= "06" }

// KnownIndicator reports whether a code is of an indicator of GB/T 36344-2018, by how
// many each dimension has.
func KnownIndicator(code string) bool {
	if len(code) != 4 || !knownDimension(code[:2]) {
		return false
	}
	last := [...]string{"06", "02", "05", "02", "03", "02"}[code[1]-'1']
	return code[2:] >= "01" && code[2:] <= last
}
