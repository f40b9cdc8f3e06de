import type {Socket} from 'node:net'
import {expect, test} from 'vitest'
import {type ReadEvent, seqOf, textOf} from '../support/event-reader.ts'
import {
  blockStop,
  errorEvent,
  type FakeStep,
  messageDelta,
  messageStart,
  messageStop,
  ping,
  refusal,
  steps,
  textDelta,
  textStart,
} from '../support/fake-claude.ts'
import {chance, type Random, randomFrom, whole} from '../support/random.ts'
import {seedOr} from '../support/random-seed.ts'
import {idOf, type Reading} from '../support/reading.ts'
import {type DocentWithClaude, startDocentWithClaude} from '../support/start-docent.ts'

/*
 * Random schedules over real sockets on both sides: how the model's wire goes, who reads, leaves, comes back and
 * stops, and when. What a schedule does follows from its seed; the machine decides how its moments interleave, which
 * is the point. The 2,500 schedules of test/answering/fuzz.test.ts run in virtual time and can be repeated exactly.
 */
const schedules = 200
const atOnce = 16
const firstSeed = seedOr(1)

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

const words = [
  'Set ',
  '`PORT`',
  ' to 8080',
  '. 👩‍👩‍👧',
  ' e\u0301',
  '\n\n',
  '**bold**',
  ' [1]',
  ' and so on.',
]

/** How the model's side goes: whole, or broken in one of the ways that wires break. */
function scriptOf(random: Random): FakeStep[] {
  if (chance(random, 0.05)) return refusal(529, 'overloaded_error', 'Overloaded', {'retry-after-ms': '1'})
  if (chance(random, 0.05)) return [[whole(random, 5), 'destroy']]
  const script = steps([messageStart({input_tokens: 3, output_tokens: 1}), textStart()])
  for (let n = whole(random, 15); n > 0; n--) {
    const delayMs = chance(random, 0.5) ? 0 : whole(random, 8)
    script.push([
      delayMs,
      {event: chance(random, 0.1) ? ping() : textDelta(words[whole(random, words.length - 1)]!)},
    ])
  }
  const roll = random()
  if (roll < 0.06) script.push([0, {event: errorEvent()}])
  else if (roll < 0.12) script.push([1, 'destroy'])
  else if (roll < 0.18) script.push([0, 'end'])
  else if (roll < 0.26) script.push([0, 'stall'])
  else script.push(...steps([blockStop(), messageDelta(), messageStop()]))
  return script
}

const isEnd = ({type}: ReadEvent) => type === 'done' || type === 'error'

/** Reads for a while, or to the end, and adds events to `got`. Returns whether more may come. */
async function readSome(
  random: Random,
  reading: Reading,
  got: ReadEvent[],
  mayLeave: boolean,
): Promise<boolean> {
  if (reading.response.status === 204) return false
  const leaves = mayLeave && chance(random, 0.6)
  const timer = leaves ? setTimeout(reading.leave, whole(random, 40)) : undefined
  try {
    await reading.all()
  } catch (error) {
    // Cut by its own leaving; any other break is a fault.
    if (!leaves) throw error
  }
  clearTimeout(timer)
  got.push(...reading.seen)
  return !got.some(isEnd)
}

async function runSchedule(product: DocentWithClaude, seed: number): Promise<void> {
  const random = randomFrom(seed)
  const bufferMs = chance(random, 0.3) ? 10 : 0
  const first = await product.read({question: `seed ${seed}`, resumable: chance(random, 0.5), bufferMs})
  await first.until('start')
  const answerId = idOf(first)

  const stopping = chance(random, 0.2)
    ? sleep(whole(random, 40)).then(() => product.stop(answerId))
    : Promise.resolve(null)
  const other: ReadEvent[] = []
  const reading = chance(random, 0.3)
    ? sleep(whole(random, 20)).then(async () =>
        readSome(random, await product.resume(answerId, 0), other, false),
      )
    : Promise.resolve(false)

  const got: ReadEvent[] = []
  let isOpen = await readSome(random, first, got, true)
  for (let sessions = whole(random, 3); isOpen; sessions--) {
    await sleep(whole(random, 20))
    isOpen = await readSome(random, await product.resume(answerId, seqOf(got.at(-1)!)), got, sessions > 0)
  }
  const [said] = await Promise.all([stopping, reading])

  const transcript = await product.transcript(answerId)
  const stored = transcript['events'] as {seq: number; event: {type: string; ending?: string}}[]
  const ends = stored.filter(({event}) => event.type === 'done' || event.type === 'error')
  expect(ends).toHaveLength(1)
  expect(stored.at(-1)).toBe(ends[0])
  expect(stored.map(({seq}) => seq)).toEqual(stored.map((_, index) => index + 1))
  expect(ends[0]!.event.ending).toBe(transcript['ending'])
  if (said !== null) expect(said).toEqual({ending: transcript['ending']})

  const seqs = got.map(seqOf)
  expect(got.filter(isEnd)).toHaveLength(1)
  expect(textOf(got)).toBe(transcript['text'])
  expect(got.filter(({type}) => type !== 'delta').map(({type}) => type)).toEqual(
    stored.map(({event}) => event.type).filter((type) => type !== 'delta'),
  )
  if (bufferMs === 0) expect(seqs).toEqual(stored.map(({seq}) => seq))
  else expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
  if (other.length > 0) {
    expect(other.map(seqOf)).toEqual(stored.map(({seq}) => seq))
    expect(textOf(other)).toBe(transcript['text'])
  }
}

const resources = () => process.getActiveResourcesInfo().filter((name) => /TCP|Pipe/.test(name)).length

test(`${schedules} random schedules over sockets: one ending each, no gap, no repeat, nothing left over`, async () => {
  const warnings: string[] = []
  const onWarning = (warning: Error) => warnings.push(warning.message)
  process.on('warning', onWarning)
  const before = resources()
  const product = await startDocentWithClaude({settings: {stallTimeoutMs: 400, resumeGraceMs: 2000}})
  const sockets = new Set<Socket>()
  product.http.server.on('connection', (socket) => sockets.add(socket))
  const scripting = randomFrom(firstSeed)
  product.upstream.otherwise(() => scriptOf(scripting))

  let next = firstSeed
  const worker = async () => {
    while (next < firstSeed + schedules) {
      const seed = next++
      await runSchedule(product, seed).catch((cause) => {
        throw new Error(`The schedule of seed ${seed} failed`, {cause})
      })
    }
  }
  await Promise.all(Array.from({length: atOnce}, worker))

  await expect.poll(() => product.answering.active).toBe(0)
  await expect.poll(() => product.upstream.open).toBe(0)
  expect(product.transcripts.health()).toEqual({degraded: false, reason: null, unflushed: 0})
  const metrics = await (await fetch(`${product.url}/metrics`)).text()
  expect(metrics).toContain('docent_streams_open{transport="sse"} 0')
  await expect
    .poll(() => {
      product.http.server.closeIdleConnections()
      // Node's fetch connects ahead of need after an abort; what never asked anything holds nothing of ours.
      return [...sockets].filter(({destroyed, bytesRead}) => !destroyed && bytesRead > 0).length
    })
    .toBe(0)
  await product.close()
  expect([...sockets].filter(({destroyed}) => !destroyed)).toEqual([])
  expect(
    await new Promise((resolve) => product.http.server.getConnections((_, count) => resolve(count))),
  ).toBe(0)
  await expect.poll(resources, {timeout: 15_000}).toBeLessThanOrEqual(before)
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
})
