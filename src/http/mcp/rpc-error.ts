import type {Request} from 'express'
import type {DocentError, ErrorCode} from '../../domain/index.ts'
import {errorBodyOf, isNoJson} from '../error-response.ts'

/** Codes of JSON-RPC 2.0 §5.1; `-32000` for what it has none for, as the SDK does. */
const rpcCodes: Partial<Record<ErrorCode, number>> = {invalid_request: -32600, internal: -32603}
const parseError = -32700
const otherError = -32000

/**
 * A refusal in the form that clients of the Model Context Protocol read, for the error handler of `/mcp`; that of Docent's own
 * routes below it. The id of the request is not known.
 */
export function rpcErrorOf(error: DocentError, {path}: Pick<Request, 'path'>): object {
  if (path !== '/') return errorBodyOf(error)
  const {code, message, ...data} = errorBodyOf(error).error
  return {
    jsonrpc: '2.0',
    error: {
      code: isNoJson(error) ? parseError : (rpcCodes[error.code] ?? otherError),
      message,
      data: {code, ...data},
    },
    id: null,
  }
}
