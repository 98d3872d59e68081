#!/usr/bin/env bash
# summary.sh REPORT...: the score of each folder and of all, and the faults that nobody found. Exit code 1 below 90 %.
set -euo pipefail
text=$(jq -rn '
  def found: . == "Killed" or . == "Timeout";
  def missed: . == "Survived" or . == "NoCoverage";
  def folder: sub(".*MfaGateway.Policy/"; "") | if contains("/") then sub("/[^/]*$"; "") else "." end;
  def score: (map(select(.status | found)) | length) as $found | (map(select(.status | missed)) | length) as $missed
    | "\($found) of \($found + $missed) found, \(if $found + $missed == 0 then 100 else ($found * 1000 / ($found + $missed) | floor / 10) end) %";
  [inputs.files | to_entries[] | .key as $file | .value.mutants[] | . + {file: $file}] as $all
  | ($all | map(select(.status | missed)) | sort_by(.file, .location.start.line)[]
      | "\(.status)\t\(.file | sub(".*MfaGateway.Policy/"; "")):\(.location.start.line):\(.location.start.column)\t\(.mutatorName)\t\(.replacement // "" | gsub("\\s+"; " ") | .[0:120])"),
    "", ($all | group_by(.file | folder)[] | "\(.[0].file | folder)\t\(score)"), "all\t\($all | score)"
' "$@")
printf '%s\n' "$text"
[[ ${text##*$'\n'} =~ (9[0-9]|100)(\.[0-9])?\ %$ ]]
