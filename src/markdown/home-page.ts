import {destinationOf} from './dialects/markdown-text.ts'

/** A link of a home page; both parts are shown as they are written. */
export interface HomeLink {
  readonly text: string
  readonly link: string
}

/** What the front matter of a home page shows, in this order: its texts are single lines of Markdown or HTML. */
export interface HomePage {
  /** The page's title, if it has no other; null if there is none. */
  readonly title: string | null
  readonly texts: readonly string[]
  readonly actions: readonly HomeLink[]
  readonly features: readonly HomeFeature[]
  /** Empty if there is none. */
  readonly footer: string
}

export interface HomeFeature {
  readonly title: string
  /** Empty if there are none. */
  readonly details: string
  readonly link: HomeLink | null
}

/** The Markdown that a home page shows above its body. A feature has a label, not a heading: its site gives it no anchor. */
export function homeMarkdown({texts, actions, features, footer}: HomePage): string {
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

function linkOf({text, link}: HomeLink): string {
  return `[${text.replace(/[[\]]/g, '\\$&')}](${destinationOf(link)})`
}
