package sftp_test

import (
	"strings"
	"testing"

	client "github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"guiji/internal/testkit/sftp"
)

// The server lets its account in, names itself by the key it says, and serves its folder.
func TestServer(t *testing.T) {
	s := sftp.Start(t)
	s.Write(t, "a/b.csv", []byte("id\n1\n"))
	key, err := ssh.ParsePrivateKey([]byte(s.Key))
	if err != nil {
		t.Fatal(err)
	}
	known, err := knownhosts.New(s.KnownHosts)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := ssh.Dial("tcp", s.Address, &ssh.ClientConfig{User: s.User, Auth: []ssh.AuthMethod{ssh.PublicKeys(key)}, HostKeyCallback: known})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if !strings.Contains(string(conn.ServerVersion()), "OpenSSH") {
		t.Errorf("it is %s", conn.ServerVersion())
	}
	c, err := client.NewClient(conn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if stat, err := c.Stat(s.Dir + "/a/b.csv"); err != nil || stat.Size() != 5 {
		t.Errorf("%v, %v", stat, err)
	}
}
