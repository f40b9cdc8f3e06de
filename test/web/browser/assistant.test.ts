import type {BrowserContext, Page} from 'playwright-core'
import {describe, expect, test} from 'vitest'
import {refOf} from '../../../src/answers/index.ts'
import type {AnswerEvent} from '../../../src/domain/index.ts'
import {allStrings} from '../../../src/web/locales/all.ts'
import {localeNames} from '../../../src/web/locales/index.ts'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {type Browsers, chromiumPath} from '../../support/chromium.ts'
import {type PlayedDocent, type PlayedDocentOptions, startPlayedDocent} from '../../support/played-docent.ts'
import {deltasOf, done, sampleDeltas, sampleSources, sourcesEvent} from '../../support/sample-answer.ts'
import type {Step} from '../../support/script-player.ts'

const delta = (text: string): Step => ({send: {type: 'delta', text}})
const whole: Step[] = [
  {send: sourcesEvent()},
  ...sampleDeltas.map((send) => ({send})),
  {send: done('complete')},
]

describe.skipIf(chromiumPath === null)('the assistant in a browser', () => {
  const setting = browserSetting()

  interface Setting {
    readonly docent: PlayedDocent
    readonly context: BrowserContext
    readonly page: Page
    /** What the browser complained of: exceptions, and what the content policy refused. */
    readonly problems: string[]
  }

  async function open(
    script: Step[] | ((question: string) => Step[]),
    options: Partial<PlayedDocentOptions> & {
      path?: string
      browser?: Parameters<Browsers['open']>[0]
      before?: (page: Page) => Promise<unknown>
    } = {},
  ): Promise<Setting> {
    const docent = await startPlayedDocent({
      webDir: setting.webDir,
      script: typeof script === 'function' ? script : () => script,
      canSearch: true,
      ...options,
    })
    const context = await setting.browsers.open({locale: 'en-US', ...options.browser})
    setting.opened.push(docent, context)
    context.setDefaultTimeout(15_000)
    const page = context.pages()[0] ?? (await context.newPage())
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('console', (message) => {
      // The browser logs each refused or failed request by itself; those are the point of some tests.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        problems.push(message.text())
    })
    await options.before?.(page)
    await page.goto(docent.url + (options.path ?? '/'))
    return {docent, context, page, problems}
  }

  async function ask(page: Page, question: string): Promise<void> {
    await page.locator('textarea.question').fill(question)
    await page.locator('textarea.question').press('Enter')
  }

  const phase = (page: Page, name: string): Promise<void> => page.locator(`.turn.${name}`).last().waitFor()
  const textOf = (page: Page): Promise<string | null> =>
    page.locator('docs-assistant-text').last().textContent()

  test('shows the sources before the first word, with the words that matched marked', async () => {
    const {page, docent, problems} = await open([{send: sourcesEvent()}, {hold: true}, ...whole.slice(1)])

    await ask(page, 'How do I resume?')
    await page.locator('.card mark').first().waitFor()

    expect(await page.locator('.card').count()).toBe(4)
    expect(await textOf(page)).toBe('')
    docent.release()
    await phase(page, 'complete')
    expect(await page.locator('.text .cite').count()).toBe(4)
    expect(await page.locator('.chip.used').count()).toBe(4)
    expect(problems).toEqual([])
  })

  test('draws a slow stream as it comes, and ends with every word', async () => {
    const {page} = await open([
      {send: sourcesEvent()},
      ...sampleDeltas.flatMap((send) => [{send}, {waitMs: 4}]),
      {send: done('complete')},
    ])

    await ask(page, 'slowly')
    await page.locator('.text p').first().waitFor()
    const early = (await textOf(page))?.length ?? 0
    await phase(page, 'complete')
    await page.locator('.text table').waitFor()

    expect((await textOf(page))?.length).toBeGreaterThan(early)
    expect(await page.locator('.text a:not(.cite)[href$="/docs/settings#timeouts"]').count()).toBe(1)
  })

  test('a stall says nothing false: it is still writing, and can be stopped', async () => {
    const {page, docent} = await open([{send: sourcesEvent()}, delta('Some words'), {hold: true}])

    await ask(page, 'stall')
    await phase(page, 'writing')
    await page.locator('.text').getByText('Some words').waitFor()
    await page.getByRole('button', {name: 'Stop'}).click()
    await phase(page, 'stopped')

    expect(await textOf(page)).toContain('Some words')
    await expect.poll(() => docent.answers[0]?.stops).toBe(1)
  })

  test('stops before the first token', async () => {
    const {page, docent} = await open([{hold: true}])

    await ask(page, 'q')
    await page.getByRole('button', {name: 'Stop'}).click()
    await phase(page, 'stopped')

    await expect.poll(() => docent.answers[0]?.isEnded).toBe(true)
    expect(await page.getByRole('status').first().textContent()).toBe('The answer was stopped.')
  })

  test('a cut in the middle is bridged', async () => {
    const {page} = await open([
      {send: sourcesEvent()},
      delta('one '),
      {cut: true},
      delta('two '),
      {waitMs: 20},
      {cut: true},
      delta('three'),
      {send: done('complete')},
    ])

    await ask(page, 'cut')
    await phase(page, 'complete')

    expect((await textOf(page))?.trim()).toBe('one two three')
  })

  test('an answer that broke off says so, keeps what came, and offers to go on', async () => {
    const {page, docent} = await open([
      {send: sourcesEvent()},
      delta('Half an answer'),
      {
        send: {
          type: 'error',
          ending: 'error',
          code: 'upstream_cut',
          message: 'The connection to the language model broke off.',
          retryable: true,
        },
      },
    ])

    await ask(page, 'q')
    await phase(page, 'broke-off')

    expect(await textOf(page)).toContain('Half an answer')
    await page.getByRole('button', {name: 'Continue'}).click()
    await expect.poll(() => docent.answers[1]?.body['continueAnswerId']).toBe(docent.answers[0]!.answerId)
  })

  const greenDot = 'rgb(31, 138, 91)'
  const dotOf = (page: Page): Promise<string> =>
    page
      .locator('.turn .state .dot')
      .last()
      .evaluate((dot) => getComputedStyle(dot).backgroundColor)

  test('an answer that the model declined says so, to screen readers as well, and offers to ask differently', async () => {
    const {page, problems} = await open((question) => [
      {send: sourcesEvent()},
      ...(question.includes('midway') ? [delta('Half an answer')] : []),
      {send: done('complete', {finishReason: 'refusal'})},
    ])

    await ask(page, 'Why at once?')
    await phase(page, 'declined')
    const status = page.getByRole('status').first()
    expect(await page.locator('.state').last().textContent()).toBe('The model declined to answer')
    await expect.poll(() => status.textContent()).toBe('The model declined to answer')
    expect(await dotOf(page)).not.toBe(greenDot)
    await page.getByRole('button', {name: 'Ask differently'}).click()
    expect(await page.locator('textarea.question').inputValue()).toBe('Why at once?')

    await ask(page, 'Why midway?')
    await page.getByText('The model declined to go on').last().waitFor()
    await expect.poll(() => textOf(page)).toContain('Half an answer')
    expect(await page.getByRole('button', {name: 'Continue'}).count()).toBe(0)
    expect(problems).toEqual([])
  })

  test('a try that the model declines at once is not told as the end of the one before', async () => {
    let tries = 0
    const {page} = await open(() => [
      {send: sourcesEvent()},
      ...(tries++ === 0
        ? [
            delta('Half an answer'),
            {
              send: {
                type: 'error',
                ending: 'error',
                code: 'upstream_cut',
                message: 'Cut.',
                retryable: true,
              } satisfies AnswerEvent,
            },
          ]
        : [{send: done('complete', {finishReason: 'refusal'})}]),
    ])
    await ask(page, 'Why?')
    await phase(page, 'broke-off')

    await page.getByRole('button', {name: 'Try again'}).click()
    await phase(page, 'declined')

    expect(await page.locator('.state').last().textContent()).toBe('The model declined to answer')
    await expect
      .poll(() => page.getByRole('status').first().textContent())
      .toBe('The model declined to answer')
    expect(await page.locator('.text.old').last().textContent()).toContain('Half an answer')
  })

  test('an answer at its length limit says so, goes on, and its half table is a table', async () => {
    const {page, docent} = await open([
      {send: sourcesEvent()},
      delta('So:\n\n| Name | Default |\n|---|---|\n| `PORT` | `30'),
      {send: done('complete', {finishReason: 'max_tokens'})},
    ])

    await ask(page, 'Which settings?')
    await phase(page, 'cut')

    expect(await page.locator('.state').last().textContent()).toBe('Reached its length limit')
    expect(await page.getByRole('status').first().textContent()).toBe('The answer reached its length limit.')
    expect(await dotOf(page)).not.toBe(greenDot)
    expect(await page.locator('.text td').allTextContents()).toEqual(['PORT', '30'])
    expect(await page.locator('.text').last().textContent()).not.toContain('|')
    await page.getByRole('button', {name: 'Continue'}).click()
    await expect.poll(() => docent.answers[1]?.body['continueAnswerId']).toBe(docent.answers[0]!.answerId)
  })

  test('an answer that filled the model’s context says what helps', async () => {
    const {page} = await open([
      {send: sourcesEvent()},
      delta('Half'),
      {send: done('complete', {finishReason: 'context_exceeded'})},
    ])

    await ask(page, 'Why?')
    await phase(page, 'cut')

    await page.locator('.notice', {hasText: 'has grown too long for the model'}).waitFor()
    expect(await page.locator('.state').last().textContent()).toBe('The conversation is too long')
    await expect
      .poll(() => page.getByRole('status').first().textContent())
      .toBe('The conversation has grown too long for the model. Ask in a new one.')
    expect(await page.getByRole('button', {name: 'Continue'}).count()).toBe(0)
  })

  test('not in the docs is said as such, with the nearest pages', async () => {
    const {page} = await open([
      {send: sourcesEvent([])},
      {send: done('abstained', {nearest: [{title: 'Install', url: '/docs/install'}]})},
    ])

    await ask(page, 'weather')
    await phase(page, 'abstained')

    expect(await page.locator('.nearest a').getAttribute('href')).toMatch(/\/docs\/install$/)
  })

  test('a section that came nearest is named, and its first sentence can be read', async () => {
    const section = {heading: 'With Docker', anchor: 'docker', text: 'Run the image.'}
    const {page} = await open([
      {send: sourcesEvent([])},
      {send: done('abstained', {nearest: [{title: 'Install', url: '/docs/install', section}]})},
    ])

    await ask(page, 'weather')
    await phase(page, 'abstained')

    const link = page.locator('.nearest a')
    expect(await link.getAttribute('href')).toMatch(/\/docs\/install#docker$/)
    expect(await link.textContent()).toContain('Install › With Docker')
    expect(await page.locator('.nearest p').textContent()).toBe('Run the image.')
  })

  test('a link that no source has is text, also when a page speaks to the model', async () => {
    const links =
      'See [the guide](https://tracker.example/auto?q=secret), https://tracker.example/b and [ours](https://known.example/x).\n\nMore.'
    const event = {...sourcesEvent(), linkHosts: ['known.example']}
    const {page, problems} = await open([
      {send: event},
      ...[...links].map((text) => delta(text)),
      {send: done('complete')},
    ])

    await ask(page, 'Where is the guide?')
    await phase(page, 'complete')
    await page.locator('.text a[href="https://known.example/x"]').waitFor()

    expect(await page.locator('.text a[href*="tracker"]').count()).toBe(0)
    expect(await textOf(page)).toContain('the guide (https://tracker.example/auto?q=secret)')
    expect(problems).toEqual([])
  })

  test('a refusal keeps the question, counts down to when it can be asked, and then trying again works', async () => {
    const {page} = await open(whole)
    const again = page.getByRole('button', {name: 'Try again'})

    await ask(page, 'refuse once, for 3 seconds')
    await phase(page, 'refused')

    expect((await page.locator('.notice p').textContent())?.trim()).toMatch(
      /^Too many questions for now\. Try again in [1-3] seconds?\.$/,
    )
    expect(await again.isEnabled()).toBe(false)
    await page.locator('.notice p').getByText('You can ask again now.').waitFor()
    await again.click()
    await phase(page, 'complete')

    expect(await page.locator('.turn').count()).toBe(1)
  })

  test('what is refused again and again is one turn and one sentence, announced once', async () => {
    const {page, docent} = await open(whole)
    const posts = (): number => docent.requests.filter((line) => line === 'POST /api/answers').length
    await page.locator('textarea.question').waitFor()
    await page.evaluate(() => {
      const said: string[] = []
      Object.assign(window, {said})
      const status = document.querySelector('docs-assistant')!.shadowRoot!.querySelector('[role=status]')!
      new MutationObserver(() => said.push(status.textContent ?? '')).observe(status, {
        characterData: true,
        childList: true,
        subtree: true,
      })
    })

    await ask(page, 'refuse this for 600 seconds')
    await phase(page, 'refused')
    await ask(page, 'refuse this for 600 seconds')
    await ask(page, 'refuse that for 600 seconds')
    await expect.poll(() => page.locator('.turn.refused').count()).toBe(2)
    await ask(page, 'refuse this for 600 seconds')

    expect(await page.locator('.turn h2').allTextContents()).toEqual([
      'refuse that for 600 seconds',
      'refuse this for 600 seconds',
    ])
    expect(posts()).toBe(2)
    expect(await page.locator('.notice p').count()).toBe(1)
    expect(await page.locator('.notice p').textContent()).toMatch(/Try again (on \w+ )?at \d+:\d\d/)
    const said = await page.evaluate(() => (window as unknown as {said: string[]}).said)
    expect(said.filter((words) => words.includes('Too many'))).toHaveLength(1)
  })

  test('a refusal that was kept is counted on after a reload', async () => {
    const {page} = await open(whole)
    await ask(page, 'refuse once, for 4 seconds')
    await phase(page, 'refused')

    await page.reload()
    await page.locator('.notice p').getByText('You can ask again now.').waitFor()

    expect(await page.getByRole('button', {name: 'Try again'}).isEnabled()).toBe(true)
  })

  test('a reload in the middle resumes the very answer', async () => {
    const {page, docent} = await open([
      {send: sourcesEvent()},
      delta('before '),
      {hold: true},
      delta('after'),
      {send: done('complete')},
    ])
    await ask(page, 'reload')
    await page.locator('.text').getByText('before').waitFor()

    await page.reload()
    await page.locator('.text').getByText('before').waitFor()
    expect(await page.getByRole('button', {name: 'Stop'}).isVisible()).toBe(true)
    docent.release()
    await phase(page, 'complete')

    expect((await textOf(page))?.trim()).toBe('before after')
    expect(docent.answers).toHaveLength(1)
  })

  test('is said to be finished only when its last words are on the screen', async () => {
    const words = Array.from({length: 6_000}, (_, i) => `word${i}`).join(' ')
    const {page, docent} = await open([
      {send: sourcesEvent()},
      {hold: true},
      delta(words),
      {send: done('complete')},
    ])
    await ask(page, 'much at once')
    await page.locator('.card').first().waitFor()
    const shownAtEnd = page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const root = document.querySelector('docs-assistant')!.shadowRoot!
          new MutationObserver((_, observer) => {
            if (root.querySelector('.turn.complete') === null) return
            observer.disconnect()
            resolve(root.querySelector('docs-assistant-text')!.textContent!.trim().length)
          }).observe(root, {subtree: true, attributes: true})
        }),
    )
    docent.release()

    expect(await shownAtEnd).toBe(words.length)
    await page.locator('.turn.complete .actions').waitFor()
  })

  test('says that it is offline, and goes on when it is back', async () => {
    const {page, docent, context} = await open([
      {send: sourcesEvent()},
      delta('one '),
      {hold: true},
      delta('two'),
      {send: done('complete')},
    ])
    await ask(page, 'offline')
    await page.locator('.text').getByText('one').waitFor()

    await context.setOffline(true)
    docent.setUnreachable(true)
    await page.locator('.state.offline').waitFor()
    docent.setUnreachable(false)
    docent.release()
    await context.setOffline(false)
    await phase(page, 'complete')

    expect((await textOf(page))?.trim()).toBe('one two')
  })

  test('what an answer smuggles in does nothing, in whatever pieces it comes', async () => {
    const attack = [
      '<img src=x onerror="window.hacked=1"> <scr',
      'ipt>window.hacked=2</scr',
      'ipt>\n\n[click](java',
      'script:window.hacked=3)\n\n',
      '<iframe src="javascript:window.hacked=4"></iframe>\n\n![pixel](https://evil.example/p.png)\n\n',
      '<style>*{display:none!important}</style>\n\n<form action="https://evil.example"><input></form>\n\n',
      '`</code><script>window.hacked=5</script>`\n\n```html"><script>window.hacked=6</script>\n<script>window.hacked=7</script>\n```\n\n| <svg onload=window.hacked=8> |\n|---|\n| <b onclick=window.hacked=9>x</b> |\n\nThe end.',
    ]
    const {page, docent, problems} = await open([
      {
        send: sourcesEvent(
          sampleSources.map((source) => ({
            ...source,
            title: '<img src=x onerror=window.hacked=10>',
            url: source.n === 2 ? 'javascript:window.hacked=11' : source.url,
          })),
        ),
      },
      ...attack.flatMap((text) => [...text].map(delta)),
      {send: done('complete')},
    ])

    await ask(page, '<script>window.hacked=12</script>')
    await phase(page, 'complete')
    await page.locator('.text').getByText('The end.').waitFor()

    expect(await page.evaluate(() => (window as {hacked?: number}).hacked)).toBeUndefined()
    expect(
      await page
        .locator('.turn :is(script, iframe, img, form, style, svg[onload], [onclick], [onerror])')
        .count(),
    ).toBe(await page.locator('form.feedback').count())
    expect(await page.locator('.turn a[href^="javascript:" i]').count()).toBe(0)
    expect(docent.requests.filter((request) => request.includes('evil'))).toEqual([])
    expect(problems).toEqual([])
  })

  test('keyboard only: search, choose, ask, read a citation, rate, begin anew', async () => {
    const {page, docent} = await open(whole)
    const box = page.locator('textarea.question')
    await box.waitFor()

    await page.keyboard.press('Control+k')
    await page.keyboard.type('resume')
    await page.locator('.result').first().waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    expect(await box.getAttribute('aria-activedescendant')).toBe('result-1')
    expect(await page.locator('#result-1').getAttribute('aria-selected')).toBe('true')
    await page.keyboard.press('Escape')
    expect(await page.locator('.result').count()).toBe(0)
    await page.keyboard.press('Enter')
    await phase(page, 'complete')
    expect(await page.getByRole('status').first().textContent()).toBe('The answer is finished.')

    await tabTo(page, '.cite')
    await page.locator('.preview:popover-open').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.preview:popover-open').waitFor({state: 'hidden'})
    await tabTo(page, '[aria-label="Not helpful"]')
    await page.keyboard.press('Enter')
    await tabTo(page, '.choice')
    await page.keyboard.press('Space')
    await tabTo(page, '.feedback textarea')
    await page.keyboard.type('No.')
    await tabTo(page, '.feedback [type=submit]')
    await page.keyboard.press('Enter')

    const {answerId} = docent.answers[0]!
    await expect
      .poll(() => docent.feedback)
      .toEqual([{answerId, body: {rating: 'down', reasons: ['wrong'], comment: 'No.'}}])
  })

  test('Enter on a chosen section opens it', async () => {
    const {page} = await open(whole)
    await page.locator('textarea.question').fill('resume')
    await page.locator('.result').first().waitFor()

    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')

    await page.waitForURL(/\/docs\/streaming-and-resuming#resume-after-a-cut$/)
  })

  test('Enter after typing on asks, whichever section was chosen before', async () => {
    const {page, docent} = await open(whole)
    const box = page.locator('textarea.question')
    await box.fill('resume')
    await page.locator('.result').first().waitFor()
    await page.keyboard.press('ArrowDown')
    expect(await box.getAttribute('aria-activedescendant')).toBe('result-0')

    // At once: before the section is no longer shown as chosen.
    await box.evaluate((element: HTMLTextAreaElement) => {
      element.value += ' it'
      element.dispatchEvent(new InputEvent('input', {bubbles: true}))
      element.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}))
    })

    await phase(page, 'complete')
    expect(docent.answers.map(({question}) => question)).toEqual(['resume it'])
  })

  test('over a reply that quotes nothing stands no line of its origin, also after a reload', async () => {
    const {page} = await open(whole)
    await ask(page, 'q')
    await phase(page, 'complete')
    await ask(page, 'thanks')
    for (let loads = 0; loads < 2; loads++) {
      await page.locator('.turn.complete').nth(1).waitFor()
      await expect.poll(() => textOf(page)).toContain('You’re welcome.')
      expect(await page.locator('.turn .state').allTextContents()).toEqual(['Answered from the docs'])
      await page.reload()
    }
  })

  test('the preview of a citation stays beside it, and goes when it goes', async () => {
    const {page} = await open(whole)
    await ask(page, 'q')
    await phase(page, 'complete')
    const gap = (): Promise<number> =>
      page.evaluate(() => {
        const root = document.querySelector('docs-assistant')!.shadowRoot!
        const [chip, preview] = ['.cite', '.preview'].map((it) =>
          root.querySelector(it)!.getBoundingClientRect(),
        )
        return Math.round(preview!.top - chip!.bottom)
      })
    await page.locator('.cite').first().focus()
    await page.locator('.preview:popover-open').waitFor()
    const before = await gap()

    await page.locator('.scroll').evaluate((scroller) => scroller.scrollBy(0, 20))
    await expect.poll(gap).toBe(before)
    await page.locator('.side .new').click()
    await page.locator('.hero').waitFor()

    expect(await page.locator('.preview:popover-open').count()).toBe(0)
  })

  test('follows the end only while the reader is there', async () => {
    const filler = Array.from({length: 60}, (_, i) => `Paragraph ${i} of a long answer.\n\n`).join('')
    const {page, docent} = await open([
      {send: sourcesEvent()},
      delta(filler),
      {hold: true},
      delta(filler),
      {send: done('complete')},
    ])
    const scroller = page.locator('.scroll')
    await ask(page, 'long')
    await page.locator('.text').getByText('Paragraph 59').waitFor()
    await page.locator('.jump').waitFor()
    const atTop = await scroller.evaluate((s) => s.scrollTop)
    expect(atTop).toBeLessThan(40)

    docent.release()
    await phase(page, 'complete')

    expect(await scroller.evaluate((s) => s.scrollTop)).toBe(atTop)
    await page.locator('.jump').click()
    await expect
      .poll(() => scroller.evaluate((s) => s.scrollHeight - s.scrollTop - s.clientHeight))
      .toBeLessThan(40)
  })

  test('copies the answer as Markdown with its links', async () => {
    const {page, context} = await open(whole)
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await ask(page, 'copy')
    await phase(page, 'complete')

    await page.getByRole('button', {name: 'Copy as Markdown'}).click()

    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('[[5]](http')
  })

  test('a conversation is kept over a reload, and deleted here and on the server', async () => {
    const {page, docent} = await open(whole)
    await ask(page, 'keep this')
    await phase(page, 'complete')

    const {conversationId} = docent.answers[0]!
    await page.reload()
    await phase(page, 'complete')
    await page.locator('.conversations li').hover()
    await page.getByRole('button', {name: 'Delete conversation: keep this'}).click()
    await page.getByRole('button', {name: 'Delete conversation', exact: true}).click()
    await page.locator('.hero').waitFor()

    expect(docent.deletedConversations).toEqual([conversationId])
    expect(await page.locator('.conversations li').count()).toBe(0)
  })

  test.each(Object.keys(localeNames) as (keyof typeof localeNames)[])(
    'speaks %s, in its direction',
    async (lang) => {
      const {page, problems} = await open(whole, {path: `/?lang=${lang}`})
      const strings = allStrings[lang]

      await page.locator('.hero h2').waitFor()
      expect(await page.locator('.hero h2').textContent()).toBe(strings.heading)
      expect(await page.locator('.root').getAttribute('dir')).toBe(lang === 'ar' ? 'rtl' : 'ltr')
      await ask(page, 'q')
      await phase(page, 'complete')

      expect((await page.locator('.state').textContent())?.trim()).toBe(strings.complete)
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
      expect(problems).toEqual([])
    },
  )

  test('speaks English until words that are slow to come are there, but not where the server has written them', async () => {
    const {page, docent} = await open(whole, {
      path: '/about:blank',
      pages: {
        '/site/':
          '<!doctype html><html lang="de"><script src="/widget.js" defer></script><docs-assistant opened></docs-assistant>',
      },
    })
    let release = (): void => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route('**/locales/de.json', async (route) => {
      await released
      await route.continue()
    })

    await page.goto(`${docent.url}/?lang=de`)
    await page.locator('.hero h2').waitFor()
    // Longer than any other page waits.
    await page.waitForTimeout(3_500)
    expect(await page.locator('.hero h2').textContent()).toBe(allStrings.de.heading)

    await page.goto(`${docent.url}/site/`)
    await page.locator('.hero h2').waitFor()

    expect(await page.locator('.hero h2').textContent()).toBe(allStrings.en.heading)
    release()
    await page.locator('.hero h2', {hasText: String(allStrings.de.heading)}).waitFor()
  })

  describe('in the page of another site', () => {
    const policy =
      "default-src 'none'; script-src 'nonce-r4nd0m'; connect-src 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types lit-html"
    const host = (element: string): Record<string, string> => ({
      '/site/': `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Site</title><script nonce="r4nd0m" src="/widget.js" defer></script></head>
        <body><main><h1>A site</h1><p>Some words that a reader selects in order to ask about them.</p><pre><code>npm run ingest -- --full</code></pre></main>${element}</body></html>`,
    })

    test('a panel opens by its button, closes by Escape and gives the focus back', async () => {
      const {page, problems} = await open(whole, {
        path: '/site/',
        pages: host('<docs-assistant questions="How?|Why?"></docs-assistant>'),
        contentSecurityPolicy: policy,
      })
      const button = page.getByRole('button', {name: 'Ask the docs'})

      await button.click()
      await page.locator('textarea.question:focus').waitFor()
      await page.getByRole('button', {name: 'Why?'}).click()
      await phase(page, 'complete')
      // Away from what may stand under it now: a citation's preview takes the first Escape.
      await page.mouse.move(5, 5)
      await page.locator('.preview:popover-open').waitFor({state: 'hidden'})
      await page.keyboard.press('Escape')
      await page.locator('.panel').waitFor({state: 'hidden'})

      expect(
        await page.evaluate(
          () => document.querySelector('docs-assistant')?.shadowRoot?.activeElement?.className,
        ),
      ).toBe('launcher')
      expect(problems).toEqual([])
    })

    test('a panel deletes its conversation, here and on the server', async () => {
      const {page, docent} = await open(whole, {
        path: '/site/?assistant=q',
        pages: host('<docs-assistant></docs-assistant>'),
        contentSecurityPolicy: policy,
        generator: 'extractive',
      })
      await phase(page, 'quoted')
      const {conversationId} = docent.answers[0]!

      await page.getByRole('button', {name: 'Delete conversation'}).click()
      await page.locator('.sure .danger').click()
      await page.locator('.hero').waitFor()

      expect(docent.deletedConversations).toEqual([conversationId])
    })

    test('a dialog opens by its key, and nothing behind it can be reached', async () => {
      const {page, problems} = await open(whole, {
        path: '/site/',
        pages: host('<docs-assistant mode="modal" shortcut="ctrl+j" launcher="none"></docs-assistant>'),
        contentSecurityPolicy: policy,
      })
      await page.waitForFunction(() =>
        document.querySelector('docs-assistant')?.shadowRoot?.querySelector('dialog'),
      )

      await page.keyboard.press('Control+j')
      await page.locator('dialog[open]').waitFor()
      await page.locator('textarea.question:focus').waitFor()
      await page.keyboard.press('Escape')
      await page.locator('dialog[open]').waitFor({state: 'hidden'})

      expect(problems).toEqual([])
    })

    test('its events tell what happens and not what was said; the JavaScript API asks', async () => {
      const {page, docent} = await open(whole, {
        path: '/site/',
        pages: host('<docs-assistant></docs-assistant>'),
        contentSecurityPolicy: policy,
      })
      await page.waitForFunction(() =>
        document.querySelector('docs-assistant')?.shadowRoot?.querySelector('.launcher'),
      )
      await page.evaluate(() => {
        const told: string[] = []
        Object.assign(window, {told})
        const element = document.querySelector('docs-assistant') as HTMLElement & {
          ask(question: string): void
        }
        for (const name of ['opened', 'asked', 'sources', 'answered', 'ended', 'rated']) {
          element.addEventListener(name, (event) =>
            told.push(`${name} ${JSON.stringify((event as CustomEvent).detail)}`),
          )
        }
        element.ask('a secret question')
      })
      await phase(page, 'complete')
      await page.getByRole('button', {name: 'Helpful', exact: true}).click()

      const told = (): Promise<string[]> => page.evaluate(() => (window as unknown as {told: string[]}).told)
      await expect
        .poll(async () => (await told()).map((line) => line.split(' ')[0]).sort())
        .toEqual(['answered', 'asked', 'ended', 'opened', 'rated', 'sources'])
      expect((await told()).join()).not.toContain('secret')
      // Nothing that opens the answer goes to the page's analytics: its `ref` does, and marks have no more.
      const marks = await page.evaluate(() =>
        JSON.stringify(performance.getEntriesByType('mark').map((mark) => (mark as PerformanceMark).detail)),
      )
      const {answerId, conversationId, idempotencyKey} = docent.answers[0]!
      for (const id of [answerId, conversationId, idempotencyKey]) {
        expect(`${await told()} ${marks}`).not.toMatch(new RegExp(`"${id}"`))
      }
      const key = /"key":"([^"]+)"/.exec((await told()).join())![1]!
      expect(idempotencyKey).not.toContain(key)
      expect(marks).toContain(`"ref":"${refOf(answerId)}"`)
      for (const name of ['sources', 'answered', 'ended', 'rated']) {
        expect((await told()).find((line) => line.startsWith(name))).toContain(`"ref":"${refOf(answerId)}"`)
      }
      expect((await told()).find((line) => line.startsWith('sources'))).toMatch(/"firstUsefulMs":\d+/)
    })

    test('?assistant= asks once, and not again after a reload', async () => {
      const {page, docent} = await open(whole, {
        path: '/site/?assistant=How%20so%3F',
        pages: host('<docs-assistant></docs-assistant>'),
        contentSecurityPolicy: policy,
        generator: 'extractive',
      })
      await phase(page, 'quoted')

      await page.reload()
      // Open on the page before, it is open on this one.
      await phase(page, 'quoted')

      expect(page.url()).not.toContain('assistant=')
      expect(docent.answers.map(({question}) => question)).toEqual(['How so?'])
    })

    test.each([
      ['a model writes', 'anthropic'],
      ['the server does not say who writes', null],
    ] as const)(
      'where %s, ?assistant= puts the question into the box and waits',
      async (_name, generator) => {
        const {page, docent, problems} = await open(whole, {
          path: '/site/?assistant=How%20so%3F',
          pages: host('<docs-assistant></docs-assistant>'),
          contentSecurityPolicy: policy,
          generator,
        })
        await page.locator('textarea.question:focus').waitFor()
        await expect.poll(() => docent.requests).toContain('GET /api/info')
        await page.waitForTimeout(300)

        expect(await page.locator('textarea.question').inputValue()).toBe('How so?')
        expect(docent.answers).toEqual([])
        expect(page.url()).not.toContain('assistant=')
        await page.keyboard.press('Enter')
        await phase(page, 'complete')
        expect(docent.answers.map(({question}) => question)).toEqual(['How so?'])
        expect(problems).toEqual([])
      },
    )

    test('a selection and a code block can be asked about', async () => {
      const {page, docent} = await open(whole, {
        path: '/site/',
        pages: host('<docs-assistant selection="main"></docs-assistant>'),
        contentSecurityPolicy: policy,
      })
      await page.locator('.launcher').waitFor()

      await page.locator('pre').hover()
      await page.locator('.offer').click()
      await page.locator('.about .passage').waitFor()
      await ask(page, 'what does this do?')
      await phase(page, 'complete')

      expect(docent.answers[0]?.question).toBe('what does this do?\n\n> npm run ingest -- --full')
    })

    test.each([
      ['the language of the page', '<html lang="de-AT">', '', 'de-AT'],
      ['its own before that of the page', '<html lang="de">', 'lang="fr"', 'fr'],
      ['none where the page says none', '<html>', '', null],
      ['none where what the page says is no language', '<html lang="{{ lang }}">', '', null],
    ])('asks for answers in %s', async (_name, html, attribute, wanted) => {
      const site = `<!doctype html>${html}<meta charset="utf-8"><title>Site</title><script src="/widget.js" defer></script><body><docs-assistant mode="inline" ${attribute}></docs-assistant></body></html>`
      const {page} = await open(whole, {path: '/site/', pages: {'/site/': site}})
      const asked = page.waitForRequest((request) => request.url().endsWith('/api/answers'))
      const searched = page.waitForRequest((request) => request.url().includes('/api/search?'))

      await page.locator('textarea.question').pressSequentially('Wie')
      expect(new URL((await searched).url()).searchParams.get('lang')).toBe(wanted)
      await ask(page, 'Wie geht das?')
      await phase(page, 'complete')

      expect(((await asked).postDataJSON() as {lang?: string}).lang ?? null).toBe(wanted)
    })

    test('inline, it is a part of the page', async () => {
      const {page, problems} = await open(whole, {
        path: '/site/',
        pages: host('<docs-assistant mode="inline"></docs-assistant>'),
        contentSecurityPolicy: policy,
      })

      await ask(page, 'inline')
      await phase(page, 'complete')

      expect(await page.locator('.launcher').count()).toBe(0)
      expect(problems).toEqual([])
    })

    test('inline, its first screen takes the room that was kept for it', async () => {
      const {page} = await open(whole, {
        path: '/site/',
        pages: host('<docs-assistant mode="inline"></docs-assistant><p class="below">Below</p>'),
        contentSecurityPolicy: policy,
        before: (opened) => opened.route('**/api/info', () => undefined),
      })
      const top = (): Promise<number> =>
        page.locator('.below').evaluate((below) => below.getBoundingClientRect().top)
      await page.locator('.room').waitFor()
      const before = await top()
      await page.locator('.frame.empty').waitFor()

      expect(before).toBeGreaterThanOrEqual(480)
      expect(await top()).toBe(before)
    })
  })

  test('tells the server when the first sources were on the screen', async () => {
    const {page, docent} = await open(whole)

    await ask(page, 'measure')
    await phase(page, 'complete')

    const {answerId} = docent.answers[0]!
    await expect.poll(() => docent.timings).toEqual([{answerId, body: {firstUsefulMs: expect.any(Number)}}])
  })

  test('it is as dark as the page around, also when that changes', async () => {
    const {page} = await open(whole, {
      path: '/site/',
      pages: {
        '/site/':
          '<!doctype html><html lang="en"><title>Site</title><script src="/widget.js" defer></script><body><docs-assistant></docs-assistant></body></html>',
      },
      contentSecurityPolicy: "script-src 'self' 'unsafe-eval'",
      browser: {colorScheme: 'dark'},
    })
    await page.locator('.root.light').waitFor({state: 'attached'})

    await page.evaluate(() => {
      document.body.style.backgroundColor = '#16181d'
    })
    await page.locator('.root.dark').waitFor({state: 'attached'})
    await page.evaluate(() => {
      document.body.style.backgroundColor = ''
      document.documentElement.style.colorScheme = 'light dark'
    })
    await page.waitForTimeout(0)

    expect(await page.locator('.root.dark').count()).toBe(1)
  })

  describe('an accessibility checker finds nothing', () => {
    test.each([
      ['a panel', 'en', '<docs-assistant opened></docs-assistant>'],
      ['a dialog', 'en', '<docs-assistant mode="modal" opened></docs-assistant>'],
      ['inline', 'en', '<docs-assistant mode="inline" heading="Ask"></docs-assistant>'],
      ['a dark panel', 'en', '<docs-assistant opened theme="dark"></docs-assistant>'],
      ['a panel from right to left', 'ar', '<docs-assistant opened></docs-assistant>'],
    ])('%s: before asking and with an answer', async (_name, lang, element) => {
      const {page} = await open(whole, {
        path: '/site/',
        pages: {
          '/site/': `<!doctype html><html lang="${lang}" dir="${lang === 'ar' ? 'rtl' : 'ltr'}"><meta charset="utf-8"><title>Site</title><script src="/widget.js" defer></script><body><main><h1>A site</h1><p>Words.</p>${element}</main></body></html>`,
        },
        contentSecurityPolicy: "script-src 'self' 'unsafe-eval' 'unsafe-inline'",
        browser: {reducedMotion: 'reduce'},
      })
      await page.locator('textarea.question').waitFor()
      expect(await violationsOn(page)).toEqual([])

      await ask(page, 'q')
      await phase(page, 'complete')
      await page.locator('.text table').waitFor()
      expect(await violationsOn(page)).toEqual([])
    })

    for (const colorScheme of ['light', 'dark'] as const) {
      test(`${colorScheme}: before asking, while searching, finished, rating, not in the docs`, async () => {
        const {page} = await open(
          (question) =>
            question === 'Is it red?'
              ? [
                  {send: sourcesEvent([])},
                  {send: done('abstained', {nearest: [{title: 'Install', url: '/docs/install'}]})},
                ]
              : whole,
          {
            browser: {colorScheme, reducedMotion: 'reduce'},
            contentSecurityPolicy: "script-src 'self' 'unsafe-eval' 'unsafe-inline'",
          },
        )
        await page.locator('.suggestions').waitFor()
        expect(await violationsOn(page)).toEqual([])

        await page.locator('textarea.question').fill('resume')
        await page.locator('.result').first().waitFor()
        await page.keyboard.press('ArrowDown')
        expect(await violationsOn(page)).toEqual([])
        await page.keyboard.press('Escape')

        await page.keyboard.press('Enter')
        await phase(page, 'complete')
        await page.getByRole('button', {name: 'Not helpful'}).click()
        expect(await violationsOn(page)).toEqual([])

        await ask(page, 'Is it red?')
        await phase(page, 'abstained')
        expect(await violationsOn(page)).toEqual([])
      })
    }
  })

  test('a blast of 10,000 tokens: every word arrives, and nothing moves that was there', async () => {
    const part = sampleDeltas.filter(
      (event): event is AnswerEvent & {type: 'delta'} => event.type === 'delta',
    )
    const text = Array.from(
      {length: Math.ceil(10_000 / part.length)},
      (_, i) =>
        `${part
          .map((event) => event.text)
          .join('')
          .replace('lose nothing', `lose nothing (${i})`)}\n\n`,
    ).join('')
    const deltas = deltasOf(text).slice(0, 10_000)
    const {page} = await open([
      {send: sourcesEvent()},
      ...deltas.map((send) => ({send})),
      delta('\n\nThe very end.'),
      {send: done('complete')},
    ])
    await page.locator('textarea.question').waitFor()
    await page.evaluate(() => {
      const seen = {longTasks: [] as number[], shift: 0, frames: [] as number[]}
      Object.assign(window, {seen})
      new PerformanceObserver((list) =>
        seen.longTasks.push(...list.getEntries().map(({duration}) => Math.round(duration))),
      ).observe({type: 'longtask'})
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & {
          hadRecentInput: boolean
          value: number
        })[])
          if (!entry.hadRecentInput) seen.shift += entry.value
      }).observe({type: 'layout-shift'})
      let last = performance.now()
      const tick = (now: number): void => {
        seen.frames.push(now - last)
        last = now
        requestAnimationFrame(tick)
      }
      requestAnimationFrame(tick)
    })

    await ask(page, 'blast')
    // Looked for in the page itself: searching all its text from outside would be a long task of its own.
    await page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const root = document.querySelector('docs-assistant')!.shadowRoot!
          const look = setInterval(() => {
            if (root.querySelector('.turn.complete') === null) return
            clearInterval(look)
            resolve()
          }, 100)
        }),
    )

    const seen = await page.evaluate(
      () => (window as unknown as {seen: {longTasks: number[]; shift: number; frames: number[]}}).seen,
    )
    const frames = seen.frames.sort((a, b) => a - b)
    const at = (share: number): number => Math.round(frames[Math.floor(frames.length * share)] ?? 0)
    console.log(
      `10,000 tokens at once: ${seen.longTasks.length} long tasks (longest ${Math.max(0, ...seen.longTasks)} ms), layout shift ${seen.shift.toFixed(4)}, frame p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${frames.length} frames`,
    )
    expect(await textOf(page)).toMatch(/The very end\.\s*$/)
    expect(await page.locator('.text .block').count()).toBeGreaterThan(100)
    expect(seen.shift).toBe(0)
    // A sane bound for any machine; the figures above are what matters.
    expect(Math.max(0, ...seen.longTasks)).toBeLessThan(2_000)
  })
})

/** Presses Tab until the focus is on what matches. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab')
    const isThere = await page.evaluate(
      (wanted) =>
        document.querySelector('docs-assistant')?.shadowRoot?.activeElement?.matches(wanted) ?? false,
      selector,
    )
    if (isThere) return
  }
  throw new Error(`Tab never reached ${selector}`)
}
