package quality

// Indicator is an indicator of GB/T 36344-2018 (信息技术 数据质量评价指标).
type Indicator struct {
	Code      string // four digits; the first two are the dimension
	Name      string
	Dimension string
	// LowerIsBetter indicators count bad elements in A.
	LowerIsBetter bool
}

// Dimension is one of the six dimensions of GB/T 36344-2018.
type Dimension struct{ Code, Name string }

// Dimensions lists the six dimensions in the standard's order.
func Dimensions() []Dimension {
	return []Dimension{
		{"01", "规范性"}, {"02", "完整性"}, {"03", "准确性"},
		{"04", "一致性"}, {"05", "时效性"}, {"06", "可访问性"},
	}
}

// Indicators lists the indicators of GB/T 36344-2018 in the standard's order.
func Indicators() []Indicator {
	return []Indicator{
		{"0101", "数据标准", "01", false}, {"0102", "数据模型", "01", false}, {"0103", "元数据", "01", false},
		{"0104", "业务规则", "01", false}, {"0105", "权威参考数据", "01", false}, {"0106", "安全规范", "01", false},
		{"0201", "数据元素完整性", "02", false}, {"0202", "数据记录完整性", "02", false},
		{"0301", "数据内容正确性", "03", false}, {"0302", "数据格式合规性", "03", false}, {"0303", "数据重复率", "03", true},
		{"0304", "数据唯一性", "03", false}, {"0305", "脏数据出现率", "03", true},
		{"0401", "相同数据一致性", "04", false}, {"0402", "关联数据一致性", "04", false},
		{"0501", "基于时间段的正确性", "05", false}, {"0502", "基于时间点的及时性", "05", false}, {"0503", "时序性", "05", false},
		{"0601", "可访问", "06", false}, {"0602", "可用性", "06", false},
	}
}

// IndicatorOf finds an indicator by its code; the zero value if there is none.
func IndicatorOf(code string) Indicator {
	for _, i := range Indicators() {
		if i.Code == code {
			return i
		}
	}
	return Indicator{}
}
