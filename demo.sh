#!/bin/sh
# Shows the main job on the three sample incidents, then opens the desk on them: a hub, three
# victims and two members, all invented, in a directory of their own. Ctrl-C ends it.
# usage: demo.sh [PORT]; with WAKACHI_DEMO=once it ends after the first part.
set -eu
out=$(mktemp -d "${TMPDIR:-/tmp}/wakachi-demo.XXXXXX")
for incident in targeted webserver ransomware; do
  in=testdata/incidents/$incident
  printf '\n== %s\n' "$incident"
  printf '$ wakachi share %s/notes.md --profile %s/profile.yaml --tlp amber --auto -o %s.json\n' "$in" "$in" "$incident"
  bin/wakachi share "$in/notes.md" --profile "$in/profile.yaml" --tlp amber --auto \
    -o "$out/$incident.json" --report "$out/$incident.report.json"
  printf '   '
  grep -o '"pattern":"[^"]*"' "$out/$incident.json" | head -n 3 | sed 's/^"pattern"://' | tr '\n' ' '
  printf '…\n'
done
printf '\n%s\n' "$out"
[ "${WAKACHI_DEMO:-}" = once ] && exit 0

printf '\n== desk\n'
bin/wakachi serve --demo --data "$out/data" --listen "127.0.0.1:${1:-8420}" &
server=$!
trap 'kill $server 2>/dev/null; wait $server; exit 0' INT TERM
trap 'kill $server 2>/dev/null || true' EXIT
while [ ! -s "$out/data/demo.json" ]; do
  kill -0 $server 2>/dev/null || exit 1
  sleep 1
done
# One line an account: who, password, organisation.
awk -F'"' '/"login"/ {l=$4} /"password"/ {p=$4} /"organisation"/ {printf "  %-22s %s  %s\n", l, p, $4}' "$out/data/demo.json"
wait $server
