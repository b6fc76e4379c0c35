#!lua name=parley1
-- The room log: every change of a shard in Redis is one of these functions, so that each is atomic.
--
-- A function validates everything before its first write: Redis rolls nothing back.
-- Every function begins with the fence: the generation that the caller believes in must be the
-- one that is open here, on the very server (run and replication id) on which it was begun.
-- Numbers are formatted with %.0f, since Lua's own .. would write large ones with an exponent.

local EMBEDDED = '@MODE@' == 'embedded'

local function number(value)
  return string.format('%.0f', value)
end

-- A primary that was failed over and back keeps its run_id, but not its replication id.
local function server_identity(identity_key)
  if EMBEDDED then
    return redis.call('GET', identity_key) or ''
  end
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
  local replication = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
  return run .. ':' .. replication
end

local function generation_of(fence)
  return tonumber(string.match(fence, '^(%d+) '))
end

-- keys: fence, identity
local function is_open(keys, fence)
  if redis.call('GET', keys[1]) ~= fence then
    return false
  end
  return string.match(fence, '^%d+ (.*)$') == server_identity(keys[2])
end

-- keys: fence, identity -> the fence ('' if there is none), this server's identity
local function state(keys, args)
  return { redis.call('GET', keys[1]) or '', server_identity(keys[2]) }
end

-- keys: fence, identity; args: the new fence -> 1, or 0 if this is not its server or it is late
local function begin(keys, args)
  local held = redis.call('GET', keys[1])
  if held and generation_of(held) >= generation_of(args[1]) then
    return 0
  end
  local identity = string.match(args[1], '^%d+ (.*)$')
  if EMBEDDED then
    redis.call('SET', keys[2], identity)
  elseif identity ~= server_identity(keys[2]) then
    return 0
  end
  redis.call('SET', keys[1], args[1])
  return 1
end

-- keys: fence, identity, counters, live, room; args: fence, room, drops, seq, n, authority
-- -> 'ok' | 'fence' | 'dropped' (a room was dropped since `drops` was read: read the database again)
local function seed(keys, args)
  if not is_open(keys, args[1]) then
    return 'fence'
  end
  local held = redis.call('HGET', keys[5], 'authority')
  if held then
    -- As with an entry: a newer authority proves a change whose notice is still on its way.
    if tonumber(args[6]) > tonumber(held) then
      redis.call('HSET', keys[5], 'authority', args[6])
    end
    return 'ok'
  end
  if (redis.call('HGET', keys[3], 'drops') or '0') ~= args[3] then
    return 'dropped'
  end
  redis.call('HSET', keys[5], 'seq', args[4], 'n', args[5], 'authority', args[6], 'stored', args[4])
  redis.call('SADD', keys[4], args[2])
  return 'ok'
end

-- What was deleted leaves no text here. The hash `redacted` has, under the seq of each entry that
-- went, where its deletion stands, and behind that its key and a stone's record, if the entry was
-- among the recent ones: 'seq n time[ key record]'. A stone keeps its entry's place and name.

local function stone(record, key, reason)
  local place = string.match(record, '^%d+ %d+ %d+ %d+ ')
  local author, cmid = string.match(key, '^([^:]*):(.*)$')
  local content = '"content":{"kind":"stone","reason":"' .. reason .. '"}}'
  return place .. '{"author":"' .. author .. '","cmid":"' .. cmid .. '",' .. content
end

-- Take a message, and the edits of it, out of the recent stream. `place` is the deletion's.
local function redact(recent, sent, redacted, target, place)
  redis.call('HSET', redacted, target, place)
  for _, item in ipairs(redis.call('XRANGE', recent, target .. '-0', '+')) do
    local seq, key, record, edited = string.match(item[1], '^%d+'), item[2][2], item[2][4], item[2][6]
    if seq == target or edited == target then
      redis.call('XDEL', recent, item[1])
      local reason = seq == target and 'deleted' or 'withdrawn'
      redis.call('HSET', redacted, seq, place .. ' ' .. key .. ' ' .. stone(record, key, reason))
      local stands = string.match(redis.call('HGET', sent, key) or '', '^%d+ %d+ %d+ ')
      -- Without a digest: whatever is sent again under this name is the same.
      if stands then redis.call('HSET', sent, key, stands) end
    end
  end
end

-- The stones after a seq, in order: {seq, record}.
local function stones_after(redacted, after)
  local stones, held = {}, redis.call('HGETALL', redacted)
  for i = 1, #held, 2 do
    local record = string.match(held[i + 1], '^%d+ %d+ %d+ %S+ (.*)$')
    if record and tonumber(held[i]) > after then
      stones[#stones + 1] = { tonumber(held[i]), record }
    end
  end
  table.sort(stones, function(one, other) return one[1] < other[1] end)
  return stones
end

-- One entry's refusal or earlier outcome, or nil if it is to be appended.
local function settled(sent, redacted, authority, entry)
  local earlier = redis.call('HGET', sent, entry.key)
  if earlier then
    local seq, n, time, digest = string.match(earlier, '^(%d+) (%d+) (%d+) (.*)$')
    if digest ~= '' and digest ~= entry.digest then
      return { 'conflict' }
    end
    return { 'seen', seq, n, time }
  end
  -- A fact (a change the database has made already) is told in any case, and in any order.
  if not entry.fact and entry.authority < authority then
    return { 'stale', number(authority) }
  end
  local deleted = entry.target ~= '0' and redis.call('HGET', redacted, entry.target)
  if not deleted then
    return nil
  elseif entry.kind == 'delete' then
    return { 'seen', string.match(deleted, '^(%d+) (%d+) (%d+)') }
  end
  return { 'gone' }
end

local ENTRY_ARGS = 8

local function entry_at(args, first)
  return {
    authority = tonumber(args[first]),
    counts = args[first + 1] == '1',
    fact = args[first + 2] == '1',
    kind = args[first + 3],
    target = args[first + 4],
    key = args[first + 5],
    digest = args[first + 6],
    body = args[first + 7],
  }
end

-- keys: fence, identity, counters, ingest, room, recent, sent, redacted
-- args: fence, room, channel, now, gateway, then for each entry: authority, counts, fact,
-- kind ('entry', 'edit', 'delete' or another 'change'), target (a seq or 0), key, digest, body
-- -> {'fence'} | {'unseeded'} | {'ok', for each entry {'new'|'seen', seq, n, time} | {'conflict'} |
--    {'stale', authority} | {'gone'} (the target is deleted)}
local function append(keys, args)
  local fence, room, channel, now, gateway = args[1], args[2], args[3], args[4], args[5]
  if not is_open(keys, fence) then
    return { 'fence' }
  end
  local held = redis.call('HMGET', keys[5], 'seq', 'n', 'authority')
  if not held[1] then
    return { 'unseeded' }
  end
  local generation = number(generation_of(fence))
  local seq, n, authority = tonumber(held[1]), tonumber(held[2]), tonumber(held[3])
  local answer = { 'ok' }
  for first = 6, #args, ENTRY_ARGS do
    local entry = entry_at(args, first)
    local outcome = settled(keys[7], keys[8], authority, entry)
    if not outcome then
      seq = seq + 1
      if entry.counts then n = n + 1 end
      -- A newer authority proves a change whose notice is still on its way.
      if entry.authority > authority then authority = entry.authority end
      local place = number(seq) .. ' ' .. number(n) .. ' ' .. now
      local record = generation .. ' ' .. place .. ' ' .. entry.body
      local ingest_id = number(redis.call('HINCRBY', keys[3], 'ingest', 1)) .. '-0'
      redis.call('XADD', keys[4], ingest_id, 'm', room, 'k', entry.key, 'r', record, 'g', gateway)
      if entry.kind == 'delete' then
        redact(keys[6], keys[7], keys[8], entry.target, place)
      end
      local fields = { 'k', entry.key, 'r', record }
      if entry.kind == 'edit' then
        fields[5], fields[6] = 't', entry.target
      end
      redis.call('XADD', keys[6], number(seq) .. '-0', unpack(fields))
      redis.call('HSET', keys[7], entry.key, place .. ' ' .. entry.digest)
      redis.call('HSET', keys[5], 'seq', number(seq), 'n', number(n), 'authority', number(authority))
      redis.call('SPUBLISH', channel, 'E ' .. record)
      outcome = { 'new', number(seq), number(n), now }
    end
    answer[#answer + 1] = outcome
  end
  return answer
end

-- keys: fence, identity, counters, ingest, then the rooms; args: fence
-- -> {'fence'} | {'ok', drops, backlog, for each room {seq, n, stored} or {} if it is not seeded}
local function positions(keys, args)
  if not is_open(keys, args[1]) then
    return { 'fence' }
  end
  local answer = { 'ok', redis.call('HGET', keys[3], 'drops') or '0', redis.call('XLEN', keys[4]) }
  for i = 5, #keys do
    local held = redis.call('HMGET', keys[i], 'seq', 'n', 'stored')
    answer[#answer + 1] = held[1] and held or {}
  end
  return answer
end

-- keys: fence, identity, room, recent, redacted; args: fence, after, limit
-- -> {'fence'} | {'unseeded'} | {'ok', seq, n, stored, {record, ...} of what follows `after`}
local function recent(keys, args)
  if not is_open(keys, args[1]) then
    return { 'fence' }
  end
  local held = redis.call('HMGET', keys[3], 'seq', 'n', 'stored')
  if not held[1] then
    return { 'unseeded' }
  end
  local after, limit = tonumber(args[2]), tonumber(args[3])
  local stones, next_stone, records = stones_after(keys[5], after), 1, {}
  local function stones_before(seq)
    while stones[next_stone] and stones[next_stone][1] < seq and #records < limit do
      records[#records + 1] = stones[next_stone][2]
      next_stone = next_stone + 1
    end
  end
  local first = number(after + 1) .. '-0'
  for _, item in ipairs(redis.call('XRANGE', keys[4], first, '+', 'COUNT', args[3])) do
    stones_before(tonumber(string.match(item[1], '^%d+')))
    if #records == limit then break end
    records[#records + 1] = item[2][4]
  end
  stones_before(math.huge)
  return { 'ok', held[1], held[2], held[3], records }
end

-- keys: fence, identity, sent; args: fence, key
-- -> {'fence'} | {'unknown'} | {'found', seq, n, time, digest}
local function find(keys, args)
  if not is_open(keys, args[1]) then
    return { 'fence' }
  end
  local earlier = redis.call('HGET', keys[3], args[2])
  if not earlier then
    return { 'unknown' }
  end
  return { 'found', string.match(earlier, '^(%d+) (%d+) (%d+) (.*)$') }
end

-- Keep every unstored entry and the latest `keep`; forget the ids of those that go.
local function trim_recent(recent_key, sent_key, redacted_key, bound)
  if bound < 1 then
    return
  end
  local held = redis.call('HGETALL', redacted_key)
  for i = 1, #held, 2 do
    local deletion, key = string.match(held[i + 1], '^(%d+) %d+ %d+ ?(%S*)')
    -- What was not among the recent entries is remembered as long as its deletion is.
    if tonumber(key == '' and deletion or held[i]) <= bound then
      redis.call('HDEL', redacted_key, held[i])
      redis.call('HDEL', sent_key, key)
    end
  end
  local gone = redis.call('XRANGE', recent_key, '-', number(bound) .. '-0')
  for _, item in ipairs(gone) do
    redis.call('HDEL', sent_key, item[2][2])
  end
  if #gone > 0 then
    redis.call('XTRIM', recent_key, 'MINID', number(bound + 1) .. '-0')
  end
end

-- keys: fence, identity, ingest, then for each room: room, recent, sent, redacted
-- args: fence, through (ingest id), keep, then for each room: channel, seq
-- -> 'ok' | 'fence'
local function stored(keys, args)
  if not is_open(keys, args[1]) then
    return 'fence'
  end
  local generation, keep = number(generation_of(args[1])), tonumber(args[3])
  redis.call('XTRIM', keys[3], 'MINID', number(tonumber(args[2]) + 1) .. '-0')
  local key = 4
  for i = 4, #args, 2 do
    local seq = tonumber(args[i + 1])
    local held = redis.call('HMGET', keys[key], 'seq', 'stored')
    if held[1] and seq > tonumber(held[2]) then
      redis.call('HSET', keys[key], 'stored', number(seq))
      local bound = math.min(seq, tonumber(held[1]) - keep)
      trim_recent(keys[key + 1], keys[key + 2], keys[key + 3], bound)
      redis.call('SPUBLISH', args[i], 'S ' .. generation .. ' ' .. number(seq))
    end
    key = key + 4
  end
  return 'ok'
end

-- keys: fence, identity, counters, live, room, recent, sent, redacted; args: fence, room
-- -> 'ok' | 'fence' | 'busy' (it has entries that are not stored)
local function drop(keys, args)
  if not is_open(keys, args[1]) then
    return 'fence'
  end
  local held = redis.call('HMGET', keys[5], 'seq', 'stored')
  if held[1] and held[1] ~= held[2] then
    return 'busy'
  end
  redis.call('HINCRBY', keys[3], 'drops', 1)
  redis.call('DEL', keys[5], keys[6], keys[7], keys[8])
  redis.call('SREM', keys[4], args[2])
  return 'ok'
end

-- Marks: how far somebody's device has received a room, and they have read it. The greatest counts.

local MARK_ARGS = 3

-- keys: fence, identity, room, marks, unwritten marks
-- args: fence, room, how long marks are kept (ms), then for each: who, delivered, read
-- -> {'fence'} | {'unseeded'} | {'ok', for each that has risen: who, 'delivered read'}
local function mark(keys, args)
  if not is_open(keys, args[1]) then
    return { 'fence' }
  end
  local top = tonumber(redis.call('HGET', keys[3], 'seq') or '-1')
  if top < 0 then
    return { 'unseeded' }
  end
  local answer = { 'ok' }
  for first = 4, #args, MARK_ARGS do
    local who = args[first]
    local held = redis.call('HGET', keys[4], who) or '0 0'
    local had_delivered, had_read = string.match(held, '^(%d+) (%d+)$')
    local read = math.max(math.min(tonumber(args[first + 2]), top), tonumber(had_read))
    local delivered = math.max(math.min(tonumber(args[first + 1]), top), tonumber(had_delivered), read)
    local reach = number(delivered) .. ' ' .. number(read)
    -- Of a person, apart from their devices: so that nobody has to look for them in a large room.
    local account = string.match(who, '^%S+')
    if read > tonumber(redis.call('HGET', keys[4], account) or '0') then
      redis.call('HSET', keys[4], account, number(read))
    end
    if reach ~= held then
      redis.call('HSET', keys[4], who, reach)
      redis.call('HSET', keys[5], args[2] .. ' ' .. who, reach)
      answer[#answer + 1] = who
      answer[#answer + 1] = reach
    end
  end
  redis.call('PEXPIRE', keys[4], args[3])
  return answer
end

-- keys: unwritten marks; args: for each: its field, the value that was written -> how many are gone
local function marks_written(keys, args)
  local gone = 0
  for first = 1, #args, 2 do
    if redis.call('HGET', keys[1], args[first]) == args[first + 1] then
      gone = gone + redis.call('HDEL', keys[1], args[first])
    end
  end
  return gone
end

-- Rate limits, by the generic cell rate algorithm (ITU-T I.371, virtual scheduling): a bucket is one
-- time, at which it will owe nothing any more. A cell moves it on by one interval; it may not be
-- further ahead of now than the rate's period. A debt is how far ahead it is.

-- An embedded server's own time is not to be trusted: it takes the caller's, in Unix milliseconds.
local function now_ms(given)
  if EMBEDDED then
    return tonumber(given)
  end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
end

-- No debt is believed beyond this many periods: a clock that was set back shuts nobody out for long.
local MOST_PERIODS = 2
local BUCKET_ARGS = 3

local function bucket_at(key, now, args, first)
  local cells, count, period = tonumber(args[first]), tonumber(args[first + 1]), tonumber(args[first + 2])
  local until_then = tonumber(redis.call('GET', key) or '0')
  return {
    debt = math.max(0, math.min(until_then - now, MOST_PERIODS * period)),
    -- More than the bucket ever has is all of it, so that it can be had at some time.
    cost = math.min(cells / count, 1) * period,
    period = period,
  }
end

local function owe(key, now, debt)
  if debt > 0 then
    redis.call('SET', key, string.format('%.3f', now + debt), 'PX', number(math.ceil(debt)))
  end
end

-- keys: buckets of one subject; args: now, then for each bucket: cells, count, period (ms)
-- -> 0 if the cells were taken from every bucket; else none were, and the milliseconds to wait
local function take(keys, args)
  local now, wait, buckets = now_ms(args[1]), 0, {}
  for i, key in ipairs(keys) do
    local bucket = bucket_at(key, now, args, 2 + (i - 1) * BUCKET_ARGS)
    wait = math.max(wait, bucket.debt + bucket.cost - bucket.period)
    buckets[i] = bucket
  end
  if wait > 0 then
    return math.ceil(wait)
  end
  for i, key in ipairs(keys) do
    owe(key, now, buckets[i].debt + buckets[i].cost)
  end
  return 0
end

-- As `take`, of cells that are spent already -> for each bucket its debt in milliseconds
local function charge(keys, args)
  local now, debts = now_ms(args[1]), {}
  for i, key in ipairs(keys) do
    local first = 2 + (i - 1) * BUCKET_ARGS
    local bucket = bucket_at(key, now, args, first)
    local spent = tonumber(args[first]) / tonumber(args[first + 1]) * bucket.period
    local debt = math.min(bucket.debt + spent, MOST_PERIODS * bucket.period)
    owe(key, now, debt)
    debts[i] = math.ceil(debt)
  end
  return debts
end

-- keys: attempts; args: now, attempts that need not wait, longest pause (ms), memory (ms)
-- -> 0 if one more may be made now, else the milliseconds to wait. Each pause is twice the last.
local function attempt(keys, args)
  local now, free, longest = now_ms(args[1]), tonumber(args[2]), tonumber(args[3])
  local held = redis.call('HMGET', keys[1], 'made', 'until')
  local wait = math.min(tonumber(held[2] or '0') - now, longest)
  if wait > 0 then
    return math.ceil(wait)
  end
  local made = tonumber(held[1] or '0') + 1
  local pause = made < free and 0 or math.min(longest, 1000 * 2 ^ math.min(made - free, 32))
  redis.call('HSET', keys[1], 'made', number(made), 'until', string.format('%.3f', now + pause))
  redis.call('PEXPIRE', keys[1], number(math.max(pause, tonumber(args[4]))))
  return 0
end

-- What only reads, and what makes room, must work when the memory is full; what adds must not.
local READS, FREES = { 'no-writes', 'allow-oom' }, { 'allow-oom' }

redis.register_function { function_name = 'parley1_state', callback = state, flags = READS }
redis.register_function { function_name = 'parley1_positions', callback = positions, flags = READS }
redis.register_function { function_name = 'parley1_recent', callback = recent, flags = READS }
redis.register_function { function_name = 'parley1_find', callback = find, flags = READS }
redis.register_function { function_name = 'parley1_begin', callback = begin, flags = FREES }
redis.register_function { function_name = 'parley1_stored', callback = stored, flags = FREES }
redis.register_function { function_name = 'parley1_drop', callback = drop, flags = FREES }
redis.register_function { function_name = 'parley1_seed', callback = seed }
redis.register_function { function_name = 'parley1_append', callback = append }
redis.register_function { function_name = 'parley1_mark', callback = mark }
redis.register_function { function_name = 'parley1_marks_written', callback = marks_written, flags = FREES }
redis.register_function { function_name = 'parley1_take', callback = take }
redis.register_function { function_name = 'parley1_charge', callback = charge }
redis.register_function { function_name = 'parley1_attempt', callback = attempt }
