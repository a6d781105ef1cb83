package mysql_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guiji/connectors/mysql"
	"guiji/internal/fault"
	"guiji/internal/secret"
)

func TestSettingsAreValidated(t *testing.T) {
	good := func() *mysql.Settings {
		s := mysql.DefaultSettings()
		s.Address, s.Database, s.User = "10.0.0.1:3306", "d", "u"
		return s
	}
	if err := good().Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*mysql.Settings){
		"address":         func(s *mysql.Settings) { s.Address = "10.0.0.1" },
		"database":        func(s *mysql.Settings) { s.Database = "" },
		"user":            func(s *mysql.Settings) { s.User = "" },
		"tls":             func(s *mysql.Settings) { s.TLS = "skip-verify" },
		"max_connections": func(s *mysql.Settings) { s.MaxConnections = 0 },
		"connect_timeout": func(s *mysql.Settings) { s.ConnectTimeout = -time.Second },
		"window":          func(s *mysql.Settings) { s.Window = "night" },
	} {
		s := good()
		spoil(s)
		if err := s.Validate(); fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPasswordNeverPrints(t *testing.T) {
	s := mysql.DefaultSettings()
	s.Password = secret.Secret("canary-7731")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if strings.Contains(fmt.Sprintf(verb, *s), "canary") {
			t.Errorf("%s shows the password", verb)
		}
	}
}
