import {spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {type AddressInfo, createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {rawClient} from '../support/raw-client.ts'
import {UsageError} from './cell.ts'
import {cutAt, startCuttingProxy} from './clients/cutting-proxy.ts'
import {builtSite} from './generators/built-site.ts'
import {differencesOf, pagesOf} from './generators/compare.ts'
import type {SiteGenerator} from './generators/generator.ts'
import {selectionOf} from './matrix.ts'
import {root, testProgram} from './programs.ts'

describe('the command', () => {
  test('selects every cell without names, those that are named, and the small part with --smoke', () => {
    const namesOf = (...args: string[]) =>
      selectionOf(args).flatMap(({kind, cells}) => cells.map(({name}) => `${kind.name} ${name}`))

    expect(namesOf('clients', 'eventsource@3', 'ws').join()).toMatch(
      /^clients eventsource@3\.[\d.]+,clients ws@7.*,clients ws@8/,
    )
    expect(namesOf('nodes', '24')).toEqual([
      expect.stringMatching(/^nodes \d+ as installed here$/),
      'nodes 24',
    ])
    expect(namesOf('--smoke').length).toBeLessThan(namesOf().length)
    expect(namesOf('--smoke')).toEqual(
      expect.arrayContaining(['generators hugo', 'schedules wire', 'nodes 26']),
    )
  })

  test.each([
    [['pages'], 'there is no pages; choose from clients, protocols, generators, schedules, nodes'],
    [['generators', 'wordpress'], 'there is no wordpress; choose from vitepress, '],
    [['nodes', 'latest'], 'latest is not a version of Node.js, such as 22'],
    [['clients', '--runs', '5'], '--runs is not for clients'],
    [['schedules', '--runs', 'many'], '--runs must be a whole number from 1 to 999999999, not many'],
    [['--fast'], "Unknown option '--fast'"],
  ])('rejects %j as bad usage', (args, problem) => {
    expect(() => selectionOf(args)).toThrow(UsageError)
    expect(() => selectionOf(args)).toThrow(problem)
  })

  test('exits with 2 after bad usage, and prints the usage', () => {
    const args = testProgram('test/matrix/run.ts', ['pages'])
    const {status, stdout, stderr} = spawnSync(process.execPath, args, {cwd: root, encoding: 'utf8'})

    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^there is no pages; .*\n\nUsage: npm run test:matrix -- /)
  })
})

describe('the cutting proxy', () => {
  test('passes bytes on up to the cut, drops that connection, and leaves the next one intact', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end('one. two. thrée. four.'))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const {port} = server.address() as AddressInfo
    const proxy = await startCuttingProxy(port, [cutAt('in a character', '\u00c3\u00a9', 1, 1)])
    const read = async () => {
      const client = await rawClient(Number(new URL(proxy.url).port), 'go')
      await expect.poll(() => client.isClosed).toBe(true)
      client.socket.destroy()
      return client.text
    }

    expect(proxy.cutsLeft).toHaveLength(1)
    expect(await read()).toBe('one. two. thr\u00c3')
    expect(proxy.cutsLeft).toEqual([])
    expect(await read()).toBe('one. two. thr\u00c3\u00a9e. four.')
    await proxy.close()
    server.close()
  })
})

describe('a built site compared with what Docent expects', () => {
  const generator: SiteGenerator = {
    name: 'mkdocs',
    from: {debian: 'mkdocs'},
    inSmoke: false,
    pages: 'docs',
    build: (project) => join(project, 'site'),
    isContent: (tag) => tag === 'main',
    ownPages: ['404.html'],
    known: {},
  }
  let project: string

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'docent-compare-'))
    write('mkdocs.yml', 'site_url: https://kettle.example/manual/\n')
    write('docs/a.md', '# A\n\nText.\n\n## Same\n\nOne.\n\n## Same\n\nTwo.\n\n## Other\n\nText.\n')
    write('site/404.html', '<main></main>')
  })

  afterEach(() => rmSync(project, {recursive: true, force: true}))

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(project, path)), {recursive: true})
    writeFileSync(join(project, path), text)
  }

  async function differences(more: Partial<SiteGenerator> = {}): Promise<string[]> {
    const all = {...generator, ...more}
    return differencesOf(await pagesOf(project), builtSite(join(project, 'site'), all), all)
  }

  const title = '<h1 id="a">A</h1>'

  test('does not differ if every page and heading has its address', async () => {
    write(
      'site/a/index.html',
      `<main>${title}<h2 id="same">Same</h2><h2 id="same_1">Same</h2><h2 id="other">Other <a>link</a></h2></main>`,
    )

    expect(await differences()).toEqual([])
  })

  test('differs in a page at another address, and in one that Docent does not know', async () => {
    write('site/b/index.html', `<main>${title}</main>`)

    expect(await differences()).toEqual([
      'docs/a.md: there is no page at /manual/a/',
      'b/index.html belongs to no page',
    ])
  })

  test('differs in the language of a page, but not in a copy of a page that is not translated', async () => {
    const page = (lang: string): string =>
      `<html lang="${lang}"><main>${title}<h2 id="same">Same</h2><h2 id="same_1">Same</h2><h2 id="other">Other</h2></main></html>`
    write('mkdocs.yml', 'site_url: https://kettle.example/manual/\ntheme: {name: mkdocs, locale: de}\n')
    write('site/a/index.html', page('fr'))
    write('site/fr/a/index.html', page('fr'))
    write('site/fr/b/index.html', page('fr'))

    expect(await differences({originalOf: (file) => file.replace(/^fr\//, '')})).toEqual([
      'docs/a.md: its language is fr, not de',
      'fr/b/index.html belongs to no page',
    ])
  })

  test('differs where pages stand in another order than in the sidebar', async () => {
    const main =
      '<main><h1 id="a">A</h1><h2 id="same">Same</h2><h2 id="same_1">Same</h2><h2 id="other">Other</h2></main>'
    write('mkdocs.yml', 'site_url: https://kettle.example/manual/\nnav: [b.md, a.md]\n')
    write('docs/b.md', '# B\n\nText.\n')
    write(
      'site/a/index.html',
      `<nav><a href=".">A</a><a href="../b/#top">B</a><a href="../c/">C</a></nav>${main}`,
    )
    write('site/b/index.html', '<nav><a href="../a/">A</a></nav><main><h1 id="b">B</h1></main>')
    const isSidebar = (tag: string): boolean => tag === 'nav'

    expect(await differences({isSidebar, sidebarsOn: ['/a/', '/b/']})).toEqual([
      '/manual/a stands after /manual/b',
      'the sidebar of /b/ names no pages to compare',
    ])
  })

  test('differs in missing ids, in ids in another order, and in a heading without a section', async () => {
    write(
      'site/a/index.html',
      `<main>${title}<h2 id="same_1">Same</h2><h2 id="same">Same</h2><h2 id="x">New</h2><h2 id="y">Other</h2></main>`,
    )

    expect(await differences()).toEqual([
      'docs/a.md: #same_1 comes before the previous section',
      'docs/a.md: “Other” has no element #other',
      'docs/a.md: no section begins at #x, “New”',
    ])
  })
})
