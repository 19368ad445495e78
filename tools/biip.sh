#!/usr/bin/env bash
# Prints a python that has biip, the independent reader of GS1 element strings that a test asks. Makes a virtual environment
# in the cache the first time.
set -euo pipefail
version=5.2.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/theriac/biip-$version
if ! "$cache/bin/python" -c 'import biip' 2>/dev/null; then
  python3 -m venv "$cache" >&2
  "$cache/bin/pip" install --quiet "biip==$version" >&2
fi
echo "$cache/bin/python"
