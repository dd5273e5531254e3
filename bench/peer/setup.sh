#!/usr/bin/env bash
# A virtual environment with the peer, outside of the repository: setup.sh DIR
set -euo pipefail
dir=${1:?usage: setup.sh DIR}
python3 -m venv "$dir"
"$dir/bin/pip" install -q torch==2.15.0 transformers==5.23.0 peft==0.21.2 datasets==5.2.0 accelerate
