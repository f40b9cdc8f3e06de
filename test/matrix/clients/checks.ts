import {ok, rejects, deepStrictEqual as same} from 'node:assert'
import {type ClientEvent, eventFrom, isTerminal, type QuestionTarget, type Reader} from './client.ts'
import {type Cut, cutAt} from './cutting-proxy.ts'
import type {ServedDocs} from './served-docs.ts'

/** Much longer than a slow machine needs. */
const maxMs = 180_000

/** Cuts of an event stream, each in another part of a frame. */
const eventCuts: readonly Cut[] = [
  cutAt('after the head', '\r\n\r\n', 1, 4),
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
  const attempts = await Promise.allSettled([
    attempt('an answer from its first to its last event', checkWhole(reader, docs)),
    ...cuts.map((cut) => attempt(`a cut ${cut.name}`, checkCut(reader, docs, [cut]))),
    attempt('two cuts of one answer', checkCut(reader, docs, twice)),
    attempt('a stop', checkStop(reader, docs)),
  ])
  // All have ended by now, so none of them disturbs the next reader.
  for (const done of attempts) if (done.status === 'rejected') throw done.reason

  async function attempt(what: string, check: Promise<void>): Promise<void> {
    try {
      await inTime(check)
    } catch (cause) {
      const by = reader.name === '' ? '' : `${reader.name}, `
      throw new Error(`${by}${what}: ${(cause as Error).message}`, {cause})
    }
  }
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not finished after ${maxMs} ms`)), maxMs)
  })
  await Promise.race([work, timeout]).finally(() => clearTimeout(timer))
}

async function checkWhole(reader: Reader, docs: ServedDocs): Promise<void> {
  const got = await readingOf(reader, docs.quick)
  const types = got.map(({type}) => type)
  same(types.slice(0, 3), ['start', 'sources', 'delta'])
  ok((got[1]!.data['sources'] as unknown[]).length > 0)
  same(got.filter(isTerminal), got.slice(-1))
  same(got.at(-1)!.data['ending'], 'complete')
  same(got, await storedEvents(docs, got))
}

async function checkCut(reader: Reader, docs: ServedDocs, cuts: readonly Cut[]): Promise<void> {
  const fault = reader.faults?.find((known) => cuts.some(({name}) => known.cuts.includes(name)))
  const proxy = await docs.behindCuts(cuts)
  try {
    const reading = readingOf(reader, {...docs.quick, url: proxy.url})
    if (fault?.does === 'gives up') return await rejects(reading, Error, `resolved: ${fault.reason}`)
    const got = await reading
    same(proxy.cutsLeft, [], 'the connection was not cut')
    const stored = await storedEvents(docs, got)
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

async function checkStop(reader: Reader, docs: ServedDocs): Promise<void> {
  const asked = docs.slow
  let stopping: Promise<void> | undefined
  const got = await readingOf(reader, asked, ({type, answerId}) => {
    if (type === 'delta') stopping ??= (reader.stop ?? stopByRequest)(asked, answerId)
  })
  ok(stopping, 'there was nothing to stop')
  await stopping
  same(got.filter(isTerminal), got.slice(-1))
  same(got.at(-1)!.data['ending'], 'stopped')
}

async function readingOf(
  reader: Reader,
  asked: QuestionTarget,
  onEvent: (event: ClientEvent) => void = () => {},
): Promise<ClientEvent[]> {
  const got: ClientEvent[] = []
  await reader.read(asked, (event) => {
    got.push(withoutConversation(event))
    onEvent(event)
  })
  ok(got.length > 0, 'no event arrived')
  return got
}

async function stopByRequest({directUrl}: QuestionTarget, answerId: string): Promise<void> {
  const response = await fetch(`${directUrl}/api/answers/${answerId}/stop`, {method: 'POST'})
  same(await response.json(), {ending: 'stopped'})
}

/** The answer as stored by the server, parsed by line breaks only. */
async function storedEvents({quick}: ServedDocs, got: readonly ClientEvent[]): Promise<ClientEvent[]> {
  const response = await fetch(`${quick.directUrl}/api/answers/${got[0]!.answerId}/events`)
  return (await response.text())
    .split('\n\n')
    .filter((frame) => frame.startsWith('id: '))
    .map((frame) => {
      const [id, type, data] = frame.split('\n').map((line) => line.slice(line.indexOf(': ') + 2))
      return eventFrom(id, type!, data!)
    })
}

/** Removes the conversation key, which only the client that asks receives; everything else must be the same. */
function withoutConversation(event: ClientEvent): ClientEvent {
  return event.type === 'start' ? {...event, data: {...event.data, conversationId: null}} : event
}
