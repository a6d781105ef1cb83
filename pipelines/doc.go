// Package pipelines plans, runs and commits: it drives connectors, row steps, set
// steps and the lake through one run, and knows none of their insides. cmd and
// the scheduler import it; it imports connectors' contract, transforms, quality,
// lake, catalog and internal.
//
// One run makes at most one release:
//
//	plan → lease → pull (parts, in a pool) → settle (set steps, a resource at a
//	time) → resolve (entities) → stage → commit → serve → report
package pipelines
