#!/usr/bin/env bash
# Runs clients of Microsoft Graph, unmodified, each against an emulator of its own (`make test-clients`).
#
#   tests/clients/run.sh [NAME...]     all of them, or these
#   VARY=SEED                          the emulator varies its responses (docs/emulator.md)
#
# A client comes from npm or Python's package index, in the version below. One that cannot be had is skipped by its name. With VARY,
# a client is spared the variations that it does not cope with (docs/emulator.md).
set -euo pipefail
cd "$(dirname "$0")/../.."

# Name, where from, variations to spare it, packages. The script has the name.
clients="
microsoft_graph_client npm batchFailedDependency @microsoft/microsoft-graph-client@3.0.7
msgraph_sdk npm batchFailedDependency,emptyNotFound @microsoft/msgraph-sdk@1.0.0-preview.90 @microsoft/msgraph-sdk-users@1.0.0-preview.90
pnp_graph npm batchFailedDependency @pnp/graph@4.21.0 @pnp/nodejs@4.19.0
msgraph_beta_sdk pip batchFailedDependency,emptyPages msgraph-beta-sdk==1.66.0 msgraph-core==1.5.2 deprecated==1.3.1
python_o365 pip patchStatus,emptyPages,shortPages O365==2.1.10
office365_rest pip emptyPages Office365-REST-Python-Client==3.3.0
"
user=671fa173-ad81-41c3-89bf-af939426eee7
passed=() skipped=() failed=()

# Installs the packages of a client into a folder of its own.
install() {
  local name=$1 source=$2
  shift 2
  mkdir -p "target/clients/$name"
  case $source in
    npm)
      command -v npm >/dev/null || return 1
      npm install --prefix "target/clients/$name" --no-audit --no-fund --no-save --loglevel=error "$@" >/dev/null 2>&1 || return 1
      cp "tests/clients/$name.mjs" tests/clients/transport.mjs "target/clients/$name/"
      ;;
    pip)
      command -v python3 >/dev/null || return 1
      python3 -m venv "target/clients/$name" 2>/dev/null || return 1
      "target/clients/$name/bin/pip" install --quiet --disable-pip-version-check "$@" >/dev/null 2>&1
      ;;
  esac
}

# Prints the seed of VARY with all variations but those of a list. The command names them when it refuses another name.
vary_without() {
  local names
  names=$(target/debug/graph-contacts emulator --vary none 2>&1 | sed -n 's/.*the variations are //p')
  echo "$VARY:$(echo "$names" | tr -d ' ' | tr ',' '\n' | grep -vxF "$(echo "$1" | tr ',' '\n')" | paste -sd, -)"
}

run_client() {
  local name=$1 source=$2 spared=$3 log emulator endpoint status=0 vary=()
  [ -z "${VARY:-}" ] || vary=(--vary "$(vary_without "$spared")")
  log=$(mktemp)
  EMULATOR_TOKEN=demo target/debug/graph-contacts emulator --port 0 ${vary[@]+"${vary[@]}"} >"$log" &
  emulator=$!
  until grep -q "^Try: " "$log"; do
    kill -0 "$emulator" 2>/dev/null || { cat "$log"; rm -f "$log"; return 1; }
    sleep 0.2
  done
  endpoint=$(grep -o -m 1 'http://[0-9.]*:[0-9]*' "$log")
  case $source in
    npm) node "target/clients/$name/$name.mjs" "$endpoint" demo "$user" || status=$? ;;
    pip) "target/clients/$name/bin/python" "tests/clients/$name.py" "$endpoint" demo "$user" || status=$? ;;
  esac
  kill "$emulator"
  wait "$emulator" || true
  rm -f "$log"
  return "$status"
}

while read -r name source spared packages; do
  [ -n "$name" ] || continue
  [ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
  # shellcheck disable=SC2086
  if ! install "$name" "$source" $packages; then
    echo "$name: skipped, because $packages cannot be had from $source"
    skipped+=("$name")
    continue
  fi
  echo "$name ($packages)"
  if run_client "$name" "$source" "$spared" </dev/null; then passed+=("$name"); else failed+=("$name"); fi
done <<<"$clients"
echo "passed: ${passed[*]:-none}; skipped: ${skipped[*]:-none}; failed: ${failed[*]:-none}"
[ ${#failed[@]} = 0 ]
