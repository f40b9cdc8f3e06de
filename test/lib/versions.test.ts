import {expect, test} from 'vitest'
import {compareVersions} from '../../src/lib/versions.ts'

test.each([
  [
    ['10.x', '9.x'],
    ['9.x', '10.x'],
  ],
  [
    ['v1.10', '1.9', 'version-1.11'],
    ['1.9', 'v1.10', 'version-1.11'],
  ],
  [
    ['2.0', '2.0-rc2', '2.0-rc10', '1.9'],
    ['1.9', '2.0-rc2', '2.0-rc10', '2.0'],
  ],
  [
    ['1.0.1', '1.0', 'v2', '5x'],
    ['1.0', '1.0.1', 'v2', '5x'],
  ],
  [
    ['2025-03-26', '2024-11-05'],
    ['2024-11-05', '2025-03-26'],
  ],
  [
    ['next', '3.0', 'latest'],
    ['3.0', 'latest', 'next'],
  ],
])(
  'versions are put in order by number, pre-releases before their release, names last: %j',
  (given, sorted) => {
    expect(given.toSorted(compareVersions)).toEqual(sorted)
  },
)
