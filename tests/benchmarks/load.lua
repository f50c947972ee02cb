-- For wrk: ask for the paths in a file, one after the other, each thread its own share of them.
-- wrk ... -s load.lua ADDRESS -- FILE THREADS

local threads = 0

function setup(thread)
  thread:set("share", threads)
  threads = threads + 1
end

function init(args)
  wrk.headers["HX-Request"] = "true"
  wrk.headers["HX-Target"] = "results"
  requests = {}
  local line = 0
  for path in io.lines(args[1]) do
    if line % tonumber(args[2]) == share then
      requests[#requests + 1] = wrk.format("GET", path)
    end
    line = line + 1
  end
  at = 0
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.status + summary.errors.timeout
  io.write(string.format(
    '{"requests": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed
  ))
end
