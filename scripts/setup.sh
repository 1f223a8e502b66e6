# Sourced by ./run and ./test: the Python environment in .venv and the Debian packages. Says nothing when there is
# nothing to do. Expects the working directory to be the repository.

# What calls need: Kamailio with the modules that kamailio/ loads, and, where phones are simulated, a software phone.
KAMAILIO_PACKAGES=(
  kamailio kamailio-sqlite-modules kamailio-postgres-modules kamailio-websocket-modules kamailio-json-modules
  kamailio-utils-modules kamailio-extra-modules kamailio-presence-modules kamailio-tls-modules
)
# What web phones need besides: rtpengine, between browsers and other phones.
MEDIA_PACKAGES=(rtpengine-daemon)
CALL_PACKAGES=("${KAMAILIO_PACKAGES[@]}" "${MEDIA_PACKAGES[@]}" baresip-core)

say() { printf '%s: %s\n' "$SETUP_FOR" "$*" >&2; }

# Find a Python that is new enough.
find_python() {
  local candidate
  for candidate in python3.11 python3 python3.13 python3.12; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  say "Python 3.11 or newer is needed (Debian 12: apt-get install python3 python3-venv)"
  return 1
}

# as_root COMMAND...: run it as root; fails quietly when that cannot be had without asking anybody.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo -n "$@" 2>/dev/null
  fi
}

can_be_root() { [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }; }

missing_packages() {
  local package
  for package in "$@"; do
    if [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
      echo "$package"
    fi
  done
}

# The services of newly installed packages are neither started now nor at the next boot: Roamline runs its own.
POLICY=/usr/sbin/policy-rc.d
POLICY_TEXT='#!/bin/sh
# Made by Roamline while it installs packages without starting their services; removed right after.
exit 101'

install_packages() {
  local status=0 ours=no
  if [ ! -e "$POLICY" ]; then
    ours=yes
    printf '%s\n' "$POLICY_TEXT" | as_root tee "$POLICY" >/dev/null
    as_root chmod 755 "$POLICY"
    trap 'as_root rm -f "$POLICY"' EXIT
  fi
  apt_install "$@" || { as_root apt-get update -qq >/dev/null 2>&1 && apt_install "$@"; } || status=1
  if [ "$ours" = yes ]; then
    as_root rm -f "$POLICY"
    trap - EXIT
  fi
  if [ "$status" = 0 ] && [ -d /run/systemd/system ]; then
    local package
    for package in "$@"; do
      case "$package" in
        kamailio | postgresql | rtpengine-daemon) as_root systemctl disable --quiet "$package" || true ;;
      esac
    done
  fi
  return "$status"
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null 2>&1
}

# need_packages WHAT_FOR PACKAGE...: install what is missing where that is allowed, else say how; always goes on.
need_packages() {
  local purpose=$1
  shift
  command -v dpkg-query >/dev/null || return 0
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  if can_be_root; then
    say "installing ${missing[*]} ($purpose)"
    install_packages "${missing[@]}" && return 0
  fi
  say "missing ($purpose): sudo apt-get install --no-install-recommends ${missing[*]}"
}

# need_python STAMP REQUIREMENTS...: .venv with exactly these locked requirements and this repository installed.
need_python() {
  local stamp=.venv/$1
  shift
  exec 9<.
  flock 9 # another ./run or ./test in this clone may be setting up, too
  if ! .venv/bin/python -c '' 2>/dev/null; then
    local python
    python=$(find_python)
    "$python" -c 'import ensurepip' 2>/dev/null || need_packages "to create .venv" python3-venv
    say "creating .venv"
    "$python" -m venv --clear .venv
  fi
  local projects=(-e .) wanted file
  [ ! -f desk_agent/pyproject.toml ] || projects+=(-e ./desk_agent)
  wanted=$({ pwd; cat "$@" pyproject.toml desk_agent/pyproject.toml 2>/dev/null || true; } | sha256sum)
  if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    say "installing Python packages"
    local locks=()
    for file in "$@"; do locks+=(-r "$file"); done
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes "${locks[@]}"
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation "${projects[@]}"
    printf '%s\n' "$wanted" >"$stamp"
  fi
  exec 9<&-
}

# need_npm: the SIP library of web phones, as package-lock.json locks it, bundled for browsers; always goes on.
need_npm() {
  local bundle=src/roamline/doors/web_phone/static/web_phone/jssip.js wanted
  wanted=$(cat package.json package-lock.json | sha256sum)
  if [ -e "$bundle" ] && [ "$(cat node_modules/.roamline-stamp 2>/dev/null)" = "$wanted" ]; then return 0; fi
  command -v npm >/dev/null || need_packages "for calls of web phones" npm
  if ! command -v npm >/dev/null; then
    say "web phones carry no calls: npm is missing; all else works"
    return 0
  fi
  exec 9<.
  flock 9
  say "installing npm packages"
  if npm ci --ignore-scripts --silent --fetch-retries=1 && npm run --silent build; then
    printf '%s\n' "$wanted" >node_modules/.roamline-stamp
  else
    say "web phones carry no calls: npm could not install their SIP library; all else works"
  fi
  exec 9<&-
}

# compile_translations: every .po that has changed since its .mo was made.
compile_translations() {
  .venv/bin/python scripts/compile_translations.py
}
