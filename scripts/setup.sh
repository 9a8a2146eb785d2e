#!/bin/sh
# Makes a virtual environment with the locked packages and Trawl itself, editable.
# usage: setup.sh PYTHON VENV
set -eu

python=$1
venv=$2

say() { printf '%s\n' "$*" >&2; }
fail() { say "setup: $*"; exit 1; }
is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
works() { [ -x "$venv/bin/python" ] && is_new_enough "$venv/bin/python"; }
has_pip() { "$venv/bin/python" -m pip --version >/dev/null 2>&1; }

if ! is_new_enough "$python"; then
    for other in python3.14 python3.13 python3.12 python3.11; do
        if is_new_enough "$other"; then python=$other; break; fi
    done
    is_new_enough "$python" || fail "python 3.11 or newer is needed; \`make setup PYTHON=/path/to/python3\` names one"
fi

# Debian keeps the part of Python that puts pip into a new environment in a package of its own.
install_venv_package() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    say "setup: installing Debian's package python3-venv"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -qq -y python3-venv >/dev/null 2>&1 ||
        { apt-get update -qq && apt-get install -qq -y python3-venv; } >/dev/null
}

# An environment without pip gets it from the pip of the host, or from the wheel that Debian ships.
borrow_pip() {
    "$python" -m venv --clear --without-pip "$venv" || return 1
    if "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m pip --python "$venv/bin/python" install --quiet pip && return 0
    fi
    for wheel in /usr/share/python-wheels/pip-*.whl; do
        [ -f "$wheel" ] && PYTHONPATH=$wheel "$venv/bin/python" -m pip install --quiet pip && return 0
    done
    return 1
}

if ! works || ! has_pip; then
    say "setup: making $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv" >/dev/null 2>&1 ||
        { install_venv_package && "$python" -m venv --clear "$venv"; } ||
        borrow_pip ||
        fail "python cannot make an environment with pip in it; on Debian: apt-get install python3-venv"
fi

pip() { "$venv/bin/python" -m pip --disable-pip-version-check "$@"; }

say "setup: installing the packages of requirements.lock"
pip install --quiet --require-hashes -r requirements.lock
pip install --quiet --no-deps --no-build-isolation --editable .
[ -x "$venv/bin/trawl" ] || fail "the installation left no $venv/bin/trawl"
say "setup: ready: $venv/bin/trawl"
