package catalog

import (
	"regexp"
	"strings"
)

var reference = regexp.MustCompile(`^\$\{[^}]+\}$`)

// encryption judges the settings of encryption at rest. That keys are there and of
// their length shows when they are resolved: guiji doctor.
func (j *judge) encryption() {
	e := j.p.Config.Encryption
	for _, k := range []struct{ name, value string }{{"key", e.Key}, {"serving", e.Serving}} {
		if k.value != "" && !reference.MatchString(k.value) {
			j.file(configFile, "encryption."+k.name, "", "catalog.check.encryption.key", k.name)
		}
	}
	kms, ok := strings.CutPrefix(e.Store, "sse-kms:")
	sse := e.Store == "sse-s3" || ok && kms != ""
	local := strings.HasPrefix(j.p.Config.Store, "file://")
	sealed := e.Store == "sm4-gcm"
	switch {
	case e.Store != "" && !sealed && !sse:
		j.file(configFile, "encryption.store", "", "catalog.check.encryption.store", e.Store)
	case sealed && !local, sse && local:
		j.file(configFile, "encryption.store", "", "catalog.check.encryption.fit", e.Store, j.p.Config.Store)
	case sealed && e.Key == "":
		j.file(configFile, "encryption", "", "catalog.check.encryption.missing")
	case !sealed && e.Key != "":
		j.file(configFile, "encryption.key", "", "catalog.check.encryption.unused")
	case sealed && e.Serving == "":
		j.file(configFile, "encryption", personLaw+"第五十一条", "catalog.check.encryption.serving")
	case sse && e.Serving == "":
		j.tell(Warning, j.p.at(configFile, "encryption"), personLaw+"第五十一条", "catalog.check.encryption.serving")
	case e.Serving != "" && e.Store == "" && local:
		j.tell(Warning, j.p.at(configFile, "encryption.serving"), personLaw+"第五十一条", "catalog.check.encryption.half")
	case e.Key != "" && e.Key == e.Serving:
		j.file(configFile, "encryption.serving", "", "catalog.check.encryption.same")
	}
}
