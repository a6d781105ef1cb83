package s3_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"guiji/internal/testkit/minio"
	"guiji/lake"
	"guiji/lake/objectstest"
	"guiji/lake/s3"
)

func config(m *minio.Server) s3.Config {
	return s3.Config{Endpoint: m.Endpoint, Bucket: "guiji", AccessKey: m.AccessKey, SecretKey: m.SecretKey}
}

func TestContract(t *testing.T) {
	m := minio.Start(t)
	var n atomic.Int64
	objectstest.Run(t, func(t *testing.T) func() lake.Objects {
		c := config(m)
		c.Prefix = fmt.Sprintf("prefix/%d", n.Add(1))
		return func() lake.Objects { return open(t, c) }
	})
}

func open(t *testing.T, c s3.Config) *s3.Store {
	t.Helper()
	s, err := s3.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
