import {literal} from '../../../text/literal-markdown.ts'
import {routes} from '../../routes.ts'
import type {OtherParts} from './listed-pages.ts'
import {oneLine} from './twin.ts'

export interface IntroOptions {
  readonly base: string
  /** The title of the docs. */
  readonly name: string
  /** What the docs are about; null where they do not say. */
  readonly summary: string | null
  readonly others: OtherParts
}

const maxName = 200
const maxSummary = 500
/** Versions and languages that are named; more are counted. */
const maxNamed = 20

/**
 * What stands before the lists of `/llms.txt`: the title of the docs, what they are about, and how to read and to ask them.
 * Names only what this server has a route for.
 */
export function introOf({base, name, summary, others}: IntroOptions): string {
  const has = (path: string): boolean => routes.some((route) => route.path === path)
  const about = oneLine(summary ?? 'Documentation as Markdown, for agents and other programs.', maxSummary)
  const lines = [
    `Each page is Markdown at its address with \`.md\`, and at its own address with \`Accept: text/markdown\`. All of them in one file: <${base}/llms-full.txt>`,
    `Ask a question: \`GET ${base}/docs/?ask=QUESTION\`, the question percent-encoded. The answer is made of extracts of these pages, with links to its sources. On the address of a page, the question is about that page first.`,
    ...(has('/api/search') ? [`Search: \`GET ${base}/api/search?q=WORDS\` gives sections as JSON.`] : []),
    ...(has('/mcp') ? [`Model Context Protocol: <${base}/mcp>`] : []),
    ...(has('/openapi.json') ? [`The HTTP API: <${base}/openapi.json>`] : []),
    ...partLine('versions', 'version', others.versions, base),
    ...partLine('languages', 'lang', others.langs, base),
  ]
  return `# ${literal(oneLine(name, maxName))}\n\n> ${literal(about)}\n\n${lines.map((line) => `- ${line}`).join('\n')}`
}

function partLine(what: string, parameter: string, found: readonly string[], base: string): string[] {
  const [first] = found
  if (first === undefined) return []
  const named = found.slice(0, maxNamed).map((one) => literal(oneLine(one, 60)))
  const more = found.length > maxNamed ? ` and ${found.length - maxNamed} more` : ''
  const address = `${base}/llms.txt?${parameter}=${encodeURIComponent(first)}`
  return [
    `Pages in other ${what} are not listed here: ${named.join(', ')}${more}. Add \`${parameter}\`, as in <${address}>; \`/llms-full.txt\` and \`?ask=\` take it as well.`,
  ]
}
