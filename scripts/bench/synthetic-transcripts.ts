import {randomUUID} from 'node:crypto'
import {refOf} from '../../src/answers/ids.ts'
import {
  type AnswerEvent,
  type Ending,
  type ErrorCode,
  type FinishReason,
  noUsage,
  type SequencedEvent,
  type Source,
} from '../../src/domain/index.ts'
import {randomIndex} from '../../src/lib/random.ts'
import {type AnswerRow, withoutFeedback} from '../../src/transcripts/answer-row.ts'
import {eventInserter, rowInserter} from '../../src/transcripts/answer-writer.ts'
import {openDatabase} from '../../src/transcripts/open-database.ts'
import {wordsFrom} from './synthetic-docs.ts'

/** What synthetic transcripts are made of, for searches that find some of them. */
export interface TranscriptWorld {
  readonly pages: readonly string[]
  readonly builds: readonly string[]
  readonly models: readonly string[]
  readonly versions: readonly string[]
  readonly langs: readonly string[]
  readonly errors: readonly ErrorCode[]
  /** The first answer began then, the last one a year later; milliseconds since the epoch. */
  readonly from: number
  readonly to: number
  readonly random: () => number
  readonly word: () => string
  readonly sentence: () => string
}

const yearMs = 365 * 24 * 60 * 60 * 1000
const sentenceCount = 50_000
const batch = 2_000

export function transcriptWorld(seed: number): TranscriptWorld {
  const {random, word} = wordsFrom(seed)
  const sentences = Array.from({length: sentenceCount}, () => {
    const words = Array.from({length: 8 + randomIndex(random, 16)}, word)
    // Options, names and paths, as documentation has them.
    if (random() < 0.2) words[randomIndex(random, words.length)] = `--${word()}-${word()}`
    if (random() < 0.2) words[randomIndex(random, words.length)] = `\`${word()}.${word()}()\``
    return `${words.join(' ')}.`
  })
  const names = (count: number, name: (index: number) => string): string[] =>
    Array.from({length: count}, (_, index) => name(index))
  return {
    pages: names(3_000, (index) => `/docs/${word()}/${word()}-${index}`),
    builds: names(60, (index) => `build-${index}`),
    models: ['claude-sonnet-4-5', 'claude-haiku-4-5', 'claude-opus-4-5'],
    versions: ['1.x', '2.x', '3.x', 'next'],
    langs: ['en', 'de', 'ja', 'pt-BR', 'fr', 'zh'],
    errors: ['upstream_cut', 'upstream_stalled', 'overloaded', 'deadline'] as ErrorCode[],
    from: Date.UTC(2026, 0, 1),
    to: Date.UTC(2026, 0, 1) + yearMs,
    random,
    word,
    sentence: () => sentences[randomIndex(random, sentences.length)]!,
  }
}

/** An item, the first ones far more often. */
export function skewed<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() ** 3 * items.length)]!
}

const japanese = [...'設定変更方法接続再開回答停止文書検索起動環境変数保存削除一覧表示']

/**
 * Writes finished answers into a new transcripts file, as its server would have over a year: nine of ten complete, some
 * abstained, stopped, broken off; some rated, few reviewed.
 */
export function fillTranscripts(
  file: string,
  count: number,
  world: TranscriptWorld,
  log: (line: string) => void,
): void {
  const db = openDatabase(file)
  // Nothing is lost if this is killed: the file is made anew.
  db.pragma('synchronous = OFF')
  const insertRow = rowInserter(db)
  const insertEvents = eventInserter(db)
  const write = db.transaction((from: number, to: number) => {
    for (let row = from; row < to; row++) {
      const {answer, events} = answerOf(row, count, world)
      insertRow(answer)
      insertEvents(row, events)
    }
  })
  for (let row = 1; row <= count; row += batch) {
    write(row, Math.min(count + 1, row + batch))
    if ((row - 1) % 100_000 === 0) log(`writing answers: ${row - 1} of ${count}`)
  }
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
}

function answerOf(
  row: number,
  count: number,
  world: TranscriptWorld,
): {readonly answer: AnswerRow; readonly events: readonly SequencedEvent[]} {
  const {random, word, sentence} = world
  const id = randomUUID()
  const startedAt = Math.floor(world.from + ((world.to - world.from) * row) / count)
  const lang = skewed(world.langs, random)
  const build = world.builds[Math.floor((row / (count + 1)) * world.builds.length)]!
  const generator = random() < 0.9 ? 'anthropic' : 'extractive'
  const model = generator === 'anthropic' ? skewed(world.models, random) : null
  const luck = random()
  const ending: Ending =
    luck < 0.93 ? 'complete' : luck < 0.97 ? 'stopped' : luck < 0.995 ? 'error' : 'interrupted'
  const isAbstained = ending === 'complete' && random() < 0.08
  const question =
    lang === 'ja' || lang === 'zh'
      ? Array.from({length: 12}, () => japanese[randomIndex(random, japanese.length)]).join('')
      : `${Array.from({length: 4 + randomIndex(random, 10)}, word).join(' ')}?`
  const pieces = isAbstained ? [] : Array.from({length: 3 + randomIndex(random, 6)}, () => `${sentence()} `)
  const text = pieces.join('')
  const sources: Source[] = Array.from({length: 5}, (_, index) => {
    const url = skewed(world.pages, random)
    return {
      n: index + 1,
      id: `${url}#${index}`,
      title: `${word()} ${word()}`,
      headings: [word()],
      url,
      anchor: word(),
      score: 1 - index / 10,
      snippet: sentence(),
      highlights: [[0, 5]],
    }
  })
  const firstTokenMs = Math.floor(300 + random() ** 4 * 9_000)
  const longestStallMs = Math.floor(random() ** 6 * 12_000)
  const totalMs = firstTokenMs + pieces.length * 200 + longestStallMs
  const timings = {sourcesMs: Math.floor(20 + random() * 80), firstTokenMs, longestStallMs, totalMs}
  const usage = {...noUsage, inputTokens: 3_000, outputTokens: text.length >> 2}
  const finishReason: FinishReason = random() < 0.01 ? 'max_tokens' : 'end'
  const all: AnswerEvent[] = [
    {
      type: 'start',
      answerId: id,
      conversationId: null,
      ref: refOf(id),
      build,
      generator,
      model,
      embedding: 'docent-embed-small',
    },
    {type: 'sources', round: 1, query: question, sources},
    ...pieces.flatMap((piece) =>
      piece.split(/(?= )/).map((part): AnswerEvent => ({type: 'delta', text: part})),
    ),
    ...(isAbstained
      ? []
      : ([1, 2] as const).map((n): AnswerEvent => ({type: 'citation', n, start: n * 4, end: n * 4 + 3}))),
    ending === 'complete' || ending === 'stopped'
      ? {type: 'done', ending, finishReason, abstained: isAbstained, usage, timings}
      : {
          type: 'error',
          ending,
          code: ending === 'error' ? skewed(world.errors, random) : 'server_restarted',
          message: 'It broke off.',
          retryable: true,
        },
  ]
  const answer = withoutFeedback({
    row,
    id,
    ref: refOf(id),
    conversation: refOf(`conversation ${Math.floor(row / 3)}`),
    question,
    version: random() < 0.5 ? null : skewed(world.versions, random),
    lang,
    page: null,
    build,
    generator,
    model,
    embedding: 'docent-embed-small',
    started_at: startedAt,
    settings: '{}',
    channel: 'sse',
    idempotency_key: null,
    chat: null,
    visitor: `visitor-${Math.floor(row / 9)}`,
    ending,
    abstained: isAbstained ? 1 : 0,
    finish_reason: ending === 'complete' ? finishReason : null,
    text,
    usage: JSON.stringify(usage),
    timings: JSON.stringify(timings),
    facts: '{}',
  })
  const rated = random()
  const rating = rated < 0.02 ? 'down' : rated < 0.08 ? 'up' : null
  return {
    answer: {
      ...answer,
      rating,
      rated_at: rating === null ? null : startedAt,
      missing: random() < 0.01 ? 1 : 0,
      verdict: random() < 0.005 ? 'wrong' : null,
    },
    events: all.map((event, index) => ({seq: index + 1, at: startedAt + index * 20, event})),
  }
}
