import {rmSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {ingest} from '../../src/ingestion/index.ts'
import {buildFolder, currentBuildId, type IndexBuild, openBuild} from '../../src/search-index/index.ts'
import {termsOf} from '../../src/text/terms.ts'
import {contentFolder} from '../support/content-folder.ts'
import {directParser} from '../support/direct-parser.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {seedOr} from '../support/random-seed.ts'

const embedder = hashingEmbedder()
const names = ['a.md', 'b.md', 'guides/c.md', 'guides/d.mdx', 'index.md']
const words = ['volume', 'pod', 'mount', 'token', 'rotate', 'cluster', 'node', 'secret', 'stream', 'index']
const questions = [...words, 'mount a volume', 'rotate the token', 'secret of a cluster node']

/** What they lead to changes with the pages that there are. */
const links = [
  '[a](a.md)',
  '[c](/guides/c.md#setup)',
  '[d](guides/d)',
  '[by its name](d)',
  '[d](../guides/d.mdx)',
]

/** Few words and few names, so that pages repeat, share text and come back. */
const paragraph = fc
  .array(fc.constantFrom(...words, ...links), {minLength: 1, maxLength: 8})
  .map((list) => `${list.join(' ')}.`)
const page = fc
  .tuple(
    fc.constantFrom('One', 'Two', 'Three'),
    fc.array(fc.tuple(fc.constantFrom('Setup', 'Usage', 'Limits'), fc.array(paragraph, {maxLength: 3})), {
      maxLength: 3,
    }),
  )
  .map(([title, sections]) =>
    [`# ${title}`, ...sections.flatMap(([heading, texts]) => [`## ${heading}`, ...texts])].join('\n\n'),
  )
type Edit =
  | {readonly type: 'write'; readonly name: string; readonly text: string}
  | {readonly type: 'remove'; readonly name: string}
  | {readonly type: 'move'; readonly name: string; readonly to: string}
const name = fc.constantFrom(...names)
const edit: fc.Arbitrary<Edit> = fc.oneof(
  {weight: 3, arbitrary: fc.record({type: fc.constant('write' as const), name, text: page})},
  {weight: 1, arbitrary: fc.record({type: fc.constant('remove' as const), name})},
  {weight: 1, arbitrary: fc.record({type: fc.constant('move' as const), name, to: name})},
)

/** Everything a reader of the build can see, except row ids. */
async function visible(build: IndexBuild): Promise<unknown> {
  const placeOf = (sectionId: number): string => {
    const [section] = build.sections([sectionId])
    const order = build.sectionsOf(section!.page.id).findIndex((other) => other.id === sectionId)
    return `${section!.page.path}#${section!.anchor}/${order}`
  }
  const pages = build.pages().map(({id, ...stored}) => ({
    ...stored,
    markdown: build.markdownOf(id),
    linkingPages: build.linkingPages(id),
    sections: build.sectionsOf(id).map(({id: sectionId, page: _page, firstPassage: _first, ...section}) => ({
      ...section,
      linked: build
        .pagesLinkedFrom(sectionId)
        .map((pageId) => build.pageById(pageId)!.path)
        .sort(),
      passages: build.passagesOf(sectionId).map(({id: passageId, sectionId: _section, ...passage}) => ({
        ...passage,
        vector: [...build.vectorOf(passageId)],
      })),
    })),
  }))
  const answers = await Promise.all(
    questions.map(async (question) => {
      const terms = termsOf(question)
      const vector = await embedder.embedQuery(question)
      const lexical = build.matching(terms, 100, {title: 3, headings: 2, text: 1})
      return {
        frequencies: terms.map((term) => build.documentFrequency(term)),
        lexical: lexical.map(({sectionId, score}) => [placeOf(sectionId), score.toFixed(9)]),
        // Equal vectors may be in any order.
        semantic: build
          .nearest(vector, 100)
          .map(({sectionId, similarity}) => `${similarity.toFixed(5)} ${placeOf(sectionId)}`)
          .sort(),
      }
    }),
  )
  const outline = build.outline().map(({page, ...entry}) => ({...entry, path: page?.path ?? null}))
  return {counts: build.manifest.counts, pages, outline, answers}
}

async function ingested(content: string, dataDir: string): Promise<unknown> {
  await ingest({content, dataDir, embedder: async () => embedder, openParser: directParser, force: true})
  const build = await openBuild(buildFolder(dataDir, (await currentBuildId(dataDir))!))
  try {
    return await visible(build)
  } finally {
    build.close()
  }
}

test('after any sequence of edits an incremental build equals a full build of the same folder', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(edit, {minLength: 1, maxLength: 3}), {minLength: 1, maxLength: 5}),
      async (rounds) => {
        const folder = contentFolder({'start.md': '# Start\n\nA volume and a pod.\n'})
        const files = new Map([['start.md', '# Start\n\nA volume and a pod.\n']])
        try {
          await ingested(folder.content, folder.dataDir)
          for (const [round, edits] of rounds.entries()) {
            for (const step of edits) {
              const text = step.type === 'write' ? step.text : files.get(step.name)
              if (text === undefined) continue
              if (step.type !== 'write') {
                folder.remove(step.name)
                files.delete(step.name)
              }
              const target = step.type === 'move' ? step.to : step.type === 'write' ? step.name : null
              if (target !== null) {
                folder.write(target, text)
                files.set(target, text)
              }
            }
            const fresh = join(folder.root, `fresh-${round}`)

            const incremental = await ingested(folder.content, folder.dataDir)
            const full = await ingested(folder.content, fresh)

            expect(incremental).toEqual(full)
            rmSync(fresh, {recursive: true})
          }
        } finally {
          folder.clear()
        }
      },
    ),
    {numRuns: 8, seed: seedOr(20261122), endOnFailure: true},
  )
}, 300_000)
