#!/usr/bin/env bash
# Fails when the committed scripts and stylesheet are not what static_src/ builds. It writes nothing.
# Without npm it is skipped with a word, but not where CI is set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../static_src"

if ! command -v npm >/dev/null; then
    echo "assets-check needs npm (Node.js), which is not on this machine."
    [ -z "${CI:-}" ] && echo "Skipped." && exit 0
    exit 1
fi

npm install --silent
npm run --silent check
