import {type IncomingMessage, request} from 'node:http'
import {gunzipSync} from 'node:zlib'
import {expect} from 'vitest'
import type {Page} from '../../../src/domain/index.ts'
import {samplePage} from '../../support/sample-pages.ts'
import type {TestDocent} from '../../support/start-docent.ts'

/** A page as its Markdown, with sections that can be searched. */
export function pageOf(path: string, title: string, markdown: string, more: Partial<Page> = {}): Page {
  const sections: [string, string][] = [
    ['', `${title} is explained here.`],
    ['Set up', `To set up ${title}, write its name into docent.toml.`],
  ]
  return {...samplePage(path, title, sections), markdown, lang: 'en', ...more}
}

export interface Fetched {
  readonly status: number
  readonly type: string
  readonly text: string
  readonly headers: Headers
  /** By relation; the first of each. */
  readonly links: Readonly<Record<string, string>>
}

/** Over node:http: `fetch` adds headers of its own, and follows. */
export async function get(
  docent: Pick<TestDocent, 'url'>,
  path: string,
  {method = 'GET', headers = {}}: {method?: string; headers?: Record<string, string>} = {},
): Promise<Fetched> {
  const head = await new Promise<IncomingMessage>((resolve, reject) => {
    request(docent.url + path, {method, headers}, resolve)
      .on('error', reject)
      .end()
  })
  const body = Buffer.concat(await head.toArray())
  const sent = new Headers(Object.entries(head.headers) as [string, string][])
  const links: Record<string, string> = {}
  for (const [, address, relation] of (sent.get('link') ?? '').matchAll(/<([^>]*)>; rel="([^"]+)"/g))
    links[relation!] ??= address!
  return {
    status: head.statusCode!,
    type: sent.get('content-type') ?? '',
    text: (sent.get('content-encoding') === 'gzip' ? gunzipSync(body) : body).toString(),
    headers: sent,
    links,
  }
}

export const markdown = {headers: {accept: 'text/markdown'}}

/** The lines of a list of links, which must have nothing else in it. */
export function linksIn(
  text: string,
): readonly {readonly title: string; readonly url: string; readonly rest: string}[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('- ['))
    .map((line) => {
      const match = /^- \[((?:[^\]\\]|\\.)*)\]\(([^()\s]+)\)(.*)$/.exec(line)
      expect(match, line).not.toBeNull()
      const [, title, url, rest] = match!
      return {title: title!, url: url!, rest: rest!}
    })
}
