/**
 * `search` and `fetch` as ChatGPT's deep research and company knowledge ask for them: one string in, one JSON object out, the
 * same as text and as data. https://platform.openai.com/docs/mcp
 */
import {z} from 'zod'
import {cleanLine} from '../../lib/clean-text.ts'
import {query} from '../arguments.ts'
import {docsNamed, withBuild} from '../docs.ts'
import {maxReference, placeMeant} from '../page-reference.ts'
import {partOf} from '../paging.ts'
import {defineTool} from '../tool.ts'
import {readText} from './get-doc.ts'
import {findSections} from './search-docs.ts'

const resultCount = 10
/** In UTF-16 units. Who reads a document whole cannot ask for the rest of it. */
const maxDocument = 100_000

export const search = defineTool({
  name: 'search',
  title: 'Search (for deep research)',
  about: (subject) =>
    `Searches ${docsNamed(subject)}. Returns ids for fetch. Other clients have more of search_docs.`,
  input: z.object({query: query.describe('What to look for.')}),
  output: z.object({
    results: z.array(z.object({id: z.string(), title: z.string(), url: z.string(), text: z.string()})),
  }),
  async run(args, context) {
    const {sections, note} = await findSections({...args, limit: resultCount}, context)
    // The object may have no other key, so each result says it when the docs likely have no answer.
    const before = note === null ? '' : `${note}\n\n`
    const data = {
      results: sections.map(({id, title, headings, url, text}) => ({
        id,
        title: cleanLine([title, ...headings].join(' › ')),
        url,
        text: before + text,
      })),
    }
    return {text: JSON.stringify(data), data, isUnanswered: note !== null}
  },
})

export const fetchDoc = defineTool({
  name: 'fetch',
  title: 'Fetch (for deep research)',
  about: (subject) =>
    `Returns a section or a page of ${docsNamed(subject)} by an id from search. Other clients have more of get_doc.`,
  input: z.object({
    id: z
      .string()
      .min(1)
      .max(maxReference)
      .describe('The id of a result. Without its fragment: the whole page.'),
  }),
  output: z.object({
    id: z.string(),
    title: z.string(),
    text: z.string(),
    url: z.string(),
    metadata: z.record(z.string(), z.string()),
  }),
  run: ({id: reference}, context) =>
    withBuild(context.docs.current, async (build) => {
      const {page, fragment} = await placeMeant(build, reference, context)
      const read = readText(build, page, fragment, context.docs)
      const {text, nextOffset} = partOf(read.text, 0, maxDocument)
      const {id, title, headings, url, path, version, lang} = read
      const data = {
        id,
        title: cleanLine([title, ...headings].join(' › ')),
        text,
        url,
        metadata: {
          page: path,
          ...(version === null ? {} : {version}),
          ...(lang === null ? {} : {lang}),
          ...(nextOffset === null
            ? {}
            : {truncated: `after ${nextOffset} of ${read.text.length} characters`}),
        },
      }
      return {text: JSON.stringify(data), data}
    }),
})
