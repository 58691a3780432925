#!/usr/bin/env bash
# The end-to-end tests under several seeds of the emulator's variation. Prints the failed seeds and how to repeat them.
# Usage: vary.sh FIRST COUNT [ARGUMENT...], with arguments of the test program such as --skip soak.
set -uo pipefail
cd "$(dirname "$0")/.."
first=$1 count=$2
shift 2
e2e=(cargo test --locked --quiet --workspace --test e2e)
"${e2e[@]}" --no-run || exit
failed=()
for seed in $(seq "$first" $((first + count - 1))); do
  log=target/vary-$seed.log
  if VARY_SEED=$seed "${e2e[@]}" -- "$@" >"$log" 2>&1; then
    echo "seed $seed: passed"
    rm "$log"
  else
    failed+=("$seed")
    echo "seed $seed: FAILED, $log"
    sed -n 's/^---- \(.*\) stdout ----$/  VARY_SEED='"$seed"' cargo test --locked --workspace --test e2e \1/p' "$log"
  fi
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "${#failed[@]} of $count seeds failed: ${failed[*]}"
  exit 1
fi
echo "$count seeds passed, from $first"
