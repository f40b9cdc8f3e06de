import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Page} from 'playwright-core'
import {describe, expect, test} from 'vitest'
import {packageRoot} from '../../../src/package/index.ts'
import type {DocsAssistant} from '../../../src/web/assistant/docs-assistant.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {type PlayedDocent, startPlayedDocent} from '../../support/played-docent.ts'
import {done, sourcesEvent} from '../../support/sample-answer.ts'

const documentation = readFileSync(join(packageRoot, 'content/widget.md'), 'utf8')

/** What each documented property is set to, and where and as what it must be found. */
const looks: Readonly<Record<string, readonly [value: string, selector: string, style: string]>> = {
  '--docs-assistant-accent': ['rgb(11, 110, 79)', '.launcher', 'background-color'],
  '--docs-assistant-on-accent': ['rgb(250, 240, 230)', '.launcher', 'color'],
  '--docs-assistant-background': ['rgb(240, 250, 255)', '.panel', 'background-color'],
  '--docs-assistant-surface': ['rgb(220, 230, 240)', '.text .code', 'background-color'],
  '--docs-assistant-text': ['rgb(10, 20, 30)', '.root', 'color'],
  '--docs-assistant-muted': ['rgb(70, 80, 90)', '.dock ::placeholder', 'color'],
  '--docs-assistant-line': ['rgb(200, 100, 50)', '.panel', 'border-top-color'],
  '--docs-assistant-radius': ['3px', '.launcher', 'border-top-left-radius'],
  '--docs-assistant-font': ['Courier', '.root', 'font-family'],
  '--docs-assistant-mono': ['Georgia', '.text pre code', 'font-family'],
  '--docs-assistant-font-size': ['19px', '.root', 'font-size'],
  '--docs-assistant-z': ['7', '.launcher', 'z-index'],
}

describe.skipIf(chromiumPath === null)('as the page about the widget says,', () => {
  const setting = browserSetting()
  let docent: PlayedDocent

  async function open(body: string, answer = 'Words.'): Promise<Page> {
    docent = await startPlayedDocent({
      webDir: setting.webDir,
      script: () => [
        {send: sourcesEvent()},
        {send: {type: 'delta', text: answer}},
        {send: {type: 'citation', n: 1, start: 0, end: 6}},
        {send: done('complete')},
      ],
      pages: {
        '/site': `<!doctype html><html lang="en"><title>Site</title><body>${body}<script src="/widget.js" defer></script>`,
      },
      contentSecurityPolicy: '',
    })
    const context = await setting.browsers.open({locale: 'en-US', viewport: {width: 1000, height: 720}})
    setting.opened.push(docent, context)
    context.setDefaultTimeout(30_000)
    const page = await context.newPage()
    await page.goto(`${docent.url}/site`)
    await page.locator('docs-assistant .root').waitFor({state: 'attached'})
    return page
  }

  const isOpen = (page: Page): Promise<boolean> =>
    page.locator('docs-assistant[opened]').count().then(Boolean)

  async function ask(page: Page): Promise<void> {
    await page.locator('docs-assistant').evaluate((element) => (element as DocsAssistant).ask('How?'))
    await page.locator('.turn.complete').waitFor()
  }

  test('each CSS property in its table changes what it names', async () => {
    const named = [...documentation.matchAll(/^\| `(--docs-assistant-[\w-]+)` \|/gm)].map((each) => each[1])
    expect(named.toSorted()).toEqual(Object.keys(looks).toSorted())
    const set = Object.entries(looks).map(([name, [value]]) => `${name}: ${value};`)
    const page = await open(
      `<style>docs-assistant { ${set.join(' ')} }</style><docs-assistant dock="off"></docs-assistant>`,
      'Words.\n\n```sh\nmake\n```\n',
    )
    await ask(page)
    await page.locator('.text pre code').waitFor()

    for (const [name, [value, selector, style]] of Object.entries(looks)) {
      const [element, pseudo] = selector.endsWith('::placeholder')
        ? ['textarea.question', '::placeholder']
        : [selector]
      const found = await page
        .locator(element!)
        .first()
        .evaluate(
          (at, [part, property]) => getComputedStyle(at, part || null).getPropertyValue(property!),
          [pseudo ?? '', style],
        )
      expect(found, name).toBe(value)
    }
  })

  test.each([
    ['shortcut="ctrl+/"', ['Control+/'], ['Control+k', 'Control+i']],
    ['shortcut="mod+k mod+j"', ['Control+k', 'Control+j'], ['Control+i']],
    ['shortcut="none"', [], ['Control+k', 'Control+i']],
  ])('%s opens it by these keys alone', async (attribute, opening, others) => {
    const page = await open(`<docs-assistant ${attribute}></docs-assistant>`)
    for (const key of others) await page.keyboard.press(key)
    expect(await isOpen(page)).toBe(false)
    for (const key of opening) {
      await page.keyboard.press(key)
      await expect.poll(() => isOpen(page)).toBe(true)
      await page.keyboard.press(key)
      await expect.poll(() => isOpen(page)).toBe(false)
    }
  })

  test.each([
    ['share-text', true],
    ['', false],
  ])('events hold words only with share-text (%s)', async (attribute, isShared) => {
    const page = await open(`<docs-assistant ${attribute}></docs-assistant>`)
    const details = await page.evaluateHandle(() => {
      const all: unknown[] = []
      for (const name of ['asked', 'sources', 'answered', 'ended'])
        document
          .querySelector('docs-assistant')!
          .addEventListener(name, (event) => all.push(name, (event as CustomEvent).detail))
      return all
    })
    await ask(page)
    await expect.poll(async () => JSON.stringify(await details.jsonValue())).toContain('"ended"')

    const text = JSON.stringify(await details.jsonValue())
    expect([text.includes('How?'), text.includes('Words.')]).toEqual([isShared, isShared])
  })

  test('askAbout opens it with a passage to ask about, and a placeholder stands in the empty box', async () => {
    const page = await open('<docs-assistant placeholder="What now?"></docs-assistant>')
    await page
      .locator('docs-assistant')
      .evaluate((element) => (element as DocsAssistant).askAbout('npm run ingest -- --full'))

    await page.locator('.panel').getByText('npm run ingest -- --full').first().waitFor()
    expect(await page.locator('textarea.question').getAttribute('placeholder')).toBe('What now?')
  })

  test('images are shown from the hosts in image-hosts alone', async () => {
    const images = 'Words. ![One](https://img.example/a.png) ![Two](https://other.example/b.png)'
    const page = await open('<docs-assistant image-hosts="img.example"></docs-assistant>', images)
    await ask(page)
    await expect.poll(() => page.locator('.text img').count()).toBe(1)
    expect(await page.locator('.text img').getAttribute('src')).toContain('img.example')
  })

  test('the room that a page keeps for an assistant inside of it is the one it takes', async () => {
    const [, rule, height] = /`(docs-assistant:not\(:defined\) \{.*min-height: (\w+) \})`/.exec(
      documentation,
    )!
    const page = await open(
      `<style>${rule}</style><docs-assistant mode="inline"></docs-assistant><p id="below">Below</p>`,
    )
    await page.locator('textarea.question').waitFor()
    const after = await page.locator('#below').evaluate((below) => below.getBoundingClientRect().top)
    await page.evaluate((kept) => {
      const room = document.createElement('div')
      room.style.minHeight = kept!
      document.querySelector('docs-assistant')!.replaceWith(room)
    }, height)
    const before = await page.locator('#below').evaluate((below) => below.getBoundingClientRect().top)

    expect(Math.abs(after - before)).toBeLessThan(2)
  })

  test('an inline assistant has all of its corners, before and after a question', async () => {
    const page = await open('<docs-assistant mode="inline"></docs-assistant>')
    const bottom = () =>
      page.locator('.frame').evaluate((frame) => {
        const last = [...frame.children].filter((part) => part.getBoundingClientRect().height > 0).at(-1)!
        const isAtEnd = frame.getBoundingClientRect().bottom - last.getBoundingClientRect().bottom <= 1
        return {isAtEnd, radius: getComputedStyle(last).borderEndStartRadius}
      })
    await page.locator('textarea.question').waitFor()
    expect(await bottom()).toEqual({isAtEnd: true, radius: '14px'})

    await page.locator('textarea.question').fill('Words?')
    await page.locator('textarea.question').press('Enter')
    await page.locator('.turn.complete .actions').waitFor()
    expect(await bottom()).toEqual({isAtEnd: true, radius: '14px'})
  })

  test('`version` is that of every search and question, and `pages` are offered to ask about', async () => {
    const page = await open('<docs-assistant opened version="2.1" pages="Pumps|Valves"></docs-assistant>')
    const asked: string[] = []
    page.on('request', (request) => {
      if (/\/api\/(?:answers|search|sources)/.test(request.url()))
        asked.push(decodeURIComponent(request.url()) + (request.postData() ?? ''))
    })
    const suggested = page.locator('.suggestions button, .suggestions a')
    expect((await suggested.allInnerTexts()).map((text) => text.trim().split('\n').at(-1))).toEqual([
      'Pumps',
      'Valves',
    ])

    await page.locator('textarea.question').pressSequentially('pump')
    await expect.poll(() => asked.length).toBeGreaterThan(0)
    await page.locator('textarea.question').press('Enter')
    await page.locator('.turn.refused', {hasText: 'There is no documentation for that version.'}).waitFor()

    expect(asked.some((one) => one.includes('/api/answers'))).toBe(true)
    expect(asked.filter((one) => !/version(?:=|":")2\.1/.test(one))).toEqual([])
  })
})
