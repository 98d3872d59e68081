-- What wrk sends, and the check of every answer. Arguments: METHOD, bytes of the body, status expected, length of the answer or -1, a cookie or "-", the host.
-- The last line it prints is JSON: requests, errors, wrong answers, microseconds, percentiles of the latency.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  wrong, seen = 0, nil
  expected, length = tonumber(args[3]), tonumber(args[4])
  wrk.method = args[1]
  wrk.headers["Host"] = args[6]
  if args[5] ~= "-" then wrk.headers["Cookie"] = args[5] end
  if tonumber(args[2]) > 0 then
    wrk.body = string.rep("x", tonumber(args[2]))
    wrk.headers["Content-Type"] = "application/octet-stream"
  end
  if args[1] == "POST" then wrk.headers["X-Requested-With"] = "XMLHttpRequest" end
end

function response(status, headers, body)
  if status ~= expected or (length >= 0 and #body ~= length) then
    wrong = wrong + 1
  elseif length >= 0 then
    -- the whole text of the first answer is what every other has to be
    if seen == nil then seen = body elseif seen ~= body then wrong = wrong + 1 end
  end
end

function done(summary, latency, requests)
  local all = 0
  for _, thread in ipairs(threads) do all = all + thread:get("wrong") end
  local e = summary.errors
  io.write(string.format('{"requests":%d,"errors":%d,"wrong":%d,"microseconds":%d,"p50":%d,"p99":%d,"p999":%d}\n', summary.requests,
    e.connect + e.read + e.write + e.timeout, all, summary.duration, latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
