import {deepStrictEqual as deepEqual, strictEqual as equal, match, ok} from 'node:assert'
import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {citedText, type ProtocolDocs, protocolQuestions} from '../../../support/protocol-docs.ts'
import {root} from '../../programs.ts'

const run = promisify(execFile)
const client = join(root, 'test/matrix/protocols/ai-sdk/client.mjs')

interface Part extends Readonly<Record<string, unknown>> {
  readonly type: string
}

/** A chat after a question, as the page would have it. */
interface Seen {
  readonly status: string
  readonly error: string | null
  readonly message: {
    readonly id: string
    readonly parts: readonly Part[]
    readonly metadata: Readonly<Record<string, unknown>>
  }
  readonly finished: {readonly isError: boolean; readonly isDisconnect: boolean} | null
  readonly count: number
}

export interface AiSdk {
  /** Program that runs the client. */
  readonly node: string
  /** URL of the module `ai`. */
  readonly module: string
  /** Major version of `ai`. */
  readonly major: number
}

/** What a version of the AI SDK makes of every kind of answer. @throws AssertionError. */
export async function checkAiSdk({node, module, major}: AiSdk, {open, strict}: ProtocolDocs): Promise<void> {
  const args = [client, module, open.url, strict.url, JSON.stringify(protocolQuestions)]
  const {stdout} = await run(node, args, {timeout: 240_000, maxBuffer: 32 * 1024 * 1024})
  const results = JSON.parse(stdout) as Record<string, Seen & Record<string, unknown>>
  const of = (name: string) => results[name]!
  const cited = of('cited')

  const conversations = [cited, of('again'), of('regenerated')].map((seen, turn) => {
    equal(seen.status, 'ready')
    equal(seen.error, null)
    equal(seen.count, turn === 0 ? 2 : 4)
    equal(textOf(seen), citedText)
    const {ending, abstained, answerId, conversationId} = seen.message.metadata
    deepEqual([ending, abstained, answerId], ['complete', false, seen.message.id])
    return conversationId
  })
  equal(new Set(conversations).size, 1, 'the turns of a chat are one conversation')
  deepEqual(
    cited.message.parts.map(({type}) => type),
    [
      ...['data-stage', 'data-search', 'source-url', 'source-url', 'reasoning', 'dynamic-tool', 'text'],
      'data-citations',
    ],
  )
  const source = partOf(cited, 'source-url')
  match(String(source['url']), /^http:\/\/.+#/)
  equal((source['providerMetadata'] as {docent: {n: number}}).docent.n, 1)
  equal(partOf(cited, 'reasoning')['text'], 'It is about installing.')
  deepEqual(
    [partOf(cited, 'dynamic-tool')['state'], partOf(cited, 'dynamic-tool')['output']],
    ['output-available', {found: 0}],
  )
  deepEqual(partOf(cited, 'data-citations')['data'], [
    {n: 1, start: 0, end: 11, quote: 'npm ci', sourceId: '1', part: {id: 't1', start: 0, end: 11}},
  ])
  deepEqual(partOf(cited, 'data-stage')['data'], {stage: 'ended'})

  const abstained = of('abstained')
  deepEqual([abstained.status, abstained.message.metadata['ending']], ['ready', 'abstained'])
  match(textOf(abstained), /does not seem to answer/)

  const declined = of('declined')
  deepEqual(
    [declined.status, declined.message.metadata['partial'], declined.message.metadata['finishReason']],
    ['ready', true, 'refusal'],
  )
  match(textOf(declined), /declined/)

  const broken = of('broken')
  equal(broken.status, 'error')
  match(broken.error ?? '', /broke off/)
  equal(textOf(broken), 'It breaks ')
  equal(broken.message.metadata['ending'], 'error')
  equal(broken.message.parts.filter(({type}) => type === 'source-url').length, 2)

  const stopped = of('stopped')
  deepEqual(stopped['stop'], {ending: 'stopped'})
  equal(stopped.message.metadata['ending'], 'stopped')
  match(textOf(stopped), /^word 1 word 2/)
  equal(stopped['streamStatus'], 204, 'what was stopped is not resumed')

  const resumed = of('resumed')
  equal(resumed.count, 2)
  equal(resumed['sameId'], true)
  equal(textOf(resumed), Array.from({length: 20}, (_, i) => `word ${i + 1} `).join(''))
  equal(resumed.message.metadata['conversationId'], undefined, 'a replay has no key')
  deepEqual(of('readToTheEnd')['status'], 204)
  equal(of('nothingToResume').count, 0)
  // Version 5.0.0 leaves the status as it was when there is nothing to resume.
  if (major > 5) equal(of('nothingToResume').status, 'ready')

  const refused = of('refused')
  equal(refused.status, 'error')
  match(refused.error ?? '', /"code":"rate_limited"/)
  equal(of('tooLarge').status, 'error')
  match(of('tooLarge').error ?? '', /"code":"too_large"/)

  const withCitations = of('withTextEndCitations')
  if (major >= 7) {
    const [citation] = partOf(withCitations, 'text')['citations'] as readonly Readonly<
      Record<string, unknown>
    >[]
    deepEqual([citation!['startIndex'], citation!['endIndex'], citation!['citedText']], [0, 11, 'npm ci'])
  } else ok(['ready', 'error'].includes(withCitations.status))
}

function textOf({message}: Seen): string {
  return message.parts.flatMap((part) => (part.type === 'text' ? [String(part['text'])] : [])).join('')
}

function partOf({message}: Seen, type: string): Part {
  const part = message.parts.find((one) => one.type === type)
  ok(part, `no ${type} in ${message.parts.map((one) => one.type)}`)
  return part
}
