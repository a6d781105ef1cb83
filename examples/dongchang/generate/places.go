package generate

import "fmt"

// village is a 村 or 社区, twelve digits under its street.
type village struct {
	code, name string
	street     street
	spare      bool // no household lies there: its row may be spoilt
}

const villagesPerStreet = 14

func (w *world) makeAreas() {
	w.streets = dongchangStreets
	for _, s := range w.streets {
		names, suffix := communityNames, "社区"
		if s.town {
			names, suffix = villageNames, "村"
		}
		for i := range villagesPerStreet {
			w.villages = append(w.villages, village{
				code: fmt.Sprintf("%s%03d", s.code, 200+i), name: names[i] + suffix, street: s, spare: i >= villagesPerStreet-2,
			})
		}
	}
}

func (w *world) homeVillage() village {
	for {
		if v := pick(w, w.villages); !v.spare {
			return v
		}
	}
}

// address is where a household is registered.
func (w *world) address(v village) string {
	const district = "山东省聊城市东昌府区"
	if v.street.town {
		return fmt.Sprintf("%s%s%s%d号", district, v.street.name, v.name, 1+w.rng.IntN(400))
	}
	return fmt.Sprintf("%s%s%s%d号%s%d号楼%d单元%d%02d室", district, v.street.name, pick(w, roads), 1+w.rng.IntN(300),
		pick(w, estates), 1+w.rng.IntN(28), 1+w.rng.IntN(4), 1+w.rng.IntN(17), 1+w.rng.IntN(2))
}
