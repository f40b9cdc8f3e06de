import {describe, expect, test} from 'vitest'
import {refOf} from '../../src/answers/index.ts'
import {loggedFilter} from '../../src/transcripts/logged-filter.ts'

const id = '0b1d3f5a-1c2e-4a6b-8d0f-123456789abc'
const chosen = {
  ending: 'error',
  rating: 'none',
  missing: true,
  verdict: 'wrong',
  abstained: false,
  partial: true,
  from: 1,
  to: 2,
} as const
const texts = [
  'q',
  'build',
  'generator',
  'model',
  'version',
  'page',
  'error',
  'lang',
  'conversation',
] as const

describe('a filter in the audit log', () => {
  test('has what was chosen from a list, and no text at all, where no words are kept', () => {
    const typed = Object.fromEntries(texts.map((name) => [name, `jane ${name}`]))

    expect(loggedFilter({...chosen, ...typed}, () => false)).toEqual({
      ...chosen,
      ...Object.fromEntries(texts.map((name) => [name, '(not kept)'])),
    })
  })

  test.each(texts)('has the text of %s where words are kept, and a digest of an id in it', (name) => {
    expect(loggedFilter({[name]: `on ${id}`}, () => true)).toEqual({[name]: `on ${refOf(id)}`})
  })

  test('does not ask whether words are kept where there are none', () => {
    const asked = () => {
      throw new Error('asked')
    }

    expect(loggedFilter(chosen, asked)).toEqual(chosen)
  })
})
