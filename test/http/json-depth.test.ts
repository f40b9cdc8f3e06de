import {expect, test} from 'vitest'
import {checkJsonDepth} from '../../src/http/guards/json-depth.ts'

const bytes = (text: string) => Buffer.from(text)
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

test.each([
  nested(32),
  `{"question": ${JSON.stringify('[{'.repeat(1000))}}`,
  `{"a": "\\\\", "b": ${JSON.stringify('"\\"[[['.repeat(100))}}`,
  `[${nested(31)},${nested(31)}]`,
  `{"q": "ä🔑${'['.repeat(100)}"}`,
])('%# is parsed', (json) => {
  expect(() => checkJsonDepth(bytes(json))).not.toThrow()
})

test.each([
  nested(33),
  '['.repeat(30_000),
  '{"a":'.repeat(33),
  `{"a": "\\\\"${'['.repeat(40)}`,
  `["\\"",${nested(32)}]`,
])('%# is too deep', (json) => {
  expect(() => checkJsonDepth(bytes(json))).toThrowError(expect.objectContaining({code: 'invalid_request'}))
})
