#!/usr/bin/env bash
# Feeds generated inputs to everything in the policy that reads a file; see --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
  cat <<'TEXT'
Usage: tests/fuzz/run.sh [--inputs N] [--seed S] [--workers W] [--target NAME] [--save DIR]

Tries the readers of policy documents, requests, example files, AD FS metadata, Conditional Access policies and named locations,
and the formatter, with the seeds in tests/fuzz/seeds and with inputs made of them. Says every ten seconds how far it is.

  --inputs N    how many, over all targets; default 1000000 (some minutes)
  --seed S      the same number gives the same inputs; default 1
  --workers W   threads; default one for each processor
  --target NAME only this one: document, format, request, examples, adfs, conditional-access, locations
  --save DIR    write the inputs that found something new there, to choose seeds from

Exit code 0: no promise is broken. 1: one is, and the input is printed; put it into tests/fuzz/seeds with the correction.
TEXT
}

case ${1:-} in
  --help | -h) usage; exit 0 ;;
esac
if (($# % 2 == 1)); then usage >&2; exit 2; fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet build tests/fuzz -c Release -v q --nologo
exec artifacts/bin/MfaGateway.Fuzz/release/MfaGateway.Fuzz "$@"
