import {z} from 'zod'
import {DocentError} from '../../domain/index.ts'
import {cleanLine} from '../../lib/clean-text.ts'
import {headOf} from '../../lib/cut.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import {headingsOf, namedPage, type PageHeading, sectionMeant} from '../../retrieval/index.ts'
import type {IndexBuild, StoredPage} from '../../search-index/index.ts'
import {type Docs, docsNamed, publicAddress, withBuild} from '../docs.ts'
import {idOf, maxReference, placeMeant} from '../page-reference.ts'
import {partOf} from '../paging.ts'
import {defineTool} from '../tool.ts'

/** Of one call, in UTF-16 units: about five thousand tokens. */
const maxText = 20_000
const maxHeadings = 100

export interface ReadText {
  /** Of the page, or of the section. */
  readonly id: string
  readonly path: string
  readonly url: string
  readonly title: string
  readonly headings: readonly string[]
  readonly version: string | null
  readonly lang: string | null
  /** Markdown. */
  readonly text: string
}

const input = z.object({
  page: z
    .string()
    .min(1)
    .max(maxReference)
    .describe('The id or url of a result, or the address or path of a page, as guides/auth.md.'),
  section: z
    .string()
    .max(500)
    .optional()
    .describe('Only this section, by its fragment or heading. Default: the fragment of page, or all of it.'),
  offset: z
    .number()
    .int()
    .min(0)
    .max(100_000_000)
    .default(0)
    .describe('Where to read on: next_offset of the call before.'),
})

const heading = z.object({anchor: z.string(), headings: z.array(z.string())})

const output = z.object({
  id: z.string(),
  url: z.string().describe('To cite.'),
  title: z.string(),
  headings: z.array(z.string()).describe('Of the section; none for the whole page.'),
  version: z.string().nullable(),
  lang: z.string().nullable(),
  text: z.string().describe('Markdown.'),
  offset: z.number(),
  next_offset: z.number().nullable().describe('Null at the end.'),
  total_characters: z.number(),
  sections: z.array(heading).describe('The sections of the page, at most a hundred.'),
})

export const getDoc = defineTool({
  name: 'get_doc',
  title: 'Read a page',
  about: (subject) =>
    `Returns a page of ${docsNamed(subject)}, or one section with all below it, as Markdown. Long ones come in parts: read on with next_offset. Use it after search_docs when a section is not enough.`,
  input,
  output,
  run: ({page: reference, section, offset}, context) =>
    withBuild(context.docs.current, async (build) => {
      const {page, fragment} = await placeMeant(build, reference, context)
      const {path, ...read} = readText(build, page, section ?? fragment, context.docs)
      const {text, nextOffset} = partOf(read.text, offset, maxText)
      const sections = headingsOf(build, page).slice(0, maxHeadings)
      return {
        text: textOf(read, {text, nextOffset, sections}),
        data: {
          ...read,
          headings: [...read.headings],
          text,
          offset,
          next_offset: nextOffset,
          total_characters: read.text.length,
          sections: sections.map(({anchor, headings}) => ({anchor, headings: [...headings]})),
        },
      }
    }),
})

/**
 * A page, or a section of it by its fragment or heading, with all below it.
 * @throws DocentError `not_found` that names the sections there are.
 */
export function readText(build: IndexBuild, page: StoredPage, name: string, docs: Docs): ReadText {
  const named = namedPage(build, page, docs.siteUrl)
  const {path, title, version, lang} = named
  const url = publicAddress(named, docs)
  const facts = {path, title, version, lang}
  if (name === '') {
    return {
      ...facts,
      id: path,
      url,
      headings: [],
      text: build.markdownOf(page.id) ?? '',
    }
  }
  const section = sectionMeant(build, page, name)
  if (section === null) throw noSuchSection(path, name, headingsOf(build, page))
  const {anchor, headings, text} = section
  return {
    ...facts,
    id: idOf(path, anchor),
    url: sectionAddress({url, anchor}),
    headings,
    text,
  }
}

function noSuchSection(path: string, name: string, all: readonly PageHeading[]): DocentError {
  const shown = JSON.stringify(cleanLine(headOf(name, 200)))
  const lines = all.slice(0, maxHeadings).map((one) => `- ${headingLine(one)}`)
  return new DocentError(
    'not_found',
    lines.length === 0
      ? `section: ${path} has no section ${shown}, and no sections at all; leave it out`
      : `section: ${path} has no section ${shown}. Leave it out for the whole page, or choose one:\n${lines.join('\n')}`,
  )
}

function headingLine({anchor, headings}: PageHeading): string {
  const name = cleanLine(headings.join(' › '))
  return anchor === '' ? name : `#${anchor} ${name}`
}

function textOf(
  {id, url, title, headings, version}: Omit<ReadText, 'path'>,
  part: {
    readonly text: string
    readonly nextOffset: number | null
    readonly sections: readonly PageHeading[]
  },
): string {
  const head = [
    cleanLine([title, ...headings].join(' › ')),
    url,
    `id: ${id}`,
    ...(version === null ? [] : [`version: ${version}`]),
  ].join('\n')
  if (part.nextOffset === null) return `${head}\n\n${part.text}`
  const sections = part.sections.map((one) => `- ${headingLine(one)}`).join('\n')
  const rest = `(There is more: call get_doc again with offset ${part.nextOffset}, or with a section.)`
  return [head, part.text, rest, ...(sections === '' ? [] : [`Sections:\n${sections}`])].join('\n\n')
}
