#!/bin/bash
# Builds plan-gate-postgres:<major> for every major (or those named) from the binaries in node_modules. Run as root on Debian, after start-docker.sh.
# usage: build-all.sh [major…]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
modules=$(cd "$here/../../node_modules" && pwd)
[ $# -gt 0 ] || set -- 14 15 16 17 18
for major in "$@"; do
  package=$modules/pg$major-linux-x64
  [ -x "$package/native/bin/postgres" ] || { echo "$package is missing: run npm ci" >&2; exit 1; }
  "$here/build.sh" "$major" "$package" "plan-gate-postgres:$major" >/dev/null
  echo "built plan-gate-postgres:$major ($(docker run --rm --network none --entrypoint postgres "plan-gate-postgres:$major" --version))"
done
