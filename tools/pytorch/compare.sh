#!/bin/sh
# Builds blindspot-cli and holds it against PyTorch. Arguments go to compare.py (--threads 1,2 --rounds 3 --seconds 4).
# Needs Debian's python3-torch. Run it on a machine that does nothing else.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
(cd "$here/../.." && go build -o "$folder/blindspot-cli" ./cmd/blindspot-cli)
/usr/bin/python3 "$here/compare.py" "$folder/blindspot-cli" "$@"
