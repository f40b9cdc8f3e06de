import {ProtocolErrorCode, parseJSONRPCMessage} from '@modelcontextprotocol/server'
import {DocentError} from '../../domain/index.ts'

/** The answer to a line that is no message. JSON-RPC 2.0 §5.1; `id` is null where it cannot be told. */
export interface RefusedLine {
  readonly jsonrpc: '2.0'
  readonly id: string | number | null
  readonly error: {readonly code: number; readonly message: string}
}

export interface MessageLinesOptions {
  /** Of one line, in bytes. */
  readonly maxBytes: number
  /** Called with the answer to each line that is no message. */
  readonly onRefused: (answer: RefusedLine) => void
}

/**
 * The lines of an input that are messages of JSON-RPC, each with its line end. Others would be skipped in silence, and their
 * sender would wait for ever.
 * @throws DocentError `too_large` for a line that is too long.
 */
export async function* messageLines(
  input: AsyncIterable<Buffer>,
  {maxBytes, onRefused}: MessageLinesOptions,
): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  let length = 0
  for await (const chunk of input) {
    let from = 0
    while (from < chunk.length) {
      const newline = chunk.indexOf(0x0a, from)
      const end = newline < 0 ? chunk.length : newline + 1
      const part = chunk.subarray(from, end)
      from = end
      length += part.length
      if (length > maxBytes) throw tooLong(maxBytes)
      parts.push(part)
      if (newline < 0) continue
      const line = Buffer.concat(parts)
      parts = []
      length = 0
      const text = line.toString().trim()
      if (text === '') continue
      const refused = refusalOf(text)
      if (refused === null) yield line
      else onRefused(refused)
    }
  }
}

function tooLong(maxBytes: number): DocentError {
  return new DocentError(
    'too_large',
    `A message on standard input is longer than ${maxBytes} bytes; docent mcp ends, as nothing after it can be read.`,
  )
}

/** Why a line is no message; null for one that is. */
function refusalOf(line: string): RefusedLine | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return refused(ProtocolErrorCode.ParseError, 'Parse error: each line must be one message as JSON.')
  }
  if (Array.isArray(value)) {
    return refused(
      ProtocolErrorCode.InvalidRequest,
      'Invalid request: batches are not served here; send each message on a line of its own.',
    )
  }
  try {
    parseJSONRPCMessage(value)
    return null
  } catch {
    return refused(
      ProtocolErrorCode.InvalidRequest,
      'Invalid request: a message has jsonrpc "2.0" and a method, and a request an id that is a string or a whole number.',
      idOf(value),
    )
  }
}

function refused(code: number, message: string, id: RefusedLine['id'] = null): RefusedLine {
  return {jsonrpc: '2.0', id, error: {code, message}}
}

const maxId = 200

function idOf(value: unknown): RefusedLine['id'] {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null
  if (typeof id === 'string' && id.length <= maxId) return id
  return Number.isSafeInteger(id) ? (id as number) : null
}
