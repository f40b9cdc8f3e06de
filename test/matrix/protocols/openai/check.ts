import {deepStrictEqual as deepEqual, strictEqual as equal, match, ok} from 'node:assert'
import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {citedText, type ProtocolDocs, protocolQuestions} from '../../../support/protocol-docs.ts'
import {root} from '../../programs.ts'

const run = promisify(execFile)
const client = join(root, 'test/matrix/protocols/openai/client.mjs')

interface Failure {
  readonly status: number | null
  readonly code: string | null
  readonly message: string
}

interface SeenChat {
  readonly text: string
  readonly finish: string | null
  readonly annotations: readonly {readonly url_citation: {readonly url: string; readonly end_index: number}}[]
  readonly sources?: number
  readonly docent: Readonly<Record<string, unknown>> | null
  readonly error: Failure | null
}

interface SeenResponse {
  readonly text: string
  readonly status: string | null
  readonly annotations?: readonly {readonly url: string; readonly end_index: number}[]
  readonly error: Failure | null
}

interface SeenAnswer {
  readonly chat: SeenChat
  readonly chatWhole: SeenChat
  readonly respond: SeenResponse
  readonly respondWhole: SeenResponse
}

/** What a version of OpenAI's library makes of every kind of answer. @param module URL of `openai`. @throws AssertionError. */
export async function checkOpenAi(module: string, {open, strict}: ProtocolDocs): Promise<void> {
  const args = [client, module, open.url, strict.url, JSON.stringify(protocolQuestions)]
  const {stdout} = await run(process.execPath, args, {timeout: 240_000, maxBuffer: 32 * 1024 * 1024})
  const results = JSON.parse(stdout) as Record<'cited' | 'abstained' | 'declined' | 'broken', SeenAnswer> & {
    readonly stopped: SeenChat
    readonly refused: {readonly chat: SeenChat; readonly respond: SeenResponse}
    readonly tooLarge: SeenChat
    readonly models: readonly string[]
  }

  const {cited, abstained, declined, broken} = results
  for (const seen of [cited.chat, cited.chatWhole]) {
    deepEqual([seen.text, seen.finish, seen.error], [citedText, 'stop', null])
    equal(seen.docent?.['ending'], 'complete')
    match(seen.annotations[0]!.url_citation.url, /^http:.+\/docs\/install#/)
    equal(seen.annotations[0]!.url_citation.end_index, 11)
  }
  equal(cited.chat.sources, 2)
  for (const seen of [cited.respond, cited.respondWhole]) {
    deepEqual([seen.text, seen.status, seen.error], [citedText, 'completed', null])
  }
  equal(cited.respond.annotations?.[0]?.end_index, 11)

  for (const {text} of Object.values(abstained)) match(text, /does not seem to answer/)
  deepEqual([abstained.chat.docent?.['abstained'], abstained.chat.finish], [true, 'stop'])

  deepEqual([declined.chat.finish, declined.chatWhole.finish], ['content_filter', 'content_filter'])
  equal(declined.respond.status, 'incomplete')
  match(declined.chat.text, /declined/)

  equal(broken.chat.text, 'It breaks ')
  equal(broken.chat.finish, null)
  match(broken.chat.error?.message ?? '', /broke off/)
  equal(broken.chatWhole.error?.status, 502)
  equal(broken.respondWhole.error?.status, 502)
  ok(broken.respond.status === 'failed' || broken.respond.error !== null)

  equal(results.stopped.docent?.['ending'], 'stopped')
  match(results.stopped.text, /^word 1 word 2 word 3/)

  deepEqual([results.refused.chat.error?.status, results.refused.respond.error?.status], [429, 429])
  equal(results.tooLarge.error?.status, 413)
  deepEqual(results.models, ['docent'])
}
