import {appendFileSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Page} from 'playwright-core'
import {describe, expect, test, vi} from 'vitest'
import {extractiveGenerator} from '../../../src/generation/index.ts'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {signIn} from '../../support/console-docent.ts'
import {type DocsTeamDocent, startDocsTeam} from '../../support/docs-team.ts'
import {docsToken, supportToken, type TestDocent} from '../../support/start-docent.ts'

/** Golden questions in the console: made by support from a transcript, asked by a reindex, deleted by docs staff. */

vi.setConfig({testTimeout: 120_000})

const question = 'How do I change the port?'
const unanswered = 'How do I bake a zorblatt cake?'

describe.skipIf(chromiumPath === null)('a golden question', () => {
  const setting = browserSetting()

  async function open({url}: TestDocent, path: string, token: string): Promise<Page> {
    const context = await setting.browsers.open({})
    setting.opened.push(context)
    const page = await context.newPage()
    await page.goto(url + path)
    await signIn(page, token)
    return page
  }

  async function start(): Promise<DocsTeamDocent> {
    const docent = await startDocsTeam({
      webDir: setting.webDir,
      generator: extractiveGenerator({paceMs: 0}),
    })
    setting.opened.push(docent)
    return docent
  }

  const linesOf = ({dataDir}: TestDocent) =>
    readFileSync(join(dataDir, 'golden.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))

  test('goes from a transcript to the list, to the report of a reindex, and is deleted', async () => {
    const docent = await start()
    await (await docent.read({question})).all()
    await (await docent.read({question: unanswered})).all()
    const support = await open(docent, '/console/transcripts', supportToken)
    await support.getByRole('link', {name: question}).click()
    await support.getByRole('link', {name: 'Make it a golden question'}).click()
    await support.getByRole('heading', {level: 1, name: 'New golden question'}).waitFor()
    // What the answer cited is ticked.
    const sections = support.getByRole('group', {name: 'Sections that should be found'})
    expect(await sections.getByLabel('Settings › Change the port').isChecked()).toBe(true)
    await support.getByRole('button', {name: 'Make it a golden question'}).click()
    await support.getByRole('heading', {name: 'It is a golden question now.'}).waitFor()

    await support.goto(`${docent.url}/console/transcripts`)
    await support.getByRole('link', {name: unanswered}).click()
    await support.getByRole('link', {name: 'Make it a golden question'}).click()
    const words = support.getByLabel('Question, as visitors ask it')
    await words.fill('How does ada@example.com bake a cake?')
    await support.getByRole('button', {name: 'Make it a golden question'}).click()
    await support.getByRole('alert').getByText('Tick a section').waitFor()
    await support.getByLabel('Find another section').fill('lid sensor')
    await support.keyboard.press('Enter')
    await support.getByRole('button', {name: 'Add The lid sensor'}).click()
    expect(await sections.getByLabel('The lid sensor').isChecked()).toBe(true)
    await support.getByText('The page is still to be written').click()
    await support.getByLabel('Address that it will have').fill('/docs/guide/proxy#nginx')
    await support.getByRole('button', {name: 'Add', exact: true}).click()
    await sections.getByText('still to be written').waitFor()
    expect(await violationsOn(support)).toEqual([])
    await support.reload()
    expect(await words.inputValue()).toBe('How does ada@example.com bake a cake?')
    await support.getByRole('button', {name: 'Make it a golden question'}).click()
    await support.getByRole('heading', {name: 'It is a golden question now.'}).waitFor()
    expect(linesOf(docent)).toMatchObject([
      {question, relevant: ['/settings#change-the-port']},
      {
        question: 'How does [email] bake a cake?',
        relevant: ['/guide/repair#the-lid-sensor', '/guide/proxy#nginx'],
      },
    ])
    await support.getByRole('link', {name: 'Golden questions'}).click()
    await support.getByRole('heading', {level: 1, name: 'Golden questions'}).waitFor()
    await support.getByText('not in the docs yet').waitFor()
    // Support staff see no other view of the docs team, and delete nothing.
    expect(await support.getByRole('navigation', {name: 'Docs'}).count()).toBe(0)
    expect(await support.getByRole('button', {name: /^Delete/}).count()).toBe(0)
    expect(await violationsOn(support)).toEqual([])

    docent.folder.write('settings.md', '# Nothing\n\nThere is none any more.\n')
    docent.folder.remove('guide/repair.md')
    appendFileSync(join(docent.dataDir, 'golden.jsonl'), 'broken\n')
    const docs = await open(docent, '/console/docs', docsToken)
    await docs.getByRole('button', {name: 'Reindex now'}).click()
    await docs.getByText('of 2 that staff made find their section').click()
    await docs.getByText('0 of 2 questions found their section when this build was made').waitFor()
    expect(await docs.getByText('Not found', {exact: true}).count()).toBe(2)
    await docs.getByText('Line 3: is not JSON.').waitFor()
    expect(await violationsOn(docs)).toEqual([])
    for (const left of [1, 0]) {
      await docs
        .getByRole('button', {name: /^Delete/})
        .first()
        .click()
      await docs.getByRole('dialog').getByRole('button', {name: 'Delete'}).click()
      await docs.getByText(left === 1 ? '1 question' : '0 questions', {exact: true}).waitFor()
    }
    await docs.getByRole('heading', {name: 'No golden questions yet'}).waitFor()
    expect(readFileSync(join(docent.dataDir, 'golden.jsonl'), 'utf8')).toBe('broken\n')
  })
})
