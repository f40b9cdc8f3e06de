import {readFile} from 'node:fs/promises'
import {fileURLToPath} from 'node:url'
import express from 'express'
import request from 'supertest'
import {expect, test} from 'vitest'
import type {AssistantLook} from '../../src/http/assistant-look.ts'
import type {Info} from '../../src/http/info-route.ts'
import {addPageRoute, topicsOf} from '../../src/http/page-route.ts'
import {builtFile} from '../../src/package/index.ts'
import type {CurrentBuild, IndexBuild, StoredPage} from '../../src/search-index/build.ts'
import {startDocent} from '../support/start-docent.ts'

const webDir = fileURLToPath(builtFile('web'))

function pageOf(id: number, path: string, title: string): StoredPage {
  return {
    id,
    path,
    title,
    url: `/${path.replace(/\.md$/, '')}`,
    description: null,
    version: null,
    lang: null,
    tags: [],
  }
}

/** A build of pages with so many sections each. */
function buildOf(
  ...pages: readonly (readonly [path: string, title: string, sections: number])[]
): IndexBuild {
  const known = {
    pages: () => pages.map(([path, title], id) => pageOf(id, path, title)),
    sectionCounts: () => new Map(pages.map(([, , sections], id) => [id, sections])),
  }
  // The route reads nothing else of a build.
  return known as unknown as IndexBuild
}

async function pageFrom(
  current: Partial<CurrentBuild>,
  imageHosts: readonly string[],
  look: AssistantLook = {},
  {path = '/', language = 'en'} = {},
): Promise<string> {
  const app = express()
  const info: Info = {
    generator: 'extractive',
    languages: () => ['en'],
    assistant: () => look,
    handOverUrl: null,
    transcripts: {keep: 'full', days: 90},
  }
  addPageRoute(app, {webDir, current: current as CurrentBuild, imageHosts, info})
  return (await request(app).get(path).set('accept-language', language)).text
}

test('the page contains topics to ask about, and the hosts of images it may show', async () => {
  const build = buildOf(['a.md', 'Tips & "tricks"', 3])
  const lease = () => ({build, release() {}})

  const page = await pageFrom({id: 'b1', lease}, ['img.example', 'cdn.example'])

  expect(page).toContain('image-hosts="img.example cdn.example" pages="Tips &amp; &quot;tricks&quot;"')
  expect(page).toContain('<h2 class="label">Ask about</h2>')
  expect(page).toContain(`href="/?q=${encodeURIComponent('What should I know about Tips & "tricks"?')}"`)
})

test('a widget can find out the generator, and pages of other sites only if they are allowed', async () => {
  const product = await startDocent({settings: {allowedOrigins: ['https://docs.example']}})
  try {
    const from = (origin: string) => fetch(`${product.url}/api/info`, {headers: {origin}})
    const allowed = await from('https://docs.example')

    expect(await allowed.json()).toEqual({
      generator: 'scripted',
      languages: [],
      assistant: {},
      handOver: null,
      transcripts: {keep: 'full', days: 0},
    })
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://docs.example')
    expect((await from('https://other.example')).status).toBe(403)
    expect((await fetch(`${product.url}/api/info`, {method: 'POST'})).status).toBe(405)
  } finally {
    await product.close()
  }
})

test('without an index and settings the page is whole, and nothing of its template is left', async () => {
  const page = await pageFrom({id: null}, [])

  expect(page).toContain('<title>Docent</title>')
  expect(page).toContain('<h2><bdi>Ask the docs</bdi></h2>')
  expect(page).not.toMatch(/\{\{|undefined|class="suggestions"|look\.css/)
})

test('the page has the name of the assistant, and its questions in place of topics', async () => {
  const build = buildOf(['a.md', 'Tips', 3])
  const look = {name: 'Ask "Acme" & {{question}}', suggestions: ['How do I begin?', 'Is <b> allowed?']}

  const page = await pageFrom({id: 'b1', lease: () => ({build, release() {}})}, [], look)

  expect(page).toContain('<h2><bdi>Ask &quot;Acme&quot; &amp; {{question}}</bdi></h2>')
  expect(page).toContain('<a class="asks" href="/?q=How%20do%20I%20begin%3F">')
  expect(page).toContain('<span dir="auto">Is &lt;b&gt; allowed?</span>')
  expect(page).not.toContain('Tips')
})

test('a question in the address is in the box, cut to what the search takes, and never markup', async () => {
  const question = `<img src=x> "${'x'.repeat(400)}`
  const page = await pageFrom({id: null}, [], {}, {path: `/?q=${encodeURIComponent(question)}`})

  const [, value = ''] = /name="q" value="([^"]*)"/.exec(page) ?? []
  expect(value).toMatch(/^&lt;img src=x&gt; &quot;x+$/)
  expect(page.match(/x{280,}/)?.[0].length).toBeLessThan(300)
})

test.each([
  ['de-AT,de;q=0.9', '/', 'lang="de" dir="ltr"', 'Fragen Sie die Doku'],
  ['ar', '/', 'lang="ar" dir="rtl"', 'اسأل التوثيق'],
  ['zh-TW', '/', 'lang="zh-CN" dir="ltr"', '向文档提问'],
  ['pt-BR', '/', 'lang="en" dir="ltr"', 'Ask the docs'],
  ['de', '/?lang=ja', 'lang="ja" dir="ltr"', 'ドキュメントに質問'],
  ['de', '/?lang=%22%3E', 'lang="de" dir="ltr"', 'Fragen Sie die Doku'],
])('for a reader of %s, %s is written in %s', async (language, path, attributes, heading) => {
  const page = await pageFrom({id: null}, [], {}, {path, language})

  expect(page).toContain(`<html ${attributes}`)
  expect(page).toContain(`<h2><bdi>${heading}</bdi></h2>`)
})

test('the icons that the page has before its script are those of the assistant', async () => {
  const {handOver, look} = {handOver: 'https://help.example', look: {suggestions: ['Why?']}}
  const docent = await startDocent({
    webDir,
    settings: {handOverUrl: handOver, assistantSuggestions: look.suggestions},
  })
  try {
    const page = await (await fetch(docent.url)).text()
    const icons = await readFile('src/web/assistant/icons.ts', 'utf8')
    const drawn = [...page.matchAll(/<svg class="icon"[^>]*>(.*?)<\/svg>/gs)].map(([, path]) =>
      path!.replace(/\s+/g, ' '),
    )

    expect(new Set(drawn).size).toBe(7)
    for (const path of drawn) expect(icons).toContain(path)
  } finally {
    await docent.close()
  }
})

test('what is set of the assistant reaches widgets, the page and the content security policy', async () => {
  const product = await startDocent({
    webDir,
    settings: {
      assistantName: 'Acme & Co',
      assistantLogo: 'https://img.example:8443/logo.svg',
      assistantAccent: '#0b5fff #8ab4ff',
      assistantRadius: 0,
      assistantGreeting: 'Ask about Acme.',
      assistantFooter: 'See [privacy](https://acme.example/privacy).',
      assistantSuggestions: ['How do I begin?'],
      handOverUrl: 'mailto:help@acme.example?subject={question}',
    },
  })
  try {
    const info = await (await fetch(`${product.url}/api/info`)).json()
    const page = await fetch(product.url)
    const text = await page.text()

    expect(info).toMatchObject({
      assistant: {
        name: 'Acme & Co',
        logo: 'https://img.example:8443/logo.svg',
        accent: '#0b5fff #8ab4ff',
        radius: 0,
        greeting: 'Ask about Acme.',
        footer: 'See [privacy](https://acme.example/privacy).',
        suggestions: ['How do I begin?'],
      },
      handOver: {url: 'mailto:help@acme.example?subject={question}'},
    })
    expect(text).toContain('<title>Acme &amp; Co</title>')
    expect(text).toContain('<h2><bdi>Acme &amp; Co</bdi></h2><p><bdi>Ask about Acme.</bdi></p>')
    expect(text).toContain('<img class="icon logo" alt="" src="https://img.example:8443/logo.svg">')
    expect(text).toContain('See <a href="https://acme.example/privacy">privacy</a>.</p>')
    expect(await (await fetch(`${product.url}/look.css`)).text()).toBe(
      'docs-assistant{--look-accent:light-dark(#0b5fff,#8ab4ff);--look-radius:0px}',
    )
    expect(page.headers.get('content-security-policy')).toMatch(/style-src 'self';/)
    expect(page.headers.get('content-security-policy')).toContain(
      "img-src 'self' data: https://img.example:8443;",
    )
  } finally {
    await product.close()
  }
})

test('topics are long pages near the top, and not about other pages', () => {
  const build = buildOf(
    ['index.md', 'Welcome', 30],
    ['CHANGELOG.md', 'Changes', 90],
    ['guides/deep/long.md', 'Deep', 18],
    ['test.md', 'Docs smoke test page', 80],
    ['install.md', 'Install', 4],
    ['guides/auth.md', 'Signing in', 15],
    ['guides/auth-old.md', 'Signing in', 6],
    ['long.md', 'A title that is far too long to stand on a button of the first page', 9],
  )

  expect(topicsOf(build)).toEqual(['Signing in', 'Install', 'Deep'])
})
