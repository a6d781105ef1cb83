package catalog

import (
	"slices"
	"strings"
	"testing"

	"guiji/internal/text"
)

// The settings of encryption fit the store and each other, and hold references only.
func TestCheckEncryption(t *testing.T) {
	const local, s3 = "file://./lake", "s3://minio:9000/guiji"
	for _, c := range []struct {
		store, written string
		want           text.Key
		severity       Severity
	}{
		{local, "{store: sm4-gcm, key: '${A}', serving: '${file:b}'}", "", ""},
		{s3, "{store: sse-s3, serving: '${B}'}", "", ""},
		{s3, "{store: 'sse-kms:district', serving: '${B}'}", "", ""},
		{s3, "{serving: '${B}'}", "", ""},
		{local, "{store: aes, key: '${A}', serving: '${B}'}", "catalog.check.encryption.store", Error},
		{s3, "{store: 'sse-kms:', serving: '${B}'}", "catalog.check.encryption.store", Error},
		{local, "{store: sse-s3, serving: '${B}'}", "catalog.check.encryption.fit", Error},
		{s3, "{store: sm4-gcm, key: '${A}', serving: '${B}'}", "catalog.check.encryption.fit", Error},
		{local, "{store: sm4-gcm, serving: '${B}'}", "catalog.check.encryption.missing", Error},
		{s3, "{store: sse-s3, key: '${A}', serving: '${B}'}", "catalog.check.encryption.unused", Error},
		{local, "{store: sm4-gcm, key: '${A}'}", "catalog.check.encryption.serving", Error},
		{s3, "{store: sse-s3}", "catalog.check.encryption.serving", Warning},
		{local, "{serving: '${B}'}", "catalog.check.encryption.half", Warning},
		{local, "{store: sm4-gcm, key: '${A}', serving: '${A}'}", "catalog.check.encryption.same", Error},
		{local, "{store: sm4-gcm, key: 00112233445566778899aabbccddeeff, serving: '${B}'}", "catalog.check.encryption.key", Error},
		{local, "{store: sm4-gcm, key: '${A}', serving: 'x${B}'}", "catalog.check.encryption.key", Error},
	} {
		p, vs := checked(t, full(t, configFile, "name: ", "encryption: "+c.written+"\nname: ", "store: s3://127.0.0.1:9000/guiji", "store: "+c.store))
		got := slices.DeleteFunc(vs, func(v Violation) bool { return !strings.HasPrefix(string(v.Key), "catalog.check.encryption") })
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || got[0].Key != c.want || got[0].Severity != c.severity || got[0].At.Line == 0) {
			t.Errorf("%s %s: want %q, have%s", c.store, c.written, c.want, describe(got))
		}
		if p.Config.Encryption == (Encryption{}) {
			t.Errorf("%s: nothing was read", c.written)
		}
	}
}
