import {chipsOf} from '../list/filters.ts'
import {verdictWords} from '../words.ts'
import {roleWords} from './role-words.ts'
import type {AuditLine} from './wire.ts'

/** What somebody did, as the end of a sentence that begins with their name. */
export const actionWords: Readonly<Record<string, string>> = {
  sign_in: 'signed in',
  sign_in_failed: 'failed to sign in',
  sign_out: 'signed out',
  transcripts_listed: 'listed transcripts',
  transcript_read: 'read a transcript',
  transcripts_exported: 'began an export of transcripts',
  export_ended: 'ended an export of transcripts',
  transcript_reviewed: 'reviewed a transcript',
  transcript_deleted: 'deleted a transcript',
  visitor_deletion_began: 'began to delete everything from an address',
  visitor_deleted: 'deleted everything from an address',
  transcripts_purged: 'removed old transcripts',
  transcripts_backed_up: 'copied the transcripts',
  page_withdrawn: 'withdrew a page',
  person_invited: 'invited',
  invitation_withdrawn: 'withdrew the invitation of',
  invitation_taken_up: 'took up an invitation',
  token_changed: 'changed their own token',
  role_changed: 'changed the role of',
  sessions_ended: 'ended the sessions of',
  switched_off: 'switched off',
  switched_on: 'switched on',
  person_removed: 'removed',
  reindex_started: 'started a reindex',
  reindex_cancelled: 'cancelled a reindex',
  build_activated: 'made a build current:',
  verified_proposed: 'proposed a verified answer',
  verified_changed: 'changed a verified answer',
  verified_published: 'published a verified answer',
  verified_withdrawn: 'withdrew a verified answer',
  verified_deleted: 'deleted a verified answer',
  golden_added: 'added a golden question',
  golden_deleted: 'deleted a golden question',
  gap_read: 'read the questions of a gap',
  gap_changed: 'changed a gap',
  gaps_grouped: 'had questions grouped into gaps',
  handover_made: 'made a hand-over link',
  handover_withdrawn: 'withdrew a hand-over link',
}

/** Words for an action alone, where one is chosen. */
export function actionTitle(what: string): string {
  const words = (actionWords[what] ?? what.replaceAll('_', ' ')).replace(/:$/, '')
  const title = /^(?:invited|switched o|removed$|.* of$)/.test(words) ? `${words} somebody` : words
  return title[0]!.toUpperCase() + title.slice(1)
}

export const isAboutTranscript = (what: string): boolean =>
  what === 'transcript_read' ||
  what === 'transcript_reviewed' ||
  what === 'transcript_deleted' ||
  what === 'verified_proposed' ||
  what === 'golden_added' ||
  what === 'handover_made' ||
  what === 'handover_withdrawn'

export const isAboutVerified = (what: string): boolean =>
  what === 'verified_changed' || what === 'verified_published' || what === 'verified_withdrawn'

export interface Detail {
  /** Empty where the value says it alone. */
  readonly label: string
  readonly value: string
}

const filtered = new Set(['transcripts_listed', 'transcripts_exported'])

const labels: Readonly<Record<string, string>> = {
  withoutLine: 'more without a line',
  rows: 'rows',
  format: 'format',
  before: 'before',
  role: 'role',
  full: '',
  isWhole: '',
  verdict: 'verdict',
  signedAs: 'signed as',
}

/** What else a line says, for people. The name of a person is in the sentence. */
export function detailsOf({what, details}: AuditLine): readonly Detail[] {
  if (details === null) return []
  const entries = Object.entries(details).filter(([name]) => name !== 'name')
  if (!filtered.has(what)) return entries.flatMap(([name, value]) => detailOf(name, value))
  const isFilter = ([name]: readonly [string, unknown]): boolean => name !== 'format' && name !== 'redacted'
  const query = new URLSearchParams(
    entries.filter(isFilter).map(([name, value]) => [name, filterValue(name, value)]),
  )
  return [
    ...chipsOf(query.toString()).map(({label, words}) => ({label: label.toLowerCase(), value: words})),
    ...entries.filter((entry) => !isFilter(entry)).flatMap(([name, value]) => detailOf(name, value)),
  ]
}

function filterValue(name: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if ((name === 'from' || name === 'to') && typeof value === 'number') return momentOf(value)
  return String(value)
}

/** A day where it begins one (UTC), else the minute. */
function momentOf(at: number): string {
  const words = new Date(at).toISOString().slice(0, 16)
  return words.endsWith('T00:00') ? words.slice(0, 10) : `${words.replace('T', ' ')} UTC`
}

/** What was read of a transcript, where it is not the transcript itself. */
const partWords: Readonly<Record<string, readonly Detail[]>> = {
  transcript: [],
  prompt: [{label: '', value: 'the prompt that was sent'}],
  sources: [{label: '', value: 'its sources, then and now'}],
}

function detailOf(name: string, value: string | number | boolean): readonly Detail[] {
  if (name === 'by')
    return [{label: '', value: value === 'invitation' ? 'with an invitation' : `with a ${value}`}]
  if (name === 'full') return value === true ? [{label: '', value: 'everything anew'}] : []
  if (name === 'redacted') return [{label: '', value: value === true ? 'redacted' : 'not redacted'}]
  if (name === 'isWhole') return [{label: '', value: value === true ? 'all of it' : 'broken off'}]
  if (name === 'part') return partWords[String(value)] ?? []
  if (name === 'verdict') return [{label: 'verdict', value: verdictWords[value as never] ?? String(value)}]
  if (name === 'role' || name === 'before')
    return [{label: labels[name]!, value: roleWords[value as never] ?? String(value)}]
  return [{label: labels[name] ?? name, value: String(value)}]
}
