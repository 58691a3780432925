#!/usr/bin/env bash
# Runs azure_ad_graph_sdk.py against a gateway with the emulator (`make test-sdk`). Needs Python 3 with venv and its package index.
set -euo pipefail
cd "$(dirname "$0")/../.."
python3 -m venv target/sdk
target/sdk/bin/pip install --quiet --disable-pip-version-check azure-graphrbac==0.61.2
log=$(mktemp)
GATEWAY_USERNAME=sdk GATEWAY_PASSWORD=secret GATEWAY_DIRECTORY=contoso.com \
  target/debug/graph-contacts serve --emulator --port 0 > "$log" &
gateway=$!
trap 'kill "$gateway"; rm -f "$log"' EXIT
until grep -q "^Listening on " "$log"; do
  kill -0 "$gateway" 2>/dev/null || { cat "$log"; exit 1; }
  sleep 0.2
done
target/sdk/bin/python tests/sdk/azure_ad_graph_sdk.py "$(sed -n 's/^Listening on //p' "$log")" secret contoso.com
