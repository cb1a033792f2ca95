#!/bin/sh
# Shows the main job on the three sample incidents: notes in, a bundle out that names nobody.
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
