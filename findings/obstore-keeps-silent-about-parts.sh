#!/usr/bin/env bash
# obstore 0.12.1 (PyPI): LocalStore neither lists nor deletes a file whose name ends in "#" and digits.
#
# It writes a file under such a name first and renames it at the end. A process that is killed meanwhile leaves
# NAME#1 on the disk with what had arrived. A clean-up that lists the store with the library itself never sees
# it, and deleting it by name raises an error: a service that must forget what people handed in has to look at
# the folder. Seen on Linux. Exits 1 when the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "obstore==0.12.1"
"$folder/venv/bin/python" - "$folder/store" <<'PYTHON'
import sys
from pathlib import Path

import obstore
from obstore.store import LocalStore

place = Path(sys.argv[1])
place.mkdir()
store = LocalStore(place)
obstore.put(store, "whole", b"all of it")
(place / "whole#1").write_bytes(b"what a killed upload leaves")
(place / "whole-1").write_bytes(b"another name, for comparison")

listed = sorted(one["path"] for page in obstore.list(store) for one in page)
print("in the folder:", sorted(one.name for one in place.iterdir()))
print("listed:       ", listed)
try:
    obstore.delete(store, "whole#1")
    refused = "nothing"
except Exception as error:
    refused = type(error).__name__
print("delete raises:", refused)
same = listed == ["whole", "whole-1"] and refused != "nothing" and (place / "whole#1").exists()
sys.exit(0 if same else 1)
PYTHON
echo "as seen with obstore 0.12.1"
