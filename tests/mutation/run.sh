#!/usr/bin/env bash
# Plants faults in MfaGateway.Policy and counts those that its tests find; see --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

version=5.1.0
tools=../../artifacts/tools
output=../../artifacts/mutation

usage() {
  cat <<'TEXT'
Usage: tests/mutation/run.sh [--folder NAME]...

Runs Stryker.NET over MfaGateway.Policy with the tests that take no time, and prints the share of planted faults they find, by folder,
and every fault that nobody found. Takes about an hour on two free cores; a folder alone some minutes.

  --folder NAME  only this folder of src/MfaGateway.Policy, for example Conditions; `.` stands for the files in none

Not planted: other texts. Nine of ten texts here are the wording of messages, which no test should pin; the words of the document language are held
by the tests of the schema and of the documentation.

Needs the .NET 10 SDK and jq; installs Stryker.NET below artifacts/tools. Works on a copy in the folder for temporary files, so that the
checkout can be used meanwhile; the report comes to artifacts/mutation. Exit code 0: at least 90 % were found.
TEXT
}

folders=()
while (($# > 0)); do
  case $1 in
    --folder) folders+=("${2:?--folder needs a name}"); shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
if [[ ! -x $tools/dotnet-stryker ]]; then dotnet tool install dotnet-stryker --version "$version" --tool-path "$tools"; fi

# a copy: Stryker builds the planted faults where the project builds
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git -C ../.. ls-files -z --cached --others --exclude-standard -- src/MfaGateway.Policy tests/MfaGateway.Tests tests/mutation deploy docs '*.props' '*.txt' '*.sln' global.json .editorconfig |
  (cd ../.. && tar --null --ignore-failed-read -cf - -T -) | tar -xf - -C "$copy"

mutate=()
for folder in ${folders[@]+"${folders[@]}"}; do
  if [[ $folder == . ]]; then mutate+=(--mutate '*.cs'); else mutate+=(--mutate "**/$folder/**/*.cs"); fi
done
rm -rf "$output"
mkdir -p "$output"
tools=$(cd "$tools" && pwd) output=$(cd "$output" && pwd)
(cd "$copy/tests/mutation" && MFAGW_TEST_SCALE=0.02 "$tools/dotnet-stryker" --skip-version-check --output "$output" ${mutate[@]+"${mutate[@]}"}) || true
./summary.sh "$output/reports/mutation-report.json"
