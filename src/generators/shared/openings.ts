import {withoutTags} from '../../markdown/dialect-kit.ts'
import type {FrontMatter, OpeningFeature, OpeningLink, PageOpening} from '../../markdown/index.ts'
import {isRecord, memberOf} from './config-values.ts'

/** Values of front matter, which generators have under names of their own. */
interface OpeningValues {
  /** The first is the page's title, if it has no other. */
  readonly headings: readonly unknown[]
  readonly texts: readonly unknown[]
  readonly actions: unknown
  readonly features?: unknown
  readonly footer?: unknown
}

/** What a home page shows of its front matter; null if that is nothing. */
export function openingFrom(
  frontMatter: FrontMatter,
  {headings, texts, actions, features, footer}: OpeningValues,
): PageOpening | null {
  const shown = textsIn(headings)
  const title = frontMatter.title ?? shown[0] ?? null
  const home = {
    title: title === null ? null : textOf(withoutTags(title)),
    texts: [...shown.filter((text) => text !== title), ...textsIn(texts)],
    actions: recordsIn(actions).flatMap((action) => linkOf(action['text'], action['link']) ?? []),
    features: recordsIn(features).map(featureOf),
    footer: textOf(footer),
  }
  const hasText = [shown, home.texts, home.actions, home.features].some(({length}) => length > 0)
  return hasText || home.footer !== '' ? home : null
}

/** The description, which many themes show below the title. Its signs are signs: it is no Markdown. */
export function describedOpening({description}: FrontMatter): PageOpening | null {
  const text = textOf(description).replace(/[<{]/g, '\\$&')
  return text === '' ? null : {title: null, texts: [text], actions: [], features: [], footer: ''}
}

function textsIn(values: readonly unknown[]): string[] {
  return values.map(textOf).filter((text) => text !== '')
}

function featureOf(feature: Readonly<Record<string, unknown>>): OpeningFeature {
  const title = textOf(feature['title'])
  return {
    title,
    details: textOf(feature['details']),
    link: linkOf(textOf(feature['linkText']) || title, feature['link']),
  }
}

function linkOf(text: unknown, link: unknown): OpeningLink | null {
  const shown = textOf(text)
  const target = typeof link === 'string' ? link : textOf(memberOf(link, 'href'))
  return shown === '' || target === '' ? null : {text: shown, link: target}
}

const maxItems = 100
const maxLength = 2000

function recordsIn(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.slice(0, maxItems).filter(isRecord) : []
}

/** A text on one line; empty for anything else. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, maxLength).replace(/\s+/g, ' ').trim() : ''
}
