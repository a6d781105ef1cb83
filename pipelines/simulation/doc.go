// Package simulation proves the commit protocol by playing it: the real lease, chain,
// uploads, sweeps and scheduler run against a store, a source and a clock that are
// made up, and a seed decides the order of everything and what goes wrong. All of it
// is tests; nobody may import it. A seed that fails is played again, with its trace,
// by GUIJI_SEED=n go test -v -run TestSimulation ./pipelines/simulation.
package simulation
