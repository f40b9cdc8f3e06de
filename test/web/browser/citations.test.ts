import type {Page} from 'playwright-core'
import {describe, expect, test} from 'vitest'
import type {AnswerEvent, Source} from '../../../src/domain/index.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {type Browsers, chromiumPath} from '../../support/chromium.ts'
import {type PlayedDocent, startPlayedDocent} from '../../support/played-docent.ts'
import {done, sampleSources, sourcesEvent} from '../../support/sample-answer.ts'
import type {Step} from '../../support/script-player.ts'

const text =
  'The free plan has three seats. The team plan has ten seats. Both can be left.\n\nMore. Even more.'

const delta: Step = {send: {type: 'delta', text}}

/** A citation behind these words of the answer. */
function cite(n: number, words: string, quote?: string): Step {
  const start = text.indexOf(words)
  const event: AnswerEvent = {type: 'citation', n, start, end: start + words.length}
  return {send: quote === undefined ? event : {...event, quote}}
}

/** Twelve sections, five of them of one page. */
const twelve: readonly Source[] = [
  ...['Free plan', 'Team plan', 'Business plan', 'What a seat is', 'Leaving'].map((heading, i) => ({
    ...sampleSources[0]!,
    n: i + 1,
    id: `plans-${i}`,
    title: 'Plans and prices',
    headings: [heading],
    url: '/docs/plans',
    anchor: heading.toLowerCase().replaceAll(' ', '-'),
  })),
  ...Array.from({length: 7}, (_, i) => ({...sampleSources[i % 6]!, n: i + 6, id: `other-${i}`})),
]

const site = (mode: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Site</title><script src="/widget.js" defer></script><body><docs-assistant mode="${mode}" opened></docs-assistant></body></html>`

describe.skipIf(chromiumPath === null)('citations in a browser', () => {
  const setting = browserSetting()

  async function open(
    script: (question: string) => Step[],
    browser: Parameters<Browsers['open']>[0] = {},
    path = '/',
  ): Promise<{page: Page; docent: PlayedDocent; problems: string[]}> {
    const docent = await startPlayedDocent({
      webDir: setting.webDir,
      script,
      pages: {'/modal/': site('modal'), '/panel/': site('panel')},
    })
    const context = await setting.browsers.open({locale: 'en-US', ...browser})
    setting.opened.push(docent, context)
    context.setDefaultTimeout(15_000)
    const page = context.pages()[0] ?? (await context.newPage())
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(String(error)))
    await page.goto(docent.url + path)
    return {page, docent, problems}
  }

  async function ask(page: Page, question = 'q'): Promise<void> {
    await page.locator('textarea.question').fill(question)
    await page.locator('textarea.question').press('Enter')
  }

  const ended = (page: Page): Promise<void> => page.locator('.turn.complete').last().waitFor()
  const preview = (page: Page) => page.locator('.preview:popover-open')
  const quoteIn = (page: Page): Promise<string | null> => preview(page).locator('blockquote').textContent()
  const chips = (page: Page) => page.locator('.text .cite')
  /** The pointer leaves, and the preview goes. */
  const leave = async (page: Page): Promise<void> => {
    await page.mouse.move(2, 2)
    await preview(page).waitFor({state: 'hidden'})
  }

  test('the preview quotes what this very citation quotes, under the path of its section', async () => {
    const {page, problems} = await open(() => [
      {send: sourcesEvent(twelve)},
      delta,
      cite(1, 'The free plan has three seats.', 'The free plan comes with <b>three</b> **seats**.'),
      cite(1, 'Both can be left.', 'npm run leave\n  --now'),
      cite(2, 'The team plan has ten seats.'),
      {send: done('complete')},
    ])
    await ask(page)
    await ended(page)

    await chips(page).nth(0).hover()
    expect(await quoteIn(page)).toBe('The free plan comes with <b>three</b> **seats**.')
    expect(await preview(page).locator('.path').textContent()).toBe('Plans and prices › Free plan')
    expect(await preview(page).locator('b, strong').count()).toBe(0)

    await chips(page).nth(2).hover()
    await expect.poll(() => quoteIn(page)).toBe('npm run leave\n  --now')
    const isOnTwoLines = await preview(page)
      .locator('blockquote')
      .evaluate((quote: HTMLElement) => quote.innerText.split('\n').length === 2)
    expect(isOnTwoLines).toBe(true)

    await chips(page).nth(1).hover()
    await expect.poll(() => preview(page).locator('.snippet').textContent()).toBe(twelve[1]!.snippet)
    expect(await preview(page).locator('blockquote').count()).toBe(0)
    expect(problems).toEqual([])
  })

  test('of a path that is too long, the nearest heading can be read', async () => {
    const headings = [
      'People and what they may do',
      'What changes for members invited before the plan was left',
    ]
    const long = {...twelve[0]!, title: 'Administration of accounts and organisations', headings}
    const {page} = await open(
      () => [
        {send: sourcesEvent([long])},
        delta,
        cite(1, 'The free plan has three seats.', 'three seats'),
        {send: done('complete')},
      ],
      {viewport: {width: 320, height: 568}},
    )
    await ask(page)
    await ended(page)

    await chips(page).first().hover()
    const nearest = preview(page).locator('.nearest')
    const [box, around] = [(await nearest.boundingBox())!, (await preview(page).boundingBox())!]

    expect(await nearest.textContent()).toBe(headings[1])
    const isCut = await nearest.evaluate((it) => it.scrollWidth > it.clientWidth + 1)
    expect(isCut).toBe(false)
    expect(box.x).toBeGreaterThanOrEqual(around.x)
    expect(box.x + box.width).toBeLessThanOrEqual(around.x + around.width)
    expect(around.x).toBeGreaterThanOrEqual(0)
    expect(around.x + around.width).toBeLessThanOrEqual(320)
  })

  test('it tells all that citations of one source at one place quote', async () => {
    const {page} = await open(() => [
      {send: sourcesEvent(twelve)},
      delta,
      cite(1, 'The free plan has three seats.', 'three seats'),
      cite(1, 'has three seats.', 'at no price'),
      cite(1, 'has three seats.', 'for ever'),
      {send: done('complete')},
    ])
    await ask(page)
    await ended(page)

    await chips(page).first().focus()

    expect(await chips(page).count()).toBe(1)
    await expect.poll(() => quoteIn(page)).toBe('three seats … at no price … for ever')
  })

  test.each([
    ['a page', '/'],
    ['a dialog', '/modal/'],
    ['a panel', '/panel/'],
  ])(
    '%s: it describes its citation to a screen reader while it is open, and can be gone to',
    async (_name, path) => {
      const {page, problems} = await open(
        () => [
          {send: sourcesEvent(twelve)},
          delta,
          cite(1, 'The free plan has three seats.', 'Three seats are free.'),
          cite(1, 'The team plan has ten seats.', 'Ten seats are in the team plan.'),
          {send: done('complete')},
        ],
        {},
        path,
      )
      await ask(page)
      await ended(page)
      const described = async (): Promise<(string | null)[]> =>
        Promise.all([0, 1].map((i) => chips(page).nth(i).getAttribute('aria-describedby')))

      await chips(page).first().focus()
      await preview(page).waitFor()
      expect(await described()).toEqual(['citation-preview', null])
      const devtools = await page.context().newCDPSession(page)
      const {nodes} = (await devtools.send('Accessibility.getFullAXTree')) as {
        nodes: {role?: {value: string}; description?: {value: string}}[]
      }
      const descriptions = nodes
        .filter(({role}) => role?.value === 'link')
        .map((node) => node.description?.value)
      expect(descriptions).toContainEqual(
        expect.stringContaining('Plans and prices › Free plan Three seats are free.'),
      )

      await chips(page).nth(1).hover()
      await expect.poll(described).toEqual([null, 'citation-preview'])
      const there = (await preview(page).locator('blockquote').boundingBox())!
      await page.mouse.move(there.x + 20, there.y + there.height / 2)
      await page.waitForTimeout(300)
      expect(await quoteIn(page)).toBe('Ten seats are in the team plan.')
      await page.keyboard.press('Escape')
      await preview(page).waitFor({state: 'hidden'})
      expect(await described()).toEqual([null, null])
      // Only the preview took that Escape.
      expect(await chips(page).first().isVisible()).toBe(true)
      expect(problems).toEqual([])
    },
  )

  test('Escape closes it when only the pointer is there', async () => {
    const {page} = await open(() => [
      {send: sourcesEvent(twelve)},
      delta,
      cite(1, 'The free plan has three seats.', 'three seats'),
      {send: done('complete')},
    ])
    await ask(page)
    await ended(page)
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())

    await chips(page).first().hover()
    await preview(page).waitFor()
    await page.keyboard.press('Escape')

    await preview(page).waitFor({state: 'hidden'})
  })

  test('a finger sees the quote with its first tap, and follows the link with its second', async () => {
    const {page} = await open(
      () => [
        {send: sourcesEvent(twelve)},
        delta,
        cite(1, 'The free plan has three seats.', 'three seats'),
        cite(2, 'The team plan has ten seats.', 'ten seats'),
        {send: done('complete')},
      ],
      {viewport: {width: 390, height: 844}, hasTouch: true, isMobile: true},
    )
    await ask(page)
    await ended(page)

    await chips(page).first().tap()
    await expect.poll(() => quoteIn(page)).toBe('three seats')
    await chips(page).nth(1).tap()
    await expect.poll(() => quoteIn(page)).toBe('ten seats')
    await page.locator('.asked h2').tap()
    await preview(page).waitFor({state: 'hidden'})
    await chips(page).nth(1).tap()
    await preview(page).waitFor()
    await chips(page).nth(1).tap()

    await page.waitForURL(/\/docs\/plans#team-plan(:~:|$)/)
  })

  test('it stays right while the answer is written on and its citations come late', async () => {
    const {page, docent} = await open(() => [
      {send: sourcesEvent(twelve)},
      delta,
      cite(1, 'The team plan has ten seats.', 'ten seats'),
      {hold: true},
      // At the same place, then before it: what stands where the pointer is becomes another.
      cite(1, 'The team plan has ten seats.', 'for a team'),
      {hold: true},
      cite(2, 'The free plan has three seats.', 'three seats'),
      {send: {type: 'delta', text: ' And on.'}},
      {hold: true},
      {send: done('complete')},
    ])
    await ask(page)
    await chips(page).first().focus()
    await expect.poll(() => quoteIn(page)).toBe('ten seats')

    docent.release()
    await expect.poll(() => quoteIn(page)).toBe('ten seats … for a team')

    docent.release()
    await expect.poll(() => chips(page).count()).toBe(2)
    // Beside whichever citation the focus is on now, it quotes that one.
    const described = page.locator('.cite[aria-describedby]')
    await expect
      .poll(async () => [await described.textContent(), await quoteIn(page)])
      .toEqual(['2', 'three seats'])
    expect(await described.evaluate((chip) => chip.matches(':focus'))).toBe(true)
    docent.release()
  })

  test('asked again, an answer of the same words that rests on another section quotes that', async () => {
    let asked = 0
    const {page, docent} = await open(() => {
      const [heading, quote] = asked++ === 0 ? [0, 'three seats'] : [2, 'as many seats as you like']
      const sources = [{...twelve[heading]!, n: 1}]
      return [
        {send: sourcesEvent(sources)},
        delta,
        cite(1, 'The free plan has three seats.', quote as string),
        ...(heading === 0
          ? [
              {
                send: {
                  type: 'error',
                  ending: 'error',
                  code: 'upstream_cut',
                  message: '',
                  retryable: true,
                } as const,
              },
            ]
          : [{hold: true} as const, {send: done('complete')}]),
      ]
    })
    await ask(page)
    await page.locator('.turn.broke-off').waitFor()
    await chips(page).first().hover()
    await expect.poll(() => quoteIn(page)).toBe('three seats')
    await leave(page)

    await page.locator('.notice').getByRole('button', {name: 'Try again'}).click()
    await expect.poll(() => docent.answers.length).toBe(2)
    await expect
      .poll(() => chips(page).first().getAttribute('href'))
      .toMatch(/#business-plan:~:text=as%20many/)
    await chips(page).first().hover()

    await expect.poll(() => quoteIn(page)).toBe('as many seats as you like')
    docent.release()
  })

  test.each([
    ['wide', {width: 1280, height: 860}],
    ['a phone', {width: 320, height: 568}],
  ])('%s: twelve sources are there at once and leave room for the answer', async (_name, viewport) => {
    const {page, docent} = await open(
      () => [
        {send: sourcesEvent(twelve)},
        {hold: true},
        delta,
        cite(9, 'The free plan has three seats.', 'three seats'),
        {send: done('complete')},
      ],
      {viewport},
    )
    await ask(page)
    await page.locator('.card').first().waitFor()
    const more = page.locator('.found .quiet-button')
    const found = await page.locator('.found').boundingBox()
    expect(found!.height).toBeLessThan(viewport.height / 2)

    docent.release()
    await ended(page)
    expect(await page.locator('.chip.used').count()).toBe(1)
    expect(await page.locator('.chip.used').textContent()).toContain('cited')
    await more.focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('.card').count()).toBe(12)
    expect(await more.getAttribute('aria-expanded')).toBe('true')
    const isInside = await page.locator('.root').evaluate((root) => root.scrollWidth <= innerWidth)
    expect(isInside).toBe(true)
  })
})
