import {copyFile, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import express from 'express'
import request from 'supertest'
import {afterEach, expect, test} from 'vitest'
import type {AssistantLook} from '../../src/http/assistant-look.ts'
import {addPageRoute, topicsOf} from '../../src/http/page-route.ts'
import type {CurrentBuild, IndexBuild, StoredPage} from '../../src/search-index/build.ts'
import {startDocent} from '../support/start-docent.ts'

const template = '<docs-assistant mode="page"></docs-assistant>'
const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, {recursive: true})
})

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
): Promise<string> {
  const webDir = await mkdtemp(join(tmpdir(), 'docent-page-'))
  folders.push(webDir)
  await writeFile(join(webDir, 'index.html'), template)
  const app = express()
  addPageRoute(app, {webDir, current: current as CurrentBuild, imageHosts, assistant: () => look})
  return (await request(app).get('/')).text
}

test('the page contains topics to ask about, and the hosts of images it may show', async () => {
  const build = buildOf(['a.md', 'Tips & "tricks"', 3])
  const lease = () => ({build, release() {}})

  const page = await pageFrom({id: 'b1', lease}, ['img.example', 'cdn.example'])

  expect(page).toBe(
    '<docs-assistant mode="page" image-hosts="img.example cdn.example" pages="Tips &amp; &quot;tricks&quot;"></docs-assistant>',
  )
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
    })
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://docs.example')
    expect((await from('https://other.example')).status).toBe(403)
    expect((await fetch(`${product.url}/api/info`, {method: 'POST'})).status).toBe(405)
  } finally {
    await product.close()
  }
})

test('without an index the page is served as it was built', async () => {
  expect(await pageFrom({id: null}, [])).toBe(template)
})

test('the page has the name of the assistant, and its questions in place of topics', async () => {
  const build = buildOf(['a.md', 'Tips', 3])
  const look = {name: 'Ask "Acme" & Co', suggestions: ['How do I begin?', 'Is <b> allowed?']}

  const page = await pageFrom({id: 'b1', lease: () => ({build, release() {}})}, [], look)

  expect(page).toBe(
    '<docs-assistant mode="page" heading="Ask &quot;Acme&quot; &amp; Co" questions="How do I begin?|Is &lt;b&gt; allowed?"></docs-assistant>',
  )
})

test('what is set of the assistant reaches widgets, the page and the content security policy', async () => {
  const webDir = await mkdtemp(join(tmpdir(), 'docent-page-'))
  folders.push(webDir)
  await copyFile('src/web/page/index.html', join(webDir, 'index.html'))
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
    expect(text).toContain('<h1>Acme &amp; Co</h1>')
    expect(text).toContain('heading="Acme &amp; Co" questions="How do I begin?"')
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
