import type {AnswerEvent, DoneEvent, Source, SourcesEvent} from '../../src/domain/index.ts'

export function done(ending: DoneEvent['ending'], more: Partial<DoneEvent> = {}): DoneEvent {
  return {
    type: 'done',
    ending,
    abstained: ending === 'abstained',
    usage: {inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0},
    timings: {sourcesMs: 12, firstTokenMs: 300, longestStallMs: 80, totalMs: 2100},
    ...more,
  }
}

function source(
  n: number,
  title: string,
  headings: readonly string[],
  snippet: string,
  marked: string,
): Source {
  const at = snippet.indexOf(marked)
  const slug = headings.at(-1)!.toLowerCase().replace(/\W+/g, '-')
  return {
    n,
    id: `s${n}`,
    title,
    headings,
    url: `/docs/${title.toLowerCase().replace(/\W+/g, '-')}`,
    anchor: slug,
    score: 1 / n,
    snippet,
    highlights: at < 0 ? [] : [[at, at + marked.length]],
  }
}

/** Sources as a real search returns them. */
export const sampleSources: readonly Source[] = [
  source(
    1,
    'Streaming and resuming',
    ['Resume after a cut'],
    'Send the id of the last event you saw as Last-Event-ID, and the server sends what came after it, once and in order.',
    'Send the id of the last event you saw as Last-Event-ID',
  ),
  source(
    2,
    'Streaming and resuming',
    ['Stopping'],
    'A stop aborts the request to the model at once, also before the first token. It is safe to send twice.',
    'aborts the request to the model at once',
  ),
  source(
    3,
    'HTTP API',
    ['Answers', 'Events of an answer'],
    'GET /api/answers/:id/events works after the end and after a restart. Past the terminal event it answers 204.',
    'works after the end and after a restart',
  ),
  source(
    4,
    'Settings',
    ['Timeouts'],
    'RESUME_GRACE_MS says how long a resumable answer goes on without a reader; 30 seconds by default.',
    'how long a resumable answer goes on without a reader',
  ),
  source(
    5,
    'Transcripts',
    ['What is logged'],
    'Every event is written with its time, so a reader who comes back gets the very same answer.',
    'Every event is written with its time',
  ),
  source(
    6,
    'Operating Docent',
    ['Behind a proxy'],
    'Turn response buffering off for event streams; Docent sends X-Accel-Buffering: no.',
    'Turn response buffering off',
  ),
]

/** An answer with every kind of block. */
export const sampleAnswer = `When the connection breaks, you lose nothing: the answer is **kept on the server**, and a reader that comes back gets every event it missed, once and in order.

1. Remember the \`id\` of the last event you received.
2. Open the answer's events again with that id in \`Last-Event-ID\`.
3. Go on reading. Live events follow the missed ones without a gap.

\`\`\`js
const response = await fetch(\`/api/answers/\${answerId}/events\`, {
  headers: {'Last-Event-ID': lastId},
})
\`\`\`

### How long it waits

| Setting | Default | What it does |
| --- | --- | --- |
| \`RESUME_GRACE_MS\` | 30000 | keeps answering without a reader |
| \`HEARTBEAT_MS\` | 15000 | keeps quiet lines open |

See [Settings](/docs/settings#timeouts) for the others.
`

/** `text` as deltas of about a token each, with citations after the given words. */
export function deltasOf(
  text: string,
  cites: readonly (readonly [words: string, n: number])[] = [],
): AnswerEvent[] {
  const events: AnswerEvent[] = []
  const left = cites.map(([words, n]) => ({n, end: text.indexOf(words) + words.length}))
  let at = 0
  for (const piece of text.match(/\s*\S{1,6}/g) ?? []) {
    events.push({type: 'delta', text: piece})
    at += piece.length
    for (const cite of left.filter(({end}) => end <= at)) {
      left.splice(left.indexOf(cite), 1)
      events.push({type: 'citation', n: cite.n, start: Math.max(0, cite.end - 20), end: cite.end})
    }
  }
  if (at < text.length) events.push({type: 'delta', text: text.slice(at)})
  return events
}

export const sampleDeltas: readonly AnswerEvent[] = deltasOf(sampleAnswer, [
  ['kept on the server**', 5],
  ['once and in order.', 1],
  ['without a gap.', 3],
  ['keeps answering without a reader', 4],
])

export const sourcesEvent = (sources: readonly Source[] = sampleSources): SourcesEvent => ({
  type: 'sources',
  round: 1,
  query: '',
  sources,
})
