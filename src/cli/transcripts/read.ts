import {setTimeout as delay} from 'node:timers/promises'
import type {ModelPrices} from '../../domain/index.ts'
import {escapedJson} from '../../lib/clean-text.ts'
import {loggedFilter, type Transcript, type TranscriptsReader} from '../../transcripts/index.ts'
import {UsageError} from '../usage-error.ts'
import type {Call} from './call.ts'
import {exportAll, exportToFile, replayToFile} from './export.ts'
import {findTranscript} from './find-transcript.ts'
import {materialText} from './material-view.ts'
import {filterOf, numberOf, orderOf, type Values} from './options.ts'
import {listLines, replaySteps, showLines} from './terminal-view.ts'

export type ReadCommand = 'list' | 'show' | 'replay' | 'export'

/** What `show` shows in place of the transcript. */
const materialParts = ['prompt', 'sources'] as const

/** What the commands read, checked before any file is opened. */
type Reading = ReturnType<typeof readingIn>

/** @throws UsageError */
function readingIn(values: Values, keepsWords: () => boolean) {
  const filter = filterOf(values)
  const logged = loggedFilter(filter, keepsWords)
  const format = values.format ?? 'jsonl'
  if (format !== 'jsonl' && format !== 'csv') throw new UsageError('--format must be jsonl or csv')
  const limit = numberOf('--limit', values.limit ?? '20', 1, 200)
  const speed = numberOf('--speed', values.speed ?? '1', 0.01, 100_000)

  const sort = orderOf(values)
  const options = {redacted: values.redacted === true}
  if (options.redacted && (values.prompt || values.sources))
    throw new UsageError('--prompt and --sources are not redacted: leave --redacted out')
  return {filter, logged, format, limit, speed, sort, options} as const
}

export async function read(name: ReadCommand, call: Call): Promise<void> {
  const {values, stores, warn, redaction} = call
  const reading = readingIn(values, () => call.keepsWords?.() ?? true)
  const ofList = (['limit', 'sort'] as const).find((option) => values[option] !== undefined)
  if (name === 'export' && ofList !== undefined)
    throw new UsageError(`--${ofList} is no option of export, which has all that match, the oldest first`)
  const transcripts = await stores.transcripts()
  const store = transcripts.read({
    onWait: (left) => warn(`Reading earlier transcripts once: ${left} left.\n`),
    ...(redaction === undefined ? {} : {redaction: redaction()}),
  })
  try {
    if (name === 'list') await list(store, reading, call)
    else if (name === 'export') await exportMatches(store, reading, call)
    else await one(name, store, reading, call)
  } finally {
    store.close()
  }
}

async function list(store: TranscriptsReader, {filter, logged, limit, sort}: Reading, call: Call) {
  const {values, print, warn, note, view} = call
  await note({what: 'transcripts_listed', details: logged})
  const page = await store.list(filter, {limit, sort})
  if (values.json) await print(`${escapedJson(JSON.stringify(page.items, null, 2))}\n`)
  else await print(`${listLines(page.items, view).join('\n')}\n`)
  if (page.nextCursor !== null && !values.json) {
    const {answers = limit, isExact = true} = page.total ?? {}
    warn(`${limit} of ${isExact ? '' : 'more than '}${answers}; --limit shows more.\n`)
  }
}

async function exportMatches(
  store: TranscriptsReader,
  {filter, logged, format, options}: Reading,
  call: Call,
) {
  const {values, print, note} = call
  await note({what: 'transcripts_exported', details: {...logged, format, ...options}})
  let rows = 0
  const all = counted(store.export(filter, options), () => rows++)
  const prices = pricesOf(call)
  if (values.out === undefined) await exportAll(all, {format, prices}, print)
  else await exportToFile(values.out, all, {format, prices})
  await note({what: 'export_ended', details: {rows, isWhole: true, format, ...options}})
}

async function one(name: 'show' | 'replay', store: TranscriptsReader, {speed, options}: Reading, call: Call) {
  const {values, dataDir, id, print, note, view} = call
  const transcript = await findTranscript(store, id, options)
  if (values.html !== undefined) return replayPage(values.html, transcript, options, call)
  const parts = name === 'show' ? materialParts.filter((part) => values[part]) : []
  for (const part of parts.length === 0 ? ['transcript'] : parts)
    await note({what: 'transcript_read', which: transcript.ref, details: {part}})
  if (parts.length > 0) {
    const material = await store.material(transcript.answerId)
    if (material !== null) await print(await materialText(values, dataDir, transcript, material))
  } else if (name === 'replay') await replay(transcript, speed, call)
  else if (values.json) await print(`${escapedJson(JSON.stringify(transcript, null, 2))}\n`)
  else await print(`${showLines(transcript, view).join('\n')}\n`)
}

async function replayPage(html: string, transcript: Transcript, options: Reading['options'], call: Call) {
  const {print, note, docsBase} = call
  await note({what: 'transcripts_exported', which: transcript.ref, details: {format: 'html', ...options}})
  await replayToFile(html, transcript, {
    ...(docsBase === undefined ? {} : {docsBase: docsBase()}),
    prices: pricesOf(call),
    isRedacted: options.redacted,
  })
  await print(`Wrote the replay to ${html}.\n`)
}

const pricesOf = ({prices}: Call): ModelPrices => prices?.() ?? new Map()

async function* counted<T>(items: AsyncIterable<T>, onItem: () => void): AsyncGenerator<T> {
  for await (const item of items) {
    onItem()
    yield item
  }
}

async function replay(transcript: Transcript, speed: number, {print, view}: Call): Promise<void> {
  const startedAt = performance.now()
  for (const step of replaySteps(transcript, view)) {
    const waitMs = step.atMs / speed - (performance.now() - startedAt)
    if (waitMs > 1) await delay(waitMs)
    await print(step.text)
  }
}
