import {expect, test} from 'vitest'
import {endMomentOf, momentOf} from '../../src/transcripts/moments.ts'

const utc = (text: string) => Date.parse(text)

test.each([
  ['2026-05-31', utc('2026-05-31T00:00Z'), utc('2026-06-01T00:00Z')],
  ['2026-12-31', utc('2026-12-31T00:00Z'), utc('2027-01-01T00:00Z')],
  ['2024-02-29', utc('2024-02-29T00:00Z'), utc('2024-03-01T00:00Z')],
  ['2026-5-1', utc('2026-05-01T00:00Z'), utc('2026-05-02T00:00Z')],
  ['2026-12', utc('2026-12-01T00:00Z'), utc('2027-01-01T00:00Z')],
  ['2026-05-31T14:00Z', utc('2026-05-31T14:00Z'), utc('2026-05-31T14:00Z')],
  ['2026-05-31T00:00:00.000Z', utc('2026-05-31T00:00Z'), utc('2026-05-31T00:00Z')],
  ['1780185600000', 1780185600000, 1780185600000],
  ['2026-02-30', null, null],
  ['2026-13', null, null],
  ['yesterday', null, null],
  ['-1', null, null],
  ['May 2026', null, null],
])('%s', (text, from, to) => {
  expect([momentOf(text), endMomentOf(text)]).toEqual([from, to])
})
