import {DocentError} from '../../domain/index.ts'

/** Deeper than any valid request body. */
const maxDepth = 32

const quote = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/**
 * Refuses JSON that is nested too deeply before it is parsed: parsing 64 KB of brackets takes a hundred times as long as
 * 64 KB of text. The JSON must be UTF-8, in which no byte of a multi-byte character equals one of these.
 * @throws DocentError `invalid_request`.
 */
export function checkJsonDepth(json: Uint8Array): void {
  let depth = 0
  let isInString = false
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]
    if (isInString) {
      if (byte === backslash) at++
      else if (byte === quote) isInString = false
    } else if (byte === quote) isInString = true
    else if (byte === openBracket || byte === openBrace) {
      depth++
      if (depth > maxDepth) {
        throw new DocentError('invalid_request', `The JSON is nested deeper than ${maxDepth} levels.`)
      }
    } else if (byte === closeBracket || byte === closeBrace) depth--
  }
}

/** For the `verify` option of `express.json`. */
export function verifyDepth(_request: unknown, _response: unknown, body: Buffer): void {
  checkJsonDepth(body)
}
