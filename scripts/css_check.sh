#!/usr/bin/env bash
# Rebuilds the stylesheet and fails when it differs from the one given, which keeps its bytes.
set -euo pipefail
css=$1

if ! command -v npm >/dev/null; then
    echo "css-check needs npm (Node.js), which is not on this machine."
    [ -z "${CI:-}" ] && echo "Skipped." && exit 0
    exit 1
fi

committed=$(mktemp)
built=$(mktemp)
trap 'rm -f "$committed" "$built"' EXIT
cp "$css" "$committed"
make css
cp "$css" "$built"
cp "$committed" "$css"

if ! cmp --silent "$committed" "$built"; then
    echo "$css is not what static_src/ builds. Run 'make css' and commit the result."
    exit 1
fi
echo "$css is what static_src/ builds."
