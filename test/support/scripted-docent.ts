import {readFile} from 'node:fs/promises'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {extname, join, normalize} from 'node:path'
import type {AnswerEvent, DoneEvent, Source, SourcesEvent} from '../../src/domain/index.ts'

/** One step of a scripted answer. */
export type Step =
  | {readonly send: AnswerEvent}
  | {readonly waitMs: number}
  /** The connection breaks here, once; a reader that comes back gets what follows. */
  | {readonly cut: true}
  /** Nothing more comes until `release()` is called. */
  | {readonly hold: true}

export interface ScriptedAnswer {
  readonly answerId: string
  readonly conversationId: string
  readonly question: string
  readonly body: Readonly<Record<string, unknown>>
  readonly idempotencyKey: string | null
  readonly events: AnswerEvent[]
  isEnded: boolean
  stops: number
}

export interface ScriptedDocent {
  readonly url: string
  readonly answers: readonly ScriptedAnswer[]
  /** Bodies of the feedback that came. */
  readonly feedback: readonly {readonly answerId: string; readonly body: unknown}[]
  /** Bodies of the measurements that came. */
  readonly timings: readonly {readonly answerId: string; readonly body: unknown}[]
  readonly deletedConversations: readonly string[]
  readonly requests: readonly string[]
  /** Lets every answer that holds go on. */
  release(): void
  /** Whether readers are turned away as by a network that is down. */
  setUnreachable(isUnreachable: boolean): void
  close(): Promise<void>
}

export interface ScriptedDocentOptions {
  /** Folder of the built page. */
  readonly webDir: string
  /** Steps of an answer, without `start`. */
  readonly script: (question: string) => readonly Step[]
  /** Extra pages by path. */
  readonly pages?: Readonly<Record<string, string>>
  readonly contentSecurityPolicy?: string
  /** Who writes, as `/api/info` tells; null for a server that has no such address. Default `extractive`. */
  readonly generator?: 'extractive' | 'anthropic' | null
  readonly searchResults?: (query: string) => readonly unknown[]
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The policy that Docent's own server sends, with Trusted Types demanded on top. */
export const strictPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types lit-html"

/** A Docent server whose answers follow a script, with a journal, resume and stop as the real one has them. */
export async function startScriptedDocent(options: ScriptedDocentOptions): Promise<ScriptedDocent> {
  const answers: ScriptedAnswer[] = []
  const feedback: {answerId: string; body: unknown}[] = []
  const timings: {answerId: string; body: unknown}[] = []
  const deletedConversations: string[] = []
  const requests: string[] = []
  const told = new Set<ScriptedAnswer>()
  const watchers = new Set<() => void>()
  const open = new Set<ServerResponse>()
  const refusedOnce = new Set<string>()
  let isUnreachable = false
  let releases = 0
  let count = 0

  const wake = (): void => {
    for (const watcher of [...watchers]) watcher()
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500)
      response.end(String(error))
    })
  })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const path = url.pathname
    requests.push(`${request.method} ${path}`)
    if (isUnreachable && path.startsWith('/api/')) return void request.socket.destroy()
    response.setHeader('content-security-policy', options.contentSecurityPolicy ?? strictPolicy)

    const {generator = 'extractive'} = options
    if (path === '/api/info' && generator !== null) return json(response, 200, {generator})
    const match = /^\/api\/answers\/([\w-]+)\/(events|stop|feedback|timings)$/.exec(path)
    if (request.method === 'POST' && path === '/api/answers') return ask(request, response)
    if (match !== null) {
      const answer = answers.find(({answerId}) => answerId === match[1])
      if (answer === undefined)
        return json(response, 404, {error: {code: 'not_found', message: 'There is nothing here.'}})
      if (match[2] === 'events') return stream(answer, Number(url.searchParams.get('after') ?? 0), response)
      if (match[2] === 'stop') {
        answer.stops++
        if (!answer.isEnded) emit(answer, done('stopped'))
        return json(response, 200, {ending: 'stopped'})
      }
      if (match[2] === 'timings') {
        timings.push({answerId: answer.answerId, body: JSON.parse(await bodyOf(request))})
        return void response.writeHead(204).end()
      }
      feedback.push({answerId: answer.answerId, body: JSON.parse(await bodyOf(request))})
      return json(response, 200, {})
    }
    const conversation = /^\/api\/conversations\/([\w-]+)$/.exec(path)
    if (request.method === 'DELETE' && conversation !== null) {
      deletedConversations.push(conversation[1]!)
      return json(response, 200, {deleted: 1})
    }
    if (path === '/api/search') {
      const query = url.searchParams.get('q') ?? ''
      return json(response, 200, {
        query,
        build: 'b1',
        tookMs: 1,
        results: options.searchResults?.(query) ?? [],
      })
    }
    const page = options.pages?.[path]
    if (page !== undefined) {
      response.writeHead(200, {'content-type': types['.html']})
      return void response.end(page)
    }
    if (path.startsWith('/docs/')) {
      response.writeHead(200, {'content-type': types['.html']})
      return void response.end(
        '<!doctype html><html lang="en"><title>Docs</title><h1>A page of the docs</h1></html>',
      )
    }
    const file = join(options.webDir, normalize(path === '/' ? '/index.html' : path))
    try {
      const content = await readFile(file)
      response.writeHead(200, {'content-type': types[extname(file)] ?? 'application/octet-stream'})
      // The real server fills in the titles of its pages.
      const titles = [...new Set(sampleSources.map(({title}) => title))].slice(0, 5).join('|')
      const isPage = extname(file) === '.html'
      response.end(isPage ? String(content).replace('mode="page"', `mode="page" pages="${titles}"`) : content)
    } catch {
      json(response, 404, {error: {code: 'not_found', message: 'There is nothing here.'}})
    }
  }

  async function ask(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await bodyOf(request)) as Record<string, unknown>
    const idempotencyKey = request.headers['idempotency-key']?.toString() ?? null
    const begun = answers.find(
      (answer) => idempotencyKey !== null && answer.idempotencyKey === idempotencyKey,
    )
    if (begun !== undefined) return stream(begun, 0, response)
    const question = String(body['question'])
    // "refuse this", "refuse for 2 seconds", "refuse once for 2 seconds".
    const refusal = /^refuse( once)?(?:.* for (\d+) second)?/.exec(question)
    if (refusal !== null && !(refusal[1] && refusedOnce.has(question))) {
      refusedOnce.add(question)
      response.setHeader('retry-after', refusal[2] ?? '7')
      return json(response, 429, {
        error: {code: 'rate_limited', message: 'Too many questions in a short time. Please wait a moment.'},
      })
    }
    const answer: ScriptedAnswer = {
      answerId: `a${++count}`,
      conversationId: String(body['conversationId'] ?? `c${count}`),
      question,
      body,
      idempotencyKey,
      events: [],
      isEnded: false,
      stops: 0,
    }
    answers.push(answer)
    emit(answer, {
      type: 'start',
      answerId: answer.answerId,
      conversationId: answer.conversationId,
      ref: `ref-of-${answer.answerId}`,
      build: 'b1',
      generator: question.includes('quote') ? 'extractive' : 'anthropic',
      model: null,
      embedding: 'docent',
    })
    void play(answer, options.script(question))
    return stream(answer, 0, response)
  }

  async function play(answer: ScriptedAnswer, steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (answer.isEnded) return
      if ('send' in step) emit(answer, step.send)
      else if ('waitMs' in step) await new Promise((resolve) => setTimeout(resolve, step.waitMs))
      else if ('hold' in step) await until(releases + 1)
      else {
        for (const response of open) response.destroy()
      }
    }
  }

  function until(wanted: number): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (releases < wanted) return
        watchers.delete(check)
        resolve()
      }
      watchers.add(check)
      check()
    })
  }

  function emit(answer: ScriptedAnswer, event: AnswerEvent): void {
    if (answer.isEnded) return
    answer.events.push(event)
    if (event.type === 'done' || event.type === 'error') answer.isEnded = true
    wake()
  }

  /** The key of the conversation is told once; where the question is `nameless`, it is lost on the way. */
  function toldOnce(answer: ScriptedAnswer, event: AnswerEvent): AnswerEvent {
    if (event.type !== 'start') return event
    const isTold = told.has(answer) || answer.question.startsWith('nameless')
    told.add(answer)
    return isTold ? {...event, conversationId: null} : event
  }

  function stream(answer: ScriptedAnswer, after: number, response: ServerResponse): void {
    if (answer.isEnded && after >= answer.events.length) return void response.writeHead(204).end()
    response.writeHead(200, {'content-type': 'text/event-stream', 'cache-control': 'no-store'})
    response.write('retry: 1000\n: hello\n\n')
    open.add(response)
    let sent = after
    const send = (): void => {
      let frames = ''
      while (sent < answer.events.length) {
        const {type, ...data} = toldOnce(answer, answer.events[sent++]!)
        frames += `id: ${answer.answerId}:${sent}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`
      }
      if (frames !== '') response.write(frames)
      if (answer.isEnded) {
        watchers.delete(send)
        response.end()
      }
    }
    watchers.add(send)
    response.once('close', () => {
      watchers.delete(send)
      open.delete(response)
    })
    send()
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    answers,
    feedback,
    timings,
    deletedConversations,
    requests,
    release() {
      releases++
      wake()
    },
    setUnreachable(value) {
      isUnreachable = value
      if (value) for (const response of open) response.destroy()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {'content-type': 'application/json'})
  response.end(JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

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

/** Sources as a real search gives them. */
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

/** `text` as deltas of about a token each, with citations behind the given words. */
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
