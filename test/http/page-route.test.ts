import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import express from 'express'
import request from 'supertest'
import {afterEach, expect, test} from 'vitest'
import {addPageRoute, topicsOf} from '../../src/http/page-route.ts'
import type {CurrentBuild, IndexBuild, StoredPage} from '../../src/search-index/build.ts'
import {startDocent} from '../support/start-docent.ts'

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

async function pageFrom(current: Partial<CurrentBuild>, imageHosts: readonly string[]): Promise<string> {
  const webDir = await mkdtemp(join(tmpdir(), 'docent-page-'))
  folders.push(webDir)
  await writeFile(join(webDir, 'index.html'), '<docs-assistant mode="page"></docs-assistant>')
  const app = express()
  addPageRoute(app, {webDir, current: current as CurrentBuild, imageHosts})
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

    expect(await allowed.json()).toEqual({generator: 'scripted', languages: []})
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://docs.example')
    expect((await from('https://other.example')).status).toBe(403)
    expect((await fetch(`${product.url}/api/info`, {method: 'POST'})).status).toBe(405)
  } finally {
    await product.close()
  }
})

test('without an index the page is served as it was built', async () => {
  expect(await pageFrom({id: null}, [])).toBe('<docs-assistant mode="page"></docs-assistant>')
})

test('topics are long pages near the top, and not about other pages', () => {
  const build = buildOf(
    ['index.md', 'Welcome', 30],
    ['CHANGELOG.md', 'Changes', 90],
    ['guides/deep/long.md', 'Deep', 18],
    ['install.md', 'Install', 4],
    ['guides/auth.md', 'Signing in', 15],
    ['guides/auth-old.md', 'Signing in', 6],
    ['long.md', 'A title that is far too long to stand on a button of the first page', 9],
  )

  expect(topicsOf(build)).toEqual(['Signing in', 'Install', 'Deep'])
})
