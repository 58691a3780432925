#!/usr/bin/env bash
# Runs OData clients that we did not write against a gateway with the emulator (`make test-odata`): pyodata (PyPI) and
# @odata/client (npm). A client that cannot be had is skipped by name.
set -euo pipefail
cd "$(dirname "$0")/../.."
home=target/odata
mkdir -p "$home"
log=$(mktemp)
GATEWAY_USERNAME=sdk GATEWAY_PASSWORD=secret GATEWAY_DIRECTORY=contoso.com \
  target/debug/graph-contacts serve --emulator --port 0 > "$log" &
gateway=$!
trap 'kill "$gateway"; rm -f "$log"' EXIT
until grep -q "^Listening on " "$log"; do
  kill -0 "$gateway" 2>/dev/null || { cat "$log"; exit 1; }
  sleep 0.2
done
endpoint=$(sed -n 's/^Listening on //p' "$log")

if python3 -m venv "$home/venv" 2>/dev/null \
  && "$home/venv/bin/pip" install --quiet --retries 1 --disable-pip-version-check \
    pyodata==1.12.1 "requests>=2.31" 2>/dev/null; then
  "$home/venv/bin/python" tests/sdk/odata_pyodata.py "$endpoint" secret contoso.com
else
  echo "skipped: pyodata, because there is no Python with its package index"
fi

if command -v npm >/dev/null \
  && npm install --silent --no-audit --no-fund --fetch-retries=1 --prefix "$home" @odata/client@2.21.10 >/dev/null 2>&1; then
  # Node looks for packages beside the script.
  cp tests/sdk/odata_client.mjs "$home/"
  node "$home/odata_client.mjs" "$endpoint" secret contoso.com
else
  echo "skipped: @odata/client, because there is no npm with its registry"
fi
