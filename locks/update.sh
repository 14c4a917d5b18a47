#!/bin/bash
# Resolve the dependencies in pyproject.toml anew and write the locks. Needs uv; add --upgrade for newer versions.
# One resolution of everything comes first and constrains each lock, so a package has one version in all of them.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
        --no-annotate --constraints build-constraints.txt pyproject.toml "$@"
}

all=$(mktemp)
trap 'rm -f "$all"' EXIT
# The locks as they stand are the preferred versions, so that nothing moves without --upgrade.
cat locks/test.txt >"$all" 2>/dev/null || true
compile --all-extras --output-file "$all" "$@" >/dev/null
compile --constraints "$all" --output-file locks/core.txt >/dev/null
for extra in cluster analysis page; do
    compile --constraints "$all" --extra "$extra" --output-file "locks/$extra.txt" >/dev/null
done
compile --constraints "$all" --all-extras --output-file locks/test.txt >/dev/null  # the tests try everything

apart() { # a lock of its own, in no need to agree with the others
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
        --no-annotate --constraints build-constraints.txt "locks/$1.in" --output-file "locks/$1.txt" "${@:2}" >/dev/null
}
for peer in locks/*.in; do
    apart "$(basename "$peer" .in)" "$@"
done
