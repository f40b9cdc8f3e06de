import {once} from 'node:events'
import {Readable, type Writable} from 'node:stream'
import {StdioServerTransport, serveStdio} from '@modelcontextprotocol/server/stdio'
import {DocentError, rateLimited} from '../../domain/index.ts'
import {createDocsServer} from '../../mcp/index.ts'
import {openAssistant} from '../../server/index.ts'
import type {Settings} from '../../settings/index.ts'
import {indexFirst, type ServerLog} from './index-first.ts'
import {messageLines} from './message-lines.ts'

/** The longest message with its line end, in bytes: many times that of the longest arguments. */
const maxMessageBytes = 1024 * 1024
/** Calls that are under way at once. A client that sends more is told to wait. */
const maxActive = 100

export interface StdioOptions {
  readonly log: ServerLog
  readonly input: Readable
  /** For the protocol alone. */
  readonly output: Writable
}

/**
 * Serves the docs over two streams, in the era of the protocol that the client opens with, until the input ends, the
 * output fails or a signal comes. Answers at once, also while the docs are being indexed: only calls wait for that.
 * @throws DocentError `too_large` for a message that is too long.
 */
export async function serveOverStdio(settings: Settings, {log, input, output}: StdioOptions): Promise<void> {
  const messages = Readable.from(
    messageLines(input, {
      maxBytes: maxMessageBytes,
      onRefused(answer) {
        log.warn({id: answer.id, code: answer.error.code, problem: answer.error.message}, 'no message of MCP')
        // A client that reads nothing could fill the memory.
        if (!output.writableNeedDrain && !output.destroyed) output.write(`${JSON.stringify(answer)}\n`)
      },
    }),
  )
  // After the end nobody else listens, and the input is destroyed then.
  messages.on('error', () => {})
  const transport = new StdioServerTransport(messages, output, {maxBufferSize: maxMessageBytes})
  const ended = endOf(messages, output)
  const assistant = await openAssistant({settings, log, transcriptsFile: ':memory:'})
  const indexing = indexFirst(assistant, settings, log)
  let active = 0
  /** Runs work as soon as there is an index. */
  async function onceIndexed<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (active >= maxActive) {
      throw rateLimited('searches', `No more than ${maxActive} calls at once; wait for some to end.`, {
        retryAfterMs: 1000,
      })
    }
    active++
    try {
      await indexing.ready(signal)
      return await work()
    } finally {
      active--
    }
  }
  const connection = serveStdio(
    () =>
      createDocsServer({
        docs: {
          search: assistant.retriever,
          current: assistant.current,
          siteUrl: settings.siteUrl,
          base: settings.publicUrl,
          name: settings.assistantName,
        },
        serverName: 'docent',
        policy: {
          run: onceIndexed,
          runList: onceIndexed,
          // Whoever runs the agent runs Docent.
          messageOf: (error) => error.message,
          // At another level than a server's: its client sees its calls itself.
          onCall: ({tool, outcome, ms}) => log.debug({tool, outcome, ms}, 'mcp call'),
          onProblem: (err) => log.error({err, code: err.code}, 'an mcp call failed'),
        },
      }),
    {
      transport,
      maxSubscriptions: 0,
      onerror: (err) => log.debug({err}, 'mcp'),
    },
  )
  try {
    await ended
  } finally {
    indexing.stop()
    await connection.close()
    await assistant.close(0)
  }
}

/**
 * Resolves when a client has gone or the process is asked to end. @throws what the messages end with, if that is an error of
 * Docent's.
 */
async function endOf(messages: Readable, output: Writable): Promise<void> {
  const settled = new AbortController()
  const {signal} = settled
  const first = (emitter: NodeJS.EventEmitter, name: string) => once(emitter, name, {signal})
  try {
    await Promise.race([
      ...['end', 'close'].map((name) => first(messages, name)),
      ...['close', 'error'].map((name) => first(output, name)),
      ...['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => first(process, name)),
    ])
  } catch (error) {
    // A broken stream has ended too.
    if (error instanceof DocentError) throw error
  } finally {
    settled.abort()
  }
}
