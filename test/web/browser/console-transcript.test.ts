import type {Page} from 'playwright-core'
import {describe, expect, test, vi} from 'vitest'
import {quotableBlocksIn} from '../../../src/markdown/index.ts'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {askToEnd, signIn, startConsoleDocent} from '../../support/console-docent.ts'
import {answer} from '../../support/fake-claude.ts'
import {sampleSource} from '../../support/fake-retriever.ts'
import type {PlayedDocent} from '../../support/played-docent.ts'
import {samplePage} from '../../support/sample-pages.ts'
import {bearer, staffApi} from '../../support/staff-people.ts'
import {
  adminToken,
  docsToken,
  startDocentWithClaude,
  supportToken,
  writeIndex,
} from '../../support/start-docent.ts'

/** One transcript, as support staff work with it. */

vi.setConfig({testTimeout: 120_000})

const soon = {timeout: 20_000}

describe.skipIf(chromiumPath === null)('a transcript', () => {
  const setting = browserSetting()

  async function start(): Promise<PlayedDocent> {
    const docent = await startConsoleDocent(setting.webDir)
    setting.opened.push(docent)
    return docent
  }

  async function open(
    {url}: Pick<PlayedDocent, 'url'>,
    path: string,
    token = supportToken,
    options: Parameters<typeof setting.browsers.open>[0] = {},
  ): Promise<Page> {
    const context = await setting.browsers.open(options)
    setting.opened.push(context)
    const page = await context.newPage()
    await page.goto(url + path)
    await signIn(page, token)
    return page
  }

  /** Signed in, at the transcript of a question that is asked now. */
  async function openAsked(docent: PlayedDocent, question: string, token = supportToken): Promise<Page> {
    const {answerId} = await askToEnd(docent, question)
    const page = await open(docent, `/console/transcripts/${answerId}`, token)
    await page.getByRole('heading', {level: 1, name: question}).waitFor()
    return page
  }

  const text = (page: Page) => page.locator('.selected docs-assistant-text')
  const scrubber = (page: Page) => page.getByRole('slider', {name: 'Position in the replay'})
  const position = async (page: Page) => Number(await scrubber(page).inputValue())
  const wordsAt = (page: Page) => scrubber(page).getAttribute('aria-valuetext')

  test('is shown as the visitor had it: sources with scores, Markdown, citations, code', async () => {
    const docent = await start()
    const page = await openAsked(docent, 'What happens when the line breaks?')

    await text(page).getByRole('heading', {name: 'How long it waits'}).waitFor()
    expect(await text(page).locator('strong').innerText()).toBe('kept on the server')
    expect(await text(page).getByRole('cell').count()).toBe(6)
    expect(await text(page).locator('a.cite').count()).toBe(4)
    expect(await page.locator('.selected .sources li').count()).toBe(0)
    await page.getByRole('button', {name: '6 sources as shown'}).click()
    const source = page.locator('.selected .sources li').first()
    expect(await source.innerText()).toMatch(/Resume after a cut[\s\S]*Last-Event-ID[\s\S]*1\.00[\s\S]*cited/)
    expect(await source.getByRole('link').getAttribute('href')).toMatch(
      /\/docs\/streaming-and-resuming#resume-after-a-cut$/,
    )
    const beside = page.waitForEvent('popup')
    await text(page).locator('a.cite').first().click()
    expect((await beside).url()).toContain('/docs/')
    expect(await violationsOn(page)).toEqual([])
  })

  test('is played back with its real pauses, and faster', async () => {
    const docent = await start()
    const page = await openAsked(docent, 'Stalling at the port')
    await expect.poll(() => text(page).innerText(), soon).toContain('3000 by default')
    expect(await page.locator('.track .stall').count()).toBeGreaterThanOrEqual(1)

    const begun = Date.now()
    await page.getByRole('button', {name: 'Replay', exact: true}).click()
    await expect.poll(() => text(page).innerText(), soon).not.toContain('3000')
    await expect.poll(() => text(page).innerText(), soon).toContain('3000 by default')
    // The visitor waited for 1.3 seconds between the sentences.
    expect(Date.now() - begun).toBeGreaterThan(1_250)

    await page.getByRole('combobox', {name: 'Speed'}).selectOption('16×')
    await page.getByRole('button', {name: 'Replay', exact: true}).click()
    await expect.poll(() => wordsAt(page), soon).toContain('the end')
  })

  test('is gone through by keys and by jumps, and says where it is', async () => {
    const docent = await start()
    const page = await openAsked(docent, 'Broken when I ask about ports')
    await page.getByText('It broke off here: upstream_cut').waitFor()
    const end = await position(page)
    await page.locator('body').press('ArrowLeft')
    const before = await position(page)
    expect(before).toBeLessThan(end)
    expect(await page.getByText('It broke off here').count()).toBe(0)
    await page.locator('body').press('ArrowRight')
    await page.getByText('It broke off here').waitFor()

    await page.getByRole('button', {name: /^Sources/}).click()
    await expect.poll(() => text(page).innerText(), soon).toBe('')
    await page.getByText('Sources are shown, the model is at work').waitFor()
    await scrubber(page).focus()
    await page.keyboard.press('End')
    await page.getByText('It broke off here').waitFor()
    await page.keyboard.press('Home')
    await page.getByText('It broke off here').waitFor({state: 'detached'})
    expect(await wordsAt(page)).toMatch(/^0 ms of .+, (?:searching|sources)$/)
    await page.getByRole('button', {name: /^Error/}).click()
    await page.getByText('It broke off here').waitFor()

    await page.locator('body').click({position: {x: 2, y: 400}})
    await page.keyboard.press(' ')
    await expect.poll(() => wordsAt(page), soon).toContain('the end')
    await page.getByRole('button', {name: 'Replay', exact: true}).waitFor()
  })

  test('single keys do nothing where they are switched off, or while somebody writes', async () => {
    const docent = await start()
    await askToEnd(docent, 'What was before?')
    const page = await open(docent, '/console/transcripts')
    await page.getByRole('link', {name: 'What was before?'}).click()
    await page.getByLabel('Note').pressSequentially('j k / done')
    expect(await page.getByLabel('Note').inputValue()).toBe('j k / done')

    await page.getByRole('button', {name: /^Account/}).click()
    await page.getByLabel('Single-key shortcuts').uncheck()
    await page.keyboard.press('Escape')
    const at = await position(page)
    await page.locator('body').press('ArrowLeft')
    expect(await position(page)).toBe(at)
  })

  test('says where the time went, and what is known for the log and the provider', async () => {
    const docent = await start()
    const page = await openAsked(docent, 'Stalling at the port')
    const timings = page.getByRole('region', {name: 'Timings'})
    for (const name of [/^Sources sent/, /^Waiting for words/, /^Writing/, /^Pause .*[1-9]\.\d+ s/, /^End/]) {
      await timings.getByRole('row', {name}).waitFor()
    }
    const details = page.getByRole('region', {name: 'Details'})
    const answerId = new URL(page.url()).pathname.split('/').at(-1)!
    expect(await details.innerText()).toContain(answerId)
    await details.getByText('Settings of this answer').click()
    await details.getByText('resumeGraceMs').waitFor()

    await page.getByText('Raw events').click()
    await page.getByRole('region', {name: 'Events'}).getByRole('row', {name: /done/}).waitFor()
    expect(await violationsOn(page)).toEqual([])
  })

  test('has hundreds of events, of which the first new one has the focus when all are shown', async () => {
    const docent = await start()
    const page = await openAsked(docent, 'What happens when the line breaks?')
    await page.getByText('Raw events').click()
    await page.getByRole('button', {name: /^Show all \d+ events/}).click()
    const focused = () => page.evaluate(() => (document.activeElement as HTMLTableRowElement).rowIndex)
    await expect.poll(focused, soon).toBe(101)
  })

  test('is reviewed: by whom and when, and the list says it', async () => {
    const docent = await start()
    await askToEnd(docent, 'What is a port?')
    const page = await open(docent, '/console/transcripts')
    await page.getByRole('link', {name: 'What is a port?'}).click()
    await page.getByRole('button', {name: 'Save review'}).click()
    await page.getByText('Choose a verdict first.').waitFor()
    await page.getByRole('radio', {name: 'Incomplete'}).check()
    await page.getByLabel('Note').fill('Misses the proxy.')
    await page.getByLabel('What the answer should have said').fill('Set `PORT`.')
    await page.getByText('Not saved').waitFor()
    await page.getByRole('button', {name: 'Save review'}).click()

    await page.getByText('Reviewed by support (shared token) just now').waitFor()
    expect(await page.getByText('Not saved').count()).toBe(0)
    const {body} = await staffApi(docent, 'GET', '/transcripts?verdict=incomplete')
    const {answerId} = body.items[0]
    expect((await staffApi(docent, 'GET', `/transcripts/${answerId}`)).body.review).toMatchObject({
      verdict: 'incomplete',
      note: 'Misses the proxy.',
      correctedAnswer: 'Set `PORT`.',
      by: 'support (shared token)',
    })
    await page.goBack()
    await page.getByRole('list', {name: 'Transcripts'}).getByText('Incomplete').waitFor()
  })

  test('a review is not written over that of a colleague, who reviewed meanwhile, unless one means to', async () => {
    const docent = await start()
    const {answerId} = await askToEnd(docent, 'What is a port?')
    const page = await open(docent, `/console/transcripts/${answerId}`)
    await page.getByRole('radio', {name: 'Wrong'}).check()
    await page.getByLabel('Note').fill('It is 3000.')
    const theirs = {verdict: 'good', note: 'Fine since the new build.'}
    await staffApi(docent, 'PUT', `/transcripts/${answerId}/review`, theirs, bearer(adminToken))
    await page.getByRole('button', {name: 'Save review'}).click()

    const alert = page.getByRole('alert')
    await alert.getByText('admin (shared token) has reviewed this meanwhile').waitFor()
    expect(await alert.textContent()).toMatch(/Good.*Fine since the new build\./s)
    expect(await violationsOn(page)).toEqual([])
    expect(await page.getByLabel('Note').inputValue()).toBe('It is 3000.')
    await page.reload()
    await alert.getByText('Fine since the new build.').waitFor()
    const kept = await staffApi(docent, 'GET', `/transcripts/${answerId}`)
    expect(kept.body.review).toMatchObject(theirs)

    await page.getByRole('button', {name: 'Replace theirs with mine'}).click()
    await page.getByText('Reviewed by support (shared token) just now').waitFor()
    const now = await staffApi(docent, 'GET', `/transcripts/${answerId}`)
    expect(now.body.review).toMatchObject({verdict: 'wrong', note: 'It is 3000.'})
  })

  test('what a colleague saved while one was away is shown beside what one had begun', async () => {
    const docent = await start()
    const {answerId} = await askToEnd(docent, 'What is a port?')
    const page = await open(docent, `/console/transcripts/${answerId}`)
    await page.getByRole('radio', {name: 'Wrong'}).check()
    await page.getByLabel('Note').fill('It is 3000.')
    await page.getByRole('link', {name: 'All transcripts'}).click()
    await page.getByRole('heading', {level: 1, name: 'Transcripts'}).waitFor()
    const theirs = {verdict: 'good', note: 'Fine.', correctedAnswer: 'The port is 3000.'}
    await staffApi(docent, 'PUT', `/transcripts/${answerId}/review`, theirs, bearer(adminToken))
    await page.getByRole('link', {name: 'What is a port?'}).click()

    const alert = page.getByRole('alert')
    await alert.getByText('admin (shared token) has reviewed this meanwhile').waitFor()
    expect(await alert.textContent()).toContain('The port is 3000.')
    expect(await page.getByRole('button', {name: 'Save review'}).count()).toBe(0)
    expect(await page.getByLabel('Note').inputValue()).toBe('It is 3000.')
    await page.getByRole('button', {name: 'Keep theirs'}).click()
    expect(await page.getByLabel('Note').inputValue()).toBe('Fine.')
    expect(await alert.count()).toBe(0)
  })

  test('text of a review that is not saved is there after a reload, and after leaving', async () => {
    const docent = await start()
    const page = await openAsked(docent, 'What is a port?')
    await page.getByRole('radio', {name: 'Wrong'}).check()
    await page.getByLabel('Note').fill('I was called away.')

    await page.reload()
    await expect.poll(() => page.getByLabel('Note').inputValue(), soon).toBe('I was called away.')
    await page.getByRole('link', {name: 'All transcripts'}).click()
    await page.getByRole('link', {name: 'What is a port?'}).click()
    await expect.poll(() => page.getByLabel('Note').inputValue(), soon).toBe('I was called away.')
    expect(await page.getByRole('radio', {name: 'Wrong'}).isChecked()).toBe(true)

    await page.getByRole('button', {name: /^Account/}).click()
    await page.getByRole('button', {name: 'Sign out'}).click()
    await page.getByRole('dialog', {name: 'Sign out with unsaved text?'}).waitFor()
    await page.getByRole('button', {name: 'Cancel'}).click()
    await page.getByRole('button', {name: 'Discard changes'}).click()
    expect(await page.getByLabel('Note').inputValue()).toBe('')
  })

  test('what somebody has begun is theirs: who signs in after them in the same tab does not see it', async () => {
    const docent = await start()
    const page = await openAsked(docent, 'What is a port?')
    await page.getByRole('radio', {name: 'Wrong'}).check()
    await page.getByLabel('Note').fill('I was called away.')
    for (const [token, name, note] of [
      [adminToken, 'admin', ''],
      [supportToken, 'support', 'I was called away.'],
    ] as const) {
      await page.context().clearCookies()
      await page.reload()
      await signIn(page, token)
      await page.getByRole('button', {name: `Account: ${name}`}).waitFor()
      await page.getByLabel('Note').waitFor()
      expect(await page.getByLabel('Note').inputValue()).toBe(note)
      expect(await page.getByText('Not saved').count()).toBe(note === '' ? 0 : 1)
    }
  })

  test('who signs in over what a colleague has on the screen sends and sees nothing of theirs', async () => {
    const docent = await start()
    const page = await openAsked(docent, 'What is a port?')
    await page.getByRole('radio', {name: 'Wrong'}).check()
    await page.getByLabel('Note').fill('Written by support.')
    await page.context().clearCookies()
    await page.getByRole('button', {name: 'Save review'}).click()
    const dialog = page.getByRole('dialog', {name: 'Your session has ended'})
    await dialog.getByText('For anybody else the page opens anew').waitFor()
    await signIn(page, docsToken)

    await page.getByRole('heading', {name: 'Not for your role'}).waitFor()
    expect(await dialog.count()).toBe(0)
    const answerId = new URL(page.url()).pathname.split('/').at(-1)!
    expect((await staffApi(docent, 'GET', `/transcripts/${answerId}`)).body.review).toBeNull()
    await page.context().clearCookies()
    await page.reload()
    await signIn(page, supportToken)
    await expect.poll(() => page.getByLabel('Note').inputValue(), soon).toBe('Written by support.')
  })

  test('is cleared from other tabs when somebody signs out, and stays where a session merely ended', async () => {
    const docent = await start()
    const page = await openAsked(docent, 'What is a port?')
    await page.getByLabel('Note').fill('Not finished.')
    const other = await page.context().newPage()
    await other.goto(`${docent.url}/console/transcripts`)
    await other.getByRole('button', {name: /^Account/}).click()
    await other.getByRole('button', {name: 'Sign out'}).click()
    await other.getByLabel('Staff token').waitFor()

    await page.getByLabel('Staff token').waitFor()
    expect(await page.locator('body').innerText()).not.toContain('What is a port?')
    expect(await page.getByRole('dialog').count()).toBe(0)
    await signIn(page, supportToken)
    await expect.poll(() => page.getByLabel('Note').inputValue(), soon).toBe('Not finished.')
  })

  test('a server that hangs does not keep a review that is being saved: it is told, and saved when asked again', async () => {
    const docent = await start()
    const {answerId} = await askToEnd(docent, 'What is a port?')
    const page = await open(docent, `/console/transcripts/${answerId}`)
    await page.getByRole('radio', {name: 'Good'}).check()
    await page.clock.install()
    await page.route('**/review', () => {})
    await page.getByRole('button', {name: 'Save review'}).click()
    await page.getByRole('button', {name: 'Saving…'}).waitFor()
    await page.clock.fastForward(31_000)

    await page.getByRole('alert').getByText('has not answered for 30 seconds. Try again.').waitFor()
    await page.unroute('**/review')
    await page.getByRole('button', {name: 'Save review'}).click()
    await page.getByText('Reviewed by support (shared token)').waitFor()
  })

  test('a session that ends in the middle loses nothing: the form opens over it, and the review is saved', async () => {
    const docent = await start()
    const page = await openAsked(docent, 'What is a port?')
    await page.getByRole('radio', {name: 'Good'}).check()
    await page.getByLabel('Note').fill('Written before the session ended.')
    await page.context().clearCookies()
    await page.getByRole('button', {name: 'Save review'}).click()
    const dialog = page.getByRole('dialog', {name: 'Your session has ended'})
    await dialog.waitFor()
    expect(await violationsOn(page)).toEqual([])
    await page.keyboard.press('Escape')
    expect(await dialog.isVisible()).toBe(true)
    await signIn(page, supportToken)

    await page.getByText('Reviewed by support (shared token)').waitFor()
    expect(await dialog.count()).toBe(0)
    expect(await page.getByLabel('Note').inputValue()).toBe('Written before the session ended.')
  })

  test('has its neighbours in the list by j and k, and the list’s filters on the way back', async () => {
    const docent = await start()
    for (const question of ['Broken first', 'What is a port?', 'Broken second'])
      await askToEnd(docent, question)
    const page = await open(docent, '/console/transcripts?ending=error')
    await page.getByRole('link', {name: 'Broken second'}).click()
    await page.getByRole('heading', {level: 1, name: 'Broken second'}).waitFor()

    await page.keyboard.press('j')
    await page.getByRole('heading', {level: 1, name: 'Broken first'}).waitFor()
    await expect.poll(() => page.title(), soon).toBe('Broken first · Docent console')
    await page.keyboard.press('j')
    await page.getByText('This is the last in the list').waitFor()
    await page.getByRole('link', {name: /^Previous/}).click()
    await page.getByRole('heading', {level: 1, name: 'Broken second'}).waitFor()
    await page.getByRole('link', {name: 'Back to the list'}).click()
    expect(new URL(page.url()).search).toBe('?ending=error')
    const focused = () => page.locator(':focus').innerText()
    await page.getByRole('heading', {level: 1, name: 'Transcripts'}).waitFor()
    for (const [key, question] of [
      ['j', 'Broken second'],
      ['j', 'Broken first'],
      ['k', 'Broken second'],
    ] as const) {
      await page.keyboard.press(key)
      await expect.poll(focused, soon).toBe(question)
    }

    await page.keyboard.press('Enter')
    await page.getByRole('heading', {level: 1, name: 'Broken second'}).waitFor()
    await page.keyboard.press('/')
    await expect.poll(() => page.locator(':focus').getAttribute('type'), soon).toBe('search')
    expect(new URL(page.url()).search).toBe('?ending=error')
  })

  test('is left by j and k also while it loads', async () => {
    const docent = await start()
    for (const question of ['First', 'Second', 'Third']) await askToEnd(docent, question)
    const page = await open(docent, '/console/transcripts')
    const slow = (path: URL): boolean => path.pathname.includes('/api/admin/transcripts/')
    await page.getByRole('link', {name: 'Third'}).waitFor()
    await page.route(slow, () => {})
    await page.getByRole('link', {name: 'Third'}).click()
    await page.getByRole('heading', {name: 'Loading the transcript…'}).waitFor()
    await page.keyboard.press('j')
    await page.unroute(slow)
    await page.keyboard.press('j')
    await page.getByRole('heading', {level: 1, name: 'First'}).waitFor()
  })

  test('stands in its conversation, whose other answers are read when they are opened', async () => {
    const docent = await start()
    const {conversationId} = await askToEnd(docent, 'What happens when the line breaks?')
    const {answerId} = await askToEnd(docent, 'Broken when I ask on', {conversationId})
    const read = async () =>
      (await staffApi(docent, 'GET', '/audit?what=transcript_read', undefined, bearer(adminToken))).body.items
        .length
    const page = await open(docent, `/console/transcripts/${answerId}`)
    const other = page.locator('details.other')
    await other.waitFor()
    expect(await other.innerText()).toContain('What happens when the line breaks?')
    expect(await read()).toBe(1)

    await other.locator('summary').click()
    await other.getByText('kept on the server').waitFor()
    expect(await read()).toBe(2)
    await other.getByRole('link', {name: 'Open with replay and review'}).click()
    await page.getByRole('heading', {level: 1, name: 'What happens when the line breaks?'}).waitFor()
  })

  test('of a long conversation is there at once: those before it are one line that opens', async () => {
    const docent = await start()
    let conversationId: string | undefined
    const ids: string[] = []
    for (let n = 1; n <= 6; n++) {
      const asked = await askToEnd(docent, `Unknown ${n}`, conversationId ? {conversationId} : {})
      conversationId = asked.conversationId
      ids.push(asked.answerId)
    }
    const page = await open(docent, `/console/transcripts/${ids[4]}`)
    await page.getByText('4 earlier').click()
    await page.locator('.earlier details.other').nth(3).waitFor()
    expect(await page.locator('.earlier details.other').first().innerText()).toContain('Unknown 1')
    expect(await page.locator('.turns:not(.earlier *) > li').count()).toBe(2)
    expect(await violationsOn(page)).toEqual([])
  })

  test('is in view while it plays and after a jump, unless somebody scrolls', async () => {
    const docent = await start()
    const {answerId} = await askToEnd(docent, 'Stalling at the port')
    const page = await open(docent, `/console/transcripts/${answerId}`, supportToken, {
      viewport: {width: 375, height: 600},
    })
    await page.locator('.player').waitFor()
    const isInView = (selector: string) =>
      page.evaluate((selector) => {
        const {bottom, top} = document.querySelector(selector)!.getBoundingClientRect()
        const player = document.querySelector('.player')!.getBoundingClientRect()
        return top > 0 && bottom <= player.top
      }, selector)
    const scrolled = () => page.evaluate(() => scrollY)

    await page.evaluate(() => scrollTo(0, 0))
    await page.getByRole('button', {name: /^End/}).click()
    await expect.poll(() => isInView('.selected .text'), soon).toBe(true)
    await page.getByRole('button', {name: /^Sources/}).click()
    await page.getByText('Sources are shown, the model is at work').waitFor()
    await expect
      .poll(() => page.locator('.found').evaluate((found) => found.getBoundingClientRect().top), soon)
      .toBeLessThan(200)
    await page.getByRole('combobox', {name: 'Speed'}).selectOption('½×')
    await page.evaluate(() => scrollTo(0, 0))
    await page.getByRole('button', {name: 'Play', exact: true}).click()
    await expect.poll(() => text(page).innerText(), soon).not.toBe('')
    await expect.poll(() => isInView('.selected .text'), soon).toBe(true)

    await page.getByRole('button', {name: /^Sources/}).click()
    await page.mouse.move(180, 300)
    await page.mouse.wheel(0, 2_000)
    await expect.poll(scrolled, soon).toBeGreaterThan(1_000)
    await expect.poll(() => wordsAt(page), soon).toContain('the end')
    expect(await scrolled()).toBeGreaterThan(1_000)
  })

  test('is as wide as the window, whatever somebody writes, and shows long text cut at first', async () => {
    const docent = await start()
    const question = `Broken ${'ports '.repeat(200)}${'x'.repeat(900)}`
    const {answerId} = await askToEnd(docent, question)
    const body = {rating: 'down', comment: `https://example.com/${'y'.repeat(1_500)}`}
    await fetch(`${docent.url}/api/answers/${answerId}/feedback`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify(body),
    })
    for (const width of [1280, 375]) {
      const page = await open(docent, `/console/transcripts/${answerId}`, supportToken, {
        viewport: {width, height: 812},
      })
      await page.getByLabel('Note').fill('z'.repeat(3_000))
      await page.getByLabel('What the answer should have said').fill('w'.repeat(3_000))
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      const heading = page.getByRole('heading', {level: 1})
      const height = async () => (await heading.boundingBox())!.height
      expect(await height()).toBeLessThan(160)
      await page.getByRole('button', {name: 'Show all'}).first().click()
      expect(await height()).toBeGreaterThan(160)
      expect((await page.locator('blockquote').boundingBox())!.height).toBeLessThan(160)
      await page.getByRole('button', {name: 'Discard changes'}).click()
    }
  })

  test('hides nothing that has the focus, and keeps nothing in place on a low screen', async () => {
    const docent = await start()
    const {answerId} = await askToEnd(docent, 'What happens when the line breaks?')
    const page = await open(docent, `/console/transcripts/${answerId}`, supportToken, {
      viewport: {width: 375, height: 560},
    })
    const links = page.locator('.selected docs-assistant-text').getByRole('link')
    await links.first().waitFor()
    await page.evaluate(() => scrollTo(0, 0))
    await page.getByRole('button', {name: /sources as shown/}).focus()
    for (let n = await links.count(); n > 0; n--) {
      await page.keyboard.press('Tab')
      const isHidden = await page.evaluate(() => {
        const {bottom} = document.activeElement!.getBoundingClientRect()
        return bottom > document.querySelector('.player')!.getBoundingClientRect().top
      })
      expect(isHidden).toBe(false)
    }

    await page.setViewportSize({width: 320, height: 256})
    const places = await page.evaluate(() =>
      ['.bar', '.player'].map((one) => getComputedStyle(document.querySelector(one)!).position),
    )
    expect(places).toEqual(['static', 'static'])
    const [clock, speed] = await Promise.all([
      page.locator('.clock').boundingBox(),
      page.locator('.speed').boundingBox(),
    ])
    const isApart = clock!.x + clock!.width <= speed!.x || clock!.y + clock!.height <= speed!.y
    expect(isApart).toBe(true)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  })

  test('that is being written is shown on until it has ended', async () => {
    const docent = await start()
    const asked = fetch(`${docent.url}/api/answers`, {
      method: 'POST',
      headers: {'content-type': 'application/json', accept: 'text/event-stream'},
      body: JSON.stringify({question: 'Held for a while'}),
    })
    const response = await asked
    await expect
      .poll(async () => (await staffApi(docent, 'GET', '/transcripts')).body.items[0]?.excerpt, soon)
      .toBe('It begins')
    const page = await open(docent, '/console/transcripts')
    await page.getByRole('link', {name: 'Held for a while'}).click()
    await page.locator('.under').getByText('Running').waitFor()
    const again = '**/api/admin/transcripts/*'
    await page.route(again, (route) => route.abort())
    await page.getByText('The server cannot be reached. What is shown may be old. Trying again…').waitFor()
    await page.unroute(again)
    docent.release()
    await response.text()

    await page.locator('.under').getByText('Complete').waitFor()
    expect(await page.locator('.polling').innerText()).toBe('')
  })

  test('is deleted by an admin alone, after a question, and gone from the list', async () => {
    const docent = await start()
    await askToEnd(docent, 'What stays?')
    const support = await openAsked(docent, 'What is deleted?')
    expect(await support.getByRole('button', {name: 'Delete this answer…'}).count()).toBe(0)
    const page = await open(docent, '/console/transcripts', adminToken)
    await page.getByRole('link', {name: 'What is deleted?'}).click()

    await page.getByRole('button', {name: 'Delete this answer…'}).click()
    await page.getByRole('dialog', {name: 'Delete this answer?'}).waitFor()
    expect(await page.locator(':focus').innerText()).toBe('Cancel')
    expect(await violationsOn(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({state: 'detached'})
    await expect.poll(() => page.locator(':focus').innerText(), soon).toMatch(/^Delete this answer/)
    await page.keyboard.press('Enter')
    await page.getByRole('button', {name: 'Delete for good'}).click()

    await page.getByRole('link', {name: 'What stays?'}).waitFor()
    expect(await page.getByRole('link', {name: 'What is deleted?'}).count()).toBe(0)
    await support.reload()
    await support.getByRole('heading', {name: 'There is no such transcript'}).waitFor()
    expect(await violationsOn(support)).toEqual([])
  })

  test.each([
    ['on a phone', {viewport: {width: 375, height: 812}, isMobile: true, hasTouch: true}],
    ['in the dark', {colorScheme: 'dark'}],
    ['in forced colours', {forcedColors: 'active'}],
  ] as const)('has no barrier %s', async (_name, options) => {
    const docent = await start()
    const {answerId} = await askToEnd(docent, 'What happens when the line breaks?')
    const page = await open(docent, `/console/transcripts/${answerId}`, supportToken, options as object)
    await text(page).getByRole('heading', {name: 'How long it waits'}).waitFor()

    expect(await violationsOn(page)).toEqual([])
    const [shown, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    expect(shown).toBeLessThanOrEqual(room!)
  })

  test('shows what was sent to the model, and how its sources have changed since', async () => {
    const pages = (port: number) => [
      samplePage('install.md', 'Install', [
        ['Ports', `Set \`PORT\` to ${port}.\n\nIt is read at start.`],
        ...(port === 3000 ? ([['Hosts', 'Set `HOST`.']] as const) : []),
      ]),
    ]
    const source = (n: number, heading: string, markdown: string) =>
      sampleSource(n, {
        ...{path: 'install.md', title: 'Install', headings: [heading], anchor: heading.toLowerCase()},
        blocks: quotableBlocksIn(markdown),
      })
    const sources = [
      source(1, 'Ports', 'Set `PORT` to 3000.\n\nIt is read at start.'),
      source(2, 'Hosts', 'Set `HOST`.'),
    ]
    const docent = await startDocentWithClaude({
      webDir: setting.webDir,
      pages: pages(3000),
      retrieval: {sources},
    })
    setting.opened.push(docent)
    docent.upstream.otherwise(answer('Set it.'))
    const {answerId} = await askToEnd(docent, 'How do I set the port?')
    const {id} = await writeIndex(docent.dataDir, pages(4000))
    await staffApi(docent, 'POST', `/builds/${id}/activate`)
    const page = await open(docent, `/console/transcripts/${answerId}`)

    await page.getByText('Sources then and now').click()
    const then = page.locator('.then > li')
    await then.first().waitFor()
    expect(await then.locator('.state').allInnerTexts()).toEqual([
      'The page has changed since.',
      'No longer in the docs.',
    ])
    await then.first().getByText('See the difference').click()
    expect(await then.first().locator('mark').allInnerTexts()).toEqual(['3000.', '4000.'])
    await page.getByText('Prompt sent').click()
    const request = page.locator('.request')
    await request.getByText('How do I set the port?').first().waitFor()
    expect(await request.locator('.role').allInnerTexts()).toEqual(['system', 'user'])
    await request.getByText('2 sources').click()
    await request.getByText('Set `HOST`.').first().waitFor()
    await request.getByText('Raw JSON').click()
    expect(JSON.parse(await request.locator('pre').innerText())).toEqual(docent.upstream.requests[0]!.body)
    expect(await violationsOn(page)).toEqual([])

    const lost = await open(docent, `/console/transcripts/${answerId}`)
    await lost.route('**/prompt', (route) => route.abort())
    await lost.getByText('Prompt sent').click()
    await lost.getByText('The server cannot be reached').waitFor()
    await lost.unroute('**/prompt')
    await lost.getByRole('button', {name: 'Try again'}).click()
    await lost.locator('.request').waitFor()
  })
})
