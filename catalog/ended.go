package catalog

// EndPurposes withdraws, in memory, the published entries whose purpose ended before
// today (a date): personal information is deleted when the purpose has been achieved
// (个人信息保护法, art. 47). Nothing is pulled, votes or is shared from then on.
func (p *Project) EndPurposes(today string) {
	for _, r := range p.Resources {
		if r.Status == Published && r.PurposeEnds != "" && r.PurposeEnds < today {
			r.Status = Withdrawn
		}
	}
}
