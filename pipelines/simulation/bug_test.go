package simulation

import (
	"context"
	"io"
	"strings"
	"time"

	"guiji/lake"
)

// bug is one way to break the protocol on purpose: what the simulation cannot find
// when it is there, it does not prove absent.
type bug struct {
	name     string
	careless bool // releases are put without create-if-absent
	rash     bool // a commit in doubt counts as failed: its files are deleted
	ahead    bool // the cursor is that of the commit, not of the data
	short    bool // increments look back less far than commits are late
	hasty    bool // garbage is collected however young it is
	blind    bool // a rebase does not look whether its resource has changed
}

func bugs() []bug {
	return []bug{
		{name: "commit without create-if-absent", careless: true},
		{name: "files of a commit in doubt deleted", rash: true},
		{name: "cursor ahead of its data", ahead: true},
		{name: "look-back shorter than commits are late", short: true},
		{name: "young files collected as garbage", hasty: true},
		{name: "rebase over a changed resource", blind: true},
	}
}

func (b bug) lookback() time.Duration {
	if b.short {
		return 0
	}
	return lookback
}

// store is the store as a life with this bug uses it.
func (b bug) store(objs lake.Objects) lake.Objects {
	if b.careless {
		return careless{objs}
	}
	return objs
}

// careless puts releases without their condition.
type careless struct{ lake.Objects }

func (c careless) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	if strings.HasPrefix(key, "release/") {
		cond = lake.Condition{}
	}
	return c.Objects.Put(ctx, key, body, size, cond)
}
