import {fork} from 'node:child_process'
import {once} from 'node:events'
import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import {ingest} from '../../src/ingestion/index.ts'
import {stages} from '../../src/ingestion/ingest-report.ts'
import {buildFolder, currentBuildId, openBuild} from '../../src/search-index/index.ts'
import {contentFolder} from '../support/content-folder.ts'
import {directParser} from '../support/direct-parser.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {randomFrom} from '../support/random.ts'

const program = await buildProgram('test/support/ingest-once.ts')
/** Set `DOCENT_KILLS=100` for a long run. */
const kills = Number(process.env['DOCENT_KILLS'] ?? 10)

test('[killed ingest] an ingest killed at any moment leaves the old build or the new one intact, and the next ingest succeeds', async () => {
  const random = randomFrom(7)
  const folder = contentFolder()
  const embedder = hashingEmbedder()
  const write = (round: number): void => {
    for (let i = 0; i < 12; i++) {
      folder.write(
        `page-${i}.md`,
        `# Page ${i}\n\nThis is round${round} of page ${i}.\n\n## More\n\nAlso round${round}.\n`,
      )
    }
  }
  const run = () =>
    ingest({
      content: folder.content,
      dataDir: folder.dataDir,
      embedder: async () => embedder,
      openParser: directParser,
    })
  /** The round that all pages are from; fails if they are from different ones. */
  const roundServed = async (): Promise<number> => {
    const id = await currentBuildId(folder.dataDir)
    const build = await openBuild(buildFolder(folder.dataDir, id!))
    try {
      expect(build.degraded).toBeNull()
      const rounds = build.pages().map((page) => /round(\d+)/.exec(build.markdownOf(page.id)!)![1])
      expect(rounds).toHaveLength(12)
      expect(new Set(rounds).size).toBe(1)
      const [hit] = build.matching([`round${rounds[0]}`], 1, {title: 1, headings: 1, text: 1})
      expect(hit).toBeDefined()
      return Number(rounds[0])
    } finally {
      build.close()
    }
  }
  try {
    write(0)
    await run()
    let served = 0
    let died = 0
    for (let round = 1; round <= kills; round++) {
      write(round)
      const child = fork(program, [folder.content, folder.dataDir], {
        stdio: 'ignore',
      })
      const fatal = stages[Math.floor(random() * stages.length)]
      const delayMs = random() * 15
      child.on('message', (stage) => {
        // Somewhere within the stage, not only at its beginning.
        if (stage === fatal) setTimeout(() => child.kill('SIGKILL'), delayMs)
      })
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
      if (signal === 'SIGKILL') died++

      const now = await roundServed()
      expect([served, round]).toContain(now)
      served = now
    }
    expect(died).toBeGreaterThan(kills / 4)

    write(kills + 1)
    expect(await run()).toMatchObject({outcome: 'published'})
    expect(await roundServed()).toBe(kills + 1)
    expect(readdirSync(join(folder.dataDir, 'builds')).filter((name) => name.startsWith('.'))).toEqual([])
  } finally {
    folder.clear()
  }
}, 600_000)
