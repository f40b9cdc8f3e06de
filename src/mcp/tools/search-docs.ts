import {z} from 'zod'
import {cleanLine} from '../../lib/clean-text.ts'
import {headOf} from '../../lib/cut.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import {type SearchHit, type SearchResult, sectionTextAt} from '../../retrieval/index.ts'
import type {IndexBuild} from '../../search-index/index.ts'
import {lang, query, version} from '../arguments.ts'
import {type Docs, docsNamed, publicAddress, withBuild} from '../docs.ts'
import {idOf} from '../page-reference.ts'
import {type CallContext, defineTool} from '../tool.ts'
import {checkVersion, listed} from '../versions.ts'

const defaultLimit = 6
const maxLimit = 20
/** Of each section, in UTF-16 units: most sections whole, and no more than some ten thousand tokens for the most results. */
const maxSectionText = 2000

export interface FoundSection {
  readonly id: string
  /** Absolute where it is known where the docs live. */
  readonly url: string
  readonly title: string
  readonly headings: readonly string[]
  readonly text: string
  readonly truncated: boolean
  readonly version: string | null
}

export interface Found {
  readonly query: string
  readonly sections: readonly FoundSection[]
  /** What the model must know before it uses the sections; null where they likely answer the query. */
  readonly note: string | null
  readonly unknownWords: readonly string[]
}

const input = z.object({
  query: query.describe(
    'What to look for: a question in whole words, an error message, or a name from the code.',
  ),
  limit: z.number().int().min(1).max(maxLimit).default(defaultLimit).describe('Number of sections.'),
  version: version.describe(
    'Version of the docs. Default: the one that the query names, or the current one.',
  ),
  lang: lang.describe('Language of the reader (BCP 47, as de or pt-BR). Default: that of the query.'),
})

const section = z.object({
  id: z.string().describe('For get_doc.'),
  url: z.string().describe('To cite.'),
  title: z.string().describe('Of the page.'),
  headings: z
    .array(z.string())
    .describe('From the outermost to that of the section; none for the beginning of a page.'),
  text: z.string().describe('Markdown.'),
  truncated: z.boolean().describe('Whether the section is longer; get_doc has all of it.'),
  version: z.string().nullable(),
})

const output = z.object({
  query: z.string(),
  answered: z.boolean().describe('False when the docs likely do not answer the query.'),
  note: z.string().nullable(),
  unknown_words: z.array(z.string()).describe('Words of the query that the docs never use.'),
  results: z.array(section).describe('Best first.'),
})

export const searchDocs = defineTool({
  name: 'search_docs',
  title: 'Search the docs',
  about: (subject) =>
    [
      `Searches ${docsNamed(subject)} and returns the sections that fit best, with their text and addresses.`,
      'Use it before you answer a question about it; ask in whole words. It says when the docs likely have no answer.',
      ...(subject.versions.length > 0 ? [`Versions: ${listed(subject.versions)}.`] : []),
      ...(subject.languages.length > 0 ? [`Languages: ${listed(subject.languages)}.`] : []),
    ].join(' '),
  input,
  output,
  async run(args, context) {
    const found = await findSections(args, context)
    return {
      text: textOf(found),
      isUnanswered: found.note !== null,
      data: {
        query: found.query,
        answered: found.note === null,
        note: found.note,
        unknown_words: [...found.unknownWords],
        results: found.sections.map(({headings, ...rest}) => ({...rest, headings: [...headings]})),
      },
    }
  },
})

/** The best sections with their text, all of one build. @throws DocentError `version_not_found`, `not_ready`. */
export async function findSections(
  given: {
    readonly query: string
    readonly limit: number
    readonly version?: string | undefined
    readonly lang?: string | undefined
  },
  {docs, signal}: CallContext,
): Promise<Found> {
  return withBuild(docs.current, async (build) => {
    checkVersion(build, given.version)
    const found = await docs.search.search(
      {text: given.query, limit: given.limit, version: given.version ?? null, lang: given.lang ?? null},
      {signal},
    )
    return {
      query: given.query,
      sections: found.hits.map((hit) => sectionOf(hit, build, {found, docs})),
      note: noteOf(found),
      unknownWords: found.unknownWords,
    }
  })
}

function sectionOf(
  hit: SearchHit,
  build: IndexBuild,
  {found, docs}: {readonly found: SearchResult; readonly docs: Docs},
): FoundSection {
  // Another build may have been published between the lease and the search: then what was found stands alone.
  const whole = found.build === build.manifest.id ? sectionTextAt(build, hit, docs.siteUrl) : null
  const text = whole?.text || hit.text
  const isCut = text.length > maxSectionText
  const head = headOf(text, maxSectionText)
  return {
    id: idOf(hit.path, hit.anchor),
    url: sectionAddress({url: publicAddress(hit, docs), anchor: hit.anchor}),
    title: hit.title,
    headings: hit.headings,
    // What matched may stand behind the cut.
    text: isCut && !head.includes(hit.text) ? `${head}\n\n…\n\n${hit.text}` : head,
    truncated: isCut || (whole?.isTruncated ?? true),
    version: hit.version,
  }
}

function noteOf({hits, abstention, unknownWords}: SearchResult): string | null {
  if (hits.length === 0) return 'Nothing was found. Try other words, or say that the docs do not have it.'
  if (abstention === null) return null
  const unknown = unknownWords.length === 0 ? '' : ` They never use: ${listed(unknownWords)}.`
  return `The docs likely do not answer this; the sections below only come nearest.${unknown} Search again in other words, or say that the docs do not have it.`
}

function textOf({sections, note}: Found): string {
  const parts = sections.map(
    ({id, url, title, headings, text, truncated, version: of}, index) =>
      `## ${index + 1}. ${cleanLine([title, ...headings].join(' › '))}\n\n${url}\nid: ${id}${
        of === null ? '' : `\nversion: ${of}`
      }\n\n${text}${truncated ? '\n\n(Longer: get_doc with this id has the rest.)' : ''}`,
  )
  return [...(note === null ? [] : [note]), ...parts].join('\n\n')
}
