import type {en} from './en.ts'

type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & {readonly other: string}

/** All strings of a locale: a missing or an extra key does not compile. */
export type Strings = {
  readonly [Key in keyof typeof en]: (typeof en)[Key] extends string ? string : Forms
}

export type StringKey = keyof Strings

/** Returns a string in a language, with the plural form chosen and `{…}` filled in. */
export type Say = (key: StringKey, values?: Readonly<Record<string, string | number>>) => string

/** `values.n` selects the plural form; numbers are formatted for the language. */
export function sayIn(strings: Strings, lang: string): Say {
  const rules = new Intl.PluralRules(lang)
  const numbers = new Intl.NumberFormat(lang)
  return (key, values = {}) => {
    const entry: string | Forms = strings[key]
    const text = typeof entry === 'string' ? entry : (entry[rules.select(Number(values['n']))] ?? entry.other)
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name]
      return value === undefined ? whole : typeof value === 'number' ? numbers.format(value) : value
    })
  }
}
