import {afterAll, beforeAll, expect, test} from 'vitest'
import {withdrawCommand} from '../../src/cli/withdraw/withdraw-command.ts'
import {openEmbedder} from '../../src/embedding/index.ts'
import {ingest} from '../../src/ingestion/index.ts'
import {buildIds} from '../../src/search-index/build-folders.ts'
import {bytesBelow} from '../support/bytes-below.ts'
import {askToEnd} from '../support/console-docent.ts'
import {directParser} from '../support/direct-parser.ts'
import {type DocsTeamDocent, startDocsTeam} from '../support/docs-team.ts'
import {staffApi} from '../support/staff-people.ts'

/** A word that only the page has. */
const canary = /plumbago/i
const page = `# Strongbox

## Open the safe

To open the safe of the kettle, press its button twice and say plumbago. The safe of the kettle opens for a minute.
`

let product: DocsTeamDocent

beforeAll(async () => {
  product = await startDocsTeam({hasModel: true, generator: null})
})
afterAll(() => product.close())

async function run(...args: string[]): Promise<{readonly code: number; readonly said: string}> {
  let said = ''
  const say = (text: string) => {
    said += text
  }
  const settings = () => ({dataDir: product.dataDir, siteUrl: null})
  return {code: await withdrawCommand(args, {settings, print: say, warn: say}), said}
}

async function reindex(): Promise<string> {
  const {content, dataDir} = product.folder
  const report = await ingest({
    ...{content, dataDir, openParser: directParser},
    embedder: () => openEmbedder({model: null}),
  })
  await expect
    .poll(async () => (await fetch(`${product.url}/readyz`)).json())
    .toMatchObject({build: report.build})
  return report.build!
}

const read = async (answerId: string) => (await staffApi(product, 'GET', `/transcripts/${answerId}`)).body

test('a withdrawn page is in no byte of the data folder, and what is of other pages stays', async () => {
  const before = await askToEnd(product, 'How do I change the port?')
  product.folder.write('strongbox.md', page)
  const withPage = await reindex()
  const cited = await askToEnd(product, 'How do I open the safe of the kettle?')
  expect(JSON.stringify(await read(cited.answerId))).toMatch(canary)
  await staffApi(product, 'PUT', `/transcripts/${cited.answerId}/review`, {verdict: 'good'})
  const next = await askToEnd(product, 'How do I change the port for it?', {
    conversationId: cited.conversationId,
  })

  expect(await run('strongbox.md')).toMatchObject({code: 1, said: expect.stringContaining('reindex')})
  product.folder.remove('strongbox.md')
  const current = await reindex()
  const planned = await run('strongbox.md', '--dry-run')
  expect(planned.said).toContain(withPage)
  expect(JSON.stringify(await read(cited.answerId))).toMatch(canary)

  const done = await run('strongbox.md')
  expect(done).toMatchObject({code: 0})
  expect(done.said).toContain('1 rested on it')
  expect(await buildIds(product.dataDir)).toContain(current)
  expect(await buildIds(product.dataDir)).not.toContain(withPage)
  const transcript = await read(cited.answerId)
  expect(transcript).toMatchObject({
    question: 'How do I open the safe of the kettle?',
    text: '',
    ending: 'complete',
    review: {verdict: 'good'},
    notes: expect.arrayContaining([expect.stringContaining('was withdrawn')]),
  })
  expect(transcript.sources.map(({title}: {title: string}) => title)).toContain('Withdrawn page')
  expect((await read(before.answerId)).text).not.toBe('')
  const {events} = await read(next.answerId)
  expect(events.find(({event}: {event: {type: string}}) => event.type === 'sources').event.query).toBe(
    'How do I change the port for it?',
  )
  const figures = await staffApi(product, 'GET', '/analytics')
  expect(figures.status).toBe(200)
  expect(JSON.stringify(figures.body.pages)).not.toContain('strongbox')
  await expect.poll(() => canary.test(bytesBelow(product.dataDir))).toBe(false)
  const audit = await staffApi(product, 'GET', '/audit?what=page_withdrawn')
  expect(audit.body.items).toMatchObject([{details: {page: 'strongbox.md', builds: 1, emptied: 1}}])
})

test('says what is wrong', async () => {
  expect(await run()).toMatchObject({code: 2, said: expect.stringContaining('needs the PAGE')})
  expect(await run('a', 'b')).toMatchObject({code: 2})
  expect(await run('never.md')).toMatchObject({code: 1, said: expect.stringContaining('its address')})
  expect(await run('/docs/never')).toMatchObject({
    code: 1,
    said: expect.stringContaining('Nothing that is kept'),
  })
  expect(await run('https://docs.example.com/never', '--dry-run')).toMatchObject({code: 1})
  expect(await run('--help')).toMatchObject({code: 0, said: expect.stringContaining('--dry-run')})
})
