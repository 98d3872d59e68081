#!/usr/bin/env bash
# Feeds generated inputs to everything that reads what strangers, providers or files say; see --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=2.3.0
tools=artifacts/tools

usage() {
  cat <<'TEXT'
Usage: tests/fuzz/run.sh [--coverage] [--inputs N | --minutes M] [--seed S] [--workers W] [--target NAME] [--save DIR]

Tries each target with its seeds in tests/fuzz/seeds and with inputs made of them. Says every ten seconds how far it is.

  --coverage    first: lets SharpFuzz instrument a copy of the gateway's assemblies, so that an input that takes a new branch is kept and
                changed further; one thread. Without it, inputs are kept that lead to a new answer. Installs SharpFuzz below artifacts/tools
  --inputs N    how many, over all targets; default 1000000 (some minutes)
  --minutes M   how long instead
  --seed S      the same number gives the same inputs; default 1
  --workers W   threads; default one for each processor
  --target NAME only this one: document, format, request, examples, adfs, conditional-access, locations, request-target, return-address,
                headers, cookie, configuration, audit-line, id-token, metadata, key-set, callback-form, logout-token
  --save DIR    write the inputs that found something new there, to choose seeds from

Exit code 0: no promise is broken. 1: one is, and the input is printed; put it into tests/fuzz/seeds with the correction.
TEXT
}

case ${1:-} in
  --help | -h) usage; exit 0 ;;
esac
coverage=
if [[ ${1:-} == --coverage ]]; then coverage=1; shift; fi
if (($# % 2 == 1)); then usage >&2; exit 2; fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet build tests/fuzz -c Release -v q --nologo
build=artifacts/bin/MfaGateway.Fuzz/release
if [[ -z $coverage ]]; then exec "$build/MfaGateway.Fuzz" "$@"; fi

if [[ ! -x $tools/sharpfuzz ]]; then dotnet tool install SharpFuzz.CommandLine --version "$version" --tool-path "$tools"; fi
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$build/." "$copy"
for assembly in MfaGateway MfaGateway.Policy; do "$tools/sharpfuzz" "$copy/$assembly.dll"; done
# instrumented code calls this library; where it lies, the runner knows what was instrumented
cp "$(find "$tools/.store/sharpfuzz.commandline" -name SharpFuzz.Common.dll -path '*net10.0*' | head -n 1)" "$copy"
"$copy/MfaGateway.Fuzz" "$@"
