import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Page} from 'playwright-core'
import {describe, expect, test, vi} from 'vitest'
import {silentLog} from '../../../src/http/log.ts'
import {openServer} from '../../../src/server/index.ts'
import {settingsFrom} from '../../../src/settings/settings.ts'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {askToEnd, signIn} from '../../support/console-docent.ts'
import {writeSampleContent} from '../../support/sample-content.ts'
import {bearer, staffApi} from '../../support/staff-people.ts'
import {adminToken, docsToken, supportToken} from '../../support/start-docent.ts'

/** What the docs fail to answer, in the console: with the real model, which groups it, and real reindexes. */

vi.setConfig({testTimeout: 900_000})

const soon = {timeout: 180_000}
const question = 'How do I descale the boiler with vinegar?'
const written = `# Care

## Descale the boiler with vinegar

Fill the boiler with vinegar and water, boil it once, wait an hour, and rinse it. Descale the boiler once a month.
`

describe.skipIf(chromiumPath === null)('what the docs fail to answer', () => {
  const setting = browserSetting()

  async function start() {
    const folder = await mkdtemp(join(tmpdir(), 'docent-gaps-'))
    setting.opened.push({close: () => rm(folder, {recursive: true, force: true})})
    await writeSampleContent(join(folder, 'content'))
    const server = await openServer({
      settings: settingsFrom({
        PORT: '0',
        CONTENT_DIR: join(folder, 'content'),
        DATA_DIR: join(folder, 'data'),
        ADMIN_TOKEN: adminToken,
        DOCS_TOKEN: docsToken,
        SUPPORT_TOKEN: supportToken,
        GENERATOR: 'extractive',
        RATE_LIMIT_PER_MINUTE: '0',
        REQUEST_LIMIT_PER_MINUTE: '0',
      }),
      log: {...silentLog, error: (facts, message) => console.error(message, facts)},
      webDir: setting.webDir,
    })
    setting.opened.push({close: () => server.close(0)})
    await server.ingest({full: false}).report
    const {url} = await server.http.listen()
    const page = join(folder, 'content/care.md')
    return {url, writePage: () => writeFile(page, written), removePage: () => rm(page)}
  }

  async function open(
    {url}: {readonly url: string},
    path: string,
    token = docsToken,
    options: Parameters<typeof setting.browsers.open>[0] = {},
  ): Promise<Page> {
    const context = await setting.browsers.open(options)
    setting.opened.push(context)
    const page = await context.newPage()
    await page.goto(url + path)
    await signIn(page, token)
    await page.getByRole('navigation', {name: 'Console'}).waitFor()
    return page
  }

  const faultsOf = async (page: Page): Promise<string[]> => {
    const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
    return [...(isTooWide ? ['wider than the screen'] : []), ...(await violationsOn(page))]
  }

  test('is seen, taken on, written about, closed by the reindex, and opened again', async () => {
    const docent = await start()
    const page = await open(docent, '/console/gaps')
    await page.getByRole('heading', {name: /No gaps so far|The first grouping is under way/}).waitFor()
    expect(await faultsOf(page)).toEqual([])
    for (const asked of [question, 'how to descale the boiler with vinegar', question])
      await askToEnd(docent, asked)

    // Of docs as small as these, what they do not have is about something else.
    await page.getByRole('combobox', {name: 'About'}).selectOption('About anything')
    // The list is another one when the grouping is done.
    await page.getByRole('button', {name: 'Group again'}).click(soon)
    const rows = page.getByRole('list', {name: 'Gaps'}).getByRole('listitem')
    await rows.first().waitFor(soon)
    expect(await rows.count()).toBe(1)
    expect(await rows.first().innerText()).toMatch(
      /(High|Medium|Low)[\s\S]*descale the boiler[\s\S]*3 not in the docs[\s\S]*3 answers[\s\S]*3 this week, 0 the week before/i,
    )
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole('combobox', {name: 'Assigned to'}).selectOption('Nobody’s')
    await expect.poll(() => new URL(page.url()).search, soon).toBe('?scope=all&assignee=none')
    await rows.first().waitFor()
    await page.locator('h1').focus()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')

    // Taken on, with a note that a colleague's change does not take away.
    await page.getByRole('heading', {name: 'Work on it'}).waitFor()
    const id = new URL(page.url()).pathname.split('/').at(-1)!
    await page.getByLabel('Note').fill('Ask Ben for the recipe')
    await page.getByRole('button', {name: 'Assign to me'}).click()
    await page.getByRole('status').getByText('Assigned to you').waitFor()
    // The button has gone: the keyboard goes on from its section.
    await page.locator('h2:focus').getByText('Work on it').waitFor()
    expect(await page.getByLabel('Note').inputValue()).toBe('Ask Ben for the recipe')
    const {body: now} = await staffApi(docent, 'GET', `/gaps/${id}`)
    await staffApi(docent, 'PATCH', `/gaps/${id}`, {revision: now.revision, note: 'Mine, says the admin'})
    await page.getByRole('button', {name: 'Save'}).click()
    const theirs = page.getByRole('alert').filter({hasText: 'has changed this meanwhile'})
    await theirs.getByText('Mine, says the admin').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole('button', {name: 'Replace theirs with mine'}).click()
    await page.getByRole('status').getByText('Saved').waitFor()
    expect((await staffApi(docent, 'GET', `/gaps/${id}`)).body).toMatchObject({
      note: 'Ask Ben for the recipe',
      assignee: 'docs (shared token)',
    })

    await docent.writePage()
    await page.getByRole('link', {name: 'Reindex'}).click()
    await page.getByRole('button', {name: 'Reindex now'}).click()
    await page.getByRole('heading', {name: /Gaps closed/}).waitFor(soon)
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole('link', {name: /descale the boiler/i}).click()
    const how = page.locator('.how-closed')
    await how.getByText('Closed by a new build').waitFor(soon)
    expect(await how.innerText()).toMatch(/Care › Descale the boiler with vinegar, which is new/)
    await how.getByRole('link', {name: 'What that build changed'}).waitFor(soon)
    expect(await faultsOf(page)).toEqual([])

    // Its page is removed: what closed it answers nobody any more.
    await docent.removePage()
    await staffApi(docent, 'POST', '/reindex', {force: true})
    await expect
      .poll(async () => (await staffApi(docent, 'GET', `/gaps/${id}`)).body.closed.section.isInDocs, soon)
      .toBe(false)
    await page.reload()
    await how.getByText(/no longer in the docs: Care › Descale the boiler with vinegar/).waitFor(soon)
    expect(await faultsOf(page)).toEqual([])
    await how.getByRole('button', {name: 'Reopen'}).click()
    await page.getByText(/Opened again by docs \(shared token\)/).waitFor()
    expect(
      (await staffApi(docent, 'GET', '/gaps?scope=all', undefined, bearer(docsToken))).body.counts,
    ).toEqual({
      open: 1,
      closed: 0,
      dismissed: 0,
    })

    // Support reads it, with the transcripts, and changes nothing; also on a phone in the dark.
    const phone = {viewport: {width: 390, height: 844}, colorScheme: 'dark'} as const
    const support = await open(docent, '/console/gaps?scope=all', supportToken, phone)
    await support.getByRole('link', {name: /descale the boiler/i}).waitFor()
    expect(await support.getByRole('button', {name: 'Group again'}).count()).toBe(0)
    expect(await faultsOf(support)).toEqual([])
    await support.getByRole('link', {name: /descale the boiler/i}).click()
    await support.getByText('Docs staff assign, close and dismiss gaps.').waitFor()
    expect(await faultsOf(support)).toEqual([])
    await support
      .locator('.asked-list')
      .getByRole('link', {name: /descale the boiler/i})
      .first()
      .click()
    await support.waitForURL(/\/console\/transcripts\//)
  })
})
