# Reads rules with pySigma and converts each for Splunk.
import glob
import sys

from sigma.backends.splunk import SplunkBackend
from sigma.collection import SigmaCollection

files = sorted(glob.glob(sys.argv[1] + "/*.yml"))
for name in files:
    with open(name, encoding="utf-8") as f:
        rules = SigmaCollection.from_yaml(f.read(), collect_errors=True)
    errors = [e for r in rules.rules for e in r.errors]
    if errors or len(SplunkBackend().convert(rules)) != 1:
        sys.exit(f"{name}: {errors}")
if not files:
    sys.exit("no rules")
print(len(files), "rules read by pySigma and converted for Splunk")
