import {truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Page} from 'playwright-core'
import {describe, expect, test, vi} from 'vitest'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {signIn} from '../../support/console-docent.ts'
import {type DocsTeamDocent, kettleDocs, startDocsTeam} from '../../support/docs-team.ts'
import {startFaultProxy} from '../../support/fault-proxy.ts'
import {adminToken, docsToken, supportToken} from '../../support/start-docent.ts'

/** The console as the docs team works with it. */

vi.setConfig({testTimeout: 300_000})

const soon = {timeout: 60_000}

describe.skipIf(chromiumPath === null)('the views of the docs team', () => {
  const setting = browserSetting()

  async function start(options: Parameters<typeof startDocsTeam>[0] = {}): Promise<DocsTeamDocent> {
    const product = await startDocsTeam({webDir: setting.webDir, generator: null, ...options})
    setting.opened.push(product)
    return product
  }

  async function open(
    {url}: DocsTeamDocent,
    path = '/console/docs',
    options: Parameters<typeof setting.browsers.open>[0] = {},
    token = docsToken,
  ): Promise<Page> {
    const context = await setting.browsers.open(options)
    setting.opened.push(context)
    const page = await context.newPage()
    await page.goto(url + path)
    await signIn(page, token)
    await page.getByRole('navigation', {name: 'Console'}).waitFor()
    return page
  }

  const heading = (page: Page, name: string) => page.getByRole('heading', {level: 1, name})
  const ask = async (product: DocsTeamDocent, question: string): Promise<void> => {
    await (await product.ask({question})).text()
  }

  test('a page changes, is reindexed, is seen to differ, and is taken back', async () => {
    const product = await start()
    const page = await open(product)
    await page.getByText('The report of the build that is served').waitFor()
    product.folder.write('settings.md', kettleDocs['settings.md']!.replace('port 8118', 'port 9229'))
    const release = product.hold()

    await page.getByRole('button', {name: 'Reindex now'}).click()
    await page.getByRole('heading', {name: 'Reindexing'}).waitFor()
    // After a reload, and in another browser, the one that runs is found.
    await page.reload()
    await page.getByRole('heading', {name: 'Reindexing'}).waitFor()
    const other = await open(product)
    await other.getByRole('heading', {name: 'Reindexing'}).waitFor()
    expect(await other.getByRole('button', {name: 'Reindex now'}).getAttribute('aria-disabled')).toBe('true')
    expect(await violationsOn(page)).toEqual([])
    release()

    for (const one of [page, other])
      await one.getByText('Visitors get answers from the new build.').waitFor(soon)
    expect(await page.getByRole('list').filter({hasText: 'settings.md'}).first().innerText()).toContain(
      'Changed',
    )
    await page.getByRole('link', {name: 'See the difference'}).click()
    await heading(page, 'Difference between builds').waitFor()
    await page.locator('summary', {hasText: 'Change the port'}).click()
    const diff = page.getByRole('group', {name: 'Text before and after'})
    await diff.waitFor(soon)
    expect(await diff.locator('.removed mark').innerText()).toContain('8118')
    expect(await diff.locator('.added mark').innerText()).toContain('9229')

    await page.getByRole('navigation', {name: 'Docs'}).getByRole('link', {name: 'Builds'}).click()
    await page.getByText('Served now').waitFor()
    await page.locator('.build-name a').nth(1).click()
    await page.getByRole('button', {name: 'Serve this build'}).click()
    expect(await page.getByRole('dialog').innerText()).toContain('A reindex that finds a change replaces it.')
    await page.getByRole('dialog').getByRole('button', {name: 'Serve this build'}).click()
    await page.locator('.under .chip.good').waitFor(soon)
    expect(await page.getByRole('button', {name: 'Serve this build'}).count()).toBe(0)
    const found = (await (await fetch(`${product.url}/api/search?q=port`)).json()) as {build: string}
    expect(found.build).toBe(product.build)
  })

  test('a gate that refuses is shown with its numbers and what to do, and can be overruled', async () => {
    const product = await start()
    for (const path of ['settings.md', 'guide/repair.md', 'old.md']) product.folder.remove(path)
    const page = await open(product)

    await page.getByRole('button', {name: 'Reindex now'}).click()
    await page.getByRole('heading', {name: 'A gate refused this build'}).waitFor(soon)
    await page.getByText('The build from before is still served.').waitFor()
    expect(await page.locator('.gates').innerText()).toMatch(/passages went from \d+ to \d+.*% fewer/)
    expect(await violationsOn(page)).toEqual([])
    await page.getByRole('button', {name: 'Publish all the same'}).click()
    await page.getByRole('dialog').getByRole('button', {name: 'Publish all the same'}).click()

    await page.getByText('Visitors get answers from the new build.').waitFor(soon)
    await page.getByRole('heading', {name: 'The last reindexes'}).waitFor()
    expect(await page.locator('.jobs li').allInnerTexts()).toEqual([
      expect.stringContaining('Published'),
      expect.stringContaining('Not published'),
    ])
    // An earlier one is at an address of its own.
    await page.locator('.jobs a').nth(1).click()
    await page.getByRole('heading', {name: 'A gate refused this build'}).waitFor()
    expect(new URL(page.url()).searchParams.get('job')).not.toBeNull()
  })

  test('a reindex is cancelled once somebody is sure, and nothing is published', async () => {
    const product = await start()
    product.hold()
    const page = await open(product)
    await page.getByRole('button', {name: 'Reindex now'}).click()
    await page.getByRole('button', {name: 'Cancel', exact: true}).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', {name: 'Keep going'}).click()
    await page.getByRole('heading', {name: 'Reindexing'}).waitFor()
    await page.getByRole('button', {name: 'Cancel', exact: true}).click()
    await dialog.getByRole('button', {name: 'Cancel the reindex'}).click()
    await page.getByText('Nothing was published.').waitFor(soon)
    expect(await page.getByText('Visitors get answers from').count()).toBe(1)

    // Somebody who is still asked when it ends need not answer.
    const release = product.hold()
    await page.getByRole('button', {name: 'Reindex now'}).click()
    await page.getByRole('button', {name: 'Cancel', exact: true}).click()
    await dialog.waitFor()
    release()
    await page.getByRole('status').getByText('It had ended before').waitFor(soon)
    expect(await dialog.count()).toBe(0)
  })

  test('a reindex whose server stops is not shown as one that runs, and is cut off when the server is back', async () => {
    const product = await start()
    product.hold()
    // A server that is closed says how its reindex ended; one that crashes does not.
    const proxy = await startFaultProxy(product.url)
    setting.opened.push(proxy)
    const page = await open({...product, url: proxy.url})
    await page.getByRole('button', {name: 'Reindex now'}).click()
    await page.locator('docent-clock').waitFor()
    proxy.setUnreachable(true)
    const startAgain = await product.stop()

    await page.getByRole('status').getByText('The connection to the server is lost.').waitFor(soon)
    expect(await page.locator('docent-clock').count()).toBe(0)
    expect(await page.getByRole('button', {name: 'Cancel', exact: true}).count()).toBe(0)
    expect(await violationsOn(page)).toEqual([])
    await startAgain()
    proxy.setUnreachable(false)
    const cutOff = page.getByRole('status').filter({hasText: 'Cut off'})
    await cutOff.getByText('Visitors still get answers from the build before.').waitFor(soon)
    await page.getByText('The report of the build that is served').waitFor()
    expect(await page.getByRole('heading', {name: 'Reindexing'}).count()).toBe(0)
    expect(await violationsOn(page)).toEqual([])
  })

  test('a view whose script cannot be fetched is tried again, with its margin on a phone', async () => {
    const product = await start()
    const page = await open(
      product,
      '/console/transcripts',
      {viewport: {width: 390, height: 844}},
      adminToken,
    )
    await page.context().route('**/*.js', (route) => route.abort())
    await page.getByRole('link', {name: 'Figures'}).click()
    const notice = page.locator('.notice', {hasText: 'This view could not be loaded'})
    const {x, width} = (await notice.boundingBox())!
    expect(x).toBeGreaterThanOrEqual(16)
    expect(x + width).toBeLessThanOrEqual(390 - 16)
    expect(await violationsOn(page)).toEqual([])

    await page.context().unroute('**/*.js')
    await page.getByRole('button', {name: 'Try again'}).click()
    await page.getByRole('heading', {level: 1, name: 'Figures'}).waitFor(soon)
  })

  test('what the docs have wrong is listed by kind, with its place', async () => {
    const product = await start()
    const page = await open(product, `/console/docs/builds/${product.build}`)
    await page.getByRole('heading', {name: 'Needs attention'}).waitFor()
    const wrong = await page.locator('.rule').first().innerText()
    expect(wrong).toContain('Links to sections that do not exist')
    expect(wrong).toContain('guide/repair.md:5')

    // So are golden questions that somebody has spoilt.
    writeFileSync(join(product.dataDir, 'golden.jsonl'), '{"id": 1\n')
    product.folder.write('tea.md', '# Tea\n\nGreen tea wants 75 degrees.\n')
    await page.goto(`${product.url}/console/docs`)
    await page.getByRole('button', {name: 'Reindex now'}).click()
    await page.getByText('Visitors get answers from the new build.').waitFor(soon)
    const unread = page.locator('.rule', {hasText: 'Golden questions that cannot be read'})
    expect(await unread.locator('summary .n').innerText()).toBe('1')
    expect(await unread.locator('.places').textContent()).toContain('golden.jsonl:1')
  })

  test('a build that is damaged, spoilt or gone says so', async () => {
    const product = await start()
    const old = product.build!
    product.folder.write('tea.md', '# Tea\n\nGreen tea wants 75 degrees.\n')
    const page = await open(product)
    await page.getByRole('button', {name: 'Reindex now'}).click()
    await page.getByText('Visitors get answers from the new build.').waitFor(soon)
    truncateSync(join(product.dataDir, 'builds', old, 'index.sqlite'), 5_000)
    await page.getByRole('link', {name: 'See the difference'}).click()
    await page.getByText('The builds could not be compared').waitFor(soon)
    await page.getByText(/is damaged/).waitFor()

    writeFileSync(join(product.dataDir, 'builds', old, 'manifest.json'), '{')
    await page.goto(`${product.url}/console/docs/builds`)
    await page.getByText('Damaged', {exact: true}).waitFor()
    expect(await violationsOn(page)).toEqual([])
    await page.goto(`${product.url}/console/docs/builds/20260101T000000000Z-00000000`)
    await page.getByRole('heading', {name: 'This build is not kept any more'}).waitFor()
  })

  test('the playground says what each stage found, and whether it would be answered, by keys alone', async () => {
    const product = await start()
    const page = await open(product, '/console/docs/search')
    await page.getByRole('heading', {name: 'Ask, and see why'}).waitFor()
    await page.getByLabel('A question as a visitor would ask it').focus()
    await page.keyboard.type('How do I change the port?')
    await page.keyboard.press('Enter')

    await page.getByText('Would be answered').waitFor(soon)
    expect(new URL(page.url()).searchParams.get('q')).toBe('How do I change the port?')
    const first = page.locator('.section-row').first()
    expect(await first.innerText()).toMatch(/source\s*1[\s\S]*Settings › Change the port[\s\S]*settings\.md/)
    await first.locator('summary').focus()
    await page.keyboard.press('Enter')
    expect(await first.locator('.passage').innerText()).toContain('8118')
    expect(await first.getByRole('link', {name: 'Open the page'}).getAttribute('href')).toBe(
      '/docs/settings#change-the-port',
    )
    await page.getByLabel('A question as a visitor would ask it').fill('zzyzx frobnicate')
    await page.keyboard.press('Enter')
    await page.getByText('Would be refused.').waitFor(soon)
    await page.goBack()
    await page.getByText('Would be answered').waitFor(soon)
    await page.goto(`${product.url}/console/docs/search?q=port&version=9.9`)
    expect(await page.getByRole('alert').innerText()).toMatch(/9\.9/)
  })

  test('coverage is filtered, sorted, searched, and taken along as CSV', async () => {
    const product = await start()
    await ask(product, 'How do I change the port?')
    const page = await open(product, '/console/docs/coverage')
    const rows = page.locator('.coverage tbody tr')
    await rows.first().waitFor(soon)
    expect(await rows.count()).toBe(4)
    await page.getByRole('button', {name: 'Cited', exact: true}).click()
    await page.locator('th[aria-sort="descending"]', {hasText: 'Cited'}).waitFor()
    await expect
      .poll(() => rows.first().innerText(), soon)
      .toMatch(/Settings[\s\S]*settings\.md\s+1\s+1\s+0\s+0/)
    await page.getByLabel('Title or path of a page').fill('repair')
    await page.keyboard.press('Enter')
    await expect.poll(() => rows.count(), soon).toBe(1)
    await page
      .getByRole('button', {name: /^Disliked/})
      .first()
      .click()
    await page.getByRole('heading', {name: 'No page is like this'}).waitFor(soon)
    await page.goBack()
    await expect.poll(() => rows.count(), soon).toBe(1)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', {name: 'CSV'}).click(),
    ])
    expect(download.suggestedFilename()).toBe('coverage.csv')
  })

  test('support is told that it is for others', async () => {
    const product = await start()
    const page = await open(product, '/console/docs/coverage', {}, supportToken)
    await page.getByRole('heading', {name: 'Not for your role'}).waitFor()
    expect(await page.getByRole('link', {name: 'Docs', exact: true}).count()).toBe(0)
  })

  test.each([
    ['light, wide', {}],
    ['dark, wide', {colorScheme: 'dark' as const}],
    ['dark, on a phone', {colorScheme: 'dark' as const, viewport: {width: 375, height: 812}}],
    ['light, on a phone', {viewport: {width: 375, height: 812}}],
  ])('every view has no fault in %s', async (_name, options) => {
    const product = await start()
    const from = product.build!
    product.folder.write('settings.md', kettleDocs['settings.md']!.replace('port 8118', 'port 9229'))
    product.folder.write('tea.mdx', '# Tea\n\n<Steep minutes={3}>Green tea wants 75 degrees.</Steep>\n')
    await ask(product, 'How do I change the port?')
    const page = await open(product, '/console/docs', options)
    await page.getByRole('button', {name: 'Reindex now'}).click()
    await page.getByText('Visitors get answers from the new build.').waitFor(soon)
    const check = async (): Promise<void> => {
      expect(await violationsOn(page)).toEqual([])
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0)
    }
    await check()
    await page.getByRole('navigation', {name: 'Docs'}).getByRole('link', {name: 'Builds'}).click()
    await page.getByText('Served now').waitFor()
    await check()
    await page.locator('.build-name a').first().click()
    await page.getByRole('heading', {name: 'What its ingest reported'}).waitFor()
    await check()
    await page.getByRole('link', {name: 'See the difference'}).click()
    await page.locator('summary', {hasText: 'Change the port'}).click()
    await page.getByRole('group', {name: 'Text before and after'}).waitFor(soon)
    expect(page.url()).toContain(`from=${from}`)
    await check()
    await page.goto(`${product.url}/console/docs/search?q=How+do+I+change+the+port`)
    await page.locator('.section-row summary').first().click()
    await page.locator('.passage').first().waitFor()
    await check()
    await page.getByRole('navigation', {name: 'Docs'}).getByRole('link', {name: 'Coverage'}).click()
    await page.locator('.coverage').waitFor(soon)
    await check()
  })
})
