import {deepStrictEqual as deepEqual, strictEqual as equal, match, ok} from 'node:assert'
import {citedText, protocolQuestions} from '../../support/protocol-docs.ts'
import {startDocent, type TestDocent} from '../../support/start-docent.ts'
import {type Attempt, readingOf, storedEvents} from './attempts.ts'
import type {ClientEvent, QuestionTarget, Reader} from './client.ts'
import {cutAt, startCuttingProxy} from './cutting-proxy.ts'
import {checkRefusal, type RefusedThing} from './refusals.ts'
import {Refused} from './refused.ts'
import type {ServedDocs} from './served-docs.ts'

/** An answer as a page or a program would show it, put together from the events alone. */
interface Shown {
  readonly types: readonly string[]
  readonly text: string
  /** Addresses of the sources, by number. */
  readonly sources: ReadonlyMap<number, string>
  readonly citations: readonly {readonly n: number; readonly start: number; readonly end: number}[]
  /** The terminal event. */
  readonly last: ClientEvent
  /** Whether it may stand there as a plain finished answer. */
  readonly isWhole: boolean
}

function shownOf(events: readonly ClientEvent[]): Shown {
  const dataOf = (type: string) => events.flatMap((event) => (event.type === type ? [event.data] : []))
  const last = events.at(-1)!
  type Source = {readonly n: number; readonly url: string; readonly anchor: string}
  const sources = dataOf('sources').flatMap(({sources}) => sources as Source[])
  return {
    types: events.map(({type}) => type),
    text: dataOf('delta')
      .map(({text}) => text)
      .join(''),
    sources: new Map(sources.map(({n, url, anchor}) => [n, `${url}#${anchor}`])),
    citations: dataOf('citation') as unknown as Shown['citations'],
    last,
    isWhole: last.data['ending'] === 'complete' && last.data['partial'] !== true,
  }
}

/** Every ending of an answer that a client comes to by reading, and what it must have then. */
const endings: readonly {
  readonly name: string
  readonly question: string
  check(shown: Shown): void
}[] = [
  {
    name: 'a cited answer',
    question: protocolQuestions.cited,
    check({types, text, sources, citations, last, isWhole}) {
      deepEqual(types, [
        ...['start', 'sources', 'reasoning', 'reasoning', 'tool', 'tool', 'delta', 'delta', 'citation'],
        ...['delta', 'done'],
      ])
      equal(text, citedText)
      const [{n, start, end}] = citations as [Shown['citations'][0]]
      equal(text.slice(start, end), 'Run npm ci.')
      match(sources.get(n) ?? '', /^\/docs\/install#./)
      deepEqual([last.data['ending'], last.data['abstained'], isWhole], ['complete', false, true])
    },
  },
  {
    name: 'an abstention',
    question: protocolQuestions.abstained,
    check({types, last, isWhole}) {
      deepEqual(types, ['start', 'sources', 'done'])
      deepEqual([last.data['ending'], last.data['abstained'], isWhole], ['abstained', true, false])
      ok(Array.isArray(last.data['nearest']))
    },
  },
  {
    name: 'an answer that the model declines',
    question: protocolQuestions.declined,
    check({types, text, last, isWhole}) {
      deepEqual([types.at(-2), types.at(-1), text], ['delta', 'done', 'I '])
      const {ending, partial, finishReason} = last.data
      deepEqual([ending, partial, finishReason, isWhole], ['complete', true, 'refusal', false])
    },
  },
  {
    name: 'an error in the middle',
    question: protocolQuestions.broken,
    check({types, text, sources, last, isWhole}) {
      deepEqual(types, ['start', 'sources', 'delta', 'error'])
      deepEqual([text, sources.size], ['It breaks ', 2], 'what came before is kept')
      const {ending, code, retryable, message} = last.data
      deepEqual([ending, code, retryable, isWhole], ['error', 'upstream_cut', true, false])
      match(String(message), /broke off/)
    },
  },
]

/** How a client reads each ending of an answer, a stop, a cut, and each refusal. */
export function endingAttempts(reader: Reader, docs: ServedDocs): readonly Attempt[] {
  return [
    ...endings.map(({name, question, check}) => ({
      name,
      work: async () => check(shownOf(await readingOf(reader, targetOf(docs.open, question)))),
    })),
    {name: 'a stop', work: () => checkStop(reader, docs)},
    {name: 'a cut while the answer is written', work: () => checkResume(reader, docs)},
    {name: 'a question beyond the limit', work: () => checkQuestionLimit(reader, docs)},
    {name: 'a question that is too long', work: () => checkSize(reader, docs)},
    ...(reader.sees.connection === undefined
      ? []
      : [{name: 'a connection beyond the limit', work: () => checkConnection(reader, docs)}]),
  ]
}

const targetOf = ({url}: TestDocent, question: string): QuestionTarget => ({url, directUrl: url, question})

async function checkStop(reader: Reader, {open}: ServedDocs): Promise<void> {
  const asked = targetOf(open, protocolQuestions.endless)
  let [text, stopping] = ['', undefined as Promise<void> | undefined]
  const got = await readingOf(reader, asked, ({type, answerId, data}) => {
    if (type === 'delta') text += String(data['text'])
    if (text.includes('word 3 ')) stopping ??= (reader.stop ?? stopByRequest)(asked, answerId)
  })
  ok(stopping, 'there was nothing to stop')
  await stopping
  const shown = shownOf(got)
  match(shown.text, /^word 1 word 2 word 3 /)
  deepEqual([shown.last.type, shown.last.data['ending'], shown.isWhole], ['done', 'stopped', false])
}

async function stopByRequest({directUrl}: QuestionTarget, answerId: string): Promise<void> {
  const response = await fetch(`${directUrl}/api/answers/${answerId}/stop`, {method: 'POST'})
  deepEqual(await response.json(), {ending: 'stopped'})
}

/** The rest comes live, once and in order. */
async function checkResume(reader: Reader, {open}: ServedDocs): Promise<void> {
  const cut =
    reader.wire === 'events'
      ? cutAt('after an event', '"}\n\n', 8, 4)
      : cutAt('in a piece of text', '"type":"delta"', 8, 20)
  const proxy = await startCuttingProxy(open.port, [cut])
  try {
    const asked = {url: proxy.url, directUrl: open.url, question: protocolQuestions.slow}
    const got = await readingOf(reader, asked)
    deepEqual(proxy.cutsLeft, [], 'the connection was not cut')
    deepEqual(got, await storedEvents(open.url, got))
    equal(shownOf(got).text, Array.from({length: 20}, (_, n) => `word ${n + 1} `).join(''))
    ok(shownOf(got).isWhole)
  } finally {
    await proxy.close()
  }
}

async function checkQuestionLimit(reader: Reader, {strict}: ServedDocs): Promise<void> {
  // The question of the minute, unless another client has asked it.
  const {status, body} = await strict.ask({question: protocolQuestions.abstained})
  await body?.cancel()
  ok([200, 429].includes(status), `the first question was answered with ${status}`)
  await checkRefused('question', reader, targetOf(strict, protocolQuestions.cited))
}

async function checkSize(reader: Reader, {open}: ServedDocs): Promise<void> {
  await checkRefused('size', reader, targetOf(open, `Why? ${'x'.repeat(70_000)}`))
}

/** The request that begins the answer is allowed; the connection that would read it is one too many. */
async function checkConnection(reader: Reader, {pageUrl}: ServedDocs): Promise<void> {
  const {requestsToBegin = 1} = reader
  const busy = await startDocent({
    settings: {requestLimitPerMinute: requestsToBegin, resumeGraceMs: 30_000, allowedOrigins: [pageUrl]},
  })
  try {
    if (reader.wire === 'socket') equal((await fetch(`${busy.url}/api/info`)).status, 200)
    await checkRefused('connection', reader, targetOf(busy, protocolQuestions.cited))
  } finally {
    await busy.close()
  }
}

async function checkRefused(what: RefusedThing, reader: Reader, asked: QuestionTarget): Promise<void> {
  const got: ClientEvent[] = []
  try {
    await reader.read(asked, (event) => got.push(event))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    deepEqual(got, [])
    return checkRefusal(what, error.seen, reader.sees[what]!)
  }
  throw new Error(`it was not refused, and read ${got.length} events`)
}
