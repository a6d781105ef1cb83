package mask

import (
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/lake"
)

// Class is the privacy class of a column of a release: its own where it names
// one. Columns that guiji derives follow from what they hold: <item>_raw and a
// repeated key column from the item; keys, digests of them and values out of
// several columns from the resource or entity as a whole.
func Class(rel *lake.Release, dataset string, c lake.Column) catalog.Privacy {
	own := catalog.Privacy(c.Privacy)
	layer, rest, _ := strings.Cut(dataset, "/")
	switch layer {
	case "raw", "standard":
		if c.Name == "_key" || c.Name == "_hash" || c.Name == lake.DigestColumn {
			return stricter(own, whole(rel, "raw/"+rest, "standard/"+rest))
		}
		if own == catalog.PrivacyNone {
			return item(rel, rest, c.Name)
		}
	case "quality":
		resource, table := rest, ""
		if i := strings.LastIndexByte(rest, '/'); i >= 0 {
			resource, table = rest[:i], rest[i+1:]
		}
		return stricter(own, found(rel, resource, table, c.Name))
	case "entity":
		entity, table, _ := strings.Cut(rest, "/")
		return stricter(own, golden(rel, entity, table, c.Name))
	}
	return own
}

// found is the class of a column of what the checks found in a resource.
func found(rel *lake.Release, resource, table, column string) catalog.Privacy {
	mixed := slices.Contains([]string{"_key", "_hash", lake.DigestColumn, "kept"}, column)
	switch table {
	case "metrics":
		return catalog.PrivacyNone
	case "quarantine":
		mixed = column == "key" || column == "text"
	default:
		if class := item(rel, resource, column); class != catalog.PrivacyNone {
			return class
		}
	}
	if mixed {
		return whole(rel, "raw/"+resource, "standard/"+resource)
	}
	return catalog.PrivacyNone
}

// golden is the class of a column of an entity's tables by what the entity holds.
func golden(rel *lake.Release, entity, table, column string) catalog.Privacy {
	switch column {
	case "entity_key", "own_key": // one value, and never of a sensitive element by itself
		if whole(rel, "entity/"+entity) != catalog.PrivacyNone {
			return catalog.PrivacyDirect
		}
	case "golden_id", "other_id", "current_id", "holder_value", "authority_value", "other_value":
		return whole(rel, "entity/"+entity)
	case "record_key":
		return stricter(whole(rel, "entity/"+entity), recordKeys(rel))
	}
	for _, c := range rel.Datasets["entity/"+entity].Columns {
		if table != "" && c.Name == column {
			return catalog.Privacy(c.Privacy)
		}
	}
	return catalog.PrivacyNone
}

// item is the class of a resource's item, by itself or as <item>_raw.
func item(rel *lake.Release, resource, column string) catalog.Privacy {
	for _, layer := range []string{"standard/", "raw/"} {
		for _, c := range rel.Datasets[layer+resource].Columns {
			if c.Privacy != "" && (c.Name == column || c.Name+"_raw" == column) {
				return catalog.Privacy(c.Privacy)
			}
		}
	}
	return catalog.PrivacyNone
}

// recordKeys is the class of record keys of which a release does not say the
// resource: what any source's key columns hold. A keyless record's key is a digest
// of all it holds.
func recordKeys(rel *lake.Release) catalog.Privacy {
	class := catalog.PrivacyNone
	for _, source := range rel.Sources {
		resource, _, _ := strings.Cut(source, "#")
		d := rel.Datasets["standard/"+resource]
		for _, c := range d.Columns {
			if slices.Contains(d.Sorted, c.Name) && Class(rel, "standard/"+resource, c) != catalog.PrivacyNone {
				class = catalog.PrivacyDirect
			}
		}
	}
	return class
}

// whole is the class of what may hold a value, or a digest of values, of any column
// of the datasets: sensitive if one is, else direct if one is personal or none of
// the datasets is there to tell.
func whole(rel *lake.Release, datasets ...string) catalog.Privacy {
	known, class := false, catalog.PrivacyNone
	for _, name := range datasets {
		d, ok := rel.Datasets[name]
		known = known || ok
		for _, c := range d.Columns {
			if c.Privacy != "" {
				class = stricter(class, stricter(catalog.PrivacyDirect, catalog.Privacy(c.Privacy)))
			}
		}
	}
	if !known {
		return catalog.PrivacyDirect
	}
	return class
}

// stricter is the class of two that shows less.
func stricter(a, b catalog.Privacy) catalog.Privacy {
	order := []catalog.Privacy{catalog.PrivacyNone, catalog.PrivacyQuasi, catalog.PrivacyDirect, catalog.PrivacySensitive}
	if slices.Index(order, a) < slices.Index(order, b) {
		return b
	}
	return a
}
