#!/usr/bin/env bash
# Prints the path of the program that starts the FHIR peers of tools/hapi, HAPI's server and HAPI's validator, which tests ask. Builds it
# the first time and after changes (Java 17+, Maven): from the libraries that Maven has, else it fetches them (about 350 MB).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)/hapi
stamp=$here/target/built

fail() { echo "no FHIR peers: $1" >&2; exit 1; }

java=java
[ -z "${JAVA_HOME:-}" ] || java=$JAVA_HOME/bin/java
version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p;' | head -1) || true
[ -n "$version" ] || fail "install Java 17 or later"
[ "$version" -ge 17 ] || fail "Java is $version, 17 or later is needed"

# Whether what was built is newer than the sources, and the libraries are still where they were.
is_built() {
  [ -e "$stamp" ] || return 1
  [ -z "$(find "$here" -path '*/target' -prune -o -type f -newer "$stamp" -print -quit)" ] || return 1
  local module
  for module in server validator; do
    tr ':' '\0' < "$here/$module/target/classpath" | xargs -0 ls >/dev/null 2>&1 || return 1
  done
}

build() {
  mvn --batch-mode --quiet --file "$here/pom.xml" "$@" process-classes >&2
}

if ! is_built; then
  command -v mvn >/dev/null || fail "install Maven"
  echo "building the FHIR peers (some minutes the first time)" >&2
  mkdir -p "$here/target"
  # One build at a time: test runs beside each other share these folders.
  exec 9> "$here/target/lock"
  flock 9
  if ! is_built; then
    started=$(mktemp "$here/target/started.XXXXXX")
    build --offline 2>/dev/null || build || { rm -f "$started"; fail "Maven could not build them"; }
    mv "$started" "$stamp"
  fi
fi
echo "$here/fhir"
