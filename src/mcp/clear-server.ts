import {
  type JSONRPCRequest,
  ProtocolError,
  ProtocolErrorCode,
  type Result,
  Server,
  type ServerContext,
  type ServerOptions,
} from '@modelcontextprotocol/server'
import {z} from 'zod'
import {toDocentError} from '../domain/index.ts'
import {issueWords} from '../lib/issue-words.ts'
import {problemsLine} from '../lib/problems-line.ts'
import {problemOf} from './problems.ts'
import type {CallPolicy} from './tool-calls.ts'

type Handler = (request: JSONRPCRequest, context: ServerContext) => Promise<Result>

/**
 * The low-level server of the SDK, with clear errors: a request of the wrong shape is the client's mistake, in one sentence,
 * where the SDK calls it an internal error and sends zod's list of issues as a text.
 */
export class ClearServer extends Server {
  readonly #onProblem: CallPolicy['onProblem']

  constructor(
    info: ConstructorParameters<typeof Server>[0],
    options: ServerOptions,
    onProblem: CallPolicy['onProblem'],
  ) {
    super(info, options)
    this.#onProblem = onProblem
  }

  /** The SDK's hook around every handler, its own among them. */
  protected override _wrapHandler(method: string, handler: Handler): Handler {
    const wrapped = super._wrapHandler(method, handler)
    return async (request, context) => {
      try {
        return await wrapped(request, context)
      } catch (thrown) {
        // Nobody reads the answer.
        if (context.mcpReq.signal.aborted) throw thrown
        throw this.#clear(method, thrown)
      }
    }
  }

  #clear(method: string, thrown: unknown): ProtocolError {
    const issues = thrown instanceof Error ? issuesIn(thrown.message) : null
    if (issues !== null) {
      const problems = issues.map(({path, ...issue}) =>
        problemOf({path: path[0] === 'params' ? path.slice(1) : path, message: wordsOf(issue)}),
      )
      return new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        `Invalid params of ${method}: ${problemsLine(problems)}`,
      )
    }
    if (thrown instanceof ProtocolError) return thrown
    this.#onProblem(toDocentError(thrown))
    return new ProtocolError(ProtocolErrorCode.InternalError, 'Internal error')
  }
}

const issueList = z
  .array(z.looseObject({path: z.array(z.union([z.string(), z.number()])), message: z.string()}))
  .min(1)

/** The words of an issue of the SDK's own schemas, which says in its message alone what was received. */
function wordsOf({message, ...issue}: {readonly message: string; readonly code?: unknown}): string {
  if (typeof issue.code !== 'string' || issue.code === 'custom') return message
  const input = /received undefined$/.test(message) ? undefined : null
  return issueWords({...issue, input} as z.core.$ZodRawIssue)
}

/** The issues in the message of an error of zod's, after what the SDK writes before it; null for another message. */
function issuesIn(message: string): z.infer<typeof issueList> | null {
  const from = /^(?:Invalid [^[]*: )?(?=\[)/.exec(message)
  if (from === null) return null
  try {
    return issueList.safeParse(JSON.parse(message.slice(from[0].length))).data ?? null
  } catch {
    return null
  }
}
