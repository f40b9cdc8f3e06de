import {sectionAddress} from '../../../lib/section-address.ts'
import type {Theirs} from '../theirs.ts'
import type {VerifiedAnswer} from './wire.ts'
import {stateOf} from './words.ts'

export interface Written {
  readonly question: string
  readonly text: string
  /** Address of the page or section, with the fragment. */
  readonly page: string
  readonly lang: string
  readonly version: string
}

export interface Draft extends Written {
  /** The revision that it began from; null of a new one. */
  readonly basedOn: number | null
}

export const nothingWritten: Written = {question: '', text: '', page: '', lang: '', version: ''}
export const fields = Object.keys(nothingWritten) as (keyof Written)[]

export function writtenIn(answer: VerifiedAnswer): Written {
  const {question, text, lang, version} = answer
  return {question, text, page: sectionAddress(answer), lang: lang ?? '', version: version ?? ''}
}

export function isSame(one: Written, other: Written): boolean {
  return fields.every((field) => one[field] === other[field])
}

export function theirsIn(answer: VerifiedAnswer): Theirs {
  const {question, text, page, lang, version} = writtenIn(answer)
  return {
    by: answer.changedBy,
    at: answer.changedAt,
    what: 'has changed this',
    fields: [
      ['State', stateOf(answer).words],
      ['Question', question],
      ['Answer', text],
      ['Page', page],
      ['Language', lang],
      ['Version', version],
    ],
  }
}
