import type {Request} from 'express'
import {isMarkdownName} from '../../../lib/markdown-name.ts'

/** The form in which a page is sent: as a page for people, or as Markdown, called so or called plain text. */
export type DocsForm = 'html' | 'markdown' | 'plain'

/**
 * The form that `Accept` prefers, by its q-values; of equals the one that is named first. Whoever takes anything gets
 * HTML, and so does a client that names plain text beside anything, as HTTP libraries do for their callers, and one that
 * takes none of the forms.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function formFor(request: Request): DocsForm {
  const [html, markdown, plain] = preferencesOf(request)
  const asPlain = plain.quality > html.quality || (plain.isNamedBefore(html) && html.isNamed)
  const asMarkdown = markdown.quality > html.quality || markdown.isNamedBefore(html)
  if (asMarkdown && (!asPlain || markdown.quality >= plain.quality)) return 'markdown'
  return asPlain ? 'plain' : 'html'
}

/** The same where there is no page: who asks for a Markdown file, and does not prefer HTML, is told so in Markdown. */
export function formOfMissing(request: Request, route: string): DocsForm {
  const form = formFor(request)
  if (form !== 'html' || !isMarkdownName(route)) return form
  const [html, markdown] = preferencesOf(request)
  return !html.isNamed && markdown.quality >= html.quality ? 'markdown' : 'html'
}

/** The content type of Markdown in a form. */
export function typeOf(form: Exclude<DocsForm, 'html'>): string {
  return `text/${form}; charset=utf-8`
}

interface Preference {
  /** 0 to 1; 0 where it is not taken. */
  readonly quality: number
  /** Whether the type is named as such, not by a wildcard alone. */
  readonly isNamed: boolean
  /** Whether it is taken as gladly as another, and named before that or instead of it. */
  isNamedBefore(other: Preference): boolean
}

/** Longer ones are no list of media types. */
const maxAcceptLength = 2_000

function preferencesOf(
  request: Request,
): readonly [html: Preference, markdown: Preference, plain: Preference] {
  const accept = (request.get('accept') ?? '').slice(0, maxAcceptLength).trim() || '*/*'
  // Parameters of a type, as `variant=GFM`, make no difference here.
  const ranges = accept
    .toLowerCase()
    .split(',')
    .map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
      const q = parameters.find((one) => one.startsWith('q='))?.slice(2)
      const quality = q === undefined ? 1 : Number(q)
      return {type, quality: quality >= 0 && quality <= 1 ? quality : 0}
    })
  const preferenceFor = (type: string): Preference & {readonly at: number} => {
    const at = ranges.findIndex((range) => range.type === type)
    const range = ranges[at] ?? ranges.find((one) => one.type === 'text/*' || one.type === '*/*')
    const quality = range?.quality ?? 0
    const isNamed = at >= 0 && quality > 0
    return {
      ...{quality, isNamed, at},
      isNamedBefore(other) {
        const {at: otherAt} = other as typeof other & {readonly at: number}
        return isNamed && quality === other.quality && (!other.isNamed || at < otherAt)
      },
    }
  }
  return [preferenceFor('text/html'), preferenceFor('text/markdown'), preferenceFor('text/plain')]
}
