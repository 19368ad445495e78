#!/usr/bin/env bash
# Prints the path of an `ipfs` of Kubo 0.43.0. Takes one that is on the PATH, else one that was built before, else builds it
# unmodified from the pinned module (Go 1.26.5 or later; about four minutes the first time).
set -euo pipefail
version=0.43.0
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/theriac/kubo-$version

if command -v ipfs >/dev/null && [ "$(ipfs version --number 2>/dev/null)" = "$version" ]; then
  command -v ipfs
  exit 0
fi
if [ ! -x "$cache/ipfs" ]; then
  command -v go >/dev/null || { echo "Kubo is built with Go 1.26.5 or later: install Go, or put ipfs $version on the PATH" >&2; exit 1; }
  mkdir -p "$cache"
  echo "building Kubo $version (about four minutes, once)" >&2
  # Into a file of this process first: two builds at once must not see half of each other.
  (cd "$here" && go build -mod=readonly -trimpath -o "$cache/ipfs.$$" github.com/ipfs/kubo/cmd/ipfs)
  mv "$cache/ipfs.$$" "$cache/ipfs"
fi
echo "$cache/ipfs"
