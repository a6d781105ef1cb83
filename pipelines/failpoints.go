package pipelines

import (
	"context"
	"io"
	"strings"

	"guiji/lake"
)

// The moments of a run at which its process may be killed in a test of the whole
// program: each lies where the one before has left something behind.
const (
	atLeaseTaken    = "lease.taken"    // the lease is this run's
	atPullSnapshot  = "pull.snapshot"  // a snapshot of a source is open
	atPullPart      = "pull.part"      // a part's files are whole
	atPullDone      = "pull.done"      // all resources are pulled
	atSettleDone    = "settle.done"    // their set steps have run
	atStageFirst    = "stage.first"    // the first file is in the store
	atStageHalf     = "stage.half"     // the resources' files are, those of entities and meta not
	atStageAll      = "stage.all"      // all files are
	atCommitBefore  = "commit.before"  // the release is about to be put
	atCommitPut     = "commit.put"     // it is in the store, and nobody here knows yet
	atCommitAfter   = "commit.after"   // the commit has returned
	atServeBefore   = "serve.before"   //
	atServeAfter    = "serve.after"    // the serving file is current
	atReportAfter   = "report.after"   // the reports are written
	atRecordBefore  = "record.before"  // the run's record is about to be put
	atLeaseReleased = "lease.released" // everything is done
)

// Failpoints are the names Runner.At is called with, in the order a run comes by
// them.
func Failpoints() []string {
	return []string{
		atLeaseTaken, atPullSnapshot, atPullPart, atPullDone, atSettleDone, atStageFirst, atStageHalf, atStageAll,
		atCommitBefore, atCommitPut, atCommitAfter, atServeBefore, atServeAfter, atReportAfter, atRecordBefore, atLeaseReleased,
	}
}

// at passes a failpoint.
func (r *Runner) at(point string) {
	if r.At != nil {
		r.At(point)
	}
}

// commits passes atCommitPut as soon as a release is in the store, before the chain
// learns of it.
type commits struct {
	lake.Objects
	at func(point string)
}

// Unwrap is the store itself, for what only its own kind can tell.
func (c commits) Unwrap() lake.Objects { return c.Objects }

func (c commits) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	o, err := c.Objects.Put(ctx, key, body, size, cond)
	if err == nil && strings.HasPrefix(key, "release/") {
		c.at(atCommitPut)
	}
	return o, err
}

// chainOf is the chain the run commits to.
func (r *Runner) chainOf() *lake.Chain {
	if r.At == nil {
		return lake.NewChain(r.Objects)
	}
	return lake.NewChain(commits{r.Objects, r.At})
}
