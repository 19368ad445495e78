#!/usr/bin/env bash
# Prints the path of an `age` 1.3.2, the peer of `logs/push1GiB`. Takes one that was built before, else builds it unmodified from the
# pinned module (Go 1.26.5 or later; under a minute the first time).
set -euo pipefail
version=1.3.2
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/theriac/age-$version

if [ ! -x "$cache/age" ]; then
  command -v go >/dev/null || { echo "age is built with Go 1.26.5 or later: install Go" >&2; exit 1; }
  mkdir -p "$cache"
  echo "building age $version (once)" >&2
  # Into a file of this process first: two builds at once must not see half of each other.
  (cd "$here" && go build -mod=readonly -trimpath -o "$cache/age.$$" filippo.io/age/cmd/age)
  mv "$cache/age.$$" "$cache/age"
fi
echo "$cache/age"
