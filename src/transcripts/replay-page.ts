import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {emptiedWords} from '../domain/index.ts'
import {builtFile} from '../package/index.ts'
import type {Transcript} from './transcript-store.ts'

export interface ReplayPageOptions {
  /** The transcript that is played, with what else is known of it, such as its cost. */
  readonly transcript: Transcript & {readonly cost?: number | null}
  /** Where relative addresses of the docs lead to: a URL that ends with a slash. */
  readonly docsBase: string
  /** Whether the transcript was redacted; the page says so. */
  readonly isRedacted: boolean
}

/**
 * A page that plays one answer with its real timing, in one file: it opens without a server, loads nothing, and runs no
 * other script than its own. Without scripts it has the question and the text.
 * @throws Error if nothing was built.
 */
export async function replayPageOf({transcript, docsBase, isRedacted}: ReplayPageOptions): Promise<string> {
  const [script, styles, licences] = await Promise.all(
    ['replay.js', 'replay.css', 'licenses.txt'].map((name) => readFile(builtFile(`web/${name}`), 'utf8')),
  )
  const {question, emptiedAt} = transcript
  const text = emptiedAt === undefined ? transcript.text : emptiedWords(emptiedAt)
  const content = JSON.stringify({transcript, docsBase, isRedacted}).replaceAll('<', '\\u003c')
  const policy = `default-src 'none'; script-src ${hashOf(script!)}; style-src ${hashOf(styles!)}; img-src data:; base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${escaped(question === '' ? 'An answer' : question.slice(0, 80))}</title>
<link rel="icon" href="data:,">
<style>${styles}</style>
</head>
<body>
<docent-console><div class="root" id="root"></div></docent-console>
<noscript><h1 dir="auto">${escaped(question)}</h1><pre dir="auto">${escaped(text)}</pre></noscript>
<details class="licences"><summary>Licences of the software in this page</summary><pre>${escaped(licences!)}</pre></details>
<script type="application/json" id="content">${content}</script>
<script>${script}</script>
</body>
</html>
`
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character]!)
}
