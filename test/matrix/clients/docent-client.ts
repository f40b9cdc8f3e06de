import {deepStrictEqual as deepEqual} from 'node:assert'
import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {ownNpm, root, runProgram, temporaryFolder} from '../programs.ts'
import {type ClientLibrary, isTerminal, seesResponses} from './client.ts'
import {Refused} from './refused.ts'

/** As in `packages/client`; the types there are of the sources, this is what a program installs. */
interface Module {
  createClient(options: {readonly endpoint: string}): {
    ask(question: string): AsyncIterable<{readonly type: string; readonly seq: number}> & {
      readonly answerId: string | null
      final(): Promise<{readonly text: string; readonly ending: string; readonly partial: boolean}>
      stop(): Promise<void>
    }
  }
  readonly RefusedError: new (
    ...args: never
  ) => Error & {readonly code: string; readonly status: number; readonly retryAfterMs: number | null}
}

/** The package of this checkout, packed and installed. It stops with the answer's own method. */
export const docentClient: ClientLibrary = {
  name: 'docent-client',
  versions: ['packed'],
  smoke: null,
  packed: packClient,
  async readers({load}) {
    const {createClient, RefusedError} = (await load('docent-client')) as Module
    const stops = new Map<string | null, () => Promise<void>>()
    return [
      {
        name: '',
        wire: 'events',
        sees: seesResponses,
        async read({url, question}, onEvent) {
          const answer = createClient({endpoint: url}).ask(question)
          let text = ''
          try {
            for await (const {seq, type, ...data} of answer) {
              const event = {answerId: answer.answerId ?? '', seq, type, data}
              if (type === 'start') stops.set(answer.answerId, () => answer.stop())
              if (type === 'delta') text += String(event.data['text' as never])
              if (isTerminal(event)) await checkResult(event.data)
              onEvent(event)
            }
          } catch (error) {
            if (!(error instanceof RefusedError)) throw error
            const {status, code, message, retryAfterMs} = error
            throw new Refused({
              ...{status, code, message},
              ...(retryAfterMs === null ? {} : {waitMs: retryAfterMs}),
            })
          }

          /** What `final()` gives must be what the events say. */
          async function checkResult(last: Readonly<Record<string, unknown>>): Promise<void> {
            const result = await answer.final()
            deepEqual(
              [result.text, result.ending, result.partial],
              [text, last['ending'], last['partial'] ?? false],
            )
          }
        },
        async stop(_, answerId) {
          await stops.get(answerId)!()
        },
      },
    ]
  },
}

/** Returns the path of the packed file. */
function packClient(): string {
  const folder = temporaryFolder('docent-client')
  const cwd = join(root, 'packages/client')
  runProgram(process.execPath, [ownNpm(), 'pack', '--silent', '--pack-destination', folder], {cwd})
  return join(folder, readdirSync(folder)[0]!)
}
