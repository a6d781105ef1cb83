// Package s3 is an object store behind the S3 protocol: MinIO, or any server
// with conditional puts. Every call is sent once: a client that repeats a
// conditional put meets its own first copy and reports a conflict that is none.
// lake/stores imports it.
package s3

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/encrypt"

	"guiji/internal/fault"
	"guiji/lake"
)

// Objects above singlePut go up in parts; only data files are that large, and
// they carry no condition.
const (
	singlePut = 64 << 20
	partSize  = 16 << 20
)

// stall is how long a connection may be silent before it counts as dead.
const stall = 60 * time.Second

// Config says which bucket, and by what right.
type Config struct {
	Endpoint  string // host:port
	TLS       bool   // verified against the system's roots
	Bucket    string
	Prefix    string // before every key, "" or without slashes at its ends
	AccessKey string
	SecretKey string
	Region    string            // "" is us-east-1, MinIO's own default
	Transport http.RoundTripper // nil: one with the time limits of this package

	Encryption Encryption // at rest, by the store
}

// Store is a bucket, or a folder in one.
type Store struct {
	core   *minio.Core
	bucket string
	prefix string
	server string
	sse    encrypt.ServerSide // nil: not asked for
	// Created tells that Open made the bucket.
	Created bool
}

// Open reaches for the bucket and makes it where it is not there and the rights
// allow. Errors are of kind fault.Unreachable, fault.Refused or fault.Config.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	if c.Transport == nil {
		c.Transport = transport()
	}
	sse, err := c.Encryption.serverSide()
	if err != nil {
		return nil, err
	}
	if sse != nil {
		c.Transport = &honoured{c.Transport, c.Endpoint}
	}
	core, err := minio.NewCore(c.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: c.TLS, Region: c.Region,
		Transport: c.Transport, MaxRetries: 1, BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		return nil, fault.New(fault.Config, "lake.s3.endpoint", c.Endpoint).Because(err)
	}
	s := &Store{core: core, bucket: c.Bucket, server: c.Endpoint, sse: sse}
	if c.Prefix != "" {
		s.prefix = c.Prefix + "/"
	}
	there, err := core.BucketExists(ctx, c.Bucket)
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	if !there {
		err := core.MakeBucket(ctx, c.Bucket, minio.MakeBucketOptions{Region: c.Region})
		if code := minio.ToErrorResponse(err).Code; err != nil && code != "BucketAlreadyOwnedByYou" {
			return nil, fault.New(s.kind(ctx, err, fault.Config), "lake.s3.bucket", c.Bucket, c.Endpoint).Because(plain(err)).Try("lake.s3.bucket.hint")
		}
		s.Created = err == nil
	}
	return s, nil
}

// transport waits for no server for ever: not to connect, not for an answer, not
// in the middle of a body. A proxy is never used: the store is on the intranet.
func transport() http.RoundTripper {
	d := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := d.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &stallConn{c}, nil
		},
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: stall,
		MaxIdleConnsPerHost: 16, IdleConnTimeout: 50 * time.Second, DisableCompression: true,
	}
}

// stallConn gives every read and write a time limit of its own.
type stallConn struct{ net.Conn }

func (c *stallConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(stall)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *stallConn) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(stall)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// Put implements lake.Objects.
func (s *Store) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	if err := valid(ctx, key); err != nil {
		return lake.Object{}, err
	}
	conditional := cond != lake.Condition{}
	o := minio.PutObjectOptions{ServerSideEncryption: s.sse}
	switch {
	case conditional && size > singlePut:
		return lake.Object{}, fault.New(fault.Internal, "lake.s3.size", key)
	case cond.Absent:
		o.SetMatchETagExcept("*")
	case conditional:
		o.SetMatchETag(cond.ETag)
	}
	in := &counter{r: io.LimitReader(body, size+1)}
	var up minio.UploadInfo
	var err error
	if size <= singlePut {
		up, err = s.core.PutObject(ctx, s.bucket, s.prefix+key, in, size, "", "", o)
	} else {
		o.PartSize, o.NumThreads = partSize, 1
		up, err = s.core.Client.PutObject(ctx, s.bucket, s.prefix+key, in, size, o)
		if err == nil {
			err = s.inParts(ctx, key)
		}
	}
	if in.err != nil { // the body's own fault, not the store's
		return lake.Object{}, fmt.Errorf("put %q: read the body: %w", key, in.err)
	}
	if err != nil {
		return lake.Object{}, s.putError(ctx, err, in.n)
	}
	if up.ETag == "" {
		return lake.Object{}, fault.New(fault.Unknown, "lake.s3.answer", s.server)
	}
	return lake.Object{Key: key, Size: size, ETag: up.ETag, Modified: up.LastModified}, nil
}

// counter remembers how a body ended.
type counter struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// Get implements lake.Objects.
func (s *Store) Get(ctx context.Context, key string) (io.ReadCloser, lake.Object, error) {
	if err := valid(ctx, key); err != nil {
		return nil, lake.Object{}, err
	}
	body, st, _, err := s.core.GetObject(ctx, s.bucket, s.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, lake.Object{}, s.explain(ctx, err)
	}
	return &reader{ReadCloser: body, s: s, ctx: ctx, left: st.Size}, s.object(st), nil
}

// reader gives a broken body its kind; one that ends early is broken.
type reader struct {
	io.ReadCloser
	s    *Store
	ctx  context.Context
	left int64
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.left -= int64(n)
	if err == io.EOF && r.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && err != io.EOF {
		err = r.s.explain(r.ctx, err)
	}
	return n, err
}

// Head implements lake.Objects.
func (s *Store) Head(ctx context.Context, key string) (lake.Object, error) {
	if err := valid(ctx, key); err != nil {
		return lake.Object{}, err
	}
	st, err := s.core.StatObject(ctx, s.bucket, s.prefix+key, minio.StatObjectOptions{})
	if err != nil {
		return lake.Object{}, s.explain(ctx, err)
	}
	return s.object(st), nil
}

// List implements lake.Objects.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[lake.Object, error] {
	return func(yield func(lake.Object, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		for st := range s.core.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true}) {
			if st.Err != nil {
				yield(lake.Object{}, s.explain(ctx, st.Err))
				return
			}
			if !yield(s.object(st), nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(lake.Object{}, err)
		}
	}
}

// Delete implements lake.Objects.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := valid(ctx, key); err != nil {
		return err
	}
	return s.explain(ctx, s.core.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{}))
}

func (s *Store) object(st minio.ObjectInfo) lake.Object {
	return lake.Object{Key: strings.TrimPrefix(st.Key, s.prefix), Size: st.Size, ETag: st.ETag, Modified: st.LastModified}
}

func valid(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return lake.ValidKey(key)
}
