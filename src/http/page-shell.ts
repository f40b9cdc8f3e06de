import {directionOf} from '../lib/direction.ts'
import {endsAsQuestion} from '../lib/ends-as-question.ts'
import {linkInText} from '../lib/link-in-text.ts'
import {type Html, html, trusted} from './html.ts'
import type {InfoBody} from './info-route.ts'
import {languageNameOf, type PageStrings} from './page-strings.ts'

export interface ShellView {
  readonly lang: string
  readonly strings: PageStrings
  readonly info: InfoBody
  readonly imageHosts: readonly string[]
  /** Titles of pages to ask about, where no questions are suggested. */
  readonly topics: readonly string[]
  /** What stands in the box. */
  readonly question: string
  /** Whether a style sheet has its colour or radius. */
  readonly hasLook: boolean
}

/**
 * The page as it is before its script runs: `template` with each `{{name}}` filled in. It can be read, searched from and
 * left for the docs; the assistant takes its place.
 */
export function shellOf(template: string, view: ShellView): string {
  const {lang, strings, info, imageHosts, topics, question, hasLook} = view
  const {name, logo, greeting, footer} = info.assistant
  const words = {
    ...strings,
    lang,
    dir: directionOf(lang),
    title: name ?? 'Docent',
    name: name ?? strings.name,
    brand: name ?? strings.name,
    heading: name ?? strings.heading,
    greeting: greeting ?? strings.intro,
    languageName: languageNameOf(lang),
    question,
    info: JSON.stringify(info),
    imageHosts: imageHosts.join(' '),
    pages: topics.join('|'),
  }
  const parts: Readonly<Record<string, Html | null>> = {
    lookSheet: hasLook ? html`<link rel="stylesheet" href="/look.css" />` : null,
    mark: logo === undefined ? icon(paths.spark) : html`<img class="icon logo" alt="" src="${logo}">`,
    handOver:
      info.handOver === null
        ? null
        : html`<button class="docs" type="button" disabled>${icon(paths.person)}${strings.handOver}</button>`,
    footer: footer === undefined ? null : footerLine(footer),
    suggestions: suggestionsOf(info.assistant.suggestions ?? [], topics, strings),
  }
  return template.replace(/\{\{(\w+)\}\}/g, (whole, key: string) => {
    if (Object.hasOwn(parts, key)) return parts[key]?.html ?? ''
    return Object.hasOwn(words, key) ? html`${words[key as keyof typeof words]}`.html : whole
  })
}

/** As links that put the question into the box, and ask it where that costs nothing. */
function suggestionsOf(
  questions: readonly string[],
  topics: readonly string[],
  strings: PageStrings,
): Html | null {
  const about = (title: string): string =>
    endsAsQuestion(title) ? title : strings.aboutPage.replace('{title}', () => title)
  const offers =
    questions.length > 0
      ? questions.map((question) => ({words: question, question}))
      : topics.map((title) => ({words: title, question: about(title)}))
  if (offers.length === 0) return null
  return html`<h2 class="label">${questions.length > 0 ? strings.suggestions : strings.topics}</h2>
<ul class="suggestions">${offers.map(
    ({words, question}) =>
      html`<li><a class="asks" href="/?q=${encodeURIComponent(question)}">${icon(paths.spark)}<span dir="auto">${words}</span></a></li>`,
  )}</ul>`
}

/** Plain text with at most one link as `[words](https://…)`, which the settings have checked. */
function footerLine(text: string): Html {
  const {before, words, address, after} = linkInText(text)
  return html`<p class="footer" dir="auto">${before}${address === '' ? null : html`<a href="${address}">${words}</a>`}${after}</p>`
}

/** Those of the assistant's own icons that stand in parts which are not always there. */
const paths = {
  spark: '<path d="M12 3.5c.6 4.6 3.4 7.4 8 8-4.6.6-7.4 3.4-8 8-.6-4.6-3.4-7.4-8-8 4.6-.6 7.4-3.4 8-8Z"/>',
  person: '<circle cx="12" cy="8" r="3.6"/><path d="M5 20c.6-4 3.3-6 7-6s6.4 2 7 6"/>',
} as const

function icon(path: string): Html {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${trusted(path)}</svg>`
}
