import {expect, test} from 'vitest'
import {parseArguments} from '../../src/cli/transcripts/options.ts'

const [ref, other] = ['-AbcdefghijklmnopqrstU', '--bcdefghijklmnopqrstU']

test.each([
  [['show', ref], {}, ['show', ref]],
  [['show', other, '--json'], {json: true}, ['show', other]],
  [['delete', '--visitor-of', ref, '--data', 'x'], {'visitor-of': ref, data: 'x'}, ['delete']],
  [['delete', '--visitor', other], {visitor: other}, ['delete']],
  [['list', `--conversation=${ref}`], {conversation: ref}, ['list']],
  [['show', '--', ref], {}, ['show', ref]],
  [['show', '--json', ref], {json: true}, ['show', ref]],
])('%j: an id that begins with a dash is a value', (args, values, positionals) => {
  const parsed = parseArguments(args)

  expect({...parsed.values}).toEqual(values)
  expect(parsed.positionals).toEqual(positionals)
})

test('other words with a dash are options, and unknown ones refused', () => {
  expect(() => parseArguments(['show', '-x'])).toThrow("Unknown option '-x'")
  expect(() => parseArguments(['list', '--no-such-option-of-ours'])).toThrow('Unknown option')
})
