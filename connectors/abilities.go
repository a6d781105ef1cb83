package connectors

// Ability is something a kind of source can do beside handing out whole tables.
type Ability string

// The abilities, in the order guiji shows them. What each means for a run is told in
// docs/adding-a-connector.md.
const (
	AbilityCursor     Ability = "cursor"     // Cursored: increments
	AbilityDeletes    Ability = "deletes"    // KeyReader: deleted rows are found
	AbilityNewFiles   Ability = "new_files"  // Deliverer: only files that no release has taken up
	AbilityParts      Ability = "parts"      // a table is read in several parts at once
	AbilitySnapshot   Ability = "snapshot"   // all parts see one moment
	AbilityResume     Ability = "resume"     // Identified: finished parts are not read again
	AbilityPlaces     Ability = "places"     // Placer: file and line of an unfit row
	AbilityStatistics Ability = "statistics" // rows are estimated without reading them
	AbilityDoctor     Ability = "doctor"     // Doctor: guiji doctor tells of account and server
	AbilityLineage    Ability = "lineage"    // Placed: tables have names in the world
)

// Kind shows what a kind of source is able to do, for whom asks without opening one. It is
// the most it can: one table, account or server may allow less, and a run says so.
type Kind struct {
	Source     Source   // a nil of the type that Open returns
	Snapshot   Snapshot // a nil of the ablest type that its Snapshot returns
	Parts      bool     // divides tables that are worth it
	Moment     bool     // its snapshots can be Consistent
	Statistics bool     // Table.Rows can be an estimate
}

// Abilities lists what sources of this connector can do. What has an interface of its own is
// found by asserting it; connectors/connectortest holds the rest of Kind against real sources.
func (c Connector) Abilities() []Ability {
	_, cursor := c.Kind.Snapshot.(Cursored)
	_, deletes := c.Kind.Snapshot.(KeyReader)
	_, newFiles := c.Kind.Snapshot.(Deliverer)
	_, resume := c.Kind.Snapshot.(Identified)
	_, places := c.Kind.Snapshot.(Placer)
	_, doctor := c.Kind.Source.(Doctor)
	_, lineage := c.Settings().(Placed)
	out := []Ability{}
	for _, a := range []struct {
		ability Ability
		has     bool
	}{
		{AbilityCursor, cursor}, {AbilityDeletes, deletes}, {AbilityNewFiles, newFiles}, {AbilityParts, c.Kind.Parts}, {AbilitySnapshot, c.Kind.Moment}, {AbilityResume, resume},
		{AbilityPlaces, places}, {AbilityStatistics, c.Kind.Statistics}, {AbilityDoctor, doctor}, {AbilityLineage, lineage},
	} {
		if a.has {
			out = append(out, a.ability)
		}
	}
	return out
}
