import {rmSync} from 'node:fs'
import {expect, test} from 'vitest'
import type {RepositorySource} from '../../src/domain/index.ts'
import {type PollOptions, pollRepositories} from '../../src/sources/poll.ts'
import {gitRepository} from '../support/git-repository.ts'

const environment = {PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null'}

function sourceAt(url: string, name = 'guide'): RepositorySource {
  return {kind: 'repository', name, url, branch: 'main', folder: '', generator: null}
}

/** Polls for as many turns as there are steps; each runs before the next turn. */
async function pollWith(
  steps: readonly (() => void)[],
  options: Partial<PollOptions> & Pick<PollOptions, 'sources'>,
) {
  const stopping = new AbortController()
  const waits: number[] = []
  await pollRepositories({
    access: () => ({environment, token: null}),
    minutes: 10,
    signal: stopping.signal,
    indexed: () => null,
    reindex: async () => [],
    onProblem: () => {},
    async wait(ms) {
      waits.push(ms)
      const step = steps[waits.length - 1]
      if (step) step()
      else stopping.abort()
    },
    ...options,
  })
  return waits
}

const nothing = (): void => {}

test('ingests when there is another commit, and not otherwise', async () => {
  const repository = gitRepository()
  const indexed = repository.push({'a.md': '# One'})
  const turns: number[] = []
  let turn = 0
  const next = (): void => {
    turn++
    if (turn === 2) repository.push({'a.md': '# Two'})
  }

  const waits = await pollWith([next, next, next, next], {
    sources: [sourceAt(repository.url)],
    indexed: () => indexed,
    reindex: async () => {
      turns.push(turn)
      return []
    },
  })

  expect(turns).toEqual([2])
  for (const ms of waits) {
    expect(ms).toBeGreaterThanOrEqual(9 * 60_000)
    expect(ms).toBeLessThanOrEqual(11 * 60_000)
  }
})

test('asks a source that fails at fewer and fewer turns, and says so once; the others go on', async () => {
  const gone = gitRepository('gone')
  gone.push({'a.md': '# One'})
  rmSync(gone.bare, {recursive: true})
  const repository = gitRepository()
  repository.push({'a.md': '# One'})
  const problems: string[] = []
  const asked: string[] = []
  let ingests = 0

  await pollWith(
    Array.from({length: 8}, () => nothing),
    {
      sources: [sourceAt(gone.url, 'gone'), sourceAt(repository.url)],
      access({name}) {
        asked.push(name!)
        return {environment, token: null}
      },
      reindex: async () => {
        ingests++
        return []
      },
      onProblem: (problem) => problems.push(problem),
    },
  )

  expect(problems).toEqual([expect.stringContaining(`${gone.url} cannot be fetched`)])
  expect(ingests).toBe(1)
  // In the turns 0, 1, 3 and 7, each time also for the text of the problem.
  expect(asked.filter((name) => name === 'gone')).toHaveLength(8)
  expect(asked.filter((name) => name === 'guide')).toHaveLength(9)
})

test('tries again what could not be ingested', async () => {
  const repository = gitRepository()
  repository.push({'a.md': '# One'})
  const source = sourceAt(repository.url)
  const results = [
    () => Promise.reject(new Error('locked')),
    () => Promise.resolve([source]),
    () => Promise.resolve([]),
  ]
  const problems: string[] = []
  let ingests = 0

  await pollWith(
    Array.from({length: 6}, () => nothing),
    {
      sources: [source],
      reindex: () => results[ingests++]!(),
      onProblem: (problem) => problems.push(problem),
    },
  )

  expect(ingests).toBe(3)
  expect(problems).toEqual(['locked'])
})
