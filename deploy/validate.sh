#!/usr/bin/env bash
# Validates what deploy/ ships, with the tools at hand: docker compose or, where
# there is none, the structural test in deploy/deploy_test.go; systemd-analyze.
set -euo pipefail
cd "$(dirname "$0")"
if docker compose version >/dev/null 2>&1; then
  docker compose -f compose.yaml config -q
fi
if command -v systemd-analyze >/dev/null; then
  systemd-analyze verify --man=no ./guiji.service ./guiji.timer 2>&1 | { ! grep -Ev 'guiji: .*not executable|Command .*guiji.* is not executable|^$' ; }
fi
