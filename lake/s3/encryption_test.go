package s3_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	mc "github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"guiji/internal/fault"
	"guiji/internal/testkit/minio"
	"guiji/lake"
	"guiji/lake/objectstest"
	"guiji/lake/s3"
)

// header asks the server itself how an object is encrypted.
func header(t *testing.T, m *minio.Server, key string) string {
	t.Helper()
	c, err := mc.New(m.Endpoint, &mc.Options{Creds: credentials.NewStaticV4(m.AccessKey, m.SecretKey, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	st, err := c.StatObject(context.Background(), "guiji", key, mc.StatObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return st.Metadata.Get("X-Amz-Server-Side-Encryption")
}

// onDisk reports whether a text is in any file of a server.
func onDisk(t *testing.T, m *minio.Server, s string) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir(m.Dir(), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		found = found || bytes.Contains(b, []byte(s))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestEncryptedByTheStore(t *testing.T) {
	m := minio.StartEncrypting(t)
	var n atomic.Int64
	for name, e := range map[string]s3.Encryption{"AES256": {On: true}, "aws:kms": {On: true, KMSKey: minio.KMSKey}} {
		c := config(m)
		c.Encryption = e
		objectstest.Run(t, func(t *testing.T) func() lake.Objects {
			c := c
			c.Prefix = fmt.Sprintf("prefix/%d", n.Add(1))
			return func() lake.Objects { return open(t, c) }
		})
		s := open(t, c)
		if err := s.Honoured(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for key, size := range map[string]int{"small": 1 << 10, "parts": 70 << 20} {
			body := strings.Repeat("canary-朱雀 ", size/14)
			if _, err := s.Put(t.Context(), key, strings.NewReader(body), int64(len(body)), lake.Condition{}); err != nil {
				t.Fatal(err)
			}
			if got := header(t, m, key); got != name {
				t.Errorf("%s: %s is encrypted by %q", name, key, got)
			}
		}
	}
	if onDisk(t, m, "canary-朱雀") {
		t.Error("the server's disk holds a value")
	}
	plain := open(t, config(m))
	if _, err := plain.Put(t.Context(), "plain", strings.NewReader("canary-朱雀"), 13, lake.Condition{}); err != nil {
		t.Fatal(err)
	}
	if !onDisk(t, m, "canary-朱雀") {
		t.Error("nothing was looked for")
	}
}

// A server without keys, and one that ignores the wish in silence, are told apart from
// one that fulfils it: nothing is put in plain unnoticed.
func TestEncryptionNotHonoured(t *testing.T) {
	m := minio.Start(t)
	c := config(m)
	c.Encryption = s3.Encryption{On: true}
	if err := open(t, c).Honoured(t.Context()); fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "did not encrypt") {
		t.Errorf("a server without keys: %v", err)
	}
	c.Transport = deaf{}
	s := open(t, c)
	if err := s.Honoured(t.Context()); fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "did not encrypt") {
		t.Errorf("a server that ignores the header: %v", err)
	}
	for _, size := range []int{1, 70 << 20} {
		_, err := s.Put(t.Context(), "x", strings.NewReader(strings.Repeat("x", size)), int64(size), lake.Condition{})
		if fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "did not encrypt") {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// deaf is a server that ignores the wish for encryption: signed requests cannot be
// changed on their way, so it answers in the server's place.
type deaf struct{}

func (deaf) RoundTrip(r *http.Request) (*http.Response, error) {
	q, body := r.URL.Query(), ""
	switch {
	case !strings.HasPrefix(r.URL.Path, "/guiji/"): // the bucket
		return http.DefaultTransport.RoundTrip(r)
	case r.Method == http.MethodPost && q.Has("uploads"):
		body = `<InitiateMultipartUploadResult><Bucket>guiji</Bucket><Key>x</Key><UploadId>1</UploadId></InitiateMultipartUploadResult>`
	case r.Method == http.MethodPost:
		body = `<CompleteMultipartUploadResult><Bucket>guiji</Bucket><Key>x</Key><ETag>"e"</ETag></CompleteMultipartUploadResult>`
	}
	if r.Body != nil {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
	}
	head := http.Header{"Etag": {`"e"`}, "Last-Modified": {"Thu, 01 Jan 2026 00:00:00 GMT"}, "Content-Length": {"0"}}
	return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Header: head, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}
