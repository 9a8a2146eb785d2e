#!/bin/sh
# Installs PostgreSQL where the host lets us: tests run on one of their own, and are skipped where there is none.
set -eu

say() { printf '%s\n' "$*" >&2; }
install() { apt-get install -qq -y --no-install-recommends postgresql >/dev/null 2>&1; }

command -v initdb >/dev/null && exit
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && exit
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "tests: installing Debian's package postgresql"
    export DEBIAN_FRONTEND=noninteractive
    install || { apt-get update -qq >/dev/null 2>&1 && install; } && exit
fi
say "tests: there is no PostgreSQL; those on it are skipped (on Debian: apt-get install postgresql)"
