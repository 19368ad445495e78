#!/usr/bin/env bash
# Prints a python that has icalendar, the independent reader of iCalendar files that a test asks, and tzdata, the time zones
# that it compares with: of the same release as those bundled by jiff (2026e). Makes a virtual environment in the cache the
# first time.
set -euo pipefail
icalendar=7.3.0
tzdata=2026.5
cache=${XDG_CACHE_HOME:-$HOME/.cache}/theriac/icalendar-$icalendar-tzdata-$tzdata
if ! "$cache/bin/python" -c 'import icalendar, tzdata' 2>/dev/null; then
  python3 -m venv "$cache" >&2
  "$cache/bin/pip" install --quiet "icalendar==$icalendar" "tzdata==$tzdata" >&2
fi
echo "$cache/bin/python"
