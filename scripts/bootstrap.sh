# Sourced by the commands beside it: makes .venv from requirements.lock, once per lock file.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() { printf '%s\n' "$1" >&2; exit 1; }

command -v python3 >/dev/null || fail "Python 3.11 or newer is needed: install python3."
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed; this is $(python3 --version)."

make_venv() {
    rm -rf .venv
    # Some systems ship python3 without ensurepip; virtualenv brings its own pip.
    python3 -m venv .venv 2>/dev/null || {
        rm -rf .venv
        python3 -m pip install --quiet --target .venv-maker virtualenv
        PYTHONPATH=.venv-maker python3 -m virtualenv --quiet .venv
        rm -rf .venv-maker
    }
}

digest=$(python3 -c 'import hashlib; print(hashlib.sha256(open("requirements.lock","rb").read()).hexdigest())')
if [ "$(cat .venv/installed 2>/dev/null)" != "$digest" ]; then
    printf 'Installing the Python packages of requirements.lock ...\n' >&2
    make_venv
    .venv/bin/python -m pip install --disable-pip-version-check --quiet --progress-bar on \
        --require-hashes --requirement requirements.lock >&2
    printf '%s' "$digest" > .venv/installed
fi
