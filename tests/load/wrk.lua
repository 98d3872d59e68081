-- What wrk sends, and the check of every answer. Arguments: METHOD or MIX, bytes of the body, status expected, length of the answer or -1, the host, a cookie, "-" for none or @ and a file
-- with a cookie on each line, of which every request takes the next.
-- The last line it prints is JSON: requests, errors, wrong answers, microseconds, percentiles of the latency.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  wrong, seen = 0, nil
  expected, length = tonumber(args[3]), tonumber(args[4])
  wrk.method = args[1]
  wrk.headers["Host"] = args[5]
  if args[6] ~= "-" then wrk.headers["Cookie"] = args[6] end
  if tonumber(args[2]) > 0 then
    wrk.body = string.rep("x", tonumber(args[2]))
    wrk.headers["Content-Type"] = "application/octet-stream"
  end
  if args[1] == "POST" then wrk.headers["X-Requested-With"] = "XMLHttpRequest" end
  if args[1] == "MIX" then request = inturn(mixed()) end
  if args[6]:sub(1, 1) == "@" then request = inturn(people(args[6]:sub(2))) end
end

-- The same request by everybody whose cookie is in a file.
function people(file)
  local all = {}
  for cookie in io.lines(file) do
    wrk.headers["Cookie"] = cookie
    table.insert(all, wrk.format())
  end
  return all
end

function inturn(all)
  local at = 0
  return function()
    at = at % #all + 1
    return all[at]
  end
end

-- A hundred requests of Outlook on the web: half are calls of its service with 2 to 20 KB, a fifth polls, the rest pages, pictures, scripts and two attachments of 1 MB.
function mixed()
  local get, post = function(path) return wrk.format("GET", path) end, function(path, bytes)
    local headers = { ["X-Requested-With"] = "XMLHttpRequest", ["Content-Type"] = "application/json; charset=utf-8" }
    for name, value in pairs(wrk.headers) do headers[name] = value end
    return wrk.format("POST", path, headers, string.rep("x", bytes))
  end
  wrk.method, seen, length, mix = "GET", {}, 0, true
  local all = {}
  for n = 1, 100 do
    local turn = n * 37 % 100 -- every number once, far from its neighbours
    if turn < 20 then all[n] = post("/owa/service.svc?action=FindItem&EP=1", 2048)
    elseif turn < 35 then all[n] = post("/owa/service.svc?action=GetItem", 4096)
    elseif turn < 45 then all[n] = post("/owa/service.svc?action=GetConversationItems", 8192)
    elseif turn < 50 then all[n] = post("/owa/service.svc?action=UpdateItem", 20480)
    elseif turn < 70 then all[n] = get("/owa/ping.owa?UA=0")
    elseif turn < 78 then all[n] = get("/owa/")
    elseif turn < 90 then all[n] = get("/owa/prem/icon.svg")
    elseif turn < 98 then all[n] = get("/owa/prem/script.js")
    else all[n] = get("/owa/attachment.ashx?id=1") end
  end
  return all
end

function response(status, headers, body)
  if mix then
    -- the answers of a length are all the same
    if status ~= expected or (seen[#body] ~= nil and seen[#body] ~= body) or not ({ [400] = 1, [2048] = 1, [102400] = 1, [1048576] = 1 })[#body] then wrong = wrong + 1 end
    seen[#body] = body
    return
  end
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
