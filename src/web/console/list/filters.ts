import {verdicts} from '../wire.ts'
import {channelWords, endingWords, verdictWords} from '../words.ts'
import {momentWords} from './period.ts'

export interface Choice {
  readonly value: string
  readonly words: string
}

/** A filter of the list, under the name that the API and the address have for it. */
export interface Filter {
  readonly name: string
  readonly label: string
  /** What can be chosen; null where the answers say it. */
  readonly choices: readonly Choice[] | null
}

const yesOrNo = (yes: string, no: string): readonly Choice[] => [
  {value: '1', words: yes},
  {value: '0', words: no},
]

export const filters: readonly Filter[] = [
  {
    name: 'ending',
    label: 'Ending',
    choices: Object.entries(endingWords).map(([value, {words}]) => ({value, words})),
  },
  {name: 'partial', label: 'Declined or cut', choices: yesOrNo('Declined or cut by a limit', 'Neither')},
  {
    name: 'rating',
    label: 'Rating',
    choices: [
      {value: 'up', words: 'Thumbs up'},
      {value: 'down', words: 'Thumbs down'},
      {value: 'none', words: 'Not rated'},
    ],
  },
  {
    name: 'fallback',
    label: 'Fallback',
    choices: yesOrNo('Written by a fallback', 'Written by the first'),
  },
  {
    name: 'missing',
    label: 'Missing in the docs',
    choices: yesOrNo('Reported by the visitor', 'Not reported'),
  },
  {
    name: 'verdict',
    label: 'Verdict',
    choices: [
      {value: 'none', words: 'Not reviewed'},
      {value: 'any', words: 'Reviewed'},
      ...verdicts.map((value) => ({value, words: verdictWords[value]})),
    ],
  },
  {name: 'attention', label: 'Deserves a look', choices: [{value: '1', words: 'Deserves a look'}]},
  {
    name: 'broke',
    label: 'Broke off',
    choices: [{value: '1', words: 'Failed, timed out, or server stopped'}],
  },
  {
    name: 'left',
    label: 'Left',
    choices: [
      {value: 'before_first_word', words: 'Left before the first word'},
      {value: 'before_end', words: 'Left later'},
    ],
  },
  {
    name: 'resumed',
    label: 'Taken up again',
    choices: yesOrNo('Taken up again after it broke off', 'Read in one go'),
  },
  {name: 'abstained', label: 'Said no', choices: yesOrNo('Not in the docs', 'Answered')},
  {
    name: 'channel',
    label: 'Came in by',
    choices: Object.entries(channelWords).map(([value, words]) => ({value, words})),
  },
  {name: 'error', label: 'Error', choices: null},
  {name: 'model', label: 'Model', choices: null},
  {name: 'generator', label: 'Generator', choices: null},
  {name: 'build', label: 'Build', choices: null},
  {name: 'version', label: 'Version', choices: null},
  {name: 'lang', label: 'Language', choices: null},
  {name: 'page', label: 'Page cited, its exact address', choices: null},
]

/** Also filters, without a field of their own, or with another kind of field. */
const others: Readonly<Record<string, string>> = {
  q: 'Words',
  from: 'From',
  to: 'To',
  conversation: 'Conversation',
  visitor: 'Asked from address',
}

export const orders: readonly Choice[] = [
  {value: '', words: 'Newest first'},
  {value: 'oldest', words: 'Oldest first'},
  {value: 'first_token', words: 'Longest wait for the first word'},
  {value: 'stall', words: 'Longest pause'},
  {value: 'total', words: 'Longest answer'},
]

const names = [...Object.keys(others), ...filters.map(({name}) => name), 'sort']

/** Of one page of a list, or of a sign-in that failed: no part of what a list shows. */
const passing = new Set(['cursor', 'limit', 'failed'])

/** What the address names and no list knows, in order. */
export function strangeNames(query: string): readonly string[] {
  const given = new Set(new URLSearchParams(query).keys())
  return [...given].filter((name) => !names.includes(name) && !passing.has(name)).sort()
}

/**
 * A query of the address as the API takes it. The order of names is always the same, so that two addresses of one list
 * are one list. A name that is misspelt stays, for the view to refuse: without it the list would be another one.
 */
export function canonical(query: string): string {
  const given = new URLSearchParams(query)
  const ordered = new URLSearchParams()
  for (const name of [...names, ...strangeNames(query)]) {
    const value = given.get(name)?.trim() ?? ''
    if (value !== '') ordered.set(name, flags.get(name)?.get(value) ?? value)
  }
  return ordered.toString()
}

const flag = new Map([
  ['true', '1'],
  ['false', '0'],
])

/** Both spellings are accepted by the API; the fields know one. */
const flags = new Map(
  ['partial', 'fallback', 'missing', 'abstained', 'attention', 'broke', 'resumed'].map((name) => [
    name,
    flag,
  ]),
)

/** The query with some values changed; an empty value removes one. */
export function changed(query: string, values: Readonly<Record<string, string>>): string {
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(values)) {
    if (value === '') next.delete(name)
    else next.set(name, value)
  }
  return canonical(next.toString())
}

export interface Chip {
  readonly name: string
  readonly label: string
  readonly words: string
}

/** What narrows the list, for people; without the order. */
export function chipsOf(query: string): readonly Chip[] {
  return [...new URLSearchParams(query)].flatMap(([name, value]) => {
    if (name === 'sort') return []
    const filter = filters.find((one) => one.name === name)
    const label = filter?.label ?? others[name] ?? name
    const words =
      name === 'from' || name === 'to'
        ? momentWords(name, value)
        : (filter?.choices?.find((choice) => choice.value === value)?.words ?? value)
    return [{name, label, words}]
  })
}
