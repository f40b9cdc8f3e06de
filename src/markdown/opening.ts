import {destinationOf} from './dialects/markdown-text.ts'

/** A link; both parts are shown as they are written. */
export interface OpeningLink {
  readonly text: string
  readonly link: string
}

/** What a page shows of its front matter, in this order: its texts are single lines of Markdown or HTML. */
export interface PageOpening {
  /** The page's title, if it has no other; null if there is none. */
  readonly title: string | null
  readonly texts: readonly string[]
  readonly actions: readonly OpeningLink[]
  readonly features: readonly OpeningFeature[]
  /** Empty if there is none. */
  readonly footer: string
}

export interface OpeningFeature {
  readonly title: string
  /** Empty if there are none. */
  readonly details: string
  readonly link: OpeningLink | null
}

/** The Markdown that a page shows above its body. A feature has a label, not a heading: its site gives it no anchor. */
export function openingMarkdown({texts, actions, features, footer}: PageOpening): string {
  return [
    ...texts.map(paragraph),
    actions.map(linkOf).join(' '),
    ...features.flatMap(({title, details, link}) => [
      title && `**${title}**`,
      paragraph(details),
      link === null ? '' : linkOf(link),
    ]),
    paragraph(footer),
  ]
    .filter((block) => block !== '')
    .join('\n\n')
}

/** A text that begins with the mark of a heading, a quote or a list is none. */
function paragraph(text: string): string {
  return text.replace(/^(?:(?=(?:#{1,6}|[>+*-])(?:\s|$))|(\d+)(?=[.)]\s))/, '$1\\')
}

function linkOf({text, link}: OpeningLink): string {
  return `[${text.replace(/[[\]]/g, '\\$&')}](${destinationOf(link)})`
}
