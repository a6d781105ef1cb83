package catalog

import "testing"

func TestDataOfAConnection(t *testing.T) {
	data := func(settings string) string {
		t.Helper()
		p, errs := load(tree(map[string]string{"guiji.yaml": "name: t\nstore: file://./lake\nconnections:\n  gongan: " + settings + "\npipelines:\n  nightly: {resources: [\"*\"]}\n"}), "dir")
		for _, err := range errs {
			t.Fatal(err)
		}
		return p.Config.Connections["gongan"].Data()
	}
	was := data(`{connector: mysql, address: "h:1", database: d, user: u}`)
	for _, same := range []string{
		`{connector: mysql, user: "u", database: d, address: 'h:1'}`,
		`{connector: mysql, address: "h:1", database: d, user: u, max_rows_per_second: 5, max_connections: 2, statement_timeout: 5s, window: "22:00-06:00", password: "${X}", tls: "off"}`,
	} {
		if got := data(same); got != was {
			t.Errorf("%s gives %s, was %s", same, got, was)
		}
	}
	folder := data(`{connector: sftpfiles, address: h, user: u, path: in, private_key: "${A}", known_hosts: k}`)
	if got := data(`{connector: sftpfiles, address: h, user: u, path: in, password: "${B}", fingerprint: "SHA256:x", limit_mb: 7, timeout: 9s, allow: [127.0.0.1]}`); got != folder {
		t.Errorf("another way into the same folder gives %s, was %s", got, folder)
	}
	for _, other := range []string{
		`{connector: postgres, address: "h:1", database: d, user: u}`, `{connector: mysql, address: "h:2", database: d, user: u}`,
		`{connector: mysql, address: "h:1", database: e, user: u}`, `{connector: mysql, address: "h:1", database: d, user: v}`,
		`{connector: mysql, address: "h:1", database: d, user: u, encoding: gbk}`,
	} {
		if got := data(other); got == was || got == "" {
			t.Errorf("%s gives %s, as before", other, got)
		}
	}
}
