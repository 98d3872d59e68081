#!/usr/bin/env bash
# Measures the gateway side by side with plain YARP and with what people use today, and with
# "scale" what becomes of it when one thing grows; see --help and scale --help. Debian 12: installs what it needs, as root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

missing=()
for pair in wrk:wrk h2load:nghttp2-client nginx:nginx-light haproxy:haproxy apache2:apache2 redis-server:redis-server; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
[[ -e /usr/lib/apache2/modules/mod_auth_openidc.so ]] || missing+=(libapache2-mod-auth-openidc)
if ((${#missing[@]} > 0)); then
  echo "== installing ${missing[*]}" >&2
  # the rig starts servers itself; the packages must not
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

mkdir -p artifacts/load
dotnet build tests/load/MfaGateway.Load.csproj -c Release -v q --nologo >artifacts/load/build.log || { cat artifacts/load/build.log; exit 1; }
load=artifacts/bin/MfaGateway.Load/release/MfaGateway.Load
if [[ ${1-} == scale ]]; then
  "$load" scale --output artifacts/load/scale.json "${@:2}"
else
  "$load" --output artifacts/load/figures.json "$@"
fi
