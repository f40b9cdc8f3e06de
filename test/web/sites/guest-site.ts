import {rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {builtFile} from '../../../src/package/index.ts'
import {pagesOf} from '../../matrix/generators/compare.ts'
import {serveFolder} from '../../support/serve-folder.ts'
import {
  type DocentWithClaude,
  startDocent,
  startDocentWithClaude,
  type TestDocent,
} from '../../support/start-docent.ts'
import {buildSite} from './build-site.ts'
import type {SiteKind} from './site-kind.ts'

/** A built site, and two Docents that know its pages. */
export interface GuestSite {
  readonly url: string
  /** Answers with quotes from the site's pages. */
  readonly quoting: TestDocent
  /** Answers with a fake of Claude, which a test scripts. */
  readonly writing: DocentWithClaude
  /** Which of them the widget of the site asks, from the next page on. */
  use(docent: TestDocent): void
  close(): Promise<void>
}

/** The address of the server in content/widget.md. */
const documented = 'https://docent.example.com'

/** Path of a page with nothing but the widget. */
export const plainPage = '/plain.html'

/**
 * Builds a site and serves it.
 * @throws Error with the output of a program that fails
 */
export async function startGuestSite(kind: SiteKind): Promise<GuestSite> {
  const {project, output} = await buildSite(kind)
  const script = `<script src="${documented}/widget.js" defer></script>`
  writeFileSync(
    join(output, plainPage),
    `<!doctype html><html lang="en"><title>Plain</title>${script}<docs-assistant selection="p"></docs-assistant>`,
  )
  const site = await serveFolder(output)
  const options = {
    pages: (await pagesOf(project)).pages,
    retriever: null,
    webDir: fileURLToPath(builtFile('web')),
    settings: {siteUrl: site.url, allowedOrigins: [site.url]},
  }
  const quoting = await startDocent({...options, generator: null})
  const writing = await startDocentWithClaude(options)
  return {
    url: site.url,
    quoting,
    writing,
    use({url}) {
      site.replacements = {[documented]: url}
    },
    async close() {
      await site.close()
      await quoting.close()
      await writing.close()
      rmSync(project, {recursive: true, force: true})
    },
  }
}
