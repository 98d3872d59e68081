#!/usr/bin/env bash
# Builds everything and runs every suite; see --help. The last line is always "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

configuration=Release
results=artifacts/test-results
provider=tests/MfaGateway.InteropTests/provider
fast_suites=(MfaGateway.Tests MfaGateway.IntegrationTests)
passed=0 failed=0 skipped=0 broken=0
suites=()

usage() {
  cat <<'TEXT'
Usage: tests/run.sh [--fast | --long] [--help]

Installs what is missing (Debian 12, as root), restores, builds once, runs every test project under tests/ and ends with
"N passed, N failed, N skipped". Needs the .NET 10 SDK.

  --fast   only MfaGateway.Tests and MfaGateway.IntegrationTests: in memory, nothing is installed
  --long   everything, and what takes its time in full: half an hour of hanging requests, 2,000 of them at once, a hundred reloads
  --help   this text

Exit code 0: every suite ran at least one test and none failed. 1: something failed. 2: wrong usage.
The trx files and the logs of restore and build are in artifacts/test-results.
TEXT
}

finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  if ((failed > 0 || broken > 0 || passed == 0)); then exit 1; fi
  exit 0
}

# stop WHY: what comes after would only repeat the same failure
stop() {
  echo "FAILED: $1" >&2
  broken=1
  finish
}

# need COMMAND PACKAGE...: the packages, unless the command is there
need() {
  local command=$1
  shift
  if command -v "$command" >/dev/null; then return; fi
  command -v apt-get >/dev/null || stop "'$command' is missing and there is no apt-get to install it with"
  ((EUID == 0)) || stop "'$command' is missing: install $*, or run this as root"
  echo "== installing $*"
  if [[ -z ${packages_listed:-} ]]; then apt-get update -qq || stop "apt-get update"; fi
  packages_listed=1
  # the tests start servers themselves; the packages must not
  local policy=/usr/sbin/policy-rc.d made=
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && made=1
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  local code=$?
  if [[ -n $made ]]; then rm -f "$policy"; fi
  ((code == 0)) || stop "apt-get install $*"
}

install_parts() {
  need chromium chromium fonts-liberation
  need node nodejs
  need npm npm
  need redis-server redis-server
  need haproxy haproxy
  need samba samba samba-ad-dc samba-ad-provision samba-dsdb-modules winbind
  need kinit krb5-user libgssapi-krb5-2
  need apache2 apache2
  [[ -e /usr/lib/apache2/modules/mod_auth_gssapi.so ]] || need mod_auth_gssapi libapache2-mod-auth-gssapi
  need openssl openssl
  need faketime faketime
  need gcc gcc libc6-dev
}

install_provider() {
  if [[ ! -f $provider/package-lock.json ]]; then return; fi
  echo "== npm ci in $provider"
  npm ci --prefix "$provider" --no-audit --no-fund --loglevel=error || stop "npm ci in $provider"
}

# A restore that warns has picked other versions than the central ones, or one with a known hole.
restore() {
  echo "== restore"
  dotnet restore MfaGateway.sln --nologo >"$results/restore.log" 2>&1 || { cat "$results/restore.log"; stop "dotnet restore"; }
  if grep -E '\bNU[0-9]{4}\b' "$results/restore.log"; then stop "dotnet restore warned"; fi
}

build() {
  echo "== build ($configuration)"
  dotnet build MfaGateway.sln --no-restore -c "$configuration" -v q --nologo >"$results/build.log" 2>&1 || { cat "$results/build.log"; stop "dotnet build"; }
}

find_suites() {
  local project name
  for project in tests/*Tests/*Tests.csproj; do
    name=$(basename "$project" .csproj)
    if ((fast)) && [[ " ${fast_suites[*]} " != *" $name "* ]]; then continue; fi
    suites+=("$name")
  done
  ((${#suites[@]} > 0)) || stop "there is no test project under tests/"
}

# counter NAME FILE: an attribute of the one Counters element of a trx file
counter() {
  grep -o '<Counters [^>]*' "$2" | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p"
}

run_suite() {
  local name=$1 trx=$results/$1.trx began=$SECONDS code=0 all good bad left
  echo "== $name"
  dotnet test --project "tests/$name/$name.csproj" --no-build -c "$configuration" --no-progress --timeout "$patience" \
    --report-xunit-trx --report-xunit-trx-filename "$name.trx" --results-directory "$results" || code=$?
  if [[ ! -f $trx ]] || ! all=$(counter total "$trx") || [[ -z $all ]]; then
    report "$name" "did not finish (exit code $code)"
    failed=$((failed + 1))
    return
  fi
  if ((all == 0)); then
    report "$name" "NO TEST RAN"
    broken=1
    return
  fi
  good=$(counter passed "$trx")
  bad=$(($(counter failed "$trx") + $(counter error "$trx") + $(counter timeout "$trx") + $(counter aborted "$trx")))
  left=$((all - good - bad))
  # a run that ends badly after its last test passed (a crash, a hang) is a failure that no test bears
  if ((code != 0 && bad == 0)); then bad=1; fi
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
  report "$name" "$good passed, $bad failed, $left skipped in $((SECONDS - began)) s"
}

summary=""
report() {
  summary+=$(printf '  %-32s %s' "$1" "$2")$'\n'
}

fast=0 patience=20m
for argument in "$@"; do
  case $argument in
    --fast) fast=1 ;;
    --long) export MFAGW_LONG=1 patience=2h ;;
    --help | -h) usage; exit 0 ;;
    *) echo "Unknown option '$argument'." >&2; usage >&2; exit 2 ;;
  esac
done

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
rm -rf "$results"
mkdir -p "$results"
command -v dotnet >/dev/null || stop "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0"
find_suites
if ((!fast)); then
  install_parts
  install_provider
fi
restore
build
for suite in "${suites[@]}"; do run_suite "$suite"; done
echo
printf '%s' "$summary"
finish
