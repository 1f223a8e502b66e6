#!/usr/bin/env bash
# Install this checkout as the Roamline of this machine, or bring an installation up to date. Run as root, from
# /opt/roamline; docs/install.md has the whole way. It starts nothing, and never changes a file in /etc/roamline.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
SETUP_FOR=install
. scripts/setup.sh

CONFIG=/etc/roamline/roamline.toml
DATA=/var/lib/roamline

[ "$(id -u)" = 0 ] || { say "run this as root"; exit 1; }
[ "$PWD" = /opt/roamline ] || { say "this checkout must be /opt/roamline, not $PWD: the service looks there"; exit 1; }

umask 022
need_packages "for calls" "${KAMAILIO_PACKAGES[@]}" "${MEDIA_PACKAGES[@]}"
# The system's Python: the service sees no home folder, so one below somebody's home is nothing to it.
PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin need_python .run-stamp requirements.txt
need_npm
compile_translations

if ! getent passwd roamline >/dev/null; then
  say "creating the user roamline"
  useradd --system --user-group --home-dir "$DATA" --shell /usr/sbin/nologin roamline
fi
if ! runuser -u roamline -- .venv/bin/python -c pass 2>/dev/null; then
  say "the user roamline cannot run $(readlink -f .venv/bin/python) below $PWD: see who may read both, or remove .venv and run this again"
  exit 1
fi
install -d -o roamline -g roamline -m 700 "$DATA"
install -d -o root -g roamline -m 750 /etc/roamline
if [ ! -e "$CONFIG" ]; then
  say "writing $CONFIG with every default"
  .venv/bin/roamline config | sed "s|^data = .*|data = \"$DATA\"|" >"$CONFIG.new"
  chown root:roamline "$CONFIG.new"
  chmod 640 "$CONFIG.new"
  mv "$CONFIG.new" "$CONFIG"
fi
install -m 644 packaging/roamline.service /etc/systemd/system/roamline.service
[ ! -d /run/systemd/system ] || systemctl daemon-reload

# The command line as the service's user, so that no file below the data folder ends up root's.
cat >/usr/local/bin/roamline <<'WRAPPER'
#!/bin/sh
# Written by Roamline's scripts/install.sh.
export ROAMLINE_CONFIG="${ROAMLINE_CONFIG:-/etc/roamline/roamline.toml}"
if [ "$(id -un)" = roamline ]; then exec /opt/roamline/.venv/bin/roamline "$@"; fi
if [ "$(id -u)" = 0 ]; then exec runuser -u roamline -- /opt/roamline/.venv/bin/roamline "$@"; fi
exec sudo -u roamline ROAMLINE_CONFIG="$ROAMLINE_CONFIG" /opt/roamline/.venv/bin/roamline "$@"
WRAPPER
chmod 755 /usr/local/bin/roamline
say "installed $(.venv/bin/roamline --version) (settings: $CONFIG, data: $DATA)"
