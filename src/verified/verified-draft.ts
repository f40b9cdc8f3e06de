import {z} from 'zod'
import {DocentError} from '../domain/index.ts'
import {boundedText} from '../lib/bounded-text.ts'
import {quotableBlocksIn} from '../markdown/index.ts'
import {languageTag} from '../text/language-tag-schema.ts'
import {questionKey} from '../text/question-key.ts'
import type {FindPlace, Place} from './find-place.ts'
import {maxVerifiedText, type VerifiedDraft} from './verified-answers.ts'

const maxQuestion = 4_000

/** What staff may write, wherever: over HTTP and in the terminal. */
export const verifiedDraftSchema = z.object({
  question: boundedText(maxQuestion).refine((text) => text.trim() !== '', 'must not be empty'),
  text: boundedText(maxVerifiedText),
  /** May have the fragment. */
  url: z.string().min(1).max(2_000),
  anchor: z.string().max(500).default(''),
  /** Default: that of the section. */
  lang: languageTag.nullish(),
  version: z.string().min(1).max(100).nullish(),
})

/**
 * An absolute URL is kept as the docs' own address, so that nobody can name another host.
 * @param host of this server; null where that is not known.
 * @throws DocentError `invalid_request` that names the field at fault.
 */
export function checkedDraft(
  given: z.infer<typeof verifiedDraftSchema>,
  placeOf: FindPlace,
  host: string | null,
): {readonly draft: VerifiedDraft; readonly place: Place} {
  const {question, text, anchor, version = null} = given
  const [url = ''] = given.url.split('#')
  const fragment = anchor.replace(/^#/, '') || given.url.slice(url.length + 1)
  if (quotableBlocksIn(text).length === 0) {
    throw new DocentError('invalid_request', 'text: must have words that can be given as an answer')
  }
  const place = existingPlace({url, anchor: fragment}, placeOf)
  const {lang = place.section.lang} = given
  if (questionKey(question, lang) === '') {
    throw new DocentError('invalid_request', 'question: must have words')
  }
  const kept = isAbsolute(url) ? ownAddress(url, place, host) : url
  const draft = {question: question.trim(), text, url: kept, anchor: fragment, lang, version}
  return {draft, place}
}

function isAbsolute(url: string): boolean {
  return /^https?:/i.test(url)
}

/** @throws DocentError `invalid_request` for a URL where the docs are not. */
function ownAddress(url: string, {section}: Place, host: string | null): string {
  const hosts = [host, isAbsolute(section.url) ? hostOf(section.url) : null]
  if (hosts.includes(hostOf(url))) return section.url
  throw new DocentError(
    'invalid_request',
    'url: this is the address of another site, and no page of the docs. Write it as this server has it, such as /docs/install.',
  )
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host.replace(/^www\./, '') : ''
}

/** @throws DocentError `invalid_request` where the docs have no such section now. */
export function existingPlace(
  {url, anchor}: Pick<VerifiedDraft, 'url' | 'anchor'>,
  placeOf: FindPlace,
): Place {
  const place = placeOf({url, anchor})
  if (place !== null) return place
  throw new DocentError(
    'invalid_request',
    'url: the docs have no such section now. Name the page, and the section, that the answer rests on.',
  )
}
