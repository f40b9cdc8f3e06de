import {ok, rejects, deepStrictEqual as same} from 'node:assert'
import {attemptAll, readingOf, storedEvents} from './attempts.ts'
import {isTerminal, type Reader} from './client.ts'
import {type Cut, cutAt} from './cutting-proxy.ts'
import {endingAttempts} from './endings.ts'
import type {ServedDocs} from './served-docs.ts'

/** Cuts of an event stream, each in another part of a frame. */
const eventCuts: readonly Cut[] = [
  {
    name: 'after the head',
    // A browser asks first whether it may ask.
    place: (sent) => (/^content-type: text\/event-stream/im.test(sent) ? sent.indexOf('\r\n\r\n') + 4 : -1),
  },
  cutAt('after the first event', '\nevent: sources', 1, -1),
  cutAt('after an id line', '\nevent: delta', 2, 1),
  cutAt('in a type', '\nevent: delta', 3, 10),
  cutAt('in the data', '\ndata: {"text"', 4, 12),
  // Only the first byte of an em dash.
  cutAt('in a character', '\u00e2\u0080\u0094', 2, 1),
  cutAt('before the blank line', '"}\n\n', 2, 3),
  cutAt('after an event', '"}\n\n', 3, 4),
  cutAt('in the terminal event', '\nevent: done\n', 1, 30),
]

const socketCuts: readonly Cut[] = [
  cutAt('after the handshake', '\r\n\r\n', 1, 4),
  cutAt('in the confirmation of the question', '"type":"asked"', 1, 20),
  cutAt('in the sources', '"type":"sources"', 1, 40),
  cutAt('in a piece of text', '"type":"delta"', 2, 20),
  cutAt('in a character', '\u00e2\u0080\u0094', 2, 1),
  cutAt('in the terminal event', '"type":"done"', 1, 30),
]

/** Checks everything that a reader of answers must do. @throws Error with the first failure. */
export async function checkReader(reader: Reader, docs: ServedDocs): Promise<void> {
  const cuts = reader.wire === 'events' ? eventCuts : socketCuts
  const twice = [cuts[1]!, cuts.at(-2)!]
  await attemptAll(reader, [
    {name: 'an answer from its first to its last event', work: () => checkWhole(reader, docs)},
    ...cuts.map((cut) => ({name: `a cut ${cut.name}`, work: () => checkCut(reader, docs, [cut])})),
    {name: 'two cuts of one answer', work: () => checkCut(reader, docs, twice)},
    ...endingAttempts(reader, docs),
  ])
}

async function checkWhole(reader: Reader, docs: ServedDocs): Promise<void> {
  const got = await readingOf(reader, docs.quick)
  const types = got.map(({type}) => type)
  same(types.slice(0, 3), ['start', 'sources', 'delta'])
  ok((got[1]!.data['sources'] as unknown[]).length > 0)
  same(got.filter(isTerminal), got.slice(-1))
  same(got.at(-1)!.data['ending'], 'complete')
  same(got, await storedEvents(docs.quick.directUrl, got))
}

async function checkCut(reader: Reader, docs: ServedDocs, cuts: readonly Cut[]): Promise<void> {
  const fault = reader.faults?.find((known) => cuts.some(({name}) => known.cuts.includes(name)))
  const proxy = await docs.behindCuts(cuts)
  try {
    const reading = readingOf(reader, {...docs.quick, url: proxy.url})
    if (fault?.does === 'gives up') return await rejects(reading, Error, `resolved: ${fault.reason}`)
    const got = await reading
    same(proxy.cutsLeft, [], 'the connection was not cut')
    const stored = await storedEvents(docs.quick.directUrl, got)
    if (fault === undefined) return same(got, stored)
    same(got.length, stored.length - 1, `resolved: ${fault.reason}`)
    same(
      got,
      stored.filter(({seq}) => got.some((event) => event.seq === seq)),
    )
  } finally {
    await proxy.close()
  }
}
