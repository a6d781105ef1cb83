#!/usr/bin/env bash
# Checks what a build needs, one sentence each; changes nothing.
set -u
cd "$(dirname "$0")/.."
bad=0
say() { echo "preflight: $*" >&2; bad=1; }
command -v go >/dev/null || { say "Go is not installed: install Go $(sed -n 's/^go //p' go.mod) or newer and put it on PATH."; exit 1; }
want=$(sed -n 's/^go \([0-9]*\.[0-9]*\).*/\1/p' go.mod); have=$(go env GOVERSION | sed 's/^go\([0-9]*\.[0-9]*\).*/\1/')
[ "$(printf '%s\n%s\n' "$want" "$have" | sort -V | head -n1)" = "$want" ] || say "Go $have is too old: Go $want or newer is needed."
for c in gcc g++ make; do command -v $c >/dev/null || say "$c is not installed (Debian: apt-get install build-essential)."; done
if [ "${1:-}" = test ]; then # the tests run the examples of the command connector
  command -v javac >/dev/null || say "a JDK is not installed, which the tests want (Debian: apt-get install default-jdk-headless)."
  command -v mvn >/dev/null || say "Maven is not installed, which the tests want (Debian: apt-get install maven)."
  python3 -m pip --version >/dev/null 2>&1 || say "python3 with pip is not installed, which the tests want (Debian: apt-get install python3-pip)."
fi
free=$(df -Pk . | awk 'NR==2 {print int($4/1024/1024)}')
[ "$free" -ge 4 ] || say "only ${free} GB are free here: building and testing needs 4 GB."
if [ ! -d "$(go env GOMODCACHE)/cache/download" ]; then
  timeout 60 go list -m -versions github.com/spf13/cobra >/dev/null 2>&1 ||
    say "Go modules cannot be downloaded: check the network or set GOPROXY to a proxy that can be reached."
fi
exit $bad
