/**
 * Asks one question from a terminal: sources first, then the answer as it is written.
 *
 * Run with: npm run ask -- "QUESTION" [--json] [--version VERSION] [--server URL]
 */
import {inspect, parseArgs, styleText} from 'node:util'
import {EventSourceParserStream} from 'eventsource-parser/stream'
import {answerJsonOf} from '../src/answers/answer-snapshot.ts'
import {
  type AnswerEvent,
  DocentError,
  isPartialFinish,
  isTerminal,
  partialWordsOf,
  type Source,
  toDocentError,
} from '../src/domain/index.ts'
import {cleanLine, cleanStream, cleanText, escapedJson, jobCommandFilter} from '../src/lib/clean-text.ts'
import {keepOthersFromWriting} from '../src/native/index.ts'
import {openAssistant} from '../src/server.ts'
import {isGitHubActions, loadSettings} from '../src/settings/settings.ts'

const usage = `Usage: npm run ask -- "QUESTION" [options]

  --json             the whole answer as one JSON object
  --version VERSION  only pages of this version of the docs
  --server URL       ask a running server instead of reading the index here
  --help

Exit: 0 answered, or not in the docs; 1 the answer failed or was stopped; 2 bad usage.`

interface Asked {
  readonly question: string
  readonly version: string | null
  readonly signal: AbortSignal
}

/** One answer, wherever it is written. Stopping it is asked for by the signal; the events then tell the end. */
interface Asking {
  readonly events: AsyncIterable<AnswerEvent>
  /** After the last event. */
  whole(): Promise<Record<string, unknown>>
  close(): Promise<void>
}

keepOthersFromWriting()
process.exitCode = await main(process.argv.slice(2))

async function main(args: string[]): Promise<number> {
  let values: {json?: boolean; version?: string; server?: string; help?: boolean}
  let positionals: string[]
  try {
    ;({values, positionals} = parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: {type: 'boolean'},
        version: {type: 'string'},
        server: {type: 'string'},
        help: {type: 'boolean', short: 'h'},
      },
    }))
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    return 2
  }
  const question = positionals.join(' ').trim()
  if (values.help || question === '') {
    console[values.help ? 'log' : 'error'](usage)
    return values.help ? 0 : 2
  }

  const stopping = new AbortController()
  // Ctrl-C stops the answer, which then ends as `stopped`; a second one ends the process.
  process.once('SIGINT', () => stopping.abort())
  try {
    const asked = {question, version: values.version ?? null, signal: stopping.signal}
    const asking = values.server ? await askServer(values.server, asked) : await askHere(asked)
    try {
      const ending = values.json ? await printJson(asking) : await print(asking.events)
      return ending === 'complete' || ending === 'abstained' ? 0 : 1
    } finally {
      await asking.close()
    }
  } catch (thrown) {
    const error = toDocentError(thrown)
    console.error(cleanText(error.message))
    return error.code === 'config' || error.code === 'invalid_request' ? 2 : 1
  }
}

async function askHere({question, version, signal}: Asked): Promise<Asking> {
  const settings = loadSettings()
  const quiet = {
    debug() {},
    info() {},
    warn() {},
    error: (facts: object, text: string) => console.error(cleanText(`${text} ${inspect(facts)}`)),
  }
  // Not into the server's log: it may be writing that file right now.
  const assistant = await openAssistant({settings, log: quiet, transcriptsFile: ':memory:'})
  try {
    const problem = assistant.indexProblem()
    if (problem !== null) {
      console.error(`Indexing ${settings.contentDir}: ${problem}.`)
      await assistant.ingest({full: false}).report
    }
    const {answering} = assistant
    const {answerId} = await answering.ask(
      {question, version, conversationId: null, history: [], resumable: false},
      {channel: 'cli'},
    )
    const stop = () => void answering.stop(answerId)
    signal.addEventListener('abort', stop)
    // It may have been asked for while the question was.
    if (signal.aborted) stop()
    return {
      events: eventsHere(),
      async whole() {
        const snapshot = await answering.snapshot(answerId)
        if (snapshot === null) throw new DocentError('internal', 'The answer was not kept.')
        return answerJsonOf(snapshot)
      },
      close: () => assistant.close(0),
    }

    async function* eventsHere(): AsyncGenerator<AnswerEvent> {
      const reader = new AbortController()
      for await (const {event} of answering.events(answerId, {signal: reader.signal})) yield event
    }
  } catch (error) {
    await assistant.close(0)
    throw error
  }
}

async function askServer(server: string, {question, version, signal}: Asked): Promise<Asking> {
  const base = server.replace(/\/+$/, '')
  const response = await fetch(`${base}/api/answers`, {
    method: 'POST',
    headers: {'content-type': 'application/json', accept: 'text/event-stream'},
    body: JSON.stringify({question, version, resumable: true}),
  }).catch((cause: unknown) => {
    throw new DocentError('upstream_unreachable', `There is no server at ${base}.`, {cause})
  })
  if (!response.ok || response.body === null) {
    const refusal = (await response.json().catch(() => null)) as {error?: {message?: string}} | null
    throw new DocentError(
      'invalid_request',
      refusal?.error?.message ?? `${base} answered ${response.status}.`,
    )
  }
  const frames = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  let answerId = ''
  signal.addEventListener('abort', () => void fetch(`${base}/api/answers/${answerId}/stop`, {method: 'POST'}))
  return {
    events: eventsThere(),
    whole: async () =>
      (await (await fetch(`${base}/api/answers/${answerId}`)).json()) as Record<string, unknown>,
    close: async () => {},
  }

  async function* eventsThere(): AsyncGenerator<AnswerEvent> {
    for await (const {event, data} of frames) {
      // Written by a server of ours: the types are those of the domain.
      const told = {type: event, ...JSON.parse(data)} as AnswerEvent
      if (told.type === 'start') answerId = told.answerId
      yield told
      if (isTerminal(told)) return
    }
    throw new DocentError(
      'upstream_cut',
      'The connection to the server broke off. The answer is not complete.',
    )
  }
}

async function printJson({events, whole}: Asking): Promise<string> {
  for await (const event of events) {
    if (!isTerminal(event)) continue
    console.log(escapedJson(JSON.stringify(await whole())))
    return event.ending
  }
  return 'error'
}

/**
 * Sources, then text with the numbers of what it rests on, then how it ended if that needs saying. Titles and text are
 * the docs' and the model's: they are cleaned, or they could drive the terminal.
 */
async function print(events: AsyncIterable<AnswerEvent>): Promise<string> {
  const inJob = isGitHubActions() ? jobCommandFilter() : (text: string) => text
  const out = {write: (text: string) => process.stdout.write(inJob(text))}
  let cited: number[] = []
  let hasText = false
  const answer = cleanStream()
  const putMarks = () => {
    const marks = [...new Set(cited)].sort((a, b) => a - b)
    cited = []
    if (marks.length > 0) out.write(dim(` ${marks.map((n) => `[${n}]`).join('')}`))
  }
  for await (const event of events) {
    switch (event.type) {
      case 'sources':
        for (const source of event.sources) out.write(`${lineOf(source)}\n`)
        if (event.sources.length > 0) out.write('\n')
        break
      case 'delta':
        // A citation follows what it supports: its number goes before the next words.
        putMarks()
        out.write(answer.next(event.text))
        hasText = true
        break
      case 'citation':
        cited.push(event.n)
        break
      case 'tool':
        if (event.status === 'started') out.write(dim(`\n(${cleanLine(event.summary ?? event.name)})\n`))
        break
      case 'error':
        out.write(answer.end())
        putMarks()
        out.write(`${hasText ? '\n\n' : ''}`)
        console.error(styleText('red', cleanText(event.message)))
        return event.ending
      case 'done':
        out.write(answer.end())
        putMarks()
        if (hasText) out.write('\n')
        if (event.abstained) {
          out.write('The docs do not answer this.\n')
          if (event.nearest?.length) out.write('What comes nearest:\n')
          for (const {title, url} of event.nearest ?? [])
            out.write(`  ${cleanLine(title)}  ${dim(cleanLine(url))}\n`)
        } else if (event.ending === 'stopped') out.write(dim('(stopped: the answer is not complete)\n'))
        else if (isPartialFinish(event.finishReason)) {
          out.write(dim(`(${partialWordsOf(event.finishReason)}: the answer is not complete)\n`))
        }
        return event.ending
    }
  }
  return 'error'
}

function lineOf({n, title, headings, url, anchor}: Source): string {
  const place = anchor ? `${url}#${anchor}` : url
  return `${dim(`[${n}]`)} ${cleanLine([title, ...headings].join(' › '))}  ${dim(cleanLine(place))}`
}

function dim(text: string): string {
  return process.stdout.isTTY ? styleText('dim', text) : text
}
