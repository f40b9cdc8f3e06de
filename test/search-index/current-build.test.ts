import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {afterEach, describe, expect, test, vi} from 'vitest'
import {makeCurrent} from '../../src/search-index/build-folders.ts'
import {
  buildFolder,
  type IndexBuild,
  localBuilds,
  openCurrentBuild,
  writeBuild,
} from '../../src/search-index/index.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {samplePage} from '../support/sample-pages.ts'

const embedder = hashingEmbedder()
const embedding = {id: embedder.id, name: embedder.name, dimensions: embedder.dimensions}
const weights = {title: 1, headings: 1, text: 1}
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true})
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docent-current-'))
  folders.push(folder)
  return folder
}

/** A build in which everything says its round. */
async function publishRound(dataDir: string, round: number, pages = 20): Promise<string> {
  const made = Array.from({length: pages}, (_, i) =>
    samplePage(`p${i}.md`, `Page ${i}`, [['Text', `common words of round${round} on page ${i}`]]),
  )
  const {id} = await writeBuild(dataDir, made, {embedding, embed: (texts) => embedder.embedPassages(texts)})
  return id
}

/** One search as retrieval does it, with waits in between; gives the rounds it has seen. */
async function search(build: IndexBuild): Promise<Set<string>> {
  const vector = await embedder.embedQuery('common words')
  const semantic = build.nearest(vector, 10).map((hit) => hit.sectionId)
  await new Promise(setImmediate)
  const lexical = build.matching(['common', 'words'], 10, weights).map((hit) => hit.sectionId)
  await new Promise(setImmediate)
  const sections = build.sections([...semantic, ...lexical])
  if (sections.length !== 20) throw new Error(`a search found ${sections.length} sections`)
  const texts = sections.flatMap((section) => build.passagesOf(section.id).map((passage) => passage.text))
  return new Set([
    ...texts.map((text) => /round\d+/.exec(text)![0]),
    ...sections.map((section) => build.markdownOf(section.page.id)!.match(/round\d+/)![0]),
  ])
}

describe('the current build', () => {
  test('is not ready while there is none, and then is', async () => {
    const dataDir = newFolder()
    const current = await openCurrentBuild(localBuilds(dataDir), {pollMs: 20})
    expect(current.id).toBeNull()
    expect(() => current.lease()).toThrow(expect.objectContaining({code: 'not_ready'}))

    const id = await publishRound(dataDir, 1)

    await vi.waitFor(() => expect(current.id).toBe(id), {timeout: 20_000})
    await current.close()
  })

  test('goes on with a build that is of use rather than with one of another model', async () => {
    const dataDir = newFolder()
    const first = await publishRound(dataDir, 1)
    const accepts = ({embedding: model}: {embedding: {name: string}}) =>
      model.name === embedder.name ? null : `it is of the model ${model.name}`
    const current = await openCurrentBuild(localBuilds(dataDir), {pollMs: 20, accepts})
    const other = await writeBuild(dataDir, [], {
      embedding: {...embedding, name: 'another'},
      embed: async () => [],
    })

    await vi.waitFor(
      () =>
        expect([current.id, current.problem]).toEqual([
          first,
          `build ${other.id} is not served: it is of the model another; ${first} is served instead`,
        ]),
      {timeout: 20_000},
    )
    const third = await publishRound(dataDir, 3)
    await vi.waitFor(() => expect([current.id, current.problem]).toEqual([third, null]), {timeout: 20_000})
    await current.close()
    // Without one that is of use there is nothing to go on with.
    await makeCurrent(dataDir, other.id)
    const later = await openCurrentBuild(localBuilds(dataDir), {accepts})
    expect([later.id, later.problem]).toEqual([other.id, null])
    await later.close()
    // A server among others starts with the newest that is of use to it.
    const own = await publishRound(dataDir, 4)
    const newest = await writeBuild(dataDir, [], {
      embedding: {...embedding, name: 'another'},
      embed: async () => [],
    })
    const among = await openCurrentBuild(localBuilds(dataDir), {accepts, startsWithOlder: true})
    expect([among.id, among.problem]).toEqual([
      own,
      expect.stringContaining(`build ${newest.id} is not served`),
    ])
    await among.close()
  })

  test('gives up a build that takes long to be had when another becomes current', async () => {
    const dataDir = newFolder()
    const first = await publishRound(dataDir, 1)
    const local = localBuilds(dataDir)
    const slow = await publishRound(dataDir, 2)
    let isAborted = false
    const open: typeof local.open = async (id, options = {}) => {
      if (id !== slow) return local.open(id, options)
      await new Promise((_, reject) => {
        options.signal!.addEventListener('abort', () => {
          isAborted = true
          reject(options.signal!.reason)
        })
      })
      throw new Error('never')
    }
    await makeCurrent(dataDir, first)
    const current = await openCurrentBuild({...local, open}, {pollMs: 20})
    await makeCurrent(dataDir, slow)
    await wait(200)
    expect([current.id, isAborted]).toEqual([first, false])

    const third = await publishRound(dataDir, 3)

    await vi.waitFor(() => expect([current.id, current.problem]).toEqual([third, null]), {timeout: 20_000})
    expect(isAborted).toBe(true)
    await current.close()
  })

  test('is tried again at once by who asks for it, and a store that could not be asked is forgotten', async () => {
    const dataDir = newFolder()
    const id = await publishRound(dataDir, 1)
    const local = localBuilds(dataDir)
    let fault: Error | null = null
    const store = {
      ...local,
      watch: () => () => {},
      async currentId() {
        if (fault !== null) throw fault
        return local.currentId()
      },
      open: (...given: Parameters<typeof local.open>) =>
        given[0] === id ? local.open(...given) : Promise.reject(new Error('the disk is away')),
    }
    const current = await openCurrentBuild(store, {pollMs: 600_000, retryMs: 600_000})
    const away = await publishRound(dataDir, 2)
    await current.refresh()
    expect([current.id, current.problem]).toEqual([id, expect.stringContaining(`${away} cannot be had`)])
    store.open = local.open
    await current.refresh()
    expect([current.id, current.problem]).toEqual([away, null])

    fault = new Error('asleep')
    await expect(current.refresh()).rejects.toThrow('asleep')
    expect([current.id, current.problem]).toEqual([away, 'the current build is unknown: asleep'])
    fault = null
    await current.refresh()
    expect(current.problem).toBeNull()
    await current.close()
  })

  test('[swap during searches] 100 searches at a time during 20 swaps see no error and no mixed build', async () => {
    const dataDir = newFolder()
    const ids: string[] = []
    for (let round = 0; round <= 20; round++) ids.push(await publishRound(dataDir, round))
    await makeCurrent(dataDir, ids[0]!)
    const current = await openCurrentBuild(localBuilds(dataDir), {pollMs: 20})
    let isSwapping = true
    let searches = 0
    const seen = new Set<string>()
    const searching = Array.from({length: 100}, async () => {
      while (isSwapping) {
        const lease = current.lease()
        try {
          const rounds = await search(lease.build)
          if (rounds.size !== 1) throw new Error(`a search saw ${[...rounds].join(' and ')}`)
          for (const round of rounds) seen.add(round)
          searches++
        } finally {
          lease.release()
        }
        // Others, and the swap, get their turn.
        await wait(100)
      }
    })

    try {
      let before = ids[0]!
      for (const id of ids.slice(1)) {
        await makeCurrent(dataDir, id)
        await current.refresh()
        expect(current.id).toBe(id)
        // While leases of it may be out, the folder of the one before goes.
        rmSync(buildFolder(dataDir, before), {recursive: true})
        before = id
        // However slow the machine: of more searches than there are at a time one has begun since.
        for (const done = searches; searches <= done + 100; ) await wait(5)
      }
    } finally {
      isSwapping = false
      await Promise.all(searching)
      await current.close()
    }

    expect(searches).toBeGreaterThanOrEqual(100)
    expect(seen.size).toBeGreaterThanOrEqual(20)
  }, 240_000)

  test('a lease keeps its build open, the last release closes it', async () => {
    const dataDir = newFolder()
    const first = await publishRound(dataDir, 1)
    const current = await openCurrentBuild(localBuilds(dataDir), {pollMs: 20})
    const lease = current.lease()
    await publishRound(dataDir, 2)
    await current.refresh()

    expect(lease.build.manifest.id).toBe(first)
    expect(lease.build.matching(['round1'], 5, weights)).not.toEqual([])
    lease.release()

    expect(() => lease.build.passagesOf(1)).toThrow(/not open/)
    expect(() => lease.release()).toThrow(TypeError)
    await current.close()
  })

  test('[damaged index] a damaged build is refused and the previous one stays', async () => {
    const dataDir = newFolder()
    const first = await publishRound(dataDir, 1)
    const current = await openCurrentBuild(localBuilds(dataDir), {pollMs: 60_000})
    const changes: unknown[] = []
    current.onChange((change) => changes.push(change))
    const second = await publishRound(dataDir, 2)
    await makeCurrent(dataDir, first)
    writeFileSync(join(buildFolder(dataDir, second), 'index.sqlite'), 'not a database')
    await current.refresh()
    await makeCurrent(dataDir, second)

    await current.refresh()

    expect(current.id).toBe(first)
    expect(current.problem).toContain(second)
    await vi.waitFor(() =>
      expect(changes.at(-1)).toMatchObject({id: first, problem: expect.stringContaining('refused')}),
    )
    await current.close()
  })

  test('[damaged index] with a damaged current build at the start the newest usable one is served', async () => {
    const dataDir = newFolder()
    const first = await publishRound(dataDir, 1)
    const second = await publishRound(dataDir, 2)
    writeFileSync(join(buildFolder(dataDir, second), 'manifest.json'), '{"format": 1}')

    const current = await openCurrentBuild(localBuilds(dataDir))

    expect(current.id).toBe(first)
    expect(current.problem).toMatch(new RegExp(`^build ${second} is refused: .*; ${first} is served instead`))
    expect(current.problem).toMatch(/Reindex: .*ingest/)
    await current.close()
  })
})
