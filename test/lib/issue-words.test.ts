import {expect, test} from 'vitest'
import {z} from 'zod'
import {issueWords} from '../../src/lib/issue-words.ts'

/** What is wrong with a value, each problem with its place. */
function problemsOf(schema: z.ZodType, value: unknown): string[] {
  const {error} = schema.safeParse(value, {error: issueWords})
  return error?.issues.map(({path, message}) => [...path, message].join(': ')) ?? []
}

const named = (schema: z.ZodType) => z.object({it: schema})

test.each<[string, z.ZodType, unknown, string]>([
  ['nothing for text', z.string(), undefined, 'is required'],
  ['nothing for one of some', z.enum(['up', 'down']), undefined, 'is required'],
  ['nothing for a form', z.union([z.string(), z.number()]), undefined, 'is required'],
  ['a number for text', z.string(), 5, 'must be text'],
  ['null for text', z.string(), null, 'must be text'],
  ['a list for text', z.string(), ['a'], 'must be text'],
  ['text for a number', z.number(), '5', 'must be a number'],
  ['a fraction', z.number().int(), 1.5, 'must be a whole number'],
  ['text for a choice', z.boolean(), 'yes', 'must be true or false'],
  ['text for a list', z.array(z.string()), 'a', 'must be a list'],
  ['a list for an object', z.object({}), [], 'must be an object'],
  ['text for a record', z.record(z.string(), z.string()), 'a', 'must be an object'],
  ['long text', z.string().max(4), 'abcde', 'must have at most 4 characters'],
  ['text of another length', z.string().length(1), 'ab', 'must have exactly 1 character'],
  ['short text', z.string().min(2), 'a', 'must have at least 2 characters'],
  ['empty text', z.string().min(1), '', 'must not be empty'],
  ['a long list', z.array(z.number()).max(1), [1, 2], 'must have at most 1 item'],
  ['an empty list', z.array(z.number()).min(1), [], 'must not be empty'],
  ['a small number', z.number().min(1), 0, 'must be at least 1'],
  ['a large number', z.number().max(50), 51, 'must be at most 50'],
  ['a number at a limit', z.number().lt(5), 5, 'must be less than 5'],
  ['a number at the other limit', z.number().gt(5), 5, 'must be more than 5'],
  ['none of some', z.enum(['up', 'down']), 'left', 'must be one of up, down'],
  ['another constant', z.literal(true), false, 'must be true'],
  ['a number of another kind', z.number().multipleOf(5), 7, 'must be a multiple of 5'],
  ['no form of several', z.union([z.string(), z.array(z.number())]), 5, 'must be text or must be a list'],
  ['text of a wrong form', z.string().regex(/^a$/), 'b', 'has a wrong form'],
  ['what a schema says itself', z.string('must be a name'), 5, 'must be a name'],
  ['what a refinement says', z.string().refine(() => false, 'must be kind'), 'a', 'must be kind'],
  ['a refinement without words', z.string().refine(() => false), 'a', 'is not valid'],
])('%s', (_, schema, value, words) => {
  expect(problemsOf(named(schema), {it: value})).toEqual([`it: ${words}`])
})

test('fields that are not known are named, the first few, each in one line', () => {
  const value = Object.fromEntries([...'abcdefg'].map((name) => [`${name}\n`, 1]))

  expect(problemsOf(z.strictObject({}), value)).toEqual([
    'has fields that are not known here: a, b, c, d, e, and 2 more',
  ])
})

test('the kinds of a message are named', () => {
  const kinds = z.discriminatedUnion('type', [
    z.object({type: z.literal('ask')}),
    z.object({type: z.literal('stop')}),
  ])

  expect(problemsOf(kinds, {type: 'go'})).toEqual(['type: must be one of ask, stop'])
  expect(problemsOf(kinds, {})).toEqual(['type: must be one of ask, stop'])
  expect(problemsOf(kinds, 5)).toEqual(['must be an object'])
})
