import type {Page} from 'playwright-core'
import {describe, expect, test} from 'vitest'
import {browserSetting} from '../../support/browser-setting.ts'
import {type Browsers, chromiumPath} from '../../support/chromium.ts'
import {type PlayedDocent, startPlayedDocent} from '../../support/played-docent.ts'
import {
  deltasOf,
  done,
  sampleAnswer,
  sampleDeltas,
  sampleSources,
  sourcesEvent,
} from '../../support/sample-answer.ts'
import type {Step} from '../../support/script-player.ts'
import {type Moves, stopWatching, watchMoves} from '../../support/watch-moves.ts'

const paced = (deltas: typeof sampleDeltas): Step[] => deltas.flatMap((send) => [{send}, {waitMs: 6}])
const tool = (id: string, status: 'started' | 'done', summary: string): Step => ({
  send: {type: 'tool', id, name: 'search', status, summary},
})
const long = deltasOf(`${sampleAnswer}\n\n${sampleAnswer.replace('When', 'So when')}`, [
  ['kept on the server**', 5],
  ['once and in order.', 1],
])
const half = sampleDeltas.slice(0, Math.floor(sampleDeltas.length / 2))

const scripts: Record<string, Step[]> = {
  'Why does a long answer with a second search take its time?': [
    {send: sourcesEvent(sampleSources.slice(0, 3))},
    {hold: true},
    {send: {type: 'reasoning', text: 'Let me look.'}},
    tool('first', 'started', 'Searching for “resume after a restart of the server”'),
    {hold: true},
    tool('first', 'done', 'Found 2 more sections.'),
    {send: {...sourcesEvent(sampleSources.slice(3, 5)), round: 2}},
    ...paced(long.slice(0, 40)),
    tool('second', 'started', 'Searching for “proxies”'),
    {waitMs: 60},
    tool('second', 'done', 'Found 1 more section.'),
    ...paced(long.slice(40)),
    {send: done('complete')},
  ],
  'Is a short one calm?': [
    {send: sourcesEvent()},
    {hold: true},
    ...paced(deltasOf('Yes: it is only one sentence long.')),
    {send: done('complete')},
  ],
  'Does it break off?': [
    {send: sourcesEvent()},
    {hold: true},
    ...paced(half),
    {send: {type: 'error', ending: 'error', code: 'upstream_cut', message: 'It broke off.', retryable: true}},
  ],
  'What is the weather?': [
    {send: sourcesEvent([])},
    {send: done('abstained', {nearest: [{title: 'Install', url: '/docs/install'}]})},
  ],
  'Can it be stopped?': [{send: sourcesEvent()}, {hold: true}, ...paced(half), {hold: true}],
}

const site = (element: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Site</title><script src="/widget.js" defer></script><body><h1>A site</h1>${element}<p>What stands below.</p></body></html>`

describe.skipIf(chromiumPath === null)('nothing moves', () => {
  const setting = browserSetting()

  async function open(
    path: string,
    element: string,
    browser: Parameters<Browsers['open']>[0],
    generator: 'anthropic' | 'extractive' = 'anthropic',
  ): Promise<{page: Page; docent: PlayedDocent}> {
    const docent = await startPlayedDocent({
      webDir: setting.webDir,
      script: (question) => scripts[question]!,
      generator,
      pages: {'/site/': site(element)},
    })
    const context = await setting.browsers.open({locale: 'en-US', ...browser})
    setting.opened.push(docent, context)
    context.setDefaultTimeout(60_000)
    const page = context.pages()[0] ?? (await context.newPage())
    await page.goto(docent.url + path)
    await page.locator('textarea.question').waitFor()
    return {page, docent}
  }

  /** Asks, goes through the answer, and returns what moved from the frame in which the question was put. */
  async function watched(
    {page, docent}: {page: Page; docent: PlayedDocent},
    question: string,
  ): Promise<Moves> {
    const count = await page.locator('.turn').count()
    await page.locator('textarea.question').fill(question)
    await page.locator('textarea.question').press('Enter')
    const turn = page.locator('.turn').nth(count)
    await turn.waitFor()
    await watchMoves(page)
    const steps = scripts[question]!
    const holds = steps.filter((step) => 'hold' in step).length
    for (let i = 0; i < holds; i++) {
      if (i === 0) await turn.locator('.card').first().waitFor()
      if (question === 'Can it be stopped?' && i === 1) break
      if (i > 0) await turn.getByText('Searching for “resume').waitFor()
      docent.release()
    }
    if (question === 'Can it be stopped?') {
      await turn.locator('.text .block').nth(1).waitFor()
      await page.getByRole('button', {name: 'Stop'}).click()
    }
    await turn.and(page.locator(':is(.complete, .quoted, .stopped, .broke-off, .abstained)')).waitFor()
    await page.locator('.primary.send').waitFor()
    return stopWatching(page)
  }

  const desktop = {viewport: {width: 1280, height: 800}}
  const phone = {viewport: {width: 375, height: 812}, hasTouch: true, isMobile: true}
  const looks = [
    ['the page, desktop', '/', '', desktop],
    ['the page, phone', '/', '', phone],
    ['a panel in a site', '/site/', '<docs-assistant opened></docs-assistant>', desktop],
    ['a panel on a phone', '/site/', '<docs-assistant opened></docs-assistant>', phone],
    ['inline', '/site/', '<docs-assistant mode="inline"></docs-assistant>', desktop],
  ] as const

  test.each(looks)(
    '%s: from question to end no answer makes anything jump',
    async (_name, path, element, browser) => {
      const opened = await open(path, element, browser)

      const found: Record<string, Moves> = {}
      for (const question of Object.keys(scripts)) found[question] = await watched(opened, question)

      for (const [question, {jumps, shift, frames, top}] of Object.entries(found)) {
        expect({question, jumps, shift}).toEqual({question, jumps: [], shift: 0})
        expect(frames).toBeGreaterThan(2)
        // Below the bar, where it was put.
        expect(top).toBeGreaterThanOrEqual(0)
        expect(top).toBeLessThan(60)
      }
    },
    180_000,
  )

  test('quotes from the docs do not jump', async () => {
    const opened = await open('/', '', desktop, 'extractive')

    const {jumps, shift} = await watched(opened, 'Is a short one calm?')

    expect({jumps, shift}).toEqual({jumps: [], shift: 0})
  })

  test.each([
    ['desktop', desktop],
    ['a phone', phone],
    ['200 % zoom', {viewport: {width: 640, height: 400}, deviceScaleFactor: 2}],
  ])('the first words are on the screen: %s', async (_name, browser) => {
    const opened = await open('/', '', browser)

    await watched(opened, 'Is a short one calm?')

    const {page} = opened
    const words = (await page.locator('.text .block').first().boundingBox())!
    const box = (await page.locator('.ask').boundingBox())!
    expect(words.y).toBeGreaterThan(0)
    expect(words.y + words.height).toBeLessThanOrEqual(box.y)
  })

  test.each([
    ['', false],
    ['though what is above it grows', true],
  ])(
    'after a reload the last question is on top again, and its answer goes on below %s',
    async (_name, grows) => {
      const opened = await open('/', '', desktop)
      const {page, docent} = opened
      await watched(opened, 'Why does a long answer with a second search take its time?')
      await page.locator('textarea.question').fill('Can it be stopped?')
      await page.locator('textarea.question').press('Enter')
      await page.locator('.turn').nth(1).locator('.card').first().waitFor()

      await page.reload()
      await page.locator('.turn').nth(1).waitFor()
      if (grows)
        await page.locator('docs-assistant').evaluate((element) => {
          const root = element.shadowRoot!
          const scroller = root.querySelector<HTMLElement>('.scroll')!
          scroller.style.overflowAnchor = 'none'
          root.querySelector<HTMLElement>('.turn')!.style.paddingTop = '160px'
          scroller.dispatchEvent(new Event('scroll'))
        })
      await page.locator('.turn').nth(1).locator('.card').first().waitFor()
      await page.locator('.turn').first().locator('.text table').first().waitFor()
      // What this test has pushed down comes back with the next words, which is no jump: then it is watched from there on.
      if (!grows) await watchMoves(page)
      docent.release()
      await page.locator('.turn').nth(1).locator('.text .block').nth(1).waitFor()
      if (grows) await watchMoves(page)
      const {jumps, top} = await stopWatching(page)

      expect(jumps).toEqual([])
      expect(top).toBeLessThan(60)
    },
  )

  test('the cards fold to chips with the first words, and one press brings them back', async () => {
    const opened = await open('/', '', desktop)
    const {page} = opened
    await watched(opened, 'Why does a long answer with a second search take its time?')

    expect(await page.locator('.card').count()).toBe(0)
    expect(await page.locator('.chip').count()).toBe(3)
    await page.locator('.line .quiet-button').click()

    expect(await page.locator('.card').count()).toBe(3)
    expect(await page.locator('.card mark').count()).toBeGreaterThan(0)
    expect(await page.locator('.found .steps').textContent()).toContain('Found 1 more section.')
  })

  test('the form to say what was wrong is seen whole, and moves nothing', async () => {
    const opened = await open('/', '', phone)
    const {page} = opened
    await watched(opened, 'Why does a long answer with a second search take its time?')
    await page.locator('.jump').click()
    await watchMoves(page)

    await page.getByRole('button', {name: 'Not helpful'}).click()
    await page.locator('form.feedback').waitFor()
    const {jumps} = await stopWatching(page)

    const form = (await page.locator('form.feedback').boundingBox())!
    const box = (await page.locator('.ask').boundingBox())!
    expect(jumps).toEqual([])
    expect(form.y).toBeGreaterThan(0)
    expect(form.y + form.height).toBeLessThanOrEqual(box.y)
  })
})
