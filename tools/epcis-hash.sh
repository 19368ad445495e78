#!/usr/bin/env bash
# Prints a python that has epcis-event-hash-generator, the reference implementation of the event hash of CBV 2.0, which a test and a
# benchmark ask. Makes a virtual environment in the cache the first time.
set -euo pipefail
version=1.9.3
cache=${XDG_CACHE_HOME:-$HOME/.cache}/theriac/epcis-event-hash-generator-$version
if ! "$cache/bin/python" -c 'import epcis_event_hash_generator' 2>/dev/null; then
  python3 -m venv "$cache" >&2
  "$cache/bin/pip" install --quiet "epcis-event-hash-generator==$version" >&2
fi
echo "$cache/bin/python"
