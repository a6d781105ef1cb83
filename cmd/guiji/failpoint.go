//go:build !failpoints

package main

// failpoint is nothing in a program that was not built to be killed.
func failpoint() func(string) { return nil }
