package postgres

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
)

// epoch is 2000-01-01, from which the server counts, in seconds of Unix.
const epoch = 946_684_800

func dates(b array.Builder, _ *time.Location) field {
	return show(b, 4, func(to, v []byte) []byte {
		days := int32(binary.BigEndian.Uint32(v))
		switch days {
		case math.MaxInt32:
			return append(to, "infinity"...)
		case math.MinInt32:
			return append(to, "-infinity"...)
		}
		t := time.Unix(int64(days)*86400+epoch, 0).UTC()
		to, before := day(to, t)
		return era(to, before)
	})
}

func clocks(b array.Builder, _ *time.Location) field {
	return show(b, 8, func(to, v []byte) []byte {
		us := int64(binary.BigEndian.Uint64(v))
		return clock(to, int(us/3_600_000_000), int(us/60_000_000%60), int(us/1_000_000%60), int(us%1_000_000))
	})
}

// walls are TIMESTAMP: what a clock on the wall shows.
func walls(b array.Builder, _ *time.Location) field { return moments(b, time.UTC) }

// instants are TIMESTAMPTZ, shown on the project's clock.
func instants(b array.Builder, zone *time.Location) field { return moments(b, zone) }

func moments(b array.Builder, zone *time.Location) field {
	return show(b, 8, func(to, v []byte) []byte {
		us := int64(binary.BigEndian.Uint64(v))
		switch us {
		case math.MaxInt64:
			return append(to, "infinity"...)
		case math.MinInt64:
			return append(to, "-infinity"...)
		}
		s := us / 1_000_000
		if us%1_000_000 < 0 {
			s--
		}
		t := time.Unix(s+epoch, (us-s*1_000_000)*1000).In(zone)
		to, before := day(to, t)
		h, m, sec := t.Clock()
		return era(clock(append(to, ' '), h, m, sec, t.Nanosecond()/1000), before)
	})
}

// day writes a date as the server does; before tells that it is one before Christ.
func day(to []byte, t time.Time) (out []byte, before bool) {
	y, m, d := t.Date()
	if before = y <= 0; before {
		y = 1 - y
	}
	to = padded(to, y, 4)
	to = padded(append(to, '-'), int(m), 2)
	return padded(append(to, '-'), d, 2), before
}

// clock writes a time of day; the fraction without zeros that stand for nothing.
func clock(to []byte, h, m, s, us int) []byte {
	to = padded(to, h, 2)
	to = padded(append(to, ':'), m, 2)
	to = padded(append(to, ':'), s, 2)
	if us == 0 {
		return to
	}
	to = padded(append(to, '.'), us, 6)
	for to[len(to)-1] == '0' {
		to = to[:len(to)-1]
	}
	return to
}

func era(to []byte, before bool) []byte {
	if before {
		return append(to, " BC"...)
	}
	return to
}

func padded(to []byte, n, width int) []byte {
	for limit := 10; width > 1; width-- {
		edge := 1
		for range width - 1 {
			edge *= limit
		}
		if n >= edge {
			break
		}
		to = append(to, '0')
	}
	return strconv.AppendInt(to, int64(n), 10)
}
