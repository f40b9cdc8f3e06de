import {describe, expect, test} from 'vitest'
import {excerptOf} from '../../src/generation/upstream-excerpt.ts'
import {withoutVisitorQuotes} from '../../src/generation/visitor-quotes.ts'

const excerpt = (said: unknown, visitorWords: readonly string[] = []) =>
  excerptOf(said, {secrets: ['hunter2hunter2'], visitorWords})

describe('what a server said, for the operator', () => {
  test.each<[said: unknown, excerpt: string]>([
    [{type: 'error', error: {type: 'x', message: 'No such model'}}, 'No such model'],
    [{error: 'not found'}, 'not found'],
    [{message: 'slow down'}, 'slow down'],
    [{detail: 'nope'}, 'nope'],
    [{detail: [{msg: 'bad'}]}, '{"detail":[{"msg":"bad"}]}'],
    ['{"error":"as text"}', 'as text'],
    ['{"cut off', '{"cut off'],
    ['a\u0000b\u001b[31mred\u001b[0m\r\n\tc \u202ed', 'ab' + 'red c d'],
    ['<!doctype html><script>let x = 1</script><p>Sign&nbsp;in</p>', 'Sign&nbsp;in'],
    ['1 < 2', '1 < 2'],
    ['key hunter2hunter2 is wrong', 'key … is wrong'],
    ['Authorization: Bearer abc.def', 'Authorization: …'],
    ['ask jo@example.com', 'ask [email]'],
    [undefined, ''],
    [7, ''],
  ])('of %j it is %j', (said, expected) => {
    expect(excerpt(said)).toBe(expected)
  })

  test('it is short, however much there is, and whatever that is', () => {
    for (const text of [
      'x'.repeat(1e6),
      '<'.repeat(1e6),
      '<!--'.repeat(1e5),
      '👩‍👩‍👧'.repeat(1e4),
      'sk-'.repeat(1e5),
    ]) {
      expect(excerpt(text).length).toBeLessThanOrEqual(300)
      expect(excerpt({error: {message: text}}).length).toBeLessThanOrEqual(300)
    }
  })

  test('a secret at the end of what is shown is not cut in two', () => {
    expect(excerpt(`${'word '.repeat(58)}hunter2hunter2`)).not.toContain('hunter')
  })
})

describe('what a visitor wrote', () => {
  test.each([
    ['cannot read “My salary is 123”!', ['Well, my salary is 123, so?'], 'cannot read “…”!'],
    ['my  salary\nis: 123', ['my salary is 123'], '…'],
    ['no model found', ['Why is there no model?'], 'no model found'],
    ['bad PIN: 4711x', ['4711x?'], 'bad PIN: 4711x'],
    ['bad input: PIN 4711!', ['PIN 4711'], 'bad input: …!'],
    ['«Пароль секретный у меня» x', ['пароль секретный'], '«… у меня» x'],
    ['plain', [], 'plain'],
  ] as const)('in %j is left out', (text, written, expected) => {
    expect(withoutVisitorQuotes(text, written)).toBe(expected)
  })
})
