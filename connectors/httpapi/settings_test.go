package httpapi_test

import (
	"testing"

	"guiji/connectors/httpapi"
	"guiji/internal/fault"
	"guiji/internal/secret"
)

// change is a setting made otherwise than in a project that stands.
type change = func(*httpapi.Settings)

// table changes the one table.
func table(with func(*httpapi.Table)) change {
	return func(s *httpapi.Settings) {
		t := s.Tables["t"]
		with(&t)
		s.Tables["t"] = t
	}
}

// signature changes a signature that stands.
func signature(with func(*httpapi.Signature)) change {
	return func(s *httpapi.Settings) {
		s.Auth.Signature = &httpapi.Signature{Algorithm: "hmac-sm3", Secret: canary, Canonical: "{timestamp}", Headers: map[string]string{"X-Sign": "{signature}"}}
		with(s.Auth.Signature)
	}
}

func TestSettings(t *testing.T) {
	for name, change := range map[string]change{
		"as it is": func(*httpapi.Settings) {},
		"body": table(func(t *httpapi.Table) {
			t.Method, t.Body, t.Paging = "POST", `{"n": {page}}`, &httpapi.Paging{Kind: "page"}
		}),
		"root":      table(func(t *httpapi.Table) { t.Records = "" }),
		"signature": signature(func(*httpapi.Signature) {}),
	} {
		s := on("https://10.0.0.1/api")
		change(s)
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// refuse states that each change is refused, without the secret in the error.
func refuse(t *testing.T, changes map[string]change) {
	t.Helper()
	for name, change := range changes {
		s := on("https://10.0.0.1/api")
		change(s)
		err := s.Validate()
		if fault.KindOf(err) != fault.Config {
			t.Errorf("%s: %v", name, err)
			continue
		}
		silent(t, err)
	}
}

func TestWrongSettings(t *testing.T) {
	refuse(t, map[string]change{
		"no url":         func(s *httpapi.Settings) { s.BaseURL = "" },
		"ftp":            func(s *httpapi.Settings) { s.BaseURL = "ftp://10.0.0.1/" },
		"account in url": func(s *httpapi.Settings) { s.BaseURL = "https://u:" + "c4nary" + "@10.0.0.1/" },
		"query in url":   func(s *httpapi.Settings) { s.BaseURL = "https://10.0.0.1/?key=c4nary" },
		"no host":        func(s *httpapi.Settings) { s.BaseURL = "https:///x" },
		"success":        func(s *httpapi.Settings) { s.Success.Path = "code" },
		"allow a name":   func(s *httpapi.Settings) { s.Allow = []string{"api.example.test"} },
		"header":         func(s *httpapi.Settings) { s.Headers = map[string]secret.Secret{"a b": "x"} },
		"tries":          func(s *httpapi.Settings) { s.Tries = 11 },
		"timeout":        func(s *httpapi.Settings) { s.Timeout = 0 },
	})
}

func TestWrongTables(t *testing.T) {
	refuse(t, map[string]change{
		"no tables":     func(s *httpapi.Settings) { s.Tables = nil },
		"query in path": table(func(t *httpapi.Table) { t.Path = "x?y" }),
		"method":        table(func(t *httpapi.Table) { t.Method = "DELETE" }),
		"body of a get": table(func(t *httpapi.Table) { t.Body = "{}" }),
		"paths cross":   table(func(t *httpapi.Table) { t.Total = "list.total" }),
		"paths equal":   table(func(t *httpapi.Table) { t.Total = "list" }),
		"total in root": table(func(t *httpapi.Table) { t.Records, t.Total = "", "total" }),
		"empty name":    table(func(t *httpapi.Table) { t.Records = "data..list" }),
		"column path":   table(func(t *httpapi.Table) { t.Columns = map[string]string{"a": "b."} }),
		"optional":      table(func(t *httpapi.Table) { t.Optional = []string{"nobody"} }),
		"paging":        func(s *httpapi.Settings) { s.Paging.Kind = "pages" },
		"page":          func(s *httpapi.Settings) { s.Paging.Kind = "page" },
		"offset":        func(s *httpapi.Settings) { s.Paging.Kind = "offset" },
		"cursor":        func(s *httpapi.Settings) { s.Paging.Kind = "cursor"; s.Paging.Cursor = "x" },
		"per page":      func(s *httpapi.Settings) { s.Paging.PerPage = -1 },
	})
}

func TestWrongAccounts(t *testing.T) {
	refuse(t, map[string]change{
		"two accounts":  func(s *httpapi.Settings) { s.Auth.Bearer = canary; s.Auth.Basic = &httpapi.Basic{User: "a"} },
		"key nowhere":   func(s *httpapi.Settings) { s.Auth.Key = &httpapi.Key{Secret: canary} },
		"basic":         func(s *httpapi.Settings) { s.Auth.Basic = &httpapi.Basic{User: "a:b"} },
		"token":         func(s *httpapi.Settings) { s.Auth.Token = &httpapi.Token{URL: "https://10.0.0.1", ClientID: "a"} },
		"algorithm":     signature(func(g *httpapi.Signature) { g.Algorithm = "md5" }),
		"placeholder":   signature(func(g *httpapi.Signature) { g.Canonical = "{time}" }),
		"secret shown":  signature(func(g *httpapi.Signature) { g.Headers["X-Secret"] = "{secret}" }),
		"secret unused": signature(func(g *httpapi.Signature) { g.Algorithm = "sm3" }),
		"unsigned":      signature(func(g *httpapi.Signature) { g.Headers = map[string]string{"X-Time": "{timestamp}"} }),
		"encoding":      signature(func(g *httpapi.Signature) { g.Encoding = "base32" }),
	})
}
