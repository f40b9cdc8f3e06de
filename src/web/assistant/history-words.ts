import type {Conversation} from '../session/conversation-store.ts'

/** The conversations whose questions or answers have all the words of a query, as parts of words, whatever their case. */
export function withWords(conversations: readonly Conversation[], query: string): readonly Conversation[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return conversations
  return conversations.filter(({answers}) => {
    const text = answers
      .map((answer) => `${answer.question}\n${answer.text}`)
      .join('\n')
      .toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

const dayMs = 24 * 60 * 60 * 1000

/** The last one: making it takes longer than rendering the list. */
let relativeDays: {readonly lang: string; readonly format: Intl.RelativeTimeFormat} | null = null

/**
 * The part of a list by date that a moment belongs to: today, yesterday, a day of the last week, or a month. Both times
 * are in milliseconds since the epoch, days are those of the browser's clock.
 */
export function dayName(at: number, now: number, lang: string): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / dayMs)
  if (days <= 1) {
    if (relativeDays?.lang !== lang)
      relativeDays = {lang, format: new Intl.RelativeTimeFormat(lang, {numeric: 'auto'})}
    return capitalised(relativeDays.format.format(-Math.max(0, days), 'day'), lang)
  }
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  const form: Intl.DateTimeFormatOptions =
    days < 7 ? {weekday: 'long'} : isThisYear ? {month: 'long'} : {month: 'long', year: 'numeric'}
  return capitalised(new Intl.DateTimeFormat(lang, form).format(at), lang)
}

/** A day with a change to or from summer time is not as long as others, so days are counted between their beginnings. */
function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

function capitalised(words: string, lang: string): string {
  return words.replace(/^\p{L}/u, (letter) => letter.toLocaleUpperCase(lang))
}

/** What conversations are called: their first question, with the time where another one begins with the same. */
export function titlesOf(
  conversations: readonly Conversation[],
  lang: string,
): ReadonlyMap<string, {readonly title: string; readonly time: string}> {
  const counts = new Map<string, number>()
  const titled = conversations.map(({key, answers, updatedAt}) => {
    const title = answers[0]?.question ?? ''
    counts.set(title, (counts.get(title) ?? 0) + 1)
    return {key, title, updatedAt}
  })
  // Most lists need none.
  let format: Intl.DateTimeFormat | null = null
  const timeOf = (at: number): string => {
    format ??= new Intl.DateTimeFormat(lang, {dateStyle: 'short', timeStyle: 'short'})
    return format.format(at)
  }
  return new Map(
    titled.map(({key, title, updatedAt}) => [
      key,
      {title, time: (counts.get(title) ?? 0) > 1 ? timeOf(updatedAt) : ''},
    ]),
  )
}
