import {writeFileSync} from 'node:fs'
import {userInfo} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {verifiedCommand} from '../../src/cli/verified/verified-command.ts'
import {extractiveGenerator} from '../../src/generation/index.ts'
import {settingsFrom} from '../../src/settings/settings.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {samplePage} from '../support/sample-pages.ts'
import {staffApi} from '../support/staff-people.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)
const pages = [
  samplePage('port.md', 'Ports', [['Set the port', 'To set the port, set PORT to a number.']]),
].map((page) => ({...page, lang: 'en'}))

const question = 'How do I set the port?'

async function run({dataDir}: TestDocent, ...args: string[]) {
  let said = ''
  const say = (text: string) => {
    said += text
  }
  const settings = () => settingsFrom({DATA_DIR: dataDir})
  return {code: await verifiedCommand(args, {settings, print: say, warn: say}), said}
}

async function givenTo(docent: TestDocent): Promise<string | null> {
  const events = await (await docent.read({question})).all()
  const sources = events.flatMap(({type, data}) => (type === 'sources' ? (data['sources'] as object[]) : []))
  if (!sources.some((source) => 'verified' in source)) return null
  return events.flatMap(({type, data}) => (type === 'delta' ? [data['text']] : [])).join('')
}

test('docent verified writes, publishes, changes, withdraws and deletes beside the running server, with audit lines', async () => {
  const docent = await start({pages, retriever: null, generator: extractiveGenerator({paceMs: 0})})
  const file = join(docent.dataDir, 'answer.md')
  writeFileSync(file, 'Set `PORT`.')

  const added = await run(
    ...[docent, 'add', '--question', question, '--file', file],
    ...['--url', '/docs/port#set-the-port', '--answer', 'ref-1', '--json'],
  )
  const {id} = JSON.parse(added.said)
  expect(JSON.parse(added.said)).toMatchObject({state: 'proposed', lang: 'en', anchor: 'set-the-port'})
  expect(await givenTo(docent)).toBeNull()
  expect(await run(docent, 'publish', id.slice(0, 8), '--revision', '1')).toMatchObject({code: 0})
  expect(await givenTo(docent)).toBe('Set `PORT`.')
  expect((await run(docent, 'list', '--state', 'published')).said).toMatch(
    new RegExp(`^${id} +published .*${question.replace('?', '\\?')}  /docs/port#set-the-port\n$`),
  )
  expect(await run(docent, 'change', id, '--text', 'Use the panel.')).toMatchObject({code: 0})
  expect(await givenTo(docent)).toBe('Use the panel.')
  expect(await run(docent, 'withdraw', id, '--revision', '2')).toMatchObject({
    code: 1,
    said: expect.stringContaining('Its revision is 3'),
  })
  expect(await run(docent, 'withdraw', id)).toMatchObject({
    code: 0,
    said: expect.stringContaining('Withdrawn'),
  })
  expect(await givenTo(docent)).toBeNull()
  expect((await run(docent, 'show', id)).said).toContain('withdrawn, revision 4')
  expect(await run(docent, 'delete', id)).toMatchObject({code: 0})
  expect(JSON.parse((await run(docent, 'list', '--json')).said)).toEqual({items: []})

  const {body} = await staffApi(docent, 'GET', `/audit?who=command:${userInfo().username}`)
  expect(body.items.map(({what, which}: {what: string; which: string}) => [what, which]).reverse()).toEqual([
    ['verified_proposed', 'ref-1'],
    ...['published', 'changed', 'withdrawn', 'deleted'].map((done) => [`verified_${done}`, id]),
  ])

  for (const [args, code, words] of [
    [['show'], 2, 'needs the ID'],
    [['show', 'none'], 1, 'no verified answer none'],
    [['list', '--state', 'shut'], 2, '--state must be'],
    [['list', '--text', 'x'], 2, '--text is no option of list'],
    [['add', '--question', question], 2, 'add needs'],
    [['add', '--question', question, '--text', 'x', '--url', '/docs/none'], 1, 'no such section'],
    [['add', '--question', question, '--text', 'x', '--url', '/docs/port', '--lang', '?'], 2, '--lang'],
    [['list', '--data', '/no/such/folder'], 1, 'no folder'],
  ] as const)
    expect(await run(docent, ...args)).toMatchObject({code, said: expect.stringContaining(words)})
})
