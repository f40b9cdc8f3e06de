import {setTimeout as delay} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {noUsage} from '../../src/domain/index.ts'
import type {Generator} from '../../src/generation/generator.ts'
import {eventsOf, type ReadEvent, seqOf, textOf} from '../support/event-reader.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'
import {chance, type Random, randomFrom, whole} from '../support/random.ts'
import {seedOr} from '../support/random-seed.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

/*
 * Random schedules over three servers on one database: who asks, reads, leaves, resumes and stops, where and when. What each
 * does follows from the seed of its schedule; how they meet does not, since they run in real time. More of them by
 * `npm run test:matrix -- schedules replicas`.
 */
const schedules = 20
const firstSeed = seedOr(1)
/** Schedules at once, so that the servers are busy with others meanwhile. */
const atOnce = 5
/** More often than a reader is cut off by chance. */
const maxConnections = 200

/** Writes what the seed in the question says, at a random pace. */
const generator: Generator = {
  name: 'scripted',
  model: 'by-seed',
  async *generate({question}, {signal}) {
    const random = randomFrom(Number(/\d+/.exec(question)![0]))
    const words = whole(random, 59) + 1
    for (let word = 0; word < words; word++) {
      if (chance(random, 0.5)) await delay(whole(random, 25), undefined, {signal})
      if (chance(random, 0.02)) await delay(whole(random, 300), undefined, {signal})
      yield {type: 'delta', text: `word${word} `}
    }
    yield {type: 'finish', finishReason: 'end', usage: noUsage, upstreamRequestId: null}
  },
}

describe.skipIf(!hasPostgres)('random schedules over three servers on one database', () => {
  let cluster: PostgresCluster
  let docents: TestDocent[] = []

  beforeAll(async () => {
    cluster = await startPostgres()
    const databaseUrl = await cluster.newDatabase()
    const settings = {databaseUrl, resumeGraceMs: 60_000}
    docents = await Promise.all([0, 1, 2].map(() => startDocent({settings, generator})))
  }, 120_000)
  afterAll(async () => {
    await Promise.all(docents.map((docent) => docent.close()))
    await cluster.close()
  })

  const anyOf = (random: Random) => docents[whole(random, docents.length - 1)]!

  /** Reads to the end, some events at a time, from whatever server. */
  async function readOn(random: Random, answerId: string, seen: ReadEvent[]): Promise<ReadEvent[]> {
    for (let connections = 0; connections < maxConnections; connections++) {
      const leaving = new AbortController()
      const patience = chance(random, 0.3) ? Number.POSITIVE_INFINITY : whole(random, 20) + 1
      try {
        const after = seen.length === 0 ? 0 : seqOf(seen.at(-1)!)
        const response = await fetch(`${anyOf(random).url}/api/answers/${answerId}/events?after=${after}`, {
          signal: leaving.signal,
        })
        // On a slow machine it may not be written yet.
        if (response.status === 404) continue
        expect(response.status).toBe(200)
        let count = 0
        for await (const event of eventsOf(response)) {
          seen.push(event)
          if (event.type === 'done' || event.type === 'error') return seen
          if (++count >= patience) break
        }
      } finally {
        leaving.abort()
      }
      if (chance(random, 0.5)) await delay(whole(random, 120))
    }
    throw new Error(`No ending after ${maxConnections} connections`)
  }

  /** Asks, perhaps twice with the same key, and reads as far as the first event. */
  async function ask(random: Random, question: string): Promise<{answerId: string; seen: ReadEvent[]}[]> {
    const times = chance(random, 0.3) ? 2 : 1
    const begun = Array.from({length: times}, async () => {
      const reading = await anyOf(random).read(
        {question, resumable: true},
        {'idempotency-key': question.replace(' ', '-')},
      )
      expect(reading.response.status).toBe(200)
      const start = await reading.until('start')
      const seen = [...reading.seen]
      reading.leave()
      return {answerId: String(start.data['answerId']), seen}
    })
    return Promise.all(begun)
  }

  async function play(seed: number): Promise<void> {
    const random = randomFrom(seed)
    const asked = await ask(random, `Question ${seed}?`)
    const {answerId} = asked[0]!
    expect(new Set(asked.map((one) => one.answerId)).size).toBe(1)
    const readers = asked.map(({seen}) => readOn(randomFrom(whole(random, 1e9)), answerId, seen))
    for (let more = whole(random, 3); more > 0; more--) {
      readers.push(readOn(randomFrom(whole(random, 1e9)), answerId, []))
    }
    const stops = Array.from({length: chance(random, 0.4) ? whole(random, 2) : 0}, async () => {
      const docent = anyOf(random)
      await delay(whole(random, 600))
      return (await docent.stop(answerId)) as {ending: string}
    })
    const all = await Promise.all(readers)
    const told = await Promise.all(stops)

    const [first] = all
    const ending = first!.at(-1)!.data['ending']
    expect(['complete', 'stopped']).toContain(ending)
    for (const seen of all) {
      expect(seen.map(seqOf)).toEqual(first!.map((_, index) => index + 1))
      expect(textOf(seen)).toBe(textOf(first!))
      expect(seen.at(-1)).toEqual(first!.at(-1))
    }
    expect(told).toEqual(told.map(() => ({ending})))
    for (const docent of docents) {
      await expect
        .poll(() => docent.transcript(answerId), {timeout: 30_000})
        .toMatchObject({text: textOf(first!), ending})
    }
  }

  test('each reader gets every event once and in order, all the same ending, and the transcript is what they read', async () => {
    let next = firstSeed
    const playing = Array.from({length: atOnce}, async () => {
      while (next < firstSeed + schedules) {
        const seed = next++
        await play(seed).catch((cause: unknown) => {
          throw new Error(`schedule ${seed}: ${cause instanceof Error ? cause.message : cause}`, {cause})
        })
      }
    })
    await Promise.all(playing)
  }, 300_000)
})
