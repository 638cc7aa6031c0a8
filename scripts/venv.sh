#!/bin/sh
# Makes .venv, or the folder that is given, with the first Python on PATH that is new enough.
set -eu
venv=${1:-.venv}
[ -x "$venv/bin/python" ] && exit 0

suits='import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))'
for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if "$python" -c "$suits" 2>/dev/null; then
        echo "Making $venv with $("$python" --version)"
        exec "$python" -m venv --clear "$venv"
    fi
done

cat >&2 <<'END'
No Python here is both 3.11 or newer and able to make a virtual environment.
On Debian and Ubuntu: apt-get install python3-venv
Elsewhere: name one yourself, as in `make test PYTHON=/path/to/python3.12`.
END
exit 1
