# Reads rules with suricata-update's own reader and says how many it took.
import sys

import suricata.update.rule as rule

for name in sys.argv[1:]:
    sids = set()
    with open(name, encoding="utf-8") as f:
        for line in f:
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            r = rule.parse(line)
            if r is None or not r.enabled or r.sid in sids or not r.msg or r.rev != 1:
                sys.exit("not taken: " + line)
            sids.add(r.sid)
    print(len(sids), "rules taken by suricata-update")
