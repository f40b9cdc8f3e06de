import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {isInstalled} from '../programs.ts'
import {
  type ClientEvent,
  type ClientLibrary,
  eventFrom,
  isTerminal,
  type QuestionTarget,
  questionBody,
  type ReadAnswer,
  seesResponses,
} from './client.ts'
import {pause} from './pause.ts'
import {Refused, refusalIn} from './refused.ts'

const pauseMs = 50
/** See "EXIT CODES" of its manual. */
const refusedExit = 22

/** As in a script: it prints the stream as it comes, and its exit code says whether the connection broke. */
export const curl: ClientLibrary = {
  name: 'curl',
  versions: ['installed'],
  smoke: 'installed',
  // The options are of 7.84.
  missing: () => (isInstalled('curl', ['--fail-with-body', '--version']) ? null : 'needs curl'),
  readers: async () => [
    {
      name: '',
      wire: 'events',
      read,
      stop,
      sees: {
        question: [...seesResponses.question, 'exitCode'],
        size: [...seesResponses.size, 'exitCode'],
      },
    },
  ],
}

/** After a cut it repeats the question with `Last-Event-ID`; the idempotency key makes it join the same answer. */
const read: ReadAnswer = async (asked, onEvent) => {
  const key = `idempotency-key: ${crypto.randomUUID()}`
  let last: ClientEvent | undefined
  for (;;) {
    const resuming = last === undefined ? [] : ['-H', `last-event-id: ${last.answerId}:${last.seq}`]
    const {child, ended} = start(asked, '/api/answers', [
      ...['-H', 'accept: text/event-stream', '-H', 'content-type: application/json', '-H', key],
      ...[...resuming, '--data-binary', '@-'],
    ])
    child.stdin!.on('error', () => {}).end(questionBody(asked))
    let rest = ''
    for await (const text of child.stdout!.setEncoding('utf8')) {
      const frames = `${rest}${text}`.split('\n\n')
      rest = frames.pop()!
      for (const frame of frames.filter((one) => one.startsWith('id: '))) {
        const [id, type, data] = frame.split('\n').map((line) => line.slice(line.indexOf(': ') + 2))
        last = eventFrom(id, type!, data!)
        onEvent(last)
      }
    }
    const {exitCode, status, retryAfter} = await ended
    if (exitCode === refusedExit) throw new Refused({...refusalIn(status, retryAfter, rest), exitCode})
    if (last !== undefined && isTerminal(last)) {
      if (exitCode !== 0) throw new Error(`curl ended with ${exitCode} after the whole answer`)
      return
    }
    if (exitCode === 0) throw new Error('curl ended with 0 in the middle of the answer')
    await pause(pauseMs)
  }
}

async function stop(asked: QuestionTarget, answerId: string): Promise<void> {
  const {child, ended} = start(asked, `/api/answers/${answerId}/stop`, ['-X', 'POST'])
  let text = ''
  for await (const piece of child.stdout!.setEncoding('utf8')) text += piece
  const {exitCode} = await ended
  if (exitCode !== 0 || text !== '{"ending":"stopped"}') throw new Error(`curl: ${exitCode} ${text}`)
}

interface Ended {
  readonly exitCode: number
  /** 0 if there was no response. */
  readonly status: number
  readonly retryAfter: string | null
}

/** Starts curl without a buffer, and without the user's own settings. */
function start(
  {url}: QuestionTarget,
  path: string,
  args: readonly string[],
): {readonly child: ChildProcess; readonly ended: Promise<Ended>} {
  const facts = '%{stderr}%{http_code} %header{retry-after}'
  const all = ['-q', '--silent', '--no-buffer', '--fail-with-body', '--write-out', facts, ...args]
  const child = spawn('curl', [...all, `${url}${path}`], {stdio: 'pipe'})
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const ended = once(child, 'close').then(([exitCode]) => {
    const [status, retryAfter] = stderr.split(' ')
    return {exitCode, status: Number(status), retryAfter: retryAfter || null}
  })
  return {child, ended}
}
