import type {CallToolResult} from '@modelcontextprotocol/server'
import {type DocentError, type ErrorCode, readerMessageOf, toDocentError} from '../domain/index.ts'
import {argumentsOf} from './arguments.ts'
import type {Docs} from './docs.ts'
import type {Tool} from './tool.ts'

/** Lets a call begin and runs it. */
export interface CallPolicy {
  /**
   * Runs work of a call in its turn. `signal` is aborted when the client has gone or has cancelled the call.
   * @throws DocentError `rate_limited`, or what the work throws.
   */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
  /** Runs work that lists pages, which counts as no search. Default: at once. @throws as `run` does. */
  runList?<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
  /** Called once when a call has ended. */
  onCall(call: EndedCall): void
  /** What a client may read of an error that is not its own. Default: the sentence for readers. */
  messageOf?(error: DocentError): string
  /** Called with an error that is not the client's. */
  onProblem(error: DocentError): void
}

export interface EndedCall {
  /** The name of the tool, or `resources/read`. */
  readonly tool: string
  /** `ok`, `unanswered` when the docs likely do not answer the query, `left` when the client had gone; else the error. */
  readonly outcome: 'ok' | 'unanswered' | 'left' | ErrorCode
  readonly ms: number
}

/**
 * Calls a tool. What went wrong is a result too, marked as an error, so that the model reads it and can do better; only a
 * client that has gone gets none.
 */
export async function callTool(
  tool: Tool,
  given: Readonly<Record<string, unknown>>,
  {docs, policy, signal}: {readonly docs: Docs; readonly policy: CallPolicy; readonly signal: AbortSignal},
): Promise<CallToolResult> {
  return observed(tool.name, {policy, signal}, async () => {
    try {
      const {
        text,
        data,
        isUnanswered = false,
      } = await policy.run(async () => {
        const args = argumentsOf(tool.input, given)
        // Of the same tool as its schema.
        return tool.run(args as never, {docs, signal})
      }, signal)
      const result: CallToolResult = {content: [{type: 'text', text}], structuredContent: data}
      return {result, outcome: isUnanswered ? 'unanswered' : 'ok'}
    } catch (thrown) {
      signal.throwIfAborted()
      const error = toDocentError(thrown)
      if (!isRefusal(error.code)) policy.onProblem(error)
      const result: CallToolResult = {
        content: [{type: 'text', text: messageFor(error, policy)}],
        isError: true,
      }
      return {result, outcome: error.code}
    }
  })
}

/** Runs a call and reports how it ended, also when the client has gone. */
export async function observed<T>(
  tool: string,
  {policy, signal}: {readonly policy: CallPolicy; readonly signal: AbortSignal},
  call: () => Promise<{readonly result: T; readonly outcome: EndedCall['outcome']}>,
): Promise<T> {
  const startedAt = performance.now()
  const msSince = () => Math.round(performance.now() - startedAt)
  try {
    const {result, outcome} = await call()
    policy.onCall({tool, outcome: signal.aborted ? 'left' : outcome, ms: msSince()})
    return result
  } catch (thrown) {
    policy.onCall({tool, outcome: signal.aborted ? 'left' : toDocentError(thrown).code, ms: msSince()})
    throw thrown
  }
}

const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid_request',
  'not_found',
  'version_not_found',
  'rate_limited',
])

/** Whether an error says what was wrong with the call, and not with Docent. */
export function isRefusal(code: ErrorCode): boolean {
  return refusals.has(code)
}

/** What a client may read of an error. */
export function messageFor(error: DocentError, policy: Pick<CallPolicy, 'messageOf'> = {}): string {
  if (isRefusal(error.code)) return error.message
  return policy.messageOf?.(error) ?? readerMessageOf(error.code)
}
