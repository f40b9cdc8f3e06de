import type {BrowserContext, Locator, Page, Route} from 'playwright-core'
import {describe, expect, test} from 'vitest'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {type Browsers, chromiumPath} from '../../support/chromium.ts'
import {type PlayedDocent, startPlayedDocent} from '../../support/played-docent.ts'
import {deltasOf, done, sampleSources, sourcesEvent} from '../../support/sample-answer.ts'
import type {Step} from '../../support/script-player.ts'
import {glidesEnded, stopWatching, watchMoves} from '../../support/watch-moves.ts'

const short: Step[] = [
  {send: sourcesEvent()},
  ...deltasOf('Send it twice if you like.').map((send) => ({send})),
  {send: done('complete')},
]

const result = (title: string, headings: string[], text: string, url = `/docs/${title.toLowerCase()}`) => {
  const marks = (words: string): [number, number][] => {
    const at = words.toLowerCase().indexOf('port')
    return at < 0 ? [] : [[at, at + 4]]
  }
  const highlights = {title: marks(title), headings: headings.map(marks), text: marks(text)}
  return {url, title, headings, anchor: headings.at(-1)?.toLowerCase() ?? '', text, score: 1, highlights}
}
const longText = `First a sentence about something else, which is long enough to fill a line. Then the port is set, ${'and so on '.repeat(30)}`
const portResults = [
  result(
    'Support settings',
    ['Network', 'Change the port'],
    'Set PORT=8080 and start it again.',
    '/docs/settings',
  ),
  result('Ports', [], 'Which ports are used.', '/docs/guides/network/ports'),
  result('Support settings', ['Timeouts'], longText, '/docs/settings'),
  result('Ports', ['Behind a proxy'], 'Forward the port of the proxy.', '/docs/guides/network/ports'),
]

const site = (element: string, lang = 'en'): string =>
  `<!doctype html><html lang="${lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Site</title><script src="/widget.js" defer></script><body><main><h1>A site</h1>${element}<p>What stands below.</p></main></body></html>`

describe.skipIf(chromiumPath === null)('the box', () => {
  const setting = browserSetting()

  interface Opened {
    readonly docent: PlayedDocent
    readonly context: BrowserContext
    readonly page: Page
    readonly box: Locator
    readonly options: Locator
  }

  interface OpenOptions {
    /** Of the widget in a page of a site; none for the page of the server. */
    readonly element?: string
    readonly lang?: string
    readonly browser?: Parameters<Browsers['open']>[0]
    readonly script?: (question: string) => readonly Step[]
    /** Answers a search. Default: sections about ports for text with `po`, else none. */
    readonly onSearch?: (route: Route, query: string) => Promise<unknown>
  }

  async function open(given: OpenOptions = {}): Promise<Opened> {
    const docent = await startPlayedDocent({
      webDir: setting.webDir,
      script: given.script ?? (() => short),
      canSearch: true,
      pages: {'/site': site(given.element ?? '', given.lang)},
      contentSecurityPolicy: "script-src 'self' 'unsafe-eval' 'unsafe-inline'",
    })
    const context = await setting.browsers.open({locale: 'en-US', ...given.browser})
    setting.opened.push(docent, context)
    context.setDefaultTimeout(30_000)
    const page = context.pages()[0] ?? (await context.newPage())
    await page.route('**/api/search?*', async (route) => {
      const query = new URL(route.request().url()).searchParams.get('q')!
      if (given.onSearch) await given.onSearch(route, query)
      else await route.fulfill({json: {results: query.includes('po') ? portResults : []}})
    })
    await page.goto(docent.url + (given.element === undefined ? '/' : '/site'))
    const box = page.locator('textarea.question')
    await page.locator('docs-assistant .root').waitFor({state: 'attached'})
    if (await page.locator('.launcher:visible').count()) await page.locator('.launcher').click()
    await box.waitFor()
    return {docent, context, page, box, options: page.locator('.option')}
  }

  const ended = (page: Page): Promise<void> => page.locator('.turn.complete .actions').last().waitFor()

  async function ask({page, box}: Opened, question: string): Promise<void> {
    const count = await page.locator('.turn').count()
    await box.fill(question)
    await box.press('Enter')
    await page.locator('.turn').nth(count).waitFor()
    await ended(page)
    await glidesEnded(page)
  }

  test('lists first that Enter asks, then the sections by page, with what matched marked', async () => {
    const {page, box, options} = await open()
    await box.pressSequentially('po')
    await page.locator('.result').first().waitFor()

    expect(await options.first().innerText()).toMatch(/^Ask po\s+Enter$/)
    const groups = await page.locator('.listbox [role=group]').evaluateAll((all) =>
      all.map((group) => {
        const label = group.getAttribute('aria-labelledby')
        const root = group.getRootNode() as ShadowRoot
        return {
          page: label ? root.getElementById(label)?.textContent?.trim() : group.getAttribute('aria-label'),
          sections: [...group.querySelectorAll('.result .name')].map((name) => name.textContent?.trim()),
        }
      }),
    )
    expect(groups).toEqual([
      {page: 'Support settings', sections: ['Network › Change the port', 'Timeouts']},
      {page: 'Ports', sections: ['Ports guides › network', 'Behind a proxy']},
    ])
    expect(await page.locator('.result').first().locator('mark').allTextContents()).toEqual(['port', 'PORT'])
    // Where the match stands far from the beginning, the snippet does not begin there.
    expect(await page.locator('.result .snippet').nth(1).textContent()).toMatch(/^…\w.* port is set.*…$/)
    expect(await page.locator('.result').nth(2).getAttribute('href')).toMatch(
      /\/docs\/guides\/network\/ports$/,
    )
  })

  test('controls a list that is chosen from with the arrows, while Home and End stay in the text', async () => {
    const {page, box} = await open()
    expect(await box.getAttribute('aria-controls')).toBeNull()
    await box.pressSequentially('the port')
    await page.locator('.result').first().waitFor()
    expect(await page.locator(`#${await box.getAttribute('aria-controls')}`).getAttribute('role')).toBe(
      'listbox',
    )

    const chosen = async (): Promise<(string | null)[]> => {
      const active = await box.getAttribute('aria-activedescendant')
      const selected = await page
        .locator('[role=option][aria-selected=true]')
        .evaluateAll((all) => all.map(({id}) => id))
      expect(selected).toEqual(active === null ? [] : [active])
      return selected
    }
    const seen: unknown[] = [...(await chosen())]
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowDown']) {
      await box.press(key)
      seen.push(...(await chosen()))
    }
    expect(seen).toEqual(['result-0', 'result-1', 'result-0', 'option-ask', 'result-3', 'option-ask'])

    await box.press('Home')
    expect(await box.evaluate((field: HTMLTextAreaElement) => field.selectionStart)).toBe(0)
    await box.press('End')
    expect(await box.evaluate((field: HTMLTextAreaElement) => field.selectionStart)).toBe(8)
  })

  test.each(['panel', 'modal'])('in the mode %s, Escape closes the list, then all', async (mode) => {
    const {page, box, options} = await open({element: `<docs-assistant mode="${mode}"></docs-assistant>`})
    await box.pressSequentially('port')
    await page.locator('.result').first().waitFor()

    await box.press('Escape')
    await options.first().waitFor({state: 'detached'})
    expect(await box.inputValue()).toBe('port')
    expect(await page.locator('docs-assistant[opened]').count()).toBe(1)
    await box.press('ArrowDown')
    await page.locator('.result').first().waitFor()
    await box.press('Escape')
    await box.press('Escape')

    await page.locator('docs-assistant:not([opened])').waitFor({state: 'attached'})
  })

  test('closes the list when the focus leaves it, by Tab or by a click elsewhere', async () => {
    const {page, box, options} = await open()
    await box.pressSequentially('port')
    await page.locator('.result').first().waitFor()
    await box.press('Tab')
    await options.first().waitFor({state: 'detached'})
    expect(
      await page.evaluate(
        () => document.querySelector('docs-assistant')!.shadowRoot!.activeElement?.className,
      ),
    ).toBe('primary send')

    await box.press('Backspace')
    await page.locator('.result').first().waitFor()
    await page.locator('.hero').click()
    await options.first().waitFor({state: 'detached'})
  })

  test('a section opens in place with Enter, and in a new tab with a modifier or the middle button', async () => {
    const {context, page, box, docent} = await open()
    await box.pressSequentially('port')
    await page.locator('.result').first().waitFor()
    const newTab = async (how: () => Promise<void>): Promise<string> => {
      const [tab] = await Promise.all([context.waitForEvent('page'), how()])
      await tab.waitForURL(/\/docs\//)
      const url = tab.url()
      await tab.close()
      return url
    }

    await box.press('ArrowDown')
    expect(await newTab(() => box.press('Control+Enter'))).toMatch(
      /\/docs\/settings#change the port|change%20the%20port/,
    )
    expect(await newTab(() => page.locator('.result').nth(2).click({button: 'middle'}))).toMatch(
      /network\/ports$/,
    )
    expect(
      await newTab(() =>
        page
          .locator('.result')
          .nth(3)
          .click({modifiers: ['Control']}),
      ),
    ).toContain('proxy')
    expect(await page.locator('.result').count()).toBe(4)
    expect(await box.inputValue()).toBe('port')
    await box.press('Enter')
    await page.waitForURL(/\/docs\/settings/)
    expect(docent.answers).toEqual([])
  })

  test('finds sections while an answer is being written, and offers to ask once it has ended', async () => {
    const {page, box, options, docent} = await open({
      script: () => [{send: sourcesEvent()}, {hold: true}, ...short.slice(1)],
    })
    await box.fill('q')
    await box.press('Enter')
    await page.locator('.primary.stop').waitFor()

    await box.pressSequentially('port')
    await page.locator('.result').first().waitFor()
    expect(await page.locator('.enter.on').count()).toBe(1)
    await box.fill('xyzzy')
    await page.locator('.options .note').waitFor()
    expect(await options.count()).toBe(1)
    expect(docent.requests.filter((one) => one.endsWith('/api/sources'))).toEqual([])
    await page.locator('.enter').click()
    await page.locator('.waits').waitFor()
    expect(docent.answers).toHaveLength(1)
    docent.release()
    await expect.poll(() => docent.answers.map(({question}) => question)).toEqual(['q', 'xyzzy'])
  })

  test('Enter while an answer is being written is kept until its end, and typing on takes it back', async () => {
    const {page, box, docent} = await open({
      script: () => [{send: sourcesEvent()}, {hold: true}, ...short.slice(1)],
    })
    await box.fill('first')
    await box.press('Enter')
    await page.locator('.primary.stop').waitFor()
    await box.fill('second')
    await box.press('Enter')
    await page.locator('.waits').waitFor()
    await box.press('End')
    await box.pressSequentially(' one')
    await page.locator('.waits').waitFor({state: 'detached'})
    await box.press('Enter')
    await page.locator('.waits').waitFor()
    expect(docent.answers).toHaveLength(1)
    docent.release()

    await expect.poll(() => docent.answers.map(({question}) => question)).toEqual(['first', 'second one'])
    await page.locator('.waits').waitFor({state: 'detached'})
    expect(await box.inputValue()).toBe('')
  })

  test('a question that waits stays in the box when the reader turns to another conversation', async () => {
    const {page, box, docent} = await open({
      script: () => [{send: sourcesEvent()}, {hold: true}, ...short.slice(1)],
    })
    await box.fill('first')
    await box.press('Enter')
    await page.locator('.primary.stop').waitFor()
    await box.fill('second')
    await box.press('Enter')
    await page.locator('.waits').waitFor()
    await page.evaluate(() =>
      (document.querySelector('docs-assistant') as unknown as {reset(): void}).reset(),
    )

    await page.locator('.waits').waitFor({state: 'detached'})
    expect(await box.inputValue()).toBe('second')
    expect(docent.answers).toHaveLength(1)
  })

  test('a click on the first row asks', async () => {
    const {page, box, options, docent} = await open()
    await box.pressSequentially('port')
    await options.first().click()
    await ended(page)

    expect(docent.answers.map(({question}) => question)).toEqual(['port'])
    expect(await options.count()).toBe(0)
    expect(await box.inputValue()).toBe('')
  })

  test('an input method chooses and sends nothing, and half a word is not looked for ahead', async () => {
    const {page, box, docent} = await open()
    await box.pressSequentially('port')
    await page.locator('.result').first().waitFor()
    for (const key of ['ArrowDown', 'ArrowUp', 'Enter', 'Escape', 'Tab'])
      for (const how of [{isComposing: true}, {keyCode: 229}]) {
        const init = {key, ...how, bubbles: true, cancelable: true, composed: true}
        expect(
          await box.evaluate((field, one) => field.dispatchEvent(new KeyboardEvent('keydown', one)), init),
        ).toBe(true)
      }
    expect(await box.getAttribute('aria-activedescendant')).toBeNull()
    expect(await page.locator('.result').count()).toBe(4)
    expect(await page.locator('.turn').count()).toBe(0)

    const type = (text: string, isComposing: boolean): Promise<void> =>
      box.evaluate(
        (field: HTMLTextAreaElement, given) => {
          field.value = given.text
          field.dispatchEvent(new InputEvent('input', {bubbles: true, isComposing: given.isComposing}))
        },
        {text, isComposing},
      )
    const searches = page.waitForRequest(
      (request) => request.url().includes('/api/search') && request.url().includes('%E3%81%AE'),
    )
    await type('ポートの', true)
    await searches
    await page.waitForTimeout(1_000)
    expect(docent.requests.filter((one) => one.endsWith('/api/sources'))).toEqual([])
    const ahead = page.waitForRequest('**/api/sources')
    await box.evaluate((field) =>
      field.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true})),
    )
    expect((await ahead).postDataJSON()).toMatchObject({question: 'ポートの'})
  })

  test('offers the questions of this browser for an empty box, and those that match while typing', async () => {
    const opened = await open()
    const {page, box, docent} = opened
    await ask(opened, 'How do I change the port?')
    await ask(opened, 'Where are the logs?')
    // Over an answer no list opens by itself, but an arrow opens it.
    await box.click()
    expect(await page.locator('.recent').count()).toBe(0)
    await box.press('ArrowUp')
    await page.locator('.recent').first().waitFor()
    await box.press('Escape')

    await page.locator('.side .new').click()
    await page.locator('.hero').waitFor()
    await box.click()
    await page.locator('.recent').first().waitFor()
    expect(await page.locator('.recent').allInnerTexts()).toEqual([
      'Where are the logs?',
      'How do I change the port?',
    ])
    await box.pressSequentially('chan')
    await expect.poll(() => page.locator('.recent').allInnerTexts()).toEqual(['How do I change the port?'])
    await box.press('ArrowDown')
    expect(await box.getAttribute('aria-activedescendant')).toBe('recent-0')
    await box.press('Enter')
    await ended(page)
    expect(docent.answers.at(-1)?.question).toBe('How do I change the port?')
  })

  test('offers nothing of a conversation that was deleted', async () => {
    const opened = await open()
    const {page, box} = opened
    await ask(opened, 'How do I change the port?')
    await page.locator('.conversations .plain').click()
    await page.locator('.sure .danger').click()
    await page.locator('.hero').waitFor()

    await box.click()
    await box.pressSequentially('po')
    await page.locator('.result').first().waitFor()

    expect(await page.locator('.recent').count()).toBe(0)
  })

  test('offers no earlier question where conversations are not kept', async () => {
    const opened = await open({element: '<docs-assistant keep="none"></docs-assistant>'})
    const {page, box} = opened
    await ask(opened, 'How do I change the port?')
    await page.locator('.bar .new').click()
    await page.locator('.hero').waitFor()
    await box.click()
    await box.pressSequentially('po')
    await page.locator('.result').first().waitFor()

    expect(await page.locator('.recent').count()).toBe(0)
  })

  test('says that nothing was found and for what, and still asks', async () => {
    const {page, box, options, docent} = await open()
    await box.pressSequentially('xyzzy')
    await expect
      .poll(() => page.locator('.options .note').textContent())
      .toBe('Nothing in the docs matches “\u2068xyzzy\u2069”.')
    await expect.poll(() => page.getByRole('status').first().textContent()).toContain('xyzzy')
    expect(await options.count()).toBe(1)
    await box.press('Enter')
    await ended(page)
    expect(docent.answers.map(({question}) => question)).toEqual(['xyzzy'])
  })

  test('tells screen readers how many sections were found, once the typing pauses', async () => {
    const {page, box} = await open()
    await box.pressSequentially('port')

    await expect.poll(() => page.getByRole('status').first().textContent()).toBe('4 matching sections')
  })

  test.each([
    ['before the first question', false],
    ['above the box', true],
  ])(
    '%s, rows stay until new ones come, the first row never moves, and only a slow search shows a sign',
    async (_name, isAsked) => {
      let release = (): void => {}
      const released = new Promise<void>((resolve) => {
        release = resolve
      })
      const opened = await open({
        onSearch: async (route, query) => {
          if (query.includes('slow')) await released
          await route.fulfill({
            json: {results: query.includes('slow') ? portResults.slice(0, 1) : portResults},
          })
        },
      })
      const {page, box, options} = opened
      if (isAsked) await ask(opened, 'q')
      const top = async (): Promise<number> => (await options.first().boundingBox())!.y
      await box.pressSequentially('port')
      const at = await top()
      await page.locator('.result').first().waitFor()
      expect(await page.locator('.result').count()).toBe(4)
      expect(await page.locator('.busy').count()).toBe(0)
      expect(Math.abs((await top()) - at)).toBeLessThan(1)

      await box.pressSequentially(' slow')
      await page.locator('.busy').waitFor()
      expect(await page.locator('.result').count()).toBe(4)
      expect(Math.abs((await top()) - at)).toBeLessThan(1)
      release()
      await expect.poll(() => page.locator('.result').count()).toBe(1)
      expect(await page.locator('.busy').count()).toBe(0)
      expect(Math.abs((await top()) - at)).toBeLessThan(1)
    },
  )

  test('says in the language of the reader why nothing can be found, and finds again', async () => {
    let state: 'away' | 'limited' | 'fine' = 'limited'
    const {page, box} = await open({
      element: '<docs-assistant></docs-assistant>',
      lang: 'de',
      browser: {locale: 'de'},
      onSearch: async (route) => {
        if (state === 'away') return route.abort('connectionrefused')
        const error = {code: 'rate_limited', message: 'No.', limit: 'searches'}
        if (state === 'limited')
          return route.fulfill({status: 429, headers: {'retry-after': '1'}, json: {error}})
        return route.fulfill({json: {results: portResults}})
      },
    })
    const note = page.locator('.options .note')

    await box.pressSequentially('port')
    await note.waitFor()
    expect(await note.textContent()).toBe('Im Moment sind es zu viele Suchen.')
    state = 'fine'
    await page.locator('.result').first().waitFor()
    expect(await note.count()).toBe(0)
    state = 'away'
    await box.pressSequentially('s')
    await note.waitFor()
    expect(await note.textContent()).toBe('Der Assistent ist nicht erreichbar. Neuer Versuch läuft.')
    state = 'fine'
    await box.pressSequentially(' u')
    await page.locator('.result').first().waitFor()
    await box.press('Enter')
    await ended(page)
  })

  const phone = {hasTouch: true, isMobile: true}
  test.each([
    ['a desktop page', {viewport: {width: 1280, height: 800}}, undefined],
    ['a phone', {viewport: {width: 375, height: 812}, ...phone}, undefined],
    ['a phone with its keyboard', {viewport: {width: 375, height: 440}, ...phone}, undefined],
    ['a panel', {viewport: {width: 1280, height: 700}}, '<docs-assistant></docs-assistant>'],
    [
      'a dialog on a phone',
      {viewport: {width: 375, height: 600}, ...phone},
      '<docs-assistant mode="modal"></docs-assistant>',
    ],
    [
      'a panel from right to left',
      {viewport: {width: 1280, height: 700}},
      '<docs-assistant locale="ar"></docs-assistant>',
    ],
  ] as const)(
    'on %s the whole list is on the screen, and no row has more than two lines of text',
    async (_name, browser, element) => {
      const opened = await open({browser, ...(element === undefined ? {} : {element})})
      const {page, box} = opened
      for (const isAsked of [false, true]) {
        if (isAsked) await ask(opened, 'q')
        await box.pressSequentially('port')
        await page.locator('.result').first().waitFor()
        const {list, view, lines, cut} = await page.locator('.options').evaluate((options) => {
          const {top, bottom, left, right} = options.getBoundingClientRect()
          const clip = options.closest('.panel, dialog')?.getBoundingClientRect()
          const snippets = [...options.querySelectorAll('.snippet, .name, .of-page')]
          return {
            list: {top, bottom, left, right},
            view: {
              top: Math.max(0, clip?.top ?? 0),
              bottom: Math.min(innerHeight, clip?.bottom ?? innerHeight),
              right: innerWidth,
            },
            lines: snippets.map(
              (one) =>
                one.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(one).lineHeight),
            ),
            cut: snippets.filter((one) => one.scrollWidth > one.clientWidth).length,
          }
        })
        expect(list.top).toBeGreaterThanOrEqual(view.top)
        expect(list.bottom).toBeLessThanOrEqual(view.bottom)
        expect(list.left).toBeGreaterThanOrEqual(0)
        expect(list.right).toBeLessThanOrEqual(view.right)
        expect(Math.max(...lines)).toBeLessThan(2.2)
        expect(cut).toBe(0)
        // What is chosen is scrolled to, and not covered by the first row.
        for (let i = 0; i < 4; i++) await box.press('ArrowDown')
        const isSeen = await page
          .locator('.result')
          .nth(3)
          .evaluate((option) => {
            const {left, top, height, width} = option.getBoundingClientRect()
            const root = option.getRootNode() as ShadowRoot
            return [0.2, 0.8].every((part) =>
              option.contains(root.elementFromPoint(left + width / 2, top + height * part)),
            )
          })
        expect(isSeen).toBe(true)
        await box.fill('')
      }
    },
  )

  describe('after a pause in typing', () => {
    const question = 'How do I stop an answer?'
    const paused = async ({page, box}: Opened, text = question): Promise<void> => {
      const found = page.waitForResponse('**/api/sources')
      // At once: a pause within the words, as on a busy machine, would look for sources to half of them.
      await box.fill(text)
      await (await found).finished()
    }

    /** Holds what the server has to say to the next question. */
    async function held(page: Page, then: (route: Route) => Promise<void>): Promise<() => void> {
      let release = (): void => {}
      const released = new Promise<void>((resolve) => {
        release = resolve
      })
      await page.route('**/api/answers', async (route) => {
        await released
        await then(route)
      })
      return release
    }

    test('sources are on the screen with Enter, before the server has answered, and its own take their place unmoved', async () => {
      const opened = await open()
      const {page, box, docent} = opened
      await paused(opened)
      const release = await held(page, (route) => route.continue())

      await box.press('Enter')
      await page.locator('.card').first().waitFor()
      await page.waitForTimeout(1_500)
      expect(await page.locator('.turn').getAttribute('class')).toContain('sources')
      const names = await page.locator('.card .name').allTextContents()
      await watchMoves(page)
      release()
      await ended(page)

      expect(names[0]).toContain('Resume after a cut')
      expect((await stopWatching(page)).jumps).toEqual([])
      // What is measured is when they were first shown.
      await expect.poll(() => docent.timings).toHaveLength(1)
      expect((docent.timings[0]!.body as {firstUsefulMs: number}).firstUsefulMs).toBeLessThan(1_500)
      expect(await page.locator('.chip').count()).toBe(sampleSources.length)
    })

    test('they are gone when the server refuses the question', async () => {
      const opened = await open()
      const {page, box} = opened
      await paused(opened)
      const error = {code: 'rate_limited', message: 'No.', limit: 'questions'}
      const release = await held(page, (route) =>
        route.fulfill({status: 429, headers: {'retry-after': '30'}, json: {error}}),
      )

      await box.press('Enter')
      await page.locator('.card').first().waitFor()
      release()
      await page.locator('.turn.refused').waitFor()

      expect(await page.locator('.card, .chip').count()).toBe(0)
    })

    test('another question does not show them', async () => {
      const opened = await open()
      const {page, box} = opened
      await paused(opened)
      const release = await held(page, (route) => route.continue())

      await box.press('Backspace')
      await box.pressSequentially(' now?')
      await box.press('Enter')
      await page.locator('.turn.searching').waitFor()
      await page.waitForTimeout(300)
      expect(await page.locator('.card').count()).toBe(0)
      release()
      await ended(page)
    })

    test('they were looked for once, and for no single letters', async () => {
      const opened = await open()
      const {page, box, docent} = opened
      await box.pressSequentially('H')
      await page.waitForTimeout(700)
      await paused(opened)
      await page.waitForTimeout(700)
      await box.press('Enter')
      await ended(page)

      expect(docent.requests.filter((one) => one.endsWith('/api/sources'))).toHaveLength(1)
      expect(docent.answers).toHaveLength(1)
    })
  })

  test('sends nothing before Enter where the site does not want it, and still offers earlier questions', async () => {
    const opened = await open({element: '<docs-assistant as-you-type="none"></docs-assistant>'})
    const {page, box, docent} = opened
    const before = docent.requests.length
    await box.pressSequentially('How do I change the port?')
    await page.waitForTimeout(1_000)
    expect(docent.requests.slice(before).filter((one) => one.includes('/api/'))).toEqual([])
    expect(await page.locator('.options').count()).toBe(0)
    await box.press('Enter')
    await ended(page)

    await box.pressSequentially('change')
    await page.locator('.recent').waitFor()
    expect(docent.requests.filter((one) => /search|sources/.test(one))).toEqual([])
  })

  test.each(['light', 'dark'] as const)(
    '%s: an accessibility checker finds nothing in the open list',
    async (theme) => {
      const opened = await open({
        element: `<docs-assistant theme="${theme}"></docs-assistant>`,
        browser: {colorScheme: theme, reducedMotion: 'reduce'},
      })
      const {page, box} = opened
      await ask(opened, 'How do I change the port?')
      expect(await violationsOn(page)).toEqual([])
      await box.pressSequentially('change the po')
      await page.locator('.result').first().waitFor()
      expect(await violationsOn(page)).toEqual([])
      await box.press('ArrowDown')
      await box.press('ArrowDown')
      expect(await violationsOn(page)).toEqual([])
      await box.fill('xyzzy')
      await page.locator('.options .note').waitFor()
      expect(await violationsOn(page)).toEqual([])
    },
  )
})
