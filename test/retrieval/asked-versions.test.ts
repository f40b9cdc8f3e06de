import {expect, test} from 'vitest'
import {versionNamedIn, versionsToSearch} from '../../src/retrieval/asked-versions.ts'
import type {IndexBuild} from '../../src/search-index/index.ts'

/** As much of a build as is asked for: pages by version. */
function docs(...versions: readonly (string | null)[]): IndexBuild {
  return docsWith(null, ...versions)
}

function docsWith(currentVersion: string | null, ...versions: readonly (string | null)[]): IndexBuild {
  const named = [...new Set(versions.filter((version) => version !== null))].sort()
  const pages = versions.map((version) => ({version}))
  return {
    manifest: {summary: {sources: [{name: null, currentVersion}]}},
    versions: () => named,
    pages: () => pages,
  } as unknown as IndexBuild
}

test('docs without versions are searched as a whole', () => {
  expect(versionsToSearch(docs(null, null), 'ports in v2', null)).toBeNull()
})

test('the version that was asked for is the only one', () => {
  expect(versionsToSearch(docs('1.0', '2.0', null), 'ports in 1.0', '2.0')).toEqual(['2.0'])
})

test('unversioned pages are the current docs beside copies of earlier ones', () => {
  expect(versionsToSearch(docs(null, null, '1.0', '1.0', '2.0', '2.0'), 'ports', null)).toEqual([null])
})

test('without them the newest version is, by number and not by letter', () => {
  const versions = docs('9.x', '10.x', '10.x', '10.x', null)
  expect(versionsToSearch(versions, 'ports', null)).toEqual(['10.x', null])
  expect(versionsToSearch(docs('2024-11-05', '2025-03-26'), 'ports', null)).toEqual(['2025-03-26', null])
})

test('what the project calls current is, whatever is newer', () => {
  expect(versionsToSearch(docsWith('1.0', '1.0', '2.0-beta'), 'ports', null)).toEqual(['1.0', null])
  // Unversioned pages beside it are the docs of what comes next.
  expect(versionsToSearch(docsWith('1.0', '1.0', '0.9', null), 'ports', null)).toEqual(['1.0'])
  expect(versionsToSearch(docsWith('gone', '1.0', '2.0'), 'ports', null)).toEqual(['2.0', null])
})

test('an earlier version is given to who names it', () => {
  expect(versionsToSearch(docs(null, null, '4.x', '5.x'), 'How do routes match in 4.x?', null)).toEqual([
    '4.x',
  ])
})

test.each([
  ['routing in 4.x', '4.x'],
  ['routing in v4', '4.x'],
  ['routing in version 4', '4.x'],
  ['routing in 4.18.2', '4.x'],
  ['routing in 5x', '5.x'],
  ['what changed in v3.2?', '3.2'],
  ['the schema of 2024-11-05', '2024-11-05'],
  ['run 4 replicas', null],
  ['difference between 4.x and 5.x', null],
  ['error 404 in v9', null],
  ['127.0.0.1:4', null],
])('%s names %s', (question, version) => {
  expect(versionNamedIn(question, ['3.2', '4.x', '5.x', '2024-11-05'])).toBe(version)
})
