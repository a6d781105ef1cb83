package s3

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/encrypt"

	"guiji/internal/fault"
	"guiji/lake"
)

// Encryption asks the store to encrypt what it keeps: SSE-S3 with a key of its own,
// or SSE-KMS with one of its key management's.
type Encryption struct {
	On     bool
	KMSKey string // "": SSE-S3
}

func (e Encryption) serverSide() (encrypt.ServerSide, error) {
	switch {
	case !e.On:
		return nil, nil
	case e.KMSKey == "":
		return encrypt.NewSSE(), nil
	}
	sse, err := encrypt.NewSSEKMS(e.KMSKey, nil)
	if err != nil {
		return nil, fmt.Errorf("sse-kms: %w", err)
	}
	return sse, nil
}

// sseHeader asks for encryption, and confirms it in the answer.
const sseHeader = "X-Amz-Server-Side-Encryption"

// honoured fails a call that asked for encryption and was answered without a word of
// it: some S3 servers ignore the header in silence and keep the object in plain.
type honoured struct {
	below  http.RoundTripper
	server string
}

func (h *honoured) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := h.below.RoundTrip(r)
	asked := r.Header.Get(sseHeader)
	if q := r.URL.Query(); q.Has("uploadId") || q.Has("uploads") { // not confirmed by every server: see inParts
		asked = ""
	}
	if err != nil || asked == "" || resp.StatusCode >= 300 || resp.Header.Get(sseHeader) == asked {
		return resp, err
	}
	return nil, errors.Join(ignored(h.server, asked), resp.Body.Close())
}

// inParts asks how an object that went up in parts is kept.
func (s *Store) inParts(ctx context.Context, key string) error {
	if s.sse == nil {
		return nil
	}
	st, err := s.core.StatObject(ctx, s.bucket, s.prefix+key, minio.StatObjectOptions{})
	if err != nil {
		return s.explain(ctx, err)
	}
	asked := http.Header{}
	s.sse.Marshal(asked)
	if want := asked.Get(sseHeader); st.Metadata.Get(sseHeader) != want {
		return ignored(s.server, want)
	}
	return nil
}

func ignored(server, asked string) error {
	return fault.New(fault.Config, "lake.s3.sse", server, asked).Try("lake.s3.sse.hint")
}

// Honoured puts a probe and takes it away again: an error of kind fault.Config if the
// store does not encrypt it; nil where encryption is not asked for.
func (s *Store) Honoured(ctx context.Context) error {
	if s.sse == nil {
		return nil
	}
	key := "probe/" + rand.Text()
	_, err := s.Put(ctx, key, strings.NewReader("probe"), 5, lake.Condition{})
	return errors.Join(err, s.Delete(context.WithoutCancel(ctx), key))
}
