import {describe, expect, test} from 'vitest'
import {matchOf} from '../../src/transcripts/matching-words.ts'

/** A match with its marks in brackets. */
function found(q: string, text: string, question = 'What?'): string | null {
  const match = matchOf(q, {question, text})
  if (match === null) return null
  return match.highlights.reduceRight(
    (line, [from, to]) => `${line.slice(0, from)}[${line.slice(from, to)}]${line.slice(to)}`,
    match.text,
  )
}

const filler = 'Nothing of it is said here. '.repeat(40)

describe('where a search found its words', () => {
  test('is a line around them, however far down they are, with the words marked', () => {
    const line = found('socket port', `${filler}The port of a socket is free. ${filler}`)

    expect(line).toContain('The [port] of a [socket] is free.')
    expect(line).toMatch(/^…/)
    expect(line).toMatch(/…$/)
    expect(line!.length).toBeLessThan(260)
  })

  test('is the place that has most of the words', () => {
    expect(found('port proxy', `A port alone. ${filler}Both port and proxy.`)).toContain('[port] and [proxy]')
  })

  test('has the last word as a beginning, and others as whole words', () => {
    expect(found('set po', 'Set the ports. Reset them.')).toBe('[Set] the [ports]. Reset them.')
  })

  test.each([
    ['cafe', 'In the café.', 'In the [café].'],
    ['ports', 'Set the port; porters are no ports.', 'Set the [port]; [porters] are no [ports].'],
    ['port is', 'Reporting on porting is done.', 'Reporting on [porting] [is] done.'],
    ['変更', 'ポートを変更できます。', 'ポートを[変更]できます。'],
    ['()', 'Call it: run() now.', 'Call it: run[()] now.'],
  ])('finds %s in “%s”', (q, text, line) => {
    expect(found(q, text)).toBe(line)
  })

  test('has no marks of Markdown', () => {
    expect(found('port', '```sh\nPORT=8080\n```\n\nSet **the port**, see [ports](/docs/ports).')).toBe(
      '[PORT]=8080 Set the [port], see [ports].',
    )
  })

  test('is the question where only that has them, further down than a list shows', () => {
    expect(found('needle', 'No.', `${filler}A needle.`)).toContain('A [needle].')
    expect(found('needle', 'No.', 'A needle?')).toBeNull()
  })

  test('is nowhere for an id', () => {
    expect(found('0f8fad5b', 'The port.')).toBeNull()
  })

  test('takes no long time in long text made to slow it', () => {
    const begun = performance.now()
    for (const text of [
      'a '.repeat(200_000),
      '- '.repeat(200_000),
      'aa'.repeat(200_000),
      'á'.repeat(200_000),
    ])
      found('a aa b', text)
    expect(performance.now() - begun).toBeLessThan(8_000)
  })
})
