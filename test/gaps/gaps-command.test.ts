import {afterAll, beforeAll, expect, test} from 'vitest'
import {gapsCommand} from '../../src/cli/gaps/gaps-command.ts'
import {closedAfterIngest} from '../../src/cli/gaps/group-once.ts'
import {openEmbedder} from '../../src/embedding/index.ts'
import {ingest, summaryOf} from '../../src/ingestion/index.ts'
import {settingsFrom} from '../../src/settings/settings.ts'
import {askToEnd} from '../support/console-docent.ts'
import {directParser} from '../support/direct-parser.ts'
import {type DocsTeamDocent, startDocsTeam} from '../support/docs-team.ts'
import {staffApi} from '../support/staff-people.ts'

let product: DocsTeamDocent

beforeAll(async () => {
  product = await startDocsTeam({hasModel: true, generator: null})
  for (const question of [
    'Can I connect it to my wifi?',
    'wifi setup',
    'Which wifi networks does it support?',
  ])
    await askToEnd(product, question)
})
afterAll(() => product.close())

async function run(...args: string[]): Promise<{readonly code: number; readonly said: string}> {
  let said = ''
  const say = (text: string) => {
    said += text
  }
  const settings = () => settingsFrom({DATA_DIR: product.dataDir})
  return {code: await gapsCommand(args, {settings, print: say, warn: say}), said}
}

test('lists, shows and groups beside the running server; an ingest says what it closed', async () => {
  expect(await run('group')).toMatchObject({code: 0, said: expect.stringContaining('open')})
  const {items} = JSON.parse((await run('list', '--all', '--json')).said)
  expect(items).toMatchObject([{size: 3, title: expect.stringContaining('wifi')}])
  expect((await run('list', '--all')).said).toMatch(/medium +3 +3 .*wifi/)
  const shown = await run('show', items[0].id.slice(0, 5))
  expect(shown.said).toContain('Which wifi networks does it support?')
  const audit = await staffApi(product, 'GET', '/audit?what=gap_read')
  expect(audit.body.items).toMatchObject([{which: items[0].id, name: expect.stringContaining('(command)')}])

  product.folder.write(
    'wifi.md',
    '# Wifi\n\n## Connect to a wifi network\n\nYou can connect Kettle to your wifi. For the wifi setup, set `wifi` in kettle.toml to the name of your wifi network. Kettle supports wifi networks at 2.4 GHz and 5 GHz.\n',
  )
  const {content, dataDir} = product.folder
  const report = await ingest({
    ...{content, dataDir, openParser: directParser},
    embedder: () => openEmbedder({model: null}),
  })
  const {signal} = new AbortController()
  const gapsClosed = await closedAfterIngest(settingsFrom({DATA_DIR: dataDir}), {
    ...{dataDir, signal},
    build: report.build!,
  })
  expect(gapsClosed).toMatchObject([{id: items[0].id, size: 3}])
  expect(summaryOf({...report, gapsClosed})).toMatch(/gaps +1 closed: .*wifi.* \(3\)/)
  expect((await run('list', '--state', 'closed', '--all')).said).toContain('(closed)')
})

test('says what is wrong', async () => {
  expect(await run('show')).toMatchObject({code: 2, said: expect.stringContaining('needs the ID')})
  expect(await run('show', 'none')).toMatchObject({code: 1, said: expect.stringContaining('no gap none')})
  expect(await run('--state', 'shut')).toMatchObject({
    code: 2,
    said: expect.stringContaining('--state must be'),
  })
  expect(await run('--limit', '0')).toMatchObject({code: 2})
  expect(await run('--data', '/no/such/folder')).toMatchObject({
    code: 1,
    said: expect.stringContaining('no transcripts'),
  })
  expect(await run('--help')).toMatchObject({code: 0, said: expect.stringContaining('docs fail to answer')})
})
