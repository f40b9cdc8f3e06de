import type {Request} from 'express'
import {DocentError} from '../../domain/index.ts'

/** A page of another site can send a form or plain text without a CORS preflight, but not JSON. */
export function requireJson(request: Request): void {
  if (request.is('application/json') === false) {
    throw new DocentError(
      'unsupported_media_type',
      'The body must be JSON: send Content-Type: application/json.',
    )
  }
}
